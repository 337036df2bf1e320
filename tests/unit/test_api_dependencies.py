"""What routes are given costs no thread: FastAPI calls plain functions in one, once for every request."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from ui.api import app as api

ROUTES = [route for router in api._ROUTERS for route in router.routes if isinstance(route, APIRoute)]


def calls(dependant: Dependant) -> Iterator[Any]:
    for one in dependant.dependencies:
        yield one.call
        yield from calls(one)


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{min(route.methods)} {route.path}")
def test_every_dependency_is_a_coroutine(route: APIRoute) -> None:
    assert inspect.iscoroutinefunction(route.endpoint)
    plain = [
        call
        for call in calls(route.dependant)
        if not (inspect.iscoroutinefunction(call) or hasattr(call, "scheme_name"))
    ]
    assert plain == []


def test_there_are_routes_and_dependencies_to_look_at() -> None:
    assert len(ROUTES) > 20
    assert sum(1 for route in ROUTES for _ in calls(route.dependant)) > 40
