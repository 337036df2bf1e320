"""A typed client of the REST API, sync and async, on the models that the server itself uses."""

from __future__ import annotations

from .asynchronous import AsyncPalate
from .errors import ApiError, ConnectionFailedError
from .synchronous import Palate

__all__ = ["ApiError", "AsyncPalate", "ConnectionFailedError", "Palate"]
