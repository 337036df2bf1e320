"""A server that is killed while callers write loses nothing that it acknowledged, and doubles nothing."""

from __future__ import annotations

import os
import random
from pathlib import Path
from typing import Any

import pytest

from agent import Settings
from evals.durability import ThrowawayPostgres
from ui.breaking import crash, render_crash
from ui.breaking.crash_check import Held, Row, problems_of
from ui.breaking.writers import Call, Kind, Log, Writers

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="killing forked servers needs os.fork")

QUICK = {"seconds": 5, "resume_s": 0}


def settings_with(shelf: Settings, tmp_path: Path, url: str = "") -> Settings:
    changes = {"store": shelf.store.model_copy(update={"url": url}), "data_dir": tmp_path}
    api = shelf.api.model_copy(update=QUICK)
    return shelf.model_copy(update={**changes, "api": api})


def test_kills_on_sqlite_lose_and_double_nothing(shelf: Settings, tmp_path: Path) -> None:
    report = crash(settings_with(shelf, tmp_path), 5, seed=7)
    assert report.problems == (), render_crash(report)
    assert (report.store, report.kills, report.at_work) == ("sqlite", 5, 5)
    assert sum(tally.cut_off for tally in report.calls.values()) >= 5
    assert all(tally.acknowledged for tally in report.calls.values())
    assert report.calls["message"].repeated >= report.calls["message"].cut_off


def test_kills_on_postgres_with_its_server_lose_and_double_nothing(shelf: Settings, tmp_path: Path) -> None:
    try:
        server = ThrowawayPostgres(durable=True)
    except Exception as error:
        pytest.skip(f"NOT TESTED against Postgres: {error}")

    def crash_database() -> None:
        server.crash()
        server.start()

    with server:
        settings = settings_with(shelf, tmp_path, server.url)
        report = crash(settings, 3, seed=7, crash_database=crash_database, every=2)
    assert report.problems == (), render_crash(report)
    assert (report.store, report.at_work, report.database_crashes) == ("postgres", 3, 1)


# --- what compares callers' knowledge with the tables finds what it looks for


def call(mark: str, state: Any = "acknowledged", kind: Kind = "message", began: float = 0.0) -> Call:
    return Call(
        kind=kind,
        session="s",
        mark=mark,
        body={},
        key="k",
        began=began,
        ended=began + 1,
        state=state,
        answer=f"re {mark}",
    )


def turn(first: int, mark: str, turn_id: str) -> list[Row]:
    said = {"kind": "message", "turn_id": turn_id, "text": f"crime {mark}"}
    answered = {"kind": "reply", "turn_id": turn_id, "reply": {"text": f"re {mark}"}}
    return [
        Row(first, "message", turn_id, said, str(said)),
        Row(first + 1, "reply", turn_id, answered, str(answered)),
    ]


def held(*rows: Row, taught: tuple[str, ...] = ("t1", "t2"), users: Any = None) -> Held:
    signs = [{"kind": "seen", "taste": "x", "turn_id": turn} for turn in taught]
    return Held({"s": "u"} if users is None else users, {"s": list(rows)}, {"u": [{"kind": "consent"}, *signs]}, "")


@pytest.mark.parametrize(
    ("calls", "found", "said"),
    [
        ([call("zqa"), call("zqb", began=2)], held(*turn(1, "zqa", "t1"), *turn(3, "zqb", "t2")), ""),
        ([call("zqa")], held(taught=()), "acknowledged, and is lost"),
        ([call("zqa")], held(*turn(1, "zqa", "t1"), *turn(3, "zqa", "t2")), "is there 2 times"),
        ([call("zqa", "unknown")], held(*turn(1, "zqa", "t1"), *turn(3, "zqa", "t2")), "is there 2 times"),
        ([call("zqa", "unknown")], held(*turn(1, "zqa", "t1"), taught=("t1",)), ""),
        ([call("zqa", "refused")], held(*turn(1, "zqa", "t1")), "was refused, and is kept"),
        ([call("zqa")], held(turn(1, "zqa", "t1")[0]), "has no reply"),
        ([call("zqa")], held(*turn(2, "zqa", "t1")), "numbered [2, 3]"),
        ([call("zqa")], held(*turn(1, "zqa", "t1"), users={}), "acknowledged, and lost"),
        (
            [call("zqb"), call("zqa", began=2)],
            held(*turn(1, "zqa", "t1"), *turn(3, "zqb", "t2")),
            "before what was answered",
        ),
        ([call("zqa")], held(*turn(1, "zqa", "t1"), taught=("t1", "t1")), "taught taste x twice"),
        ([call("zqa")], held(*turn(1, "zqa", "t1"), taught=()), "what message zqa taught is lost"),
    ],
)
def test_what_is_lost_or_doubled_is_seen(calls: list[Call], found: Held, said: str) -> None:
    problems = problems_of(Log(calls=calls, sessions={"s": "u"}), found)
    assert (any(said in problem for problem in problems) and problems) if said else problems == []


def test_another_reply_than_the_one_given_is_seen() -> None:
    log = Log(calls=[call("zqa")], sessions={"s": "u"})
    log.calls[0].answer = "something else"
    assert "another than the one" in problems_of(log, held(*turn(1, "zqa", "t1")))[0]


async def test_callers_note_a_server_that_is_not_there_as_unknown() -> None:
    log = Log(calls=[call("zqa", "unknown")])
    await Writers(log, ["i1"], random.Random(1), 3).repeat("http://127.0.0.1:9", log.calls)
    assert log.calls[0].state == "unknown" and log.calls[0].repeats == 1
