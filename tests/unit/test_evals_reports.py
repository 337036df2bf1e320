"""A report is written in every form, survives being read back, and whatever it quotes stays text."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest
from typer.testing import CliRunner

from evals import ReportError, compare, junit, page, read_report, read_reports, render, write_report
from evals.reports.timings import LEFT, RIGHT, WIDTH, duration, plot
from evals.types import CaseResult, Report, RunInfo, Score, TurnRecord
from ui.cli import app, main

NASTY = "<script>alert('x')</script> & \"quotes\""


def score(case: str, value: float | None, check: str = "every", turn: int = 1) -> Score:
    return Score(case=case, turn=turn, check=check, version=1, value=value, reason=f"because {NASTY}")


def case(name: str, *values: float | None, error: str = "", **turn: object) -> CaseResult:
    record = TurnRecord.model_validate(
        {"deed": NASTY, "action": "recommend", "text": NASTY, "items": [NASTY], "facts": [NASTY], "error": error}
        | {"timings_ms": {"total": 250.0, "retrieve": 40.0}}
        | turn
    )
    return CaseResult(name=name, tags=("plain",), turns=(record,), scores=tuple(score(name, value) for value in values))


def report(*results: CaseResult) -> Report:
    info = RunInfo(suite="own", suite_sha256="ab" * 32, started_at="2026-01-01T00:00:00+00:00", seconds=1.0)
    return Report(info=info.model_copy(update={"scorers": {"every": 1}, "degraded": (NASTY,)}), results=results)


MIXED = report(case("good", 1.0), case("bad", 1.0, 0.0), case("unclear", 1.0, None), case("broken", 0.0, error=NASTY))


class Tags(HTMLParser):
    """Count the tags of a page and gather what is shown."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.shown = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.shown += data


def test_a_report_written_to_a_folder_is_read_back_whole(tmp_path: Path) -> None:
    files = write_report(MIXED, tmp_path / "deep" / "run")
    assert [file.name for file in files] == ["report.json", "junit.xml", "report.html"]
    assert read_report(tmp_path / "deep" / "run") == MIXED == read_report(files[0])


@pytest.mark.parametrize(("text", "told"), [("{}", "is not a report: info"), ("nonsense", "is not a report")])
def test_a_file_that_is_no_report_is_said_so(tmp_path: Path, text: str, told: str) -> None:
    file = tmp_path / "report.json"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ReportError, match=told):
        read_report(file)
    with pytest.raises(ReportError, match="cannot be read"):
        read_report(tmp_path / "absent.json")


def test_a_folder_that_cannot_be_made_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(ReportError, match="cannot be written"):
        write_report(MIXED, tmp_path / "file")


def test_a_folder_of_several_suites_is_one_report_and_each_case_says_whose_it_is(tmp_path: Path) -> None:
    other = MIXED.model_copy(update={"info": MIXED.info.model_copy(update={"suite": "other", "model": "m"})})
    write_report(MIXED, tmp_path / "own")
    write_report(other, tmp_path / "other")
    assert read_reports(tmp_path) == [other, MIXED], "in the order of their folders"
    joined = read_report(tmp_path)
    assert (joined.info.suite, joined.info.model, joined.info.seconds) == ("other, own", "m", 2.0)
    assert [result.name for result in joined.results][3:5] == ["other/broken", "own/good"]
    assert {score.case for score in joined.scores} == {result.name for result in joined.results}
    assert "other/bad, turn 1" in render(joined)
    found = compare(joined, joined)
    assert (found.cases.pairs, found.unscored) == (6, ("other/unclear", "own/unclear"))


def test_junit_tells_failures_errors_and_what_was_not_scored_apart() -> None:
    root = ElementTree.fromstring(junit(MIXED))
    outcomes = {test.get("name"): [child.tag for child in test] for test in root.iter("testcase")}
    assert outcomes == {"good": [], "bad": ["failure"], "unclear": ["skipped"], "broken": ["error"]}
    suite = root.find("testsuite")
    assert suite is not None
    counts = {name: suite.get(name) for name in ("tests", "failures", "errors", "skipped", "time")}
    assert counts == {"tests": "4", "failures": "1", "errors": "1", "skipped": "1", "time": "1.000"}
    failure = root.find(".//failure")
    assert failure is not None and failure.get("message") == f"turn 1, every: because {NASTY}"


def test_junit_holds_no_character_that_xml_forbids() -> None:
    text = junit(report(case("odd", 0.0, deed="bell \x07 and null \x00")))
    assert "\x07" not in text and "\x00" not in text
    assert ElementTree.fromstring(text).find(".//failure") is not None


def test_what_a_page_quotes_never_becomes_markup() -> None:
    seen = Tags(page(MIXED))
    assert "script" not in seen.tags
    # Of each case: what was said, the reply or the error, the item, its facts; and the reasons of the checks.
    assert seen.shown.count(NASTY) >= 4 * 4 + 6
    assert "1 of 4" in seen.shown


def test_a_page_needs_nothing_beside_itself() -> None:
    text = page(MIXED)
    assert "http://" not in text and "https://" not in text and "url(" not in text
    assert "default-src 'none'" in text
    assert {"svg", "circle"} <= set(Tags(text).tags)


def test_a_page_says_what_the_dialogues_exercise_and_what_they_leave_out() -> None:
    used = {"intents": ("inform",), "wished": ("year",), "asked": ("year",)}
    info = MIXED.info.model_copy(update={"catalog": "films", "attributes": ("year", "cast")})
    shown = Tags(page(report(case("good", 1.0, exercised=used)).model_copy(update={"info": info}))).shown
    assert "Intents, by turns: inform 1. Never: revise, critique" in shown
    assert "Attributes of films, by turns that talk of them: year 2. Never: cast." in shown
    assert "What the dialogues exercise" not in Tags(page(MIXED)).shown


def test_a_page_of_a_run_without_times_has_no_plot() -> None:
    assert "svg" not in Tags(page(report(case("quiet", 1.0, timings_ms={})))).tags


def test_dots_stand_where_their_times_say() -> None:
    turns = [TurnRecord(deed="x", action="ask", timings_ms={"total": ms}) for ms in (10.0, 1000.0, 9999.0)]
    drawn = plot(turns)
    assert drawn is not None
    assert [mark.label for mark in drawn.marks] == ["10 ms", "100 ms", "1 s", "10 s"]
    (row,) = drawn.rows
    third = (WIDTH - LEFT - RIGHT) / 3
    assert [x for x, _ in row.dots] == pytest.approx([LEFT, LEFT + 2 * third, WIDTH - RIGHT], abs=0.2)
    assert (row.median, row.median_x) == ("1 s", row.dots[1][0])
    assert plot([TurnRecord(deed="x")]) is None
    assert [duration(ms) for ms in (0.5, 12.34, 1500.0)] == ["0.5 ms", "12.3 ms", "1.5 s"]


def test_the_command_shows_a_report_again_in_every_form(tmp_path: Path) -> None:
    write_report(MIXED, tmp_path)

    def shown(*options: str) -> str:
        done = CliRunner().invoke(app, ["eval", "report", str(tmp_path / "report.json"), *options])
        assert done.exit_code == 0, done.output
        return done.stdout

    assert "Cases passed: 1 of 4" in shown()
    assert shown("--html") == (tmp_path / "report.html").read_text(encoding="utf-8") + "\n"
    assert shown("--junit") == (tmp_path / "junit.xml").read_text(encoding="utf-8")


def test_a_report_that_is_not_there_is_the_callers_mistake(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["eval", "report", "nowhere.json"])
    assert left.value.code == 2
    assert "nowhere.json" in capsys.readouterr().err
