"""Liveness, readiness by part, and measurements for Prometheus."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response

from .callers import gate_of, needs
from .context import MetricsOf, RecommenderOf
from .models import Readiness
from .openapi import problems

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
async def ready(request: Request, recommender: RecommenderOf) -> Response:
    """Ask each part. Without the language model the service is `degraded`, and still answers.

    Where keys are needed, why a part is not ready is told to those with the scope `admin` alone.
    """
    parts = await recommender.health()
    if not await _is_operator(request):
        parts = {name: state if state == "ok" else "not ready" for name, state in parts.items()}
    broken = {name for name, state in parts.items() if state != "ok"}
    status = "ready" if not broken else "degraded" if broken <= OPTIONAL else "unavailable"
    body = Readiness(status=status, parts=parts).model_dump()
    return JSONResponse(body, status_code=503 if status == "unavailable" else 200)


async def _is_operator(request: Request) -> bool:
    gate = gate_of(request.app)
    if gate is None:
        return True
    scheme, _, credentials = request.headers.get("authorization", "").partition(" ")
    caller = await gate.caller(credentials if scheme.lower() == "bearer" else None)
    return caller is not None and caller.may("admin")


@router.get(
    "/metrics",
    summary="Measurements, in Prometheus' text format",
    response_class=PlainTextResponse,
    dependencies=[Depends(needs("admin"))],
    responses=problems(401, 403, 429),
)
async def measurements(metrics: MetricsOf) -> Response:
    """Return all counters and histograms of this process."""
    text, media_type = metrics.text()
    return Response(text, headers={"Content-Type": media_type})
