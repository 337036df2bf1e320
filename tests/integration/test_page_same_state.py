"""Six turns typed into the real page end in the state that the same six turns reach over the API."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

pytestmark = pytest.mark.real

CHROMIUM = os.environ.get("PALATE_TEST_CHROMIUM", "/usr/bin/chromium")
SIX_TURNS = (
    "I love crime films from before 1990, no questions please",
    "not too long, under two hours",
    "more like the second one",
    "I have seen the first one",
    "undo that",
    "anything but horror, and show me three",
)


@pytest.fixture
def address(demo_environment: dict[str, str], tmp_path: Path) -> Iterator[str]:
    own = {"PALATE_DATA_DIR": str(tmp_path), "OMP_NUM_THREADS": "1", "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-c", "from ui.cli import main; main()", "serve", "--port", "0"]
    environment = os.environ | demo_environment | own
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as server:
        assert server.stdout is not None
        yield next(word for word in server.stdout.readline().split() if word.startswith("http://"))
        server.send_signal(signal.SIGINT)
        server.wait(30)


def test_six_turns_in_the_page_end_in_the_same_state_as_over_the_api(address: str) -> None:
    if not Path(CHROMIUM).is_file():
        pytest.skip(f"no browser at {CHROMIUM!r}: install chromium or set PALATE_TEST_CHROMIUM")
    with httpx.Client(base_url=address, timeout=60) as client:
        typed = _typed_into_the_page(address)
        posted = client.post("/v1/sessions", json={}).json()["session_id"]
        for text in SIX_TURNS:
            client.post(f"/v1/sessions/{posted}/messages", json={"text": text}).raise_for_status()
        in_page, over_api = (_state(client.get(f"/v1/sessions/{session}").json()) for session in (typed, posted))
    assert in_page == over_api
    assert len(in_page) == len(SIX_TURNS)
    assert all(picks for _, picks in in_page)


def _typed_into_the_page(address: str) -> str:
    """Hold the conversation in a real browser and return the session's id from the page's link."""
    from playwright.sync_api import expect, sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        page = browser.new_page()
        page.goto(address)
        expect(page.locator("#palate")).not_to_have_attribute("data-view", "loading", timeout=60_000)
        for place, text in enumerate(SIX_TURNS):
            page.fill("#say", text)
            page.keyboard.press("Enter")
            expect(page.locator(".turn").nth(place)).to_have_attribute("data-state", "done", timeout=60_000)
        (session,) = parse_qs(urlsplit(page.url).query)["session"]
        browser.close()
    return session


def _state(session: dict[str, Any]) -> list[tuple[list[tuple[Any, ...]], list[str]]]:
    """What must not depend on the door: after each turn, the wishes and the picks."""
    return [
        (
            [
                (p["attribute"], p["op"], str(p["value"]), p["polarity"], p["hard"])
                for p in turn["reply"]["preferences"]
            ],
            [pick["item_id"] for pick in turn["reply"]["recommendations"]],
        )
        for turn in session["turns"]
    ]
