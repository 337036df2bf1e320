"""Whatever the description allows, and much that it does not, breaks nothing. ``palate bench fuzz`` asks more."""

from __future__ import annotations

import asyncio
from typing import Any

from agent.access import AccessStore, ApiConfig
from ui.api.app import create_app
from ui.loading import fuzz, in_thread, render_fuzz

CALLS = 300


async def test_three_hundred_calls_break_nothing_and_are_as_described(echo: Any, access: AccessStore) -> None:
    with in_thread(create_app(echo, config=ApiConfig(per_minute=0, turns_per_minute=0))) as address:
        report = await asyncio.to_thread(fuzz, address, calls=CALLS)
    assert report.calls > CALLS / 2 and report.operations >= 20
    assert int(report.statuses.get("200", 0)) > 20, "the calls that name real things should find them"
    assert not report.server_errors and not report.failures, render_fuzz(report)
