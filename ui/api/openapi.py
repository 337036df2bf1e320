"""Describe problem documents in the API's description, with the media type that they are sent as."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from ..openai_shape import OpenAiError, speaks_openai
from ..problems import MEDIA_TYPE, Problem

_WORDS = {
    400: "The body is not JSON.",
    401: "A key is needed, or the one that was sent does not count.",
    403: "The key lacks a scope.",
    404: "There is no such thing.",
    409: "The user has not agreed to be remembered, or nobody is; or the same request is under way.",
    412: "The preferences have changed since the caller saw them.",
    413: "The body is too large.",
    422: "The request cannot be used as it is.",
    429: "Too many calls in a minute; `Retry-After` says when to go on.",
    503: "A part of the service is not ready, or too much is asked at once; try again.",
}
_OPENAI = {"application/json": {"schema": {"$ref": f"#/components/schemas/{OpenAiError.__name__}"}}}
_REFERENCE = f"#/components/schemas/{Problem.__name__}"


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Say which problem documents a route may answer with."""
    return {status: {"model": Problem, "description": _WORDS[status]} for status in statuses}


def install(app: FastAPI) -> None:
    """Replace the description's media type of problems, which the framework takes for plain JSON."""

    def description() -> dict[str, Any]:
        if app.openapi_schema is None:
            made = get_openapi(
                title=app.title,
                version=app.version,
                description=app.description,
                routes=app.routes,
                tags=app.openapi_tags,
            )
            _describe_openai(made)
            for path, operation in _operations(made):
                for response in operation["responses"].values():
                    content = response.get("content", {})
                    for taken_for, body in list(content.items()):
                        if body.get("schema", {}).get("$ref") == _REFERENCE:
                            del content[taken_for]
                            content |= _OPENAI if speaks_openai(path) else {MEDIA_TYPE: body}
            app.openapi_schema = made
        return app.openapi_schema

    app.openapi = description  # type: ignore[method-assign]


def _describe_openai(description: dict[str, Any]) -> None:
    schema = OpenAiError.model_json_schema(ref_template="#/components/schemas/{model}")
    parts = schema.pop("$defs")
    description.setdefault("components", {}).setdefault("schemas", {}).update(parts, OpenAiError=schema)


def _operations(description: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return [(path, operation) for path, methods in description["paths"].items() for operation in methods.values()]
