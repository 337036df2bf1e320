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

from retrieval import (
    CatalogConfig,
    IndexConfig,
    RerankConfig,
    RetrievalSettings,
    Retriever,
    build_index,
    verify_index,
)
from retrieval.chroma import ChromaIndex, drop_collection
from retrieval.errors import IndexMissingError, RetrievalError
from retrieval.testing import HashEncoder, VectorIndexContract
from retrieval.types import Query

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


def test_an_index_with_its_vectors_on_a_server_is_built_searched_and_replaced(address: str, tmp_path: Path) -> None:
    books = tmp_path / "books.jsonl"
    settings = RetrievalSettings(
        catalog=CatalogConfig(path=books, name="books"),
        index=IndexConfig(path=tmp_path / "index", chroma_url=address),
        rerank=RerankConfig(enabled=False),
    )
    built = []
    for count in (3, 4, 5):
        books.write_text("\n".join(f'{{"id": "b{n}", "title": "word{n} sea"}}' for n in range(count)), "utf-8")
        built.append(build_index(settings, encoder=HashEncoder()))
    retriever = Retriever.open(settings, encoder=HashEncoder())
    assert retriever.search(Query(text="word4", k=1)).hits[0].item.id == "b4"
    retriever.close()
    assert verify_index(settings, encoder=HashEncoder()).problems == ()
    assert not (tmp_path / "index" / "generations" / built[-1].generation / "chroma").exists()
    with pytest.raises(IndexMissingError):
        ChromaIndex.open(address, f"palate-{built[0].generation}")


def test_a_server_gives_the_answers_of_a_folder_also_after_an_update(address: str, tmp_path: Path) -> None:
    books = tmp_path / "books.jsonl"
    places = {
        name: RetrievalSettings(
            catalog=CatalogConfig(path=books, name="books"),
            index=IndexConfig(path=tmp_path / name, chroma_url=url),
            rerank=RerankConfig(enabled=False),
        )
        for name, url in (("server", address), ("folder", None))
    }
    for changed in ("sea", "dragon"):
        lines = [f'{{"id": "b{n}", "title": "word{n} sea {n % 5}"}}' for n in range(60)]
        books.write_text("\n".join([*lines[:-1], f'{{"id": "b59", "title": "{changed}"}}']), "utf-8")
        answers = {}
        for name, settings in places.items():
            build_index(settings, encoder=HashEncoder())
            assert verify_index(settings, encoder=HashEncoder()).problems == ()
            retriever = Retriever.open(settings, encoder=HashEncoder())
            answers[name] = [
                [(hit.item.id, round(hit.score, 4)) for hit in retriever.search(Query(text=text, k=5)).hits]
                for text in ("word7", "sea 3", changed)
            ]
            retriever.close()
        assert answers["server"] == answers["folder"]
        assert answers["server"][2][0][0] == "b59" or changed == "sea"


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
