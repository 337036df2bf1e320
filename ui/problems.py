"""Turn errors into problem documents (RFC 9457) that say what happened and what to do; knows nothing of HTTP servers.

The caller's mistakes are told in full. Failures of the installation are told in general words, because their messages
name files and hosts: the log has them, under the request id.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from pydantic import Field

from agent.errors import (
    AgentError,
    ConsentError,
    ItemNotFoundError,
    MemoryOffError,
    MessageError,
    OverloadedError,
    PreferenceNotFoundError,
    SessionBusyError,
    SessionNotFoundError,
    StoreError,
    TasteNotFoundError,
    UploadError,
    UploadNotFoundError,
)
from retrieval.errors import ConstraintError, MediaError, RetrievalError
from retrieval.types import Value

from .refusals import RefusedError

MEDIA_TYPE = "application/problem+json"


class FieldProblem(Value):
    """One field of the request that cannot be used."""

    field: str
    message: str


class Problem(Value):
    """What went wrong, for programs and for people."""

    type: str
    """Stable name of the kind of problem."""
    title: str
    """The kind of problem in words; the same for every problem of its type."""
    status: int
    detail: str
    """What happened this time."""
    hint: str = ""
    """What to do about it; may be empty."""
    request_id: str
    """Also in the header ``X-Request-Id`` and in the log."""
    errors: tuple[FieldProblem, ...] = Field(())
    """One entry per unusable field of the request."""


_CALLERS: dict[type[Exception], int] = {
    SessionNotFoundError: 404,
    SessionBusyError: 503,
    OverloadedError: 503,
    PreferenceNotFoundError: 404,
    ItemNotFoundError: 404,
    TasteNotFoundError: 404,
    ConsentError: 409,
    MemoryOffError: 409,
    MessageError: 422,
    UploadError: 422,
    UploadNotFoundError: 404,
    MediaError: 422,
    ConstraintError: 422,
}

_MOST_FIELDS = 50

_TITLES = {413: "Content too large"}
"""Where the standard library changed its phrase between versions; a type is stable."""

_HTTP_HINTS = {
    401: "Send the header Authorization: Bearer KEY; the operator makes keys with: palate keys create NAME",
    403: "Ask the operator for a key with that scope.",
    404: "See /docs for the addresses there are.",
    405: "See the Allow header, or /docs.",
    413: "Send a shorter message.",
    429: "Wait as long as the header Retry-After says.",
    421: "The operator names further hosts in api.allowed_hosts.",
    415: "Send JSON, with the header Content-Type: application/json.",
}


def from_error(error: Exception, request_id: str) -> Problem:
    """Describe any error; unknown ones become a plain 500 that reveals nothing."""
    if isinstance(error, RefusedError):
        return _problem(type(error).__name__, error.status, Exception.__str__(error), error.hint, request_id)
    for kind, status in _CALLERS.items():
        if isinstance(error, kind):
            return _problem(kind.__name__, status, Exception.__str__(error), _hint(error), request_id)
    if isinstance(error, StoreError):
        return _problem("StoreError", 503, "Conversations cannot be stored right now.", "Try again.", request_id)
    if isinstance(error, AgentError | RetrievalError):
        detail = "A part of the service is not ready."
        return _problem(type(error).__name__, 503, detail, "The operator finds the part at /readyz.", request_id)
    detail = "Something went wrong on our side."
    return _problem("InternalError", 500, detail, "Try again; if it stays, report the request_id.", request_id)


def from_status(status: int, detail: str, request_id: str) -> Problem:
    """Describe an HTTP error that has no error of ours, for example an unknown address."""
    phrase = _TITLES.get(status) or HTTPStatus(status).phrase
    hint = _HTTP_HINTS.get(status, "")
    return Problem(
        type=_type(phrase), title=phrase, status=status, detail=detail or phrase, hint=hint, request_id=request_id
    )


def from_validation(errors: Sequence[Any], request_id: str) -> Problem:
    """Describe a request that does not fit its model; ``errors`` are pydantic's. Values are not echoed."""
    if any(error["type"] == "json_invalid" for error in errors):
        reason = errors[0].get("ctx", {}).get("error", "")
        return _problem("InvalidJson", 400, f"The body is not JSON: {reason}.", "Check quotes and commas.", request_id)
    fields = tuple(
        FieldProblem(field=".".join(str(part) for part in error["loc"]), message=str(error["msg"]))
        for error in errors[:_MOST_FIELDS]
    )
    detail = "; ".join(f"{problem.field}: {problem.message}" for problem in fields[:5])
    problem = _problem("InvalidRequest", 422, detail, "See /docs for the fields and their limits.", request_id)
    return problem.model_copy(update={"errors": fields})


def _problem(name: str, status: int, detail: str, hint: str, request_id: str) -> Problem:
    words = re.sub(r"(?<!^)(?=[A-Z])", " ", name.removesuffix("Error")).lower()
    return Problem(
        type=_type(words), title=words.capitalize(), status=status, detail=detail, hint=hint, request_id=request_id
    )


def _type(words: str) -> str:
    return f"urn:palate:problem:{words.lower().replace(' ', '-')}"


def _hint(error: Exception) -> str:
    return str(getattr(error, "hint", ""))
