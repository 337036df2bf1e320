"""A run plays every case in a session of its own, survives what breaks, and says exactly what ran."""

from __future__ import annotations

from agent.types import Conversation, DoneEvent, RecommendAction, Recommendation, Reply, RunRecord, StreamEvent
from evals import Report, Suite, is_red, measure_turns, pick_claims, render, render_claims, render_turns, run_suite
from evals.benchmarks.turn import OWN_NAME, percentile
from evals.report import rate
from retrieval.types import AttributeSpec, CatalogSchema, Item
from ui.testing import ScriptedRecommender

SCHEMA = CatalogSchema(name="films", attributes=(AttributeSpec(name="year", kind="number"),))
ITEMS = tuple(
    Item(id=f"i{n}", title=f"Film {n}", popularity=float(n), attributes={"year": 1990 + n}) for n in range(1, 7)
)


class Echo(ScriptedRecommender):
    """Recommend the films whose numbers the message names; ``break`` breaks."""

    def titles(self) -> list[tuple[str, str, float]]:
        return [(item.id, item.title, item.popularity) for item in ITEMS]

    async def reply(self, text: str, session: str, *, k: int | None = None) -> Reply:
        reply: Reply | None = None
        async for event in self.stream(text, session, k=k):
            reply = event.reply if isinstance(event, DoneEvent) else reply
        assert reply is not None
        return reply


def script(text: str, before: Conversation) -> list[StreamEvent]:
    if text == "break":
        raise ValueError("it broke")
    picks = tuple(
        Recommendation(item_id=f"i{n}", title=f"Film {n}", rank=rank, reason=f"Film {n} it is.")
        for rank, n in enumerate((word for word in text.split() if word.isdigit()), start=1)
    )
    timings = {"guard": 1.0, "retrieve": 20.0, "compose": 900.0, "verify": 2.0, "total": 921.0}
    run = RunRecord(timings_ms=timings, model={"name": "m", "calls": 1}, config_hash="abc")
    reply = Reply(
        session_id=before.session_id,
        turn_id=str(len(before.turns)),
        text="Films.",
        action=RecommendAction(),
        recommendations=picks,
        preferences=before.preferences,
        run=run,
    )
    return [DoneEvent(reply=reply)]


def talker() -> Echo:
    made = Echo(ITEMS, SCHEMA, script)
    made.facts.titles = made.titles  # type: ignore[attr-defined]
    return made


def suite(*cases: dict[str, object]) -> Suite:
    return Suite.model_validate({"name": "own", "always": {"sound": True}, "cases": cases})


async def test_cases_are_scored_turn_by_turn_and_what_breaks_is_a_finding() -> None:
    told = []
    report = await run_suite(
        talker(),
        suite(
            {
                "name": "good",
                "tags": ["x"],
                "turns": [
                    {"say": "1 2", "expect": {"count": 2, "every": [{"attribute": "year", "op": "lt", "value": 2000}]}},
                    {"feedback": {"kind": "seen", "item": {"rank": 2}}},
                    {"say": "3", "expect": {"not_shown_again": True}},
                ],
            },
            {"name": "broken", "turns": [{"say": "break", "expect": {"count": 2}}, {"say": "4"}]},
            {
                "name": "returns",
                "turns": [{"say": "1"}, {"feedback": {"kind": "seen", "item": {"rank": 1}}}, {"say": "1"}],
            },
        ),
        on_case=lambda result: told.append((result.name, result.passed)),
    )
    assert told == [("good", True), ("broken", False), ("returns", False)]
    wrong = {(score.case, score.turn, score.check): score.value for score in report.scores if score.value != 1.0}
    assert wrong == {
        ("broken", 1, "answered"): 0.0,
        ("broken", 1, "count"): None,
        ("broken", 1, "sound"): None,
        ("returns", 3, "sound"): 0.0,
    }
    assert is_red(report)
    assert report.info.config_hash == "abc"
    assert report.info.scorers["every"] == 1


async def test_a_report_reads_well_and_survives_json() -> None:
    report = await run_suite(
        talker(),
        suite({"name": "one", "tags": ["x"], "turns": [{"say": "1", "expect": {"count": 2}}]}),
    )
    text = render(report)
    assert "Cases passed: 0 of 1" in text
    assert "FAILED count: 1 recommended, 2 to 2 wanted" in text
    assert "one, turn 1: '1'" in text
    assert Report.model_validate_json(report.model_dump_json()) == report


async def test_claims_are_spread_over_the_run() -> None:
    cases = [{"name": f"c{n}", "turns": [{"say": f"{n}"}]} for n in range(1, 7)]
    report = await run_suite(talker(), suite(*cases))
    assert [claim.title for claim in pick_claims(report, 3)] == ["Film 1", "Film 3", "Film 5"]
    assert "year: 1993" in render_claims(pick_claims(report, 3))
    assert len(pick_claims(report, 100)) == 6


async def test_a_benchmark_leaves_the_first_case_out_and_adds_up_what_needs_no_model() -> None:
    cases = [{"name": f"c{n}", "turns": [{"say": f"{n}"}, {"say": "break"}]} for n in range(1, 4)]
    figures = await measure_turns(talker(), suite(*cases))
    (stages,) = figures.turns.values()
    own = next(row for row in stages if row.stage == OWN_NAME)
    assert (own.turns, own.p50) == (2, 23.0)
    assert len(figures.errors) == 2
    assert "compose" in render_turns(figures)


def test_percentiles_lie_between_neighbours() -> None:
    assert percentile([4.0, 1.0, 2.0, 3.0], 0.5) == 2.5
    assert percentile([7.0], 0.95) == 7.0
    assert percentile(range(101), 0.95) == 95.0


def test_an_interval_holds_the_share_and_narrows_with_more() -> None:
    share, low, high = rate(8, 10)
    assert (share, round(low, 2), round(high, 2)) == (0.8, 0.49, 0.94)
    assert rate(0, 0) == (0.0, 0.0, 0.0)
    assert rate(800, 1000)[1] > low
