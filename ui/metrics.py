"""Counters and histograms of one server, in a registry of its own."""

from __future__ import annotations

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest

from agent.types import Reply

_SECONDS = (0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 3.0, 4.0, 6.0, 10.0, 20.0, 40.0)


class Metrics:
    """Count requests and turns. Never holds words of users, nor ids."""

    def __init__(self) -> None:
        """Start at zero."""
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "palate_http_requests", "Requests answered.", ("method", "route", "status"), registry=self._registry
        )
        self._request_seconds = Histogram(
            "palate_http_seconds",
            "Seconds until a response was complete.",
            ("route",),
            buckets=_SECONDS,
            registry=self._registry,
        )
        self._turns = Counter("palate_turns", "Turns answered.", ("action", "degraded"), registry=self._registry)
        self._stage_seconds = Histogram(
            "palate_stage_seconds",
            "Seconds by stage of a turn; cards and first_sentence count from the message.",
            ("stage",),
            buckets=_SECONDS,
            registry=self._registry,
        )

    def request(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one answered request; ``route`` is the pattern, not the address."""
        self._requests.labels(method, route, str(status)).inc()
        self._request_seconds.labels(route).observe(seconds)

    def turn(self, reply: Reply) -> None:
        """Count one answered turn and its stages."""
        self._turns.labels(reply.action.kind, str(bool(reply.degraded)).lower()).inc()
        for stage, milliseconds in reply.run.timings_ms.items():
            self._stage_seconds.labels(stage).observe(milliseconds / 1000)

    def text(self) -> tuple[bytes, str]:
        """Return all values and their media type."""
        return generate_latest(self._registry), CONTENT_TYPE_LATEST
