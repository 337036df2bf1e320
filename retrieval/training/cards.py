"""Write down a training run so that it can be repeated and compared: card, curves, and the score of every test task."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import Field, JsonValue

from ..errors import MissingExtraError, RetrievalError
from ..types import Value
from .corpus import Task

CARD = "card.json"
SCORES = "scores.json"
PROGRESS = "progress.jsonl"


class RunCard(Value):
    """What a run was and what it took."""

    kind: str
    """``reranker`` or ``encoder``."""
    command: str
    place: str = ""
    """Machine and commit."""
    seed: int
    steps: int
    seconds: float
    """Spent learning and looking, over all resumptions."""
    data: dict[str, dict[str, int]]
    """Tasks by set and part."""
    config: dict[str, JsonValue]


class TaskScores(Value):
    """One measure of one order on every test task of a set; a run is compared with another task by task."""

    measure: str
    """For example ``tags nDCG@10, blend as shipped``."""
    scores: dict[str, float] = Field(default_factory=dict)
    """By task."""
    groups: dict[str, str] = Field(default_factory=dict)
    """The dialogue, tag or film of each task."""


def task_key(task: Task) -> str:
    """Return a name for a task that is the same in every run that has it."""
    parts = (task.domain, task.group, task.query, ",".join(map(str, sorted(task.positives))))
    return hashlib.sha256("\x00".join(parts).encode()).hexdigest()[:16]


def task_scores(measure: str, tasks: Sequence[Task], values: Sequence[float]) -> TaskScores:
    """Name the values of tasks, in their order; of tasks alike in everything the last one counts."""
    keys = [task_key(task) for task in tasks]
    return TaskScores(
        measure=measure,
        scores=dict(zip(keys, values, strict=True)),
        groups={key: task.group for key, task in zip(keys, tasks, strict=True)},
    )


def write_run(out: Path, card: RunCard, body: str, scores: Sequence[TaskScores]) -> None:
    """Write ``card.json``, ``scores.json``, ``README.md`` and the curves as SVG.

    Args:
        out: the run's folder.
        card: what was run.
        body: the measured tables, as Markdown.
        scores: the score of every test task.
    """
    (out / CARD).write_text(card.model_dump_json(indent=2) + "\n", encoding="utf-8")
    (out / SCORES).write_text(json.dumps([one.model_dump() for one in scores]) + "\n", encoding="utf-8")
    curves = plot_progress(out)
    (out / "README.md").write_text(_readme(card, body, curves), encoding="utf-8")


def read_run(folder: Path) -> tuple[RunCard, list[TaskScores]]:
    """Read what ``write_run`` wrote.

    Raises:
        RetrievalError: the folder holds no finished run.
    """
    try:
        card = RunCard.model_validate_json((folder / CARD).read_bytes())
        scores = [TaskScores.model_validate(one) for one in json.loads((folder / SCORES).read_text("utf-8"))]
    except (OSError, ValueError) as error:
        raise RetrievalError(
            f"{str(folder)!r} holds no finished training run: {error}", hint="Name the --out folder of a run."
        ) from error
    return card, scores


def plot_progress(out: Path) -> list[str]:
    """Draw the loss and each tuning score over the steps; return the files' names, none where nothing was logged.

    Raises:
        MissingExtraError: the package ``matplotlib`` is not installed.
    """
    path = out / PROGRESS
    lines: list[dict[str, Any]] = []
    if path.is_file():
        lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    if not lines:
        return []
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise MissingExtraError("train") from error
    names = [name for name in lines[-1] if name not in ("step", "seconds", "loss")]
    panels: Mapping[str, Sequence[str]] = {"loss.svg": ["loss"], "tuning.svg": names}
    for file, series in panels.items():
        figure = Figure(figsize=(6, 3.2), layout="constrained")
        axes = figure.add_subplot()
        for name in series:
            known = [(line["step"], line[name]) for line in lines if name in line and (line["step"] or name != "loss")]
            axes.plot([step for step, _ in known], [value for _, value in known], marker="o", label=name)
        axes.set_xlabel("step")
        axes.set_ylabel("loss" if series == ["loss"] else "tuning part")
        axes.grid(alpha=0.3)
        if len(series) > 1:
            axes.legend(fontsize=7)
        figure.savefig(out / file, metadata={"Date": None})
    return list(panels)


def _readme(card: RunCard, body: str, curves: Sequence[str]) -> str:
    data = "; ".join(
        f"{name}: " + ", ".join(f"{count} {part}" for part, count in parts.items()) for name, parts in card.data.items()
    )
    lines = [
        f"# Model card: {card.kind}",
        "",
        f"- Command: `{card.command}`",
        f"- Seed {card.seed}, {card.steps} steps, {card.seconds / 60:.1f} minutes",
        *([f"- {card.place}"] if card.place else []),
        f"- Tasks: {data}",
        "",
        "## Settings",
        "",
        "| setting | value |",
        "|---|---|",
        *(f"| {name} | {json.dumps(value)} |" for name, value in card.config.items()),
        "",
        "## Measured",
        "",
        body.strip(),
    ]
    if curves:
        lines += ["", "## Curves", "", *(f"![{Path(file).stem}]({file})" for file in curves)]
    return "\n".join(lines) + "\n"
