"""A Chroma server keeps the same contract as a folder; the server is a real one, started here."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from retrieval.chroma import ChromaIndex, drop_collection
from retrieval.errors import IndexMissingError, RetrievalError
from retrieval.testing import VectorIndexContract

START_SECONDS = 60


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("chroma-server")
    port = _free_port()
    command = [str(Path(sys.executable).with_name("chroma")), "run", "--path", str(folder), "--port", str(port)]
    with (folder / "log").open("w") as log:
        server = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)
    try:
        _wait(f"http://127.0.0.1:{port}/api/v2/heartbeat", server, folder / "log")
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(timeout=20)


class TestChromaServer(VectorIndexContract):
    @pytest.fixture
    def index(self, address: str) -> Iterator[ChromaIndex]:
        name = f"palate-{uuid.uuid4().hex[:8]}"
        index = ChromaIndex.create(address, name)
        yield index
        index.close()
        drop_collection(address, name)


def test_a_missing_collection_on_a_server_says_how_to_build_it(address: str) -> None:
    with pytest.raises(IndexMissingError, match="palate index build"):
        ChromaIndex.open(address, "palate-none")


def test_a_server_that_does_not_answer_is_named() -> None:
    with pytest.raises(RetrievalError, match="does not answer"):
        ChromaIndex.open(f"http://127.0.0.1:{_free_port()}", "palate-none")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        assert server.poll() is None, log.read_text()
        try:
            if httpx.get(url, timeout=1).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError(f"no answer from {url}: {log.read_text()}")
