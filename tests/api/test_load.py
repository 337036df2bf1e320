"""The load test finds what it looks for: errors, canaries of others, lost messages."""

from __future__ import annotations

import re
from typing import Any

from agent.access import ApiConfig
from ui.api.app import create_app
from ui.loading import LoadPlan, load, render_load

PLAN = LoadPlan(sessions=8, messages=2, think_s=0.05)
OPEN = ApiConfig(per_minute=0, turns_per_minute=0)


async def test_conversations_at_once_are_counted_and_clean(echo: Any, serving: Any) -> None:
    async with serving(create_app(echo, config=OPEN)) as address:
        report = await load(address, PLAN, ["crime films"])
    assert (report.errors, report.crossed, report.wrong) == (0, 0, 0), render_load(report)
    counts = {kind: took.count for kind, took in report.kinds.items()}
    assert counts == {"start": 8, "message": 16, "feedback": 16, "transcript": 8}
    assert all(0 < took.p50_ms <= took.p95_ms <= took.worst_ms for took in report.kinds.values())


async def test_what_belongs_to_others_is_seen(echo: Any, serving: Any) -> None:
    """A server that mixes up conversations must not pass."""
    said: list[str] = []
    stream = echo.stream

    def mixed(text: str, session: str, **given: Any) -> Any:
        said.extend(re.findall(r"zq\w+", text))
        return stream(f"{text} {said[0]}", session, **given)

    echo.stream = mixed
    async with serving(create_app(echo, config=OPEN)) as address:
        report = await load(address, PLAN, ["crime films"])
    assert report.crossed > 8 and "a canary of another session" in render_load(report)


async def test_refusals_and_lost_messages_are_told(echo: Any, serving: Any) -> None:
    async with serving(create_app(echo, config=ApiConfig(per_minute=0, turns_per_minute=3))) as address:
        report = await load(address, PLAN, ["crime films"])
    assert 10 <= report.errors <= 13 and report.wrong > 0
    assert "message: 429" in render_load(report)
