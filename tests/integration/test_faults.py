"""Whatever part fails in the middle of a conversation: no turn lies, hangs or breaks, and nothing is lost."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

import agent.llm
from agent import Settings
from agent.errors import StoreError
from agent.store import SqlStore
from agent.types import MessageReceived, PreferenceUpdate
from retrieval import Retriever
from retrieval.testing import WordReranker, break_parts
from retrieval.types import Query
from ui import breaking
from ui.breaking import faults, render_faults
from ui.breaking.fault_list import FAULTS, Fault
from ui.breaking.stand import Stand
from ui.cli import app


@pytest.fixture(autouse=True)
def _a_model_on_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """The model here is a stand-in that speaks HTTP, reached as a real one would be."""
    monkeypatch.setattr(agent.llm, "ALLOW_REAL_MODELS", True)


TRIED = (
    "model: drops connections",
    "model: writes untruths",
    "vector index: raises",
    "word index: raises under conditions",
    "encoder: raises",
    "reranker: raises",
    "facts: raise",
    "store: read-only",
    "store: disk full",
    "clock: a day back",
    "uploads: folder gone, one is pointed at",
    "uploads: disk full",
)
"""One or two of each part; ``palate bench faults`` tries them all."""


@pytest.mark.parametrize("name", TRIED)
def test_a_fault_ends_as_it_must(shelf: Settings, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    (fault,) = (fault for fault in FAULTS if f"{fault.part}: {fault.fault}" == name)
    monkeypatch.setattr("ui.breaking.failing.FAULTS", (fault,))
    report = faults(shelf)
    assert report.findings and not report.differing, render_faults(report)


def tried(shelf: Settings, monkeypatch: pytest.MonkeyPatch, fault: Fault) -> str:
    monkeypatch.setattr("ui.breaking.failing.FAULTS", (fault,))
    (finding,) = faults(shelf).findings
    assert not finding.ok
    return finding.observed


@contextmanager
def nothing(_stand: Stand) -> Iterator[None]:
    yield


@contextmanager
def forgetful(stand: Stand) -> Iterator[None]:
    """Lose what was acknowledged."""
    yield
    with stand.engine.begin() as connection:
        connection.execute(sa.text("DELETE FROM events WHERE seq > 2"))


@contextmanager
def crashing(stand: Stand) -> Iterator[None]:
    """Let the search fail as only a mistake of ours would."""
    stand.breakers["facts"].error = lambda: KeyError("oops")
    stand.breakers["facts"].broken = True
    yield
    stand.breakers["facts"].broken = False


def test_what_does_not_end_as_it_must_is_seen(shelf: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    assert tried(shelf, monkeypatch, Fault("x", "none", "refused", nothing)) == "correct"
    lost = tried(shelf, monkeypatch, Fault("x", "loses", "correct", forgetful))
    assert "turns were acknowledged, 2 are kept" in lost and "a reaction is lost" in lost
    assert tried(shelf, monkeypatch, Fault("x", "crash", "refused", crashing)).startswith("failed: 500")
    said = tried(shelf, monkeypatch, Fault("x", "says", "correct", nothing, never="films"))
    assert said == "correct; says 'films'"


def test_the_command_prints_the_table_and_leaves_with_3_when_one_differs(
    shelf: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(breaking, "shelf_settings", lambda _place: shelf)
    good = CliRunner().invoke(app, ["bench", "faults", "--only", "folder gone", "--out", str(tmp_path / "out.json")])
    assert good.exit_code == 0, good.output
    assert "| uploads | folder gone, one is sent | correct | correct |" in good.output
    assert json.loads((tmp_path / "out.json").read_text())["findings"][0]["ok"] is True
    wrong = (Fault("x", "none", "refused", nothing),)
    monkeypatch.setattr("ui.breaking.failing.FAULTS", wrong)
    bad = CliRunner().invoke(app, ["bench", "faults"])
    assert bad.exit_code == 3 and "**differs**: correct" in bad.output
    assert CliRunner().invoke(app, ["bench", "faults", "--only", "no such"]).exit_code == 2


def test_similar_items_are_found_without_the_vector_index(shelf: Settings) -> None:
    retriever = Retriever.open(shelf.retrieval())
    vectors = break_parts(retriever, WordReranker())["vectors"]
    liked = retriever.facts.ids(limit=1)
    whole = retriever.similar(liked, 5)
    vectors.broken = True
    alone = retriever.similar(liked, 5)
    assert [one for one, _ in alone] == [one for one, _ in whole] and len(alone) == 5
    broken = retriever.search(Query(text="a lighthouse keeper", k=5))
    vectors.broken = False
    assert [hit.item.id for hit in broken.hits] == [
        hit.item.id for hit in retriever.search(Query(text="a lighthouse keeper", k=5)).hits
    ]
    retriever.close()


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
async def test_errors_of_the_store_say_nothing_of_what_people_said(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Database errors carry their statement's parameters, and errors go to logs."""
    url = str(request.getfixturevalue("postgres")) if kind == "postgres" else f"sqlite:///{tmp_path / 'palate.db'}"
    store = SqlStore(url)
    await store.create_session("s")
    with store.engine.begin() as connection:
        connection.execute(sa.text("ALTER TABLE events RENAME COLUMN payload TO other"))
    said = "zq" + "secret"  # in two parts, for tracebacks show source lines
    with pytest.raises(StoreError) as caught:
        await store.append("s", [MessageReceived(turn_id="t", text=said, update=PreferenceUpdate())])
    logging.getLogger("palate").error("failed", exc_info=caught.value)
    assert "INSERT INTO events" in caplog.text and said not in caplog.text
    await store.close()
