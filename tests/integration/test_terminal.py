"""``palate chat`` as a program over the real recommender: scripts, sessions kept between runs, one state everywhere."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from agent import Recommender, Settings
from agent.types import Reply
from ui.api.app import create_app

SIX_TURNS = (
    "I love crime films from before 1990, no questions please",
    "not too long, under two hours",
    "more like the second one",
    "I have seen the first one",
    "undo that",
    "anything but horror, and show me three",
)


@pytest.fixture
def environment(demo_environment: dict[str, str], tmp_path: Path) -> dict[str, str]:
    return os.environ | demo_environment | {"PALATE_DATA_DIR": str(tmp_path), "OMP_NUM_THREADS": "1"}


def palate(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from ui.cli import main; main()", *arguments]
    return subprocess.run(command, capture_output=True, text=True, env=environment, timeout=120)


def replies(done: subprocess.CompletedProcess[str]) -> list[Reply]:
    assert done.returncode == 0, done.stderr
    return [Reply.model_validate_json(line) for line in done.stdout.splitlines()]


def test_a_session_goes_on_in_the_next_run_and_can_be_exported_and_erased(environment: dict[str, str]) -> None:
    talk = ("chat", "--session", "s1", "--user", "ada", "--json", "--once")
    (first,) = replies(palate(environment, *talk, "crime films before 1990, no questions"))
    (second,) = replies(palate(environment, *talk, "more please"))
    assert second.recommendations
    assert all("Crime" in r.attributes["genres"] for r in second.recommendations)
    assert not {r.item_id for r in first.recommendations} & {r.item_id for r in second.recommendations}
    exported = palate(environment, "export", "ada")
    assert first.turn_id in exported.stdout and second.turn_id in exported.stdout
    assert palate(environment, "erase", "ada", "--yes").stdout == "Erased 1 session of 'ada'.\n"
    assert first.turn_id not in palate(environment, "export", "ada").stdout


def test_people_see_cards_and_reasons(environment: dict[str, str]) -> None:
    done = palate(environment, "chat", "--once", "crime films before 1990, no questions", "--k", "3")
    assert done.returncode == 0, done.stderr
    assert " 1. " in done.stdout and " 3. " in done.stdout and " 4. " not in done.stdout
    assert "\x1b" not in done.stdout, "no colours for a pipe"


def test_a_missing_index_is_one_line_and_the_command_that_builds_it(environment: dict[str, str]) -> None:
    done = palate(environment | {"PALATE_INDEX__PATH": "/nonexistent/index"}, "chat", "--once", "hello", "--json")
    assert done.returncode == 3
    assert done.stdout == ""
    assert "palate index build" in done.stderr and "Traceback" not in done.stderr


async def test_six_turns_end_in_the_same_state_in_the_terminal_and_the_api(
    environment: dict[str, str], demo_settings: Settings
) -> None:
    said = [argument for text in SIX_TURNS for argument in ("--once", text)]
    in_terminal = replies(palate(environment, "chat", "--json", *said))
    recommender = Recommender.from_settings(demo_settings)
    transport = httpx.ASGITransport(create_app(recommender))
    async with httpx.AsyncClient(transport=transport, base_url="http://api", timeout=60) as client:
        session = (await client.post("/v1/sessions", json={})).json()["session_id"]
        in_api = []
        for text in SIX_TURNS:
            response = await client.post(f"/v1/sessions/{session}/messages", json={"text": text})
            in_api.append(Reply.model_validate(response.json()))
    await recommender.aclose()
    assert [_state(reply) for reply in in_terminal] == [_state(reply) for reply in in_api]
    assert all(reply.recommendations for reply in in_terminal)


def _state(reply: Reply) -> dict[str, object]:
    """What must not depend on the door; wording varies with the turn's id."""
    wishes = [(p.attribute, p.op, p.value, p.polarity, p.hard, p.quote) for p in reply.preferences]
    return {"action": reply.action, "wishes": wishes, "picks": [r.item_id for r in reply.recommendations]}
