"""The load test finds what it looks for: errors, canaries of others, lost messages."""

from __future__ import annotations

import os
import re
from collections import Counter
from typing import Any

from fastapi import Request

from agent.access import ApiConfig
from ui.api.app import create_app
from ui.loading import LoadPlan, RatePlan, arrivals, load, render_load

PLAN = LoadPlan(sessions=8, messages=2, think_s=0.05)
OPEN = ApiConfig(per_minute=0, turns_per_minute=0)


async def test_conversations_at_once_are_counted_and_clean(echo: Any, serving: Any) -> None:
    async with serving(create_app(echo, config=OPEN)) as address:
        report = await load([address], PLAN, ["crime films"])
    assert (report.errors, report.crossed, report.wrong) == (0, 0, 0), render_load(report)
    counts = {kind: took.count for kind, took in report.kinds.items()}
    assert counts == {"start": 8, "message": 16, "feedback": 16, "transcript": 8}
    assert all(0 < took.p50_ms <= took.p95_ms <= took.worst_ms for took in report.kinds.values())


async def test_conversations_are_dealt_out_to_replicas_and_stay(echo: Any, serving: Any) -> None:
    app = create_app(echo, config=OPEN)
    seen: list[tuple[int, str]] = []

    @app.middleware("http")
    async def note(request: Request, go_on: Any) -> Any:
        if "/v1/sessions/" in request.url.path:
            seen.append((request.scope["server"][1], request.url.path.split("/")[3]))
        return await go_on(request)

    async with serving(app) as first, serving(app) as second:
        report = await load([first, second], PLAN, ["crime films"])
    assert (report.servers, report.errors, report.wrong) == (2, 0, 0), render_load(report)
    begun = Counter(port for port, _ in set(seen))
    assert list(begun.values()) == [4, 4], "each session is at one of the two"


async def test_what_belongs_to_others_is_seen(echo: Any, serving: Any) -> None:
    """A server that mixes up conversations must not pass."""
    said: list[str] = []
    stream = echo.stream

    def mixed(text: str, session: str, **given: Any) -> Any:
        said.extend(re.findall(r"zq\w+", text))
        return stream(f"{text} {said[0]}", session, **given)

    echo.stream = mixed
    async with serving(create_app(echo, config=OPEN)) as address:
        report = await load([address], PLAN, ["crime films"])
    assert report.crossed > 8 and "a canary of another session" in render_load(report)


async def test_refusals_are_told_and_lose_nothing(echo: Any, serving: Any) -> None:
    async with serving(create_app(echo, config=ApiConfig(per_minute=0, turns_per_minute=3))) as address:
        report = await load([address], PLAN, ["crime films"])
    assert 10 <= report.refused <= 13 and report.turns == 16 - report.refused
    assert (report.errors, report.wrong) == (0, 0), render_load(report)
    assert report.refusal is not None and report.refusal.count == report.refused


async def test_lost_messages_are_seen(echo: Any, serving: Any) -> None:
    """A server that answers and keeps nothing must not pass."""

    async def forgetful(*_: Any, **__: Any) -> None:
        return None

    echo.store.append = forgetful
    async with serving(create_app(echo, config=OPEN)) as address:
        report = await load([address], PLAN, ["crime films"])
    assert report.wrong == PLAN.sessions and "a transcript holds 0 of 2 messages, 2 of them answered" in render_load(
        report
    )


async def test_turns_arrive_at_a_rate_and_the_kernel_tells_who_worked(echo: Any, serving: Any) -> None:
    async with serving(create_app(echo, config=OPEN)) as address:
        plan = RatePlan(per_second=10, seconds=3, messages=3)
        report = await arrivals([address], plan, ["crime films"], [os.getpid()])
    assert (report.errors, report.crossed, report.wrong, report.refused) == (0, 0, 0, 0), render_load(report)
    assert 15 <= report.turns <= 50
    assert report.turns / plan.messages <= report.kinds["start"].count <= report.turns
    assert report.processor is not None and report.processor.server > 0 and report.processor.callers > 0
