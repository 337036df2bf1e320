"""Train the dialogue ranker on a board and write down what it learnt from and how well it ranks what it did not see."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from retrieval.dialogues import DialogueConfig, DialogueRanker, save
from retrieval.types import Value

from ..errors import ReportError
from ..provenance import commit, machine
from .rows.blended import config_for, lessons_of, moment_of
from .rows.tuning import recall
from .types import Board

_DEPTHS = (1, 10, 50)
_CARD = "card.json"


class BlendCard(Value):
    """What a dialogue ranker was learnt from and what it is worth."""

    board: str
    command: str
    commit: str
    machine: str
    seed: int
    seconds: float
    """Spent learning."""
    lessons: int
    """Turns that recommend something new, in the training part."""
    held_out: int
    """Recommendations of the tuning part, which nothing was learnt from."""
    recall: dict[str, float]
    """Novel recall on the tuning part by depth."""
    calibration_error: float | None
    """Expected calibration error of the chances; None where there was too little to calibrate on."""
    weights: dict[str, float]
    """Weights of the linear blend, largest first; channels differ in scale."""
    data: dict[str, str]
    """Fingerprints of the files."""
    config: DialogueConfig


def train_blend(
    board: Board,
    out: Path,
    config: DialogueConfig,
    *,
    command: str = "",
    data: dict[str, str] | None = None,
    say: Callable[[str], None] = lambda line: None,
) -> BlendCard:
    """Learn from the training part, measure on the tuning part, write ``out`` and return its card.

    Raises:
        ReportError: The board has no dialogues to learn from.
    """
    lessons = lessons_of(board.train)
    if board.joint or not lessons:
        raise ReportError(
            f"There are no dialogues with recommendations on board {board.name!r}.",
            hint="Learn from redial or opendialkg, or give such dialogues by --train.",
        )
    say(f"Learning from {len(lessons)} recommending turns of {board.name}; takes minutes.")
    begin = time.perf_counter()
    ranker = DialogueRanker.fit(board.items, lessons, None, config_for(board, config))
    seconds = time.perf_counter() - begin
    held = [sample for sample in board.tune if sample.novel]
    say(f"Measuring on {len(held)} recommendations that it has not seen.")
    scores = ranker.score([moment_of(sample.hidden()) for sample in held])
    order = np.argsort(-np.abs(ranker.linear.weights), kind="stable")
    card = BlendCard(
        board=board.name,
        command=command,
        commit=commit(),
        machine=machine(),
        seed=config.seed,
        seconds=round(seconds, 1),
        lessons=len(lessons),
        held_out=len(held),
        recall={f"recall@{k}": round(recall(scores, held, k), 4) for k in _DEPTHS} if held else {},
        calibration_error=ranker.calibration.error if ranker.calibration else None,
        weights={ranker.linear.names[at]: round(float(ranker.linear.weights[at]), 4) for at in order},
        data=data or {},
        config=ranker.config,
    )
    save(ranker, out)
    (out / _CARD).write_text(card.model_dump_json(indent=1) + "\n", encoding="utf-8")
    (out / "README.md").write_text(blend_markdown(card), encoding="utf-8")
    return card


def blend_markdown(card: BlendCard) -> str:
    """Return the card as a page."""
    rows = [f"| {name} | {value:.3f} |" for name, value in card.recall.items()]
    calibration = "not calibrated" if card.calibration_error is None else f"{card.calibration_error:.4f}"
    return "\n".join(
        [
            f"# Model card: dialogue ranker, {card.board}",
            "",
            f"- Command: `{card.command}`",
            f"- {card.machine}; commit {card.commit}; seed {card.seed}; {card.seconds:.0f} s",
            f"- Learnt from {card.lessons} recommending turns; measured on {card.held_out} recommendations of other "
            "dialogues, full ranking, novel items only",
            f"- Expected calibration error of the chances: {calibration}",
            f"- Files: {', '.join(f'{name} {mark}' for name, mark in card.data.items())}",
            "",
            "| held-out tuning part | value |",
            "|---|---|",
            *rows,
            "",
            "Largest weights of the linear blend (channels differ in scale): "
            + ", ".join(f"{name} {weight:.2f}" for name, weight in list(card.weights.items())[:12])
            + ".",
            "",
        ]
    )
