"""``palate serve`` as a program: page and API on one port, and a conversation that outlives a killed server."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from agent.types import Reply


@pytest.fixture
def environment(demo_environment: dict[str, str], tmp_path: Path) -> dict[str, str]:
    own = {"PALATE_DATA_DIR": str(tmp_path), "OMP_NUM_THREADS": "1", "PYTHONUNBUFFERED": "1"}
    return os.environ | demo_environment | own


@contextmanager
def served(environment: dict[str, str], *arguments: str, stop: signal.Signals) -> Iterator[httpx.Client]:
    """Run the server on a free port, and end it with ``stop``."""
    command = [sys.executable, "-c", "from ui.cli import main; main()", "serve", "--port", "0", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as server:
        try:
            assert server.stdout is not None
            address = next(word for word in server.stdout.readline().split() if word.startswith("http://"))
            with httpx.Client(base_url=address, timeout=60) as client:
                yield client
        finally:
            server.send_signal(stop)
            server.wait(30)


def test_a_conversation_outlives_a_killed_server(environment: dict[str, str]) -> None:
    with served(environment, "--no-page", stop=signal.SIGKILL) as client:
        session = client.post("/v1/sessions", json={}).json()["session_id"]
        path = f"/v1/sessions/{session}/messages"
        before = Reply.model_validate(client.post(path, json={"text": "crime films before 1990, no questions"}).json())
    with served(environment, "--no-page", stop=signal.SIGTERM) as client:
        assert len(client.get(f"/v1/sessions/{session}").json()["turns"]) == 1
        after = Reply.model_validate(client.post(path, json={"text": "more please"}).json())
    assert before.recommendations and after.recommendations
    assert all("Crime" in r.attributes["genres"] and r.attributes["year"] < 1990 for r in after.recommendations)
    assert not {r.item_id for r in before.recommendations} & {r.item_id for r in after.recommendations}


def test_the_page_and_the_api_share_a_port(environment: dict[str, str]) -> None:
    """The page is mounted under / and must not swallow addresses of the API that do not exist."""
    with served(environment, stop=signal.SIGINT) as client:
        page = client.get("/")
        assert page.status_code == 200 and "text/html" in page.headers["content-type"]
        assert client.get("/v1/nowhere").json()["type"] == "urn:palate:problem:not-found"
        wrong = client.put("/v1/recommend", json={})
        assert (wrong.status_code, wrong.headers["allow"]) == (405, "POST")
        assert client.get("/healthz").text == "ok"
        assert client.get("/openapi.json").json()["info"]["title"] == "Palate"
