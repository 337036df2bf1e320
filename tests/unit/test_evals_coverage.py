"""What dialogues exercise is counted from what was understood, and what none exercises is named."""

from __future__ import annotations

from pathlib import Path

from typer.testing import CliRunner

from agent.types import (
    AskAction,
    Contradiction,
    Conversation,
    DoneEvent,
    Event,
    ItemQuestion,
    MessageReceived,
    Preference,
    PreferenceUpdate,
    RecommendAction,
    Removal,
    Reply,
    StreamEvent,
)
from evals import Suite, coverage, render_coverage, run_suite, write_report
from evals.covering import INTENTS, exercised
from evals.types import CaseResult, Exercised, Expect, Report, RunInfo, TurnRecord
from retrieval.types import AttributeSpec, CatalogSchema, Constraint
from ui.cli import app
from ui.testing import ScriptedRecommender


def wish(attribute: str) -> Preference:
    return Preference(id=attribute, attribute=attribute, value=1, turn_id="t", quote="")


def report(*turns: Exercised, catalog: str = "films") -> Report:
    info = RunInfo(suite="own", suite_sha256="s", started_at="2026", seconds=1.0, catalog=catalog)
    records = tuple(TurnRecord(deed="x", exercised=used) for used in turns)
    result = CaseResult(name="one", tags=(), turns=records, scores=())
    return Report(info=info.model_copy(update={"attributes": ("year", "genre", "cast")}), results=(result,))


def test_a_turn_exercises_what_was_said_asked_and_checked() -> None:
    update = PreferenceUpdate(
        intents=("revise", "inform"),
        add=(wish("year"),),
        remove=(Removal(attribute="genre"),),
        contradictions=(Contradiction(held_id="h", new=wish("runtime")),),
        question=ItemQuestion(
            topic="which", attribute="cast", constraints=(Constraint(attribute="director", op="eq", value="x"),)
        ),
    )
    asks = AskAction(attribute="mood", question="Which mood?")
    reply = Reply(session_id="s", turn_id="t", text="", action=RecommendAction(question=asks))
    expect = Expect.model_validate(
        {
            "every": [{"any": [{"attribute": "country", "value": "France"}, {"attribute": "language", "value": "x"}]}],
            "preferences": {"has": [{"attribute": "year"}]},
            "answer_states": [{"item": {"rank": 1}, "attribute": "oscars"}],
        }
    )
    assert exercised(update, reply, expect) == Exercised(
        intents=("inform", "revise"),
        wished=("genre", "runtime", "year"),
        questioned=("cast", "director"),
        asked=("mood",),
        checked=("country", "language", "oscars", "year"),
    )
    assert exercised(None, None, Expect()) == Exercised()
    alone = reply.model_copy(update={"action": asks})
    assert exercised(None, alone, Expect()).asked == ("mood",)


def test_turns_are_counted_and_what_is_only_checked_is_not_exercised() -> None:
    used = Exercised(intents=("inform",), wished=("year",), checked=("cast",))
    found = coverage([report(used, used, Exercised(asked=("genre",))), report(used, catalog="music")])
    assert (found.cases, found.turns, found.intents["inform"], found.intents["undo"]) == (2, 4, 3, 0)
    films, music = found.catalogs
    assert [(row.name, row.wished, row.asked, row.checked) for row in films.attributes] == [
        ("year", 2, 0, 0),
        ("genre", 0, 1, 0),
        ("cast", 0, 0, 2),
    ]
    assert (films.missing, music.missing) == (("cast",), ("genre", "cast"))
    assert not found.complete
    text = render_coverage(found)
    assert "NEVER EXERCISED, attributes of films: cast\n" in text
    assert "NEVER EXERCISED, intents: revise, critique" in text


def test_complete_is_when_all_is_exercised() -> None:
    found = coverage([report(Exercised(intents=INTENTS, wished=("year", "genre"), questioned=("cast",)))])
    assert found.complete
    assert render_coverage(found).endswith("Every intent and every attribute is exercised.")


class Understood(ScriptedRecommender):
    """Understand every message in the same way."""

    def __init__(self) -> None:
        super().__init__([], CatalogSchema(name="films", attributes=(AttributeSpec(name="year", kind="number"),)), _say)
        self.facts.titles = list  # type: ignore[attr-defined]

    async def reply(self, text: str, session: str, *, k: int | None = None) -> Reply:
        (event,) = [event async for event in self.stream(text, session, k=k)]
        assert isinstance(event, DoneEvent)
        return event.reply

    async def events(self, session_id: str) -> list[Event]:
        understood = PreferenceUpdate(intents=("inform",), add=(wish("year"),))
        return [
            event.model_copy(update={"update": understood}) if isinstance(event, MessageReceived) else event
            for event in await super().events(session_id)
        ]


def _say(text: str, before: Conversation) -> list[StreamEvent]:
    return [DoneEvent(reply=Reply(session_id=before.session_id, turn_id="t", text="Yes.", action=RecommendAction()))]


async def test_a_run_records_what_its_turns_exercised() -> None:
    turns = [{"say": "after 1990"}, {"edit": {"reset": True}, "expect": {"preferences": {"empty": True}}}]
    suite = Suite.model_validate({"name": "own", "cases": [{"name": "one", "turns": turns}]})
    found = await run_suite(Understood(), suite)
    first, second = found.results[0].turns
    assert first.exercised == Exercised(intents=("inform",), wished=("year",))
    assert second.exercised == Exercised()
    assert (found.info.catalog, found.info.attributes) == ("films", ("year",))


def test_the_command_reads_reports_and_can_require_completeness(tmp_path: Path) -> None:
    write_report(report(Exercised(intents=("inform",))), tmp_path)
    done = CliRunner().invoke(app, ["eval", "coverage", str(tmp_path)])
    assert done.exit_code == 0, done.output
    assert "NEVER EXERCISED" in done.stdout
    assert CliRunner().invoke(app, ["eval", "coverage", str(tmp_path), "--require"]).exit_code == 3
