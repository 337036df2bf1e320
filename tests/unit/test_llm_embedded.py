"""The embedded model's process: loading in the background, failing with words, restarting, ending with its owner."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from agent.errors import ModelUnavailableError
from agent.llm import embedded
from agent.llm.config import LlmConfig
from agent.llm.embedded import EmbeddedModel
from agent.llm.testing import Behaviour, FakeServer
from agent.types import ChatMessage

HELLO = (ChatMessage(role="user", content="Hello"),)
ENGINE = """
import json, os, pathlib, sys, time
settings = json.loads(sys.stdin.readline())
here = pathlib.Path(__file__)
here.with_suffix(".settings").write_text(json.dumps(settings | {{"wait": os.environ.get("OMP_WAIT_POLICY")}}))
here.with_suffix(".pid").write_text(str(os.getpid()))
time.sleep({load_s})
sys.stdout.write(json.dumps({answer}) + "\\n")
sys.stdout.flush()
sys.stdin.read()
"""


def program(folder: Path, answer: dict[str, str], *, load_s: float = 0.0) -> Path:
    path = folder / "fake_engine.py"
    path.write_text(ENGINE.format(answer=answer, load_s=load_s), encoding="utf-8")
    return path


@asynccontextmanager
async def running(folder: Path, *, load_s: float = 0.0) -> AsyncIterator[EmbeddedModel]:
    """A model whose engine answers from a fake server."""
    server = FakeServer(lambda body: Behaviour(), model="small")
    async with server.serving():
        path = program(folder, {"address": f"http://127.0.0.1:{server.port}"}, load_s=load_s)
        model = EmbeddedModel(LlmConfig(n_ctx=1024, parallel=3, threads=2), Path("small.gguf"), program=path)
        try:
            yield model
        finally:
            await model.close()


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


async def gone(pid: int) -> bool:
    deadline = time.monotonic() + 5
    while alive(pid) and time.monotonic() < deadline:
        await asyncio.sleep(0.02)
    return not alive(pid)


async def test_while_it_loads_calls_fail_at_once_and_afterwards_they_work(tmp_path: Path) -> None:
    async with running(tmp_path, load_s=0.3) as model:
        with pytest.raises(ModelUnavailableError, match="loading"):
            await model.complete(HELLO)
        problem = await model.health()
        assert problem is not None and "loading" in problem
        await model.warm(HELLO)
        assert (await model.complete(HELLO)).text == "Hello there"
        assert [piece async for piece in model.stream(HELLO)] == ["Hello", " there"]
        assert await model.health() is None


async def test_the_engine_gets_its_settings_and_threads_that_yield(tmp_path: Path) -> None:
    async with running(tmp_path) as model:
        await model.warm(HELLO)
    got = json.loads((tmp_path / "fake_engine.settings").read_text(encoding="utf-8"))
    assert got.pop("key")
    assert got == {
        "path": "small.gguf", "name": "small", "n_ctx": 1024, "parallel": 3, "threads": 2, "verbose": False,
        "wait": "PASSIVE",
    }  # fmt: skip


async def test_an_engine_that_cannot_load_says_why(tmp_path: Path) -> None:
    model = EmbeddedModel(LlmConfig(), Path("bad.gguf"), program=program(tmp_path, {"error": "not a model"}))
    with pytest.raises(ModelUnavailableError, match="could not be loaded: not a model"):
        await model.warm(HELLO)
    await model.close()


async def test_an_engine_that_dies_while_loading_is_reported(tmp_path: Path) -> None:
    path = tmp_path / "engine.py"
    path.write_text("raise SystemExit(7)", encoding="utf-8")
    model = EmbeddedModel(LlmConfig(), Path("bad.gguf"), program=path)
    with pytest.raises(ModelUnavailableError, match="status 7"):
        await model.warm(HELLO)
    await model.close()


async def test_a_dead_engine_is_started_again_after_a_pause(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with running(tmp_path) as model:
        await model.warm(HELLO)
        pid_file = tmp_path / "fake_engine.pid"
        first = int(pid_file.read_text(encoding="utf-8"))
        os.kill(first, 9)
        model._engine._process.wait()  # type: ignore[union-attr]
        with pytest.raises(ModelUnavailableError, match="ended unexpectedly"):
            await model.complete(HELLO)
        monkeypatch.setattr(embedded, "RESTART_PAUSE_S", 0.0)
        with pytest.raises(ModelUnavailableError, match="loading"):
            await model.complete(HELLO)
        await model.warm(HELLO)
        assert (await model.complete(HELLO)).text == "Hello there"
        assert int(pid_file.read_text(encoding="utf-8")) != first


@pytest.mark.parametrize("load_s", [0.0, 30.0])
async def test_closing_ends_the_process_ready_or_not(tmp_path: Path, load_s: float) -> None:
    async with running(tmp_path, load_s=load_s) as model:
        pid_file = tmp_path / "fake_engine.pid"
        while not pid_file.exists() or not pid_file.read_text(encoding="utf-8"):
            await asyncio.sleep(0.02)
        if not load_s:
            await model.warm(HELLO)
        start = time.monotonic()
        await model.close()
        assert time.monotonic() - start < 3
        with pytest.raises(ModelUnavailableError, match="stopped"):
            await model.complete(HELLO)
    assert await gone(int(pid_file.read_text(encoding="utf-8")))


async def test_the_engine_ends_when_its_owner_is_killed(tmp_path: Path) -> None:
    path = program(tmp_path, {"address": "http://127.0.0.1:9"})
    owner = (
        "import pathlib, time\n"
        "from agent.llm.config import LlmConfig\n"
        "from agent.llm.embedded import EmbeddedModel\n"
        f"model = EmbeddedModel(LlmConfig(), pathlib.Path('m.gguf'), program=pathlib.Path({str(path)!r}))\n"
        "time.sleep(60)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", owner])
    pid_file = tmp_path / "fake_engine.pid"
    while not pid_file.exists() or not pid_file.read_text(encoding="utf-8"):
        assert process.poll() is None
        await asyncio.sleep(0.02)
    process.kill()
    process.wait()
    assert await gone(int(pid_file.read_text(encoding="utf-8")))
