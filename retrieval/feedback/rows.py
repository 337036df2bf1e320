"""Turn a log of shown lists into training data: groups for a reranker, interactions, rows for a learned blend.

`palate feedback export` writes the log. Items higher up are looked at more, so that their labels are higher whatever
they are worth. Where the order was partly left to chance, each row is weighted by one over the chance of the item to
stand where it stood, cut at ``clip``: in the weighted log every item stands at every place equally often, and the
advantage of places is the same for all (after Joachims, Swaminathan and Schnabel, WSDM 2017, with known chances in
place of an estimated click model). A log without chance has weights of 1 and keeps the bias; ``corrected`` says so.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, ValidationError

from ..exploration import FeedbackError, Logged
from ..types import Value

Numbers = NDArray[np.float64]


class FeedbackConfig(Value):
    """How a log is read for training."""

    clip: float = Field(20.0, ge=1.0)
    """Largest weight of a row: a lower one trusts unlikely places less and keeps more of the bias of places."""
    least: int = Field(20, ge=1)
    """Lists with a reaction that training needs at least."""


class FeedbackGroup(NamedTuple):
    """One request with the items that were shown for it."""

    query: str
    item_ids: tuple[str, ...]
    labels: tuple[int, ...]
    weights: tuple[float, ...]
    """One over the chance of each item at its place, clipped; mean 1 over the log."""
    session: str
    turn: str


class Interaction(NamedTuple):
    """A reaction as collaborative training reads it."""

    user_id: str
    item_id: str
    value: float
    timestamp: str


@dataclass(frozen=True)
class RankRows:
    """Rows for LambdaMART; ``sizes`` says how many follow each other for one request."""

    features: Numbers
    """Shape (rows, names); NaN where the log lacks a feature."""
    labels: NDArray[np.int64]
    weights: Numbers
    positions: NDArray[np.int64]
    sizes: NDArray[np.int64]
    names: tuple[str, ...]


def read_feedback(path: Path) -> list[Logged]:
    """Return the lists of an export, in its order.

    Raises:
        FeedbackError: there is no such file, or a line is no logged list.
    """
    if not path.is_file():
        raise FeedbackError(f"There is no log {str(path)!r}.", hint="Write one: palate feedback export --out FILE.")
    lines = []
    with path.open(encoding="utf-8") as file:
        for number, text in enumerate(file, start=1):
            if not text.strip():
                continue
            try:
                lines.append(Logged.model_validate_json(text))
            except ValidationError as error:
                problem = error.errors()[0]["msg"]
                raise FeedbackError(
                    f"Line {number} of {str(path)!r} is no logged list: {problem}.",
                    hint="Write the log again: palate feedback export --out FILE.",
                ) from error
    return lines


def corrected(lines: Sequence[Logged]) -> bool:
    """Whether the weights take out the bias of places: every list was partly left to chance."""
    return bool(lines) and all(line.impression.explored for line in lines)


def reranker_groups(lines: Sequence[Logged], config: FeedbackConfig | None = None) -> list[FeedbackGroup]:
    """Return the requests whose words were kept and where something was liked better than something else.

    Raises:
        FeedbackError: there are too few.
    """
    config = config or FeedbackConfig()
    scale, found = _scale(lines, config), []
    for line in lines:
        rows = [(item.item_id, item.label, item.propensity) for item in line.items if item.label is not None]
        labels = [label for _, label, _ in rows]
        if line.impression.query and len(set(labels)) > 1:
            weights = tuple(_weight(chance, config) / scale for _, _, chance in rows)
            ids = tuple(item_id for item_id, _, _ in rows)
            shown = line.impression
            found.append(FeedbackGroup(shown.query, ids, tuple(labels), weights, shown.session_id, shown.turn_id))
    require(len(found), config, "with its words and both better and worse items")
    return found


def interactions(lines: Sequence[Logged]) -> Iterator[Interaction]:
    """Yield what users with an id reacted to: the label as the value, and 0 for what was turned down or skipped.

    Items without a reaction are left out: nobody knows whether they were seen.
    """
    for line in lines:
        if line.user:
            for item in line.items:
                if item.reactions and item.label is not None:
                    yield Interaction(line.user, item.item_id, float(item.label), line.impression.at)


def write_interactions(lines: Sequence[Logged], path: Path) -> int:
    """Write interactions as CSV with the columns of ``Interaction``; return how many.

    Raises:
        FeedbackError: there are none.
    """
    found = list(interactions(lines))
    if not found:
        raise FeedbackError(
            "The log has no reaction of a user with an id.",
            hint="Start sessions with a user_id; reactions of nobody in particular tell no taste.",
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(Interaction._fields)
        writer.writerows(found)
    return len(found)


def rank_rows(
    lines: Sequence[Logged], names: Sequence[str] | None = None, config: FeedbackConfig | None = None
) -> RankRows:
    """Return rows of the lists where something was liked better than something else.

    Args:
        lines: the log.
        names: features in the order wanted; None takes all that occur, sorted.
        config: how to weight.

    Raises:
        FeedbackError: there are too few.
    """
    config = config or FeedbackConfig()
    scale = _scale(lines, config)
    kept = [line for line in lines if len({item.label for item in line.items if item.label is not None}) > 1]
    require(len(kept), config, "with both better and worse items")
    known = {name for line in kept for candidate in line.impression.candidates for name in candidate.features}
    wanted = tuple(names) if names is not None else tuple(sorted(known))
    features, labels, weights, positions, sizes = [], [], [], [], []
    for line in kept:
        by_id = {candidate.item_id: candidate.features for candidate in line.impression.candidates}
        items = [item for item in line.items if item.label is not None]
        features += [[by_id[item.item_id].get(name, np.nan) for name in wanted] for item in items]
        labels += [item.label or 0 for item in items]
        weights += [_weight(item.propensity, config) / scale for item in items]
        positions += [item.position for item in items]
        sizes.append(len(items))
    return RankRows(
        np.array(features, dtype=np.float64),
        np.array(labels, dtype=np.int64),
        np.array(weights, dtype=np.float64),
        np.array(positions, dtype=np.int64),
        np.array(sizes, dtype=np.int64),
        wanted,
    )


def _weight(propensity: float, config: FeedbackConfig) -> float:
    return min(config.clip, 1.0 / propensity)


def _scale(lines: Sequence[Logged], config: FeedbackConfig) -> float:
    weights = [_weight(item.propensity, config) for line in lines for item in line.items]
    return float(np.mean(weights)) if weights else 1.0


def require(found: int, config: FeedbackConfig, what: str) -> None:
    """Raise FeedbackError where there are too few lists."""
    if found < config.least:
        raise FeedbackError(
            f"The log has {found} list{'' if found == 1 else 's'} {what}; {config.least} are needed.",
            hint="Collect more: feedback.enabled = true, and reactions through POST /v1/sessions/{id}/feedback.",
        )
