"""Problems in the shape that OpenAI's clients read. Pure."""

from __future__ import annotations

from typing import Any

from retrieval.types import Value

from .problems import Problem

_PATHS = ("/v1/chat/", "/v1/models")
_TYPES = {401: "authentication_error", 403: "permission_error", 429: "rate_limit_error"}
_CODES = {401: "invalid_api_key", 403: "insufficient_scope", 429: "rate_limit_exceeded"}


def speaks_openai(path: str) -> bool:
    """Say whether whoever calls this address expects errors in OpenAI's shape."""
    return path.startswith(_PATHS)


class ErrorBody(Value):
    """What went wrong."""

    message: str
    """What happened, and what to do about it."""
    type: str
    param: str | None = None
    """The field that it is about."""
    code: str | None = None
    request_id: str = ""


class OpenAiError(Value):
    """A problem in the shape that OpenAI's clients read."""

    error: ErrorBody


def openai_error(problem: Problem) -> dict[str, Any]:
    """Return the problem as OpenAI's clients read it."""
    kind = _TYPES.get(problem.status) or ("server_error" if problem.status >= 500 else "invalid_request_error")
    body = ErrorBody(
        message=f"{problem.detail} {problem.hint}".strip(),
        type=kind,
        param=problem.errors[0].field.removeprefix("body.") if problem.errors else None,
        code=_CODES.get(problem.status) or problem.type.rpartition(":")[2].replace("-", "_"),
        request_id=problem.request_id,
    )
    return OpenAiError(error=body).model_dump(mode="json")
