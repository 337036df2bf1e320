"""Training a dialogue ranker on a board: what is kept, what the card says, what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from evals.errors import ReportError
from evals.ranking import Board, Sample, blend_markdown, train_blend
from evals.ranking.rows.blended import lessons_of
from retrieval.dialogues import USER, DialogueConfig, load
from retrieval.types import Item
from ui.cli import app

QUICK = DialogueConfig(folds=2, trees=5, seeds=1, depth=10, negatives=10, threads=1, ridge_rank=8)


def board(*, joint: bool = False) -> Board:
    items = [Item(id=str(at), title=f"Tale {at} of Many", attributes={"year": 1990 + at}) for at in range(24)]
    rng = np.random.default_rng(0)
    samples = []
    for number in range(80):
        first, second = (int(at) for at in rng.choice(24, 2, replace=False))
        turns = ((USER, f"I liked Tale {first} of Many"),)
        group = f"d_{number}"
        samples.append(Sample(f"{group}:1:{second}", group, turns, (first,), second, novel=True))
        samples.append(Sample(f"{group}:1:{first}", group, turns, (first,), first, novel=False))
    return Board("made-up", items, samples[:120], samples[120:], [], joint=joint)


def test_only_what_is_new_is_learnt_and_later_dialogues_come_later() -> None:
    made = board().train
    lessons = lessons_of(made[::-1])
    assert [lesson.moment.group for lesson in lessons] == [f"d_{number}" for number in range(60)]
    assert all(not set(lesson.targets) & set(lesson.moment.mentioned) for lesson in lessons)


def test_the_folder_holds_a_ranker_and_an_honest_card(tmp_path: Path) -> None:
    made = board()
    card = train_blend(made, tmp_path, QUICK, command="palate train blend", data={"a/b.jsonl": "00ff"})
    assert card.lessons == 60
    assert card.held_out == 20
    assert json.loads((tmp_path / "card.json").read_text())["recall"] == card.recall
    page = blend_markdown(card)
    assert (tmp_path / "README.md").read_text() == page
    assert f"| recall@10 | {card.recall['recall@10']:.3f} |" in page
    assert load(tmp_path, made.items).score([]).shape == (0, 24)


def test_a_board_without_dialogues_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ReportError, match="no dialogues"):
        train_blend(board(joint=True), tmp_path, QUICK)


def test_an_unknown_group_is_named(tmp_path: Path) -> None:
    run = CliRunner().invoke(app, ["train", "blend", "--out", str(tmp_path), "--without", "ridge,magic"])
    assert run.exit_code == 2
    assert "magic" in run.output
