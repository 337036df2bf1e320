"""Simulated users that cannot cheat: hidden needs, an agenda, and an oracle that only judges what is shown."""
