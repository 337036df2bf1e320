"""Middleware that counts requests by route pattern, times them to the last byte, traces and logs them."""

from __future__ import annotations

import logging
import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from agent.operating import Tracing

from ..metrics import Metrics
from ..turns import CallerGoneError

HUNG_UP = 499
"""Status that requests are counted under whose callers did not wait for the answer."""

log = logging.getLogger("palate.requests")


class Measure:
    """Count every HTTP request once, also those that fail."""

    def __init__(self, app: ASGIApp, metrics: Metrics, tracing: Tracing | None = None) -> None:
        """Wrap ``app``."""
        self._app = app
        self._metrics = metrics
        self._tracing = tracing or Tracing()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status = 500
        began = time.perf_counter()

        async def watch(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        with self._tracing.request(scope["method"], headers) as span:
            try:
                await self._app(scope, receive, watch)
            except CallerGoneError:
                status = HUNG_UP
                raise
            finally:
                # Addresses that are no route of the API share one label, so that nobody can invent labels.
                route, spent = getattr(scope.get("route"), "path", "other"), time.perf_counter() - began
                self._metrics.request(scope["method"], route, status, spent)
                told = {"method": scope["method"], "route": route, "status": status}
                log.info("request answered", extra=told | {"milliseconds": round(1000 * spent, 1)})
                if span is not None:
                    span.update_name(f"{scope['method']} {route}")
                    span.set_attributes({"http.route": route, "http.response.status_code": status})
