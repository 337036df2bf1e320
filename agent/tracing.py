"""Say how long each stage of a turn took to whoever traces; costs nothing while nobody does.

The one place of OpenTelemetry. Spans hold names of stages, kinds of actions, counts and times: no words of users, no
replies, no ids of users or sessions.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field

from retrieval.errors import MissingExtraError
from retrieval.types import Value

if TYPE_CHECKING:
    from opentelemetry.trace import Span, Tracer

Attribute = str | int | float | bool


class TelemetryConfig(Value):
    """What is told of turns, and to whom; nothing by default."""

    endpoint: str = ""
    """Address of a collector that takes OTLP over HTTP, such as ``http://collector:4318``; empty traces nothing. Needs
    the extra ``telemetry``."""
    service: str = "palate"
    """Name under which traces are sent."""
    sample: float = Field(1.0, ge=0.0, le=1.0)
    """Share of the turns that are traced, unless whoever calls has decided it."""
    log: Literal["text", "json"] = "text"
    """``json`` writes one object a line to standard error for every event of the log, with the id of the request."""


class Tracing:
    """Makes spans with a tracer, or nothing without one."""

    def __init__(self, tracer: Tracer | None = None) -> None:
        """Take the tracer."""
        self.tracer = tracer

    def turn(self) -> TurnSpan:
        """Begin the span of a turn, under whatever span is open where this is called."""
        return TurnSpan(self.tracer, None if self.tracer is None else self.tracer.start_span("turn"))

    @contextmanager
    def request(self, name: str, headers: Mapping[str, str]) -> Iterator[Span | None]:
        """Span one request of the API; callers' own traces go on in it."""
        if self.tracer is None:
            yield None
            return
        from opentelemetry.propagate import extract
        from opentelemetry.trace import SpanKind

        with self.tracer.start_as_current_span(
            name,
            context=extract(headers),
            kind=SpanKind.SERVER,
            record_exception=False,
            set_status_on_exception=False,
        ) as span:
            yield span


class TurnSpan:
    """The span of one turn; its stages are its children, whichever task they run in."""

    def __init__(self, tracer: Tracer | None = None, span: Span | None = None) -> None:
        """Take the span, or none."""
        self._tracer = tracer
        self._span = span

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Span one stage."""
        if self._tracer is None or self._span is None:
            yield
            return
        from opentelemetry.trace import set_span_in_context

        span = self._tracer.start_span(name, context=set_span_in_context(self._span))
        try:
            yield
        except Exception as error:
            # Its kind alone: messages of errors may hold what users wrote.
            span.set_attribute("error.type", type(error).__name__)
            raise
        finally:
            span.end()

    def parts(self, stages_ms: Mapping[str, float]) -> None:
        """Span stages that were timed elsewhere and have just ended: their lengths are exact, laid end to end."""
        if self._tracer is None or self._span is None:
            return
        from opentelemetry.trace import set_span_in_context

        context = set_span_in_context(self._span)
        at = time.time_ns() - int(1e6 * sum(stages_ms.values()))
        for name, spent in stages_ms.items():
            span = self._tracer.start_span(name, context=context, start_time=at)
            at += int(1e6 * spent)
            span.end(end_time=at)

    def end(self, attributes: Mapping[str, Attribute] | None = None) -> None:
        """End the turn, with what is worth counting about it."""
        if self._span is not None:
            self._span.set_attributes(dict(attributes or {}))
            self._span.end()


def open_tracing(config: TelemetryConfig, exporter: Any = None) -> Tracing:
    """Return what the settings describe; ``exporter`` stands in for the collector.

    Raises:
        MissingExtraError: a collector is named, and OpenTelemetry is not installed.
    """
    if not config.endpoint and exporter is None:
        return Tracing()
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor, SimpleSpanProcessor
        from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased
    except ModuleNotFoundError as error:
        raise MissingExtraError("telemetry") from error
    provider = TracerProvider(
        resource=Resource.create({"service.name": config.service}),
        sampler=ParentBased(TraceIdRatioBased(config.sample)),
    )
    if exporter is not None:
        provider.add_span_processor(SimpleSpanProcessor(exporter))
    else:
        collector = OTLPSpanExporter(endpoint=f"{config.endpoint.rstrip('/')}/v1/traces")
        provider.add_span_processor(BatchSpanProcessor(collector))
    return Tracing(provider.get_tracer("palate"))
