"""The commands: what they print, and what they leave with."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import agent
from agent.types import DoneEvent, RecommendAction, Recommendation, Reply, RunRecord, StreamEvent
from retrieval.types import AttributeSpec, CatalogSchema, Item
from ui.cli import app, main
from ui.testing import ScriptedRecommender

SCHEMA = CatalogSchema(name="films", attributes=(AttributeSpec(name="year", kind="number"),))
ITEM = Item(id="a", title="Amber Road", attributes={"year": 1982})


class OneFilm(ScriptedRecommender):
    """Recommend the same film whatever is said."""

    def __init__(self) -> None:
        super().__init__([ITEM], SCHEMA, lambda text, before: [DoneEvent(reply=self._made(before.session_id))])
        self.facts.titles = lambda: [("a", "Amber Road", 1.0)]  # type: ignore[attr-defined]

    async def reply(self, text: str, session: str, *, k: int | None = None) -> Reply:
        events: list[StreamEvent] = [event async for event in self.stream(text, session, k=k)]
        assert isinstance(events[-1], DoneEvent)
        return events[-1].reply

    async def warm(self, *, wait: bool = False) -> None:
        assert wait, "measuring must wait for the model"

    def _made(self, session_id: str) -> Reply:
        pick = Recommendation(item_id="a", title="Amber Road", rank=1, reason="A pick.")
        return Reply(
            session_id=session_id,
            turn_id="t",
            text="Here.",
            action=RecommendAction(),
            recommendations=(pick,),
            run=RunRecord(timings_ms={"total": 12.0, "cards": 8.0}),
        )


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Settings that the commands open a recommender with."""
    seen: dict[str, Any] = {}

    def open_double(path: object = None, **overrides: Any) -> OneFilm:
        seen.update(overrides)
        return OneFilm()

    monkeypatch.setattr(agent.Recommender, "from_settings", open_double)
    return seen


def suite(folder: Path, year: int) -> str:
    path = folder / "own.yaml"
    path.write_text(
        "name: own\ncases:\n  - name: one\n    turns:\n"
        f"      - {{say: hi, expect: {{every: [{{attribute: year, op: lt, value: {year}}}]}}}}\n",
        encoding="utf-8",
    )
    return str(path)


def test_a_run_that_holds_leaves_with_0_and_keeps_nothing(tmp_path: Path, opened: dict[str, Any]) -> None:
    done = CliRunner().invoke(app, ["eval", "run", suite(tmp_path, 1990), "--no-model", "--show-claims", "3"])
    assert done.exit_code == 0, done.output
    assert "Cases passed: 1 of 1" in done.stdout
    assert "1. A pick." in done.stdout
    assert "ok     one" in done.stderr
    assert opened["llm"] == {"engine": "none"}
    assert opened["store"] == {"url": "sqlite://"}


def test_a_run_that_fails_leaves_with_3_and_its_json_says_why(tmp_path: Path, opened: dict[str, Any]) -> None:
    done = CliRunner().invoke(app, ["eval", "run", suite(tmp_path, 1980), "--json"])
    assert done.exit_code == 3
    scores = json.loads(done.stdout)["results"][0]["scores"]
    assert [(score["check"], score["value"]) for score in scores] == [("answered", 1.0), ("every", 0.0)]
    assert "llm" not in opened


def test_a_run_can_be_written_to_a_folder_in_every_form(tmp_path: Path, opened: dict[str, Any]) -> None:
    out = tmp_path / "run"
    done = CliRunner().invoke(app, ["eval", "run", suite(tmp_path, 1990), "--out", str(out)])
    assert done.exit_code == 0, done.output
    assert sorted(file.name for file in out.iterdir()) == ["junit.xml", "report.html", "report.json"]
    assert "Amber Road [a]; year: 1982" in (out / "report.html").read_text(encoding="utf-8")


def test_an_unknown_suite_is_the_callers_mistake(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["eval", "run", "nonsense"])
    assert left.value.code == 2
    assert "nonsense" in capsys.readouterr().err


def test_list_and_schema_print_what_ships() -> None:
    assert "main" in CliRunner().invoke(app, ["eval", "list"]).stdout.split()
    assert json.loads(CliRunner().invoke(app, ["eval", "schema"]).stdout)["title"] == "Suite"


def test_bench_turn_prints_a_table_and_writes_json(tmp_path: Path, opened: dict[str, Any]) -> None:
    out = tmp_path / "turn.json"
    done = CliRunner().invoke(app, ["bench", "turn", "--suite", suite(tmp_path, 1990), "--out", str(out)])
    assert done.exit_code == 0, done.output
    assert "everything except model tokens" in done.stdout
    stages = json.loads(out.read_text(encoding="utf-8"))["turns"]["recommend"]
    assert {row["stage"]: row["p50"] for row in stages}["total"] == 12.0
