"""``palate demo`` up to the moment it serves: what is fetched, what is built, and what cannot stop it."""

from __future__ import annotations

import io
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from agent import Settings
from agent.errors import ModelFileError
from retrieval import CatalogConfig
from retrieval.errors import CatalogError
from ui import demo
from ui.progress import reporting
from ui.serve import AddressError


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Builds asked for; none is done."""
    asked: list[Any] = []

    def build(settings: Any, on_progress: Callable[..., None]) -> None:
        asked.append(settings)
        on_progress(50, 100, 9.0)
        on_progress(100, 100, 9.0)

    monkeypatch.setattr(demo, "build_index", build)
    return asked


def prepared(settings: Settings) -> str:
    out = io.StringIO()
    demo.prepare(settings, Console(file=out, width=200))
    return out.getvalue()


def test_a_log_gets_a_line_for_each_tenth() -> None:
    out = io.StringIO()
    with reporting(Console(file=out)) as report:
        tell = report("Index")
        for done in range(0, 1001, 7):
            tell(done, 1000, 3.0)
        tell(1000, 1000)
    assert out.getvalue().splitlines() == [f"Index: {10 * n} %" for n in range(11)]


def test_a_model_that_cannot_be_fetched_does_not_stop_the_demo(
    built: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> Path:
        raise ModelFileError("No source gave the file.", hint="Run it again.")

    monkeypatch.setattr(demo.llm, "pull_model", fail)
    shown = prepared(Settings.load())
    assert "No language model: No source gave the file. Run it again." in shown
    assert "works without it" in shown
    assert len(built) == 1
    assert "Index of the catalogue: 100 %" in shown


def test_without_a_model_nothing_is_fetched_and_nothing_is_said(
    built: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo.llm, "pull_model", lambda *_, **__: pytest.fail("fetched"))
    assert "model" not in prepared(Settings.load(llm={"engine": "none"})).lower()


def test_a_model_file_of_ones_own_is_not_replaced_by_the_listed_one(
    built: list[Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(demo.llm, "pull_model", lambda *_, **__: pytest.fail("fetched"))
    shown = prepared(Settings.load(llm={"model_path": str(tmp_path / "mine.gguf")}))
    assert "mine.gguf" in shown


def test_an_index_that_cannot_be_built_is_an_error_at_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The download, however long, is not waited for."""
    from threading import Event

    never = Event()
    monkeypatch.setattr(demo.llm, "pull_model", lambda *_, **__: never.wait(30))
    settings = Settings.load().model_copy(update={"catalog": CatalogConfig(path=tmp_path / "nowhere.csv")})
    with pytest.raises(CatalogError, match=r"nowhere\.csv"):
        prepared(settings)
    never.set()


def test_a_taken_port_is_told_before_anything_is_fetched_or_built(built: list[Any]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(AddressError, match=str(port)) as caught:
            demo.run(Settings.load(server={"port": port}))
    assert "--port" in caught.value.hint
    assert built == []
