"""``palate bench redial|opendialkg|cpcd|tags`` from files to table, on folders of a few lines."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from evals.errors import DataMissingError, ReportError
from evals.ranking import Sources, read_board
from evals.ranking.page import BEGIN, END, fill
from retrieval.testing import HashEncoder
from ui.cli import app

pytestmark = pytest.mark.skipif(find_spec("ranx") is None, reason="metrics are ranx's: pip install 'palate[train]'")

NAMES = ["Alien (1979)", "Heat (1995)", "Up (2009)", "Jaws (1975)", "Big (1988)"]


def write(path: Path, records: Sequence[Mapping[str, Any]]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    return path


def talk(number: int, liked: str, recommended: str) -> Mapping[str, Any]:
    return {
        "dialog_id": f"redial_{number}",
        "turns": [
            {"role": "user", "text": f"I loved {liked}", "mentioned_titles": [liked]},
            {"role": "recommender", "text": f"Try {recommended}", "mentioned_titles": [recommended]},
        ],
    }


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A folder with the files of every board."""
    folder = tmp_path / "data"
    films = [
        {"id": str(at), "name": name, "genre": ["drama"], "plot": "A plot.", "director": [], "star": [], "writer": []}
        for at, name in enumerate(NAMES)
    ]
    write(folder / "redial/items.jsonl", films)
    write(folder / "redial/train_sample.jsonl", [talk(number, NAMES[0], NAMES[1]) for number in range(20)])
    point = {"dialog_id": "77", "context": ["I loved Up (2009)"], "entity": [], "rec": [NAMES[4]]}
    write(folder / "redial/train_points.jsonl", [point, point | {"dialog_id": "501"}])
    write(folder / "redial/test_dev.jsonl", [talk(500, NAMES[0], NAMES[1]), talk(501, NAMES[2], NAMES[4])])
    write(folder / "opendialkg/items.jsonl", [{"id": str(at), "name": name} for at, name in enumerate(NAMES)])
    long = "I have been looking for something to see with my whole family at the weekend, and I loved Big (1988) a lot."
    write(folder / "opendialkg/train_points.jsonl", [point, {"dialog_id": 3, "context": [long], "rec": [NAMES[2]]}])
    write(folder / "opendialkg/valid_points.jsonl", [point | {"dialog_id": 4}])
    test = {"dialog_id": "o_9", "turns": [{"role": "user", "text": long}, {"role": "recommender", "text": "Up"}]}
    test["eval_points"] = [{"context": [long], "target": [NAMES[2]]}]
    write(folder / "opendialkg/movies_test_shareable.jsonl", [test])
    write(folder / "cpcd/tracks.jsonl", [{"id": f"yt:{at}", "title": f"Song {at}", "artists": ["Ada"]} for at in "abc"])
    liked = [{"id": "a", "label": 1}, {"id": "b", "label": 0}]
    judged = {"id": "c_1:3", "query": "User: Song a by Ada\nAssistant: sure", "candidates": liked}
    write(folder / "rerank/cpcd_judged_shareable.jsonl", [judged])
    write(folder / "movielens/catalog.jsonl", [{"id": at, "title": name} for at, name in enumerate(NAMES)])
    tags = [{"query": f"tag {number}", "positives": [number % 5, 99]} for number in range(20)]
    write(folder / "rerank/tag_queries_shareable.jsonl", tags)
    return folder


@pytest.fixture(autouse=True)
def _small_encoder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("retrieval.encoders.load_encoder", lambda config: HashEncoder())


def test_a_dialogue_of_the_test_is_taken_out_of_training(data: Path) -> None:
    """By its number in ReDial, and by its words in OpenDialKG, whose published split cuts by turn."""
    redial, _ = read_board("redial", Sources(data))
    assert not {one.group for one in [*redial.train, *redial.tune]} & {"501", "redial_501"}
    opendialkg, _ = read_board("opendialkg", Sources(data))
    assert {one.group for one in [*opendialkg.train, *opendialkg.tune]} == {"77", "4"}


def test_splits_never_cut_a_group_in_two(data: Path) -> None:
    for name in ("redial", "opendialkg", "tags"):
        board, _ = read_board(name, Sources(data))
        parts = [{one.group for one in part} for part in (board.train, board.tune, board.test)]
        assert not parts[0] & parts[1]
        assert not parts[2] & (parts[0] | parts[1])


def test_a_liked_track_named_with_its_artist_is_no_new_answer(data: Path) -> None:
    board, files = read_board("cpcd", Sources(data))
    assert [(one.target, one.novel, one.turns[1]) for one in board.test] == [(0, False, ("recommender", "sure"))]
    assert len(files["rerank/cpcd_judged_shareable.jsonl"]) == 16


def test_published_dialogues_are_read_as_they_are(data: Path, tmp_path: Path) -> None:
    published = {
        "conversationId": "900",
        "initiatorWorkerId": 1,
        "movieMentions": {"0": NAMES[0], "3": NAMES[3]},
        "messages": [
            {"senderWorkerId": 1, "text": "I like @0"},
            {"senderWorkerId": 2, "text": "see @3"},
        ],
    }
    board, _ = read_board("redial", Sources(data, test=write(tmp_path / "full.jsonl", [published])))
    assert [(one.target, one.mentioned, one.turns) for one in board.test] == [
        (3, (0,), (("user", "I like Alien (1979)"),))
    ]


def test_the_published_csv_of_opendialkg_is_read_as_it_is(data: Path, tmp_path: Path) -> None:
    messages = [
        {"type": "chat", "sender": "user", "message": "Something like Jaws (1975)?"},
        {
            "type": "action",
            "sender": "assistant",
            "action_id": "kgwalk/choose_path",
            "metadata": {"path": [0.1, [["Jaws (1975)", "has_genre", "Big (1988) (Comedy Film)"]], "..."]},
        },
        {"type": "chat", "sender": "assistant", "message": "Try Big (1988)"},
    ]
    path = tmp_path / "opendialkg.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerows([["Messages", "User Rating", "Assistant Rating"], [json.dumps(messages), "4", "5"]])
    board, _ = read_board("opendialkg", Sources(data, test=path))
    assert [(one.target, one.mentioned, one.novel) for one in board.test] == [(4, (3,), True)]


def test_the_command_prints_a_table_and_writes_figures_a_page_and_plots(data: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    words = ["bench", "redial", "--data", str(data), "--cache", str(tmp_path / "cache"), "--out", str(out)]
    run = CliRunner().invoke(app, [*words, "--rows", "random,copy-last,popularity,item-knn,no-rerank"])
    assert run.exit_code == 0, run.output
    assert "novel targets" in run.stdout
    results = json.loads((out / "results.json").read_text(encoding="utf-8"))
    (board,) = results["boards"]
    assert board["facts"]["samples"] == 2
    assert {row["name"] for row in board["rows"]} == {"random", "copy-last", "popularity", "item-knn", "no-rerank"}
    knn = next(row for row in board["rows"] if row["name"] == "item-knn")
    assert knn["novel"]["recall@1"]["value"] >= 0.5
    assert board["machine"]
    assert "redial/test_dev.jsonl" in board["data"]
    assert "## redial" in (out / "results.md").read_text(encoding="utf-8")
    assert (out / "recall-redial.svg").stat().st_size > 1000
    assert (out / "recall-redial.png").read_bytes().startswith(b"\x89PNG")


def test_a_row_without_data_is_shown_as_not_scored(data: Path, tmp_path: Path) -> None:
    words = ["bench", "cpcd", "--data", str(data), "--cache", str(tmp_path), "--rows", "popularity,bm25", "--json"]
    run = CliRunner().invoke(app, words)
    assert run.exit_code == 0, run.output
    popularity, bm25 = json.loads(run.stdout)["boards"][0]["rows"]
    assert "what is popular" in popularity["unscored"]
    assert bm25["all"]["recall@1"]["value"] == 1.0


def test_limit_keeps_the_first_groups(data: Path, tmp_path: Path) -> None:
    words = ["bench", "tags", "--data", str(data), "--cache", str(tmp_path), "--rows", "bm25", "--limit", "2", "--json"]
    run = CliRunner().invoke(app, words)
    assert run.exit_code == 0, run.output
    assert json.loads(run.stdout)["boards"][0]["facts"]["groups"] == 2


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (["redial", "--rows", "magic"], 2),
        (["redial", "--test", "nowhere.jsonl"], 2),
        (["redial", "--data", "nowhere"], 3),
    ],
)
def test_mistakes_leave_with_a_status_and_no_traceback(
    words: list[str], status: int, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from ui.cli import main

    with pytest.raises(SystemExit) as left:
        main(["bench", words[0], "--data", str(data), *words[1:]])
    assert left.value.code == status
    assert "Error: " in capsys.readouterr().err


def test_a_file_of_another_shape_is_refused_by_name(data: Path, tmp_path: Path) -> None:
    with pytest.raises(ReportError, match=r"odd\.jsonl"):
        read_board("tags", Sources(data, test=write(tmp_path / "odd.jsonl", [{"question": "?"}])))
    with pytest.raises(DataMissingError, match="items"):
        read_board("redial", Sources(tmp_path))


def test_the_page_is_filled_between_its_markers(data: Path, tmp_path: Path) -> None:
    page = tmp_path / "docs" / "scoreboard.md"
    (page.parent / "images").mkdir(parents=True)
    page.write_text(f"# Before\n\n{BEGIN}\n\nold\n\n{END}\nafter\n", encoding="utf-8")
    out = tmp_path / "out"
    words = ["bench", "cpcd", "--data", str(data), "--cache", str(tmp_path), "--rows", "bm25", "--out", str(out)]
    assert CliRunner().invoke(app, words).exit_code == 0
    fill(page, [out])
    text = page.read_text(encoding="utf-8")
    assert text.startswith("# Before")
    assert text.endswith(f"{END}\nafter\n")
    assert "old" not in text
    assert "### cpcd: All targets" in text
    assert (page.parent / "images" / "scoreboard-cpcd.svg").is_file()
    with pytest.raises(ReportError, match="no results"):
        fill(page, [tmp_path])
