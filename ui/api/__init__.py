"""The REST API. ``app.py`` joins the routes; every other file is one group of routes, or one thing they share."""

__all__: list[str] = []
