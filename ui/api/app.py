"""The REST API: one FastAPI app over one recommender. It is started by ``ui.serve``; tests build it directly."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version

from fastapi import APIRouter, FastAPI, Request
from starlette.exceptions import HTTPException
from starlette.routing import Match, Route

from agent import Recommender

from ..metrics import Metrics
from . import errors, health, items, memory, openapi, sessions, users
from .limits import BodyLimit
from .measure import Measure

_ROUTERS = (sessions.router, items.router, users.router, memory.router, health.router)

MAX_BODY_BYTES = 256 * 1024
"""Larger bodies are refused: no message, and no list of ids, needs more."""

_DESCRIPTION = """
Conversations that recommend items of one catalogue. Start a session, send messages, show the reply.
Every error is `application/problem+json` with `type, title, status, detail, hint, request_id`.
"""


def create_app(recommender: Recommender) -> FastAPI:
    """Build the app; it warms the recommender when it starts and closes it when it stops."""

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        await recommender.warm()
        yield
        await recommender.aclose()

    app = FastAPI(title="Palate", version=version("palate"), description=_DESCRIPTION, lifespan=lifespan)
    app.state.recommender = recommender
    app.state.metrics = Metrics()
    app.add_middleware(BodyLimit, max_bytes=MAX_BODY_BYTES)
    app.add_middleware(Measure, metrics=app.state.metrics)
    errors.install(app)
    for router in _ROUTERS:
        app.include_router(router)
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
