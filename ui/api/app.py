"""The REST API: one FastAPI app over one recommender. It is started by ``ui.serve``; tests build it directly."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from importlib.metadata import version
from typing import cast

from fastapi import APIRouter, FastAPI, Request
from fastapi.middleware.cors import CORSMiddleware
from starlette.exceptions import HTTPException
from starlette.routing import Match, Route

from agent import Recommender
from agent.access import AccessStore, ApiConfig, Database, Gate

from ..metrics import Metrics
from ..operator import Recent
from ..operator import router as operator_router
from . import completions, errors, health, items, media, memory, openapi, sessions, uploads, users
from .headers import AllowedHosts, SecurityHeaders
from .limits import BodyLimit
from .live import LiveTurns
from .measure import Measure
from .rates import Rates
from .turnstile import Turnstile

# An item's media before the item: an id may hold slashes, so its route would take "/audio" for a part of the id.
_ROUTERS = (
    sessions.router,
    uploads.router,
    media.router,
    items.router,
    users.router,
    memory.router,
    completions.router,
    health.router,
)

_DESCRIPTION = """
Conversations that recommend items of one catalogue. Start a session, send messages, show the reply.
Every error is `application/problem+json` with `type, title, status, detail, hint, request_id`.
"""


_EXPOSED = ["ETag", "Retry-After", "X-Request-Id", "Content-Location"]


def create_app(
    recommender: Recommender,
    gate: Gate | None = None,
    config: ApiConfig | None = None,
    *,
    hosts: Collection[str] = (),
) -> FastAPI:
    """Build the app; it warms the recommender when it starts and closes it when it stops.

    Args:
        recommender: what answers.
        gate: who may come in; None lets everybody, which is for tests and scripts.
        config: limits, and who may call from web sites.
        hosts: host names that requests may address; empty takes all.
    """
    config = config or ApiConfig()

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        await recommender.warm()
        yield
        await live.close()
        await recommender.aclose()

    app = FastAPI(title="Palate", version=version("palate"), description=_DESCRIPTION, lifespan=lifespan)
    app.state.recommender = recommender
    app.state.metrics = Metrics()
    app.state.recent = Recent()
    recommender.watch(app.state.recent.add)
    app.state.gate = gate
    app.state.access = gate.store if gate is not None else AccessStore(cast("Database", recommender.store))
    app.state.config = config
    app.state.rates = Rates(config)
    app.state.turnstile = Turnstile(config)
    app.state.metrics.follow(recommender, app.state.turnstile)
    app.state.live = live = LiveTurns(config.resume_s)
    larger = {uploads.router.prefix: recommender.uploads.config.max_mb * 1024 * 1024 + uploads.SLACK_BYTES}
    app.add_middleware(BodyLimit, max_bytes=config.body_kb * 1024, larger=larger)
    app.add_middleware(Measure, metrics=app.state.metrics, tracing=recommender.tracing)
    if hosts:
        app.add_middleware(AllowedHosts, hosts=hosts)
    if config.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=config.cors_origins,
            allow_methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
            allow_headers=["Authorization", "Content-Type", "Idempotency-Key", "If-Match", "Last-Event-ID"],
            expose_headers=_EXPOSED,
            max_age=600,
        )
    app.add_middleware(SecurityHeaders, shared=bool(config.cors_origins))
    errors.install(app)
    for router in _ROUTERS:
        app.include_router(router)
    app.include_router(operator_router)
    app.include_router(_rest_of_v1())
    openapi.install(app)
    return app


def _rest_of_v1() -> APIRouter:
    """Answer unknown addresses below /v1 here: a page mounted at ``/`` would take them for its own."""
    router = APIRouter(include_in_schema=False)

    @router.api_route("/v1/{rest:path}", methods=["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"])
    async def unknown(request: Request) -> None:
        allowed = sorted(_methods_at(request))
        if allowed:
            raise HTTPException(405, headers={"Allow": ", ".join(allowed)})
        raise HTTPException(404, f"There is nothing at {request.url.path!r}.")

    return router


def _methods_at(request: Request) -> set[str]:
    routes = (route for router in _ROUTERS for route in router.routes if isinstance(route, Route))
    return {
        method for route in routes if route.matches(request.scope)[0] is Match.PARTIAL for method in route.methods or ()
    }
