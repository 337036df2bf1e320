"""Counters, histograms and gauges of one server, in a registry of its own."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from agent.operating import LEVELS, Level
from agent.types import AnswerAction, RefuseAction, Reply

if TYPE_CHECKING:
    from agent import Recommender

    from .api.turnstile import Turnstile

_SECONDS = (0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 3.0, 4.0, 6.0, 10.0, 20.0, 40.0)


class Metrics:
    """Count requests and turns. Never holds words of users, nor ids."""

    def __init__(self) -> None:
        """Start at zero."""
        self._registry = registry = CollectorRegistry()
        self._requests = Counter(
            "palate_http_requests", "Requests answered.", ("method", "route", "status"), registry=registry
        )
        self._request_seconds = Histogram(
            "palate_http_seconds",
            "Seconds until a response was complete.",
            ("route",),
            buckets=_SECONDS,
            registry=registry,
        )
        self._turns = Counter("palate_turns", "Turns answered.", ("action", "degraded"), registry=registry)
        self._stage_seconds = Histogram(
            "palate_stage_seconds",
            "Seconds by stage of a turn; cards, first_sentence and total count from the message.",
            ("stage",),
            buckets=_SECONDS,
            registry=registry,
        )
        self._tokens = Counter("palate_tokens", "Tokens of the language model.", ("kind",), registry=registry)
        self._calls = Counter("palate_model_calls", "Calls of the language model.", registry=registry)
        self._sentences = Counter(
            "palate_sentences",
            "Sentences that the model wrote, by what the check made of them.",
            ("fate",),
            registry=registry,
        )
        self._guard = Counter("palate_guard", "Messages turned away, by reason.", ("reason",), registry=registry)
        self._no_match = Counter("palate_no_match", "Turns that found nothing that fits.", registry=registry)
        self._shed = Counter(
            "palate_shed",
            "Searches by how much was reranked, and turns refused for want of capacity.",
            ("level",),
            registry=registry,
        )
        for level in LEVELS:
            self._shed.labels(level)
        self._wait = Gauge("palate_wait_seconds", "Wait of calls for a thread of the searches.", registry=registry)
        self._waiting = Gauge("palate_turns_waiting", "Turns that wait for a place.", registry=registry)
        self._age = Gauge("palate_index_age_seconds", "Age of the index that serves.", registry=registry)

    def follow(self, recommender: Recommender, turnstile: Turnstile) -> None:
        """Count every turn of the recommender, whichever door it came by, and read its load when asked."""
        recommender.watch(self.turn)
        recommender.load.watch(self.shed)
        self._wait.set_function(recommender.load.waits.seconds)
        self._waiting.set_function(lambda: turnstile.waiting)
        self._age.set_function(lambda: _age_s(recommender.retriever.manifest.built_at))

    def request(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one answered request; ``route`` is the pattern, not the address."""
        self._requests.labels(method, route, str(status)).inc()
        self._request_seconds.labels(route).observe(seconds)

    def turn(self, reply: Reply) -> None:
        """Count one answered turn and its stages."""
        self._turns.labels(reply.action.kind, str(bool(reply.degraded)).lower()).inc()
        for stage, milliseconds in reply.run.timings_ms.items():
            self._stage_seconds.labels(stage).observe(milliseconds / 1000)
        if isinstance(reply.action, RefuseAction):
            self._guard.labels(reply.action.reason).inc()
        if isinstance(reply.action, AnswerAction) and reply.action.topic == "nothing":
            self._no_match.inc()
        model = reply.run.model
        self._calls.inc(model.get("calls", 0))
        for kind in ("prompt", "completion"):
            self._tokens.labels(kind).inc(model.get(f"{kind}_tokens", 0))
        for fate, count in model.get("sentences", {}).items():
            self._sentences.labels(fate).inc(count)

    def shed(self, level: Level) -> None:
        """Count how much was done for one search, or that a turn was refused."""
        self._shed.labels(level).inc()

    def text(self) -> tuple[bytes, str]:
        """Return all values and their media type."""
        return generate_latest(self._registry), CONTENT_TYPE_LATEST


def _age_s(built_at: str) -> float:
    return (datetime.now(UTC) - datetime.fromisoformat(built_at)).total_seconds()
