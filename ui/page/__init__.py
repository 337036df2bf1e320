"""The chat page. ``page`` builds it with gradio; the rest is plain Python and static files.

``controller`` turns visitors' actions into frames, ``render`` writes their HTML, ``static/script.js`` shows them.
"""
