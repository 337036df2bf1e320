"""Other agents as a door: a server of the Model Context Protocol, over stdio and streamable HTTP."""

from __future__ import annotations

from .http import create_http_app
from .server import create_server

__all__ = ["create_http_app", "create_server"]
