"""Liveness, readiness by part, and measurements for Prometheus."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import JSONResponse, PlainTextResponse, Response

from .context import MetricsOf, RecommenderOf
from .models import Readiness

router = APIRouter(tags=["health"])

OPTIONAL = frozenset({"model", "rerank"})
"""Parts without which Palate still answers, with less."""


@router.get("/healthz", summary="Is the process alive?", response_class=PlainTextResponse)
async def alive() -> str:
    """Answer at once; touches no part."""
    return "ok"


@router.get(
    "/readyz",
    summary="Can it answer, part by part?",
    response_model=Readiness,
    responses={503: {"model": Readiness, "description": "A part that it cannot answer without is missing."}},
)
async def ready(recommender: RecommenderOf) -> Response:
    """Ask each part. Without the language model the service is `degraded`, and still answers."""
    parts = await recommender.health()
    broken = {name for name, state in parts.items() if state != "ok"}
    status = "ready" if not broken else "degraded" if broken <= OPTIONAL else "unavailable"
    body = Readiness(status=status, parts=parts).model_dump()
    return JSONResponse(body, status_code=503 if status == "unavailable" else 200)


@router.get("/metrics", summary="Measurements, in Prometheus' text format", response_class=PlainTextResponse)
async def measurements(metrics: MetricsOf) -> Response:
    """Return all counters and histograms of this process."""
    text, media_type = metrics.text()
    return Response(text, headers={"Content-Type": media_type})
