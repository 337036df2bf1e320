"""Answer every error of the API with a problem document; the log keeps the traceback under the request id."""

from __future__ import annotations

import logging
import math
import re
import uuid

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from agent.errors import AgentError
from retrieval.errors import RetrievalError

from ..logs import CURRENT_REQUEST
from ..openai_shape import openai_error, speaks_openai
from ..problems import MEDIA_TYPE, Problem, from_error, from_status, from_validation
from ..turns import CallerGoneError

log = logging.getLogger("palate.api")

REQUEST_ID = "x-request-id"
_USABLE_ID = re.compile(r"[\w.:-]{1,128}")


def install(app: FastAPI) -> None:
    """Register the handlers, and the middleware that gives each request its id."""

    def answer(request: Request, problem: Problem, headers: dict[str, str] | None = None) -> JSONResponse:
        return respond(problem, headers, openai=speaks_openai(request.url.path))

    async def on_error(request: Request, error: Exception) -> JSONResponse:
        problem = from_error(error, request_id(request.scope))
        wait = getattr(error, "retry_after_s", None)
        if wait is not None:
            # Nothing failed, and there may be hundreds a second: /metrics counts them.
            log.info("request %s refused: %s", problem.request_id, problem.detail)
            return answer(request, problem, {"Retry-After": str(max(1, math.ceil(wait)))})
        if problem.status >= 500:
            log.error("request %s failed", problem.request_id, exc_info=error)
        return answer(request, problem)

    async def on_http(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, HTTPException)
        problem = from_status(error.status_code, str(error.detail), request_id(request.scope))
        return answer(request, problem, dict(error.headers or {}))

    async def on_invalid(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, RequestValidationError)
        return answer(request, from_validation(error.errors(), request_id(request.scope)))

    app.add_exception_handler(AgentError, on_error)
    app.add_exception_handler(RetrievalError, on_error)
    app.add_exception_handler(HTTPException, on_http)
    app.add_exception_handler(RequestValidationError, on_invalid)
    app.add_middleware(RequestIds)


def request_id(scope: Scope) -> str:
    """Return the id that the middleware gave this request."""
    return str(scope.get("palate.request_id", ""))


def respond(problem: Problem, headers: dict[str, str] | None = None, *, openai: bool = False) -> JSONResponse:
    """Write the problem as the response; with ``openai`` in the shape that clients of that API read."""
    content = problem.model_dump(mode="json", exclude_defaults=False)
    if not problem.errors:
        del content["errors"]
    extra = dict(headers or {})
    if problem.status == 503 or problem.type.endswith(":under-way"):
        extra.setdefault("Retry-After", "1")
    if openai:
        return JSONResponse(openai_error(problem), problem.status, extra)
    return JSONResponse(content, problem.status, extra, media_type=MEDIA_TYPE)


class RequestIds:
    """Give each request an id (the caller's own if it is usable), and turn what nobody caught into a plain 500."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap ``app``."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = dict(scope["headers"]).get(REQUEST_ID.encode(), b"").decode("latin-1")
        identity = given if _USABLE_ID.fullmatch(given) else uuid.uuid4().hex
        scope["palate.request_id"] = identity
        CURRENT_REQUEST.set(identity)
        started = False

        async def send_with_id(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                message["headers"] = [*message.get("headers", ()), (REQUEST_ID.encode(), identity.encode())]
            await send(message)

        try:
            await self._app(scope, receive, send_with_id)
        except CallerGoneError:
            log.info("request %s: the caller hung up", identity)
        except Exception as error:
            log.exception("request %s failed", identity)
            if started:
                raise
            problem = from_error(error, identity)
            await respond(problem, openai=speaks_openai(scope["path"]))(scope, receive, send_with_id)
