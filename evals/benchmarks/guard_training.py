"""Train the guard's classifier on the development half, and choose its thresholds by what it does to harmless talk.

Only rows whose licence allows it are learnt from. Deterministic: the same rows give the same weights.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agent import GuardWeights, guard_buckets
from retrieval.types import Value

from .guard_data import TALK, Message, read_messages, read_talk
from .guard_talk import WRITTEN, written_look_alikes

Floats = NDArray[np.float64]
_FREE = ("MIT", "Apache-2.0", "CC BY 4.0")
_FOLDS = 5
_STRENGTH = 10.0
"""Inverse of the penalty on weights; 1 and 100 caught less at the same share of harmless messages."""
_HARMLESS = 0.0
"""Share of harmless look-alikes that may score as likely attacks, by weights that never saw them: of 211, none
may, if the share is to be under 2 % with some certainty."""
_DOUBTFUL = 0.01


class TrainedGuard(Value):
    """What training found, by cross-validation on the development half."""

    rows: dict[str, int]
    """Kind -> messages learnt from."""
    left_out: int
    """Messages whose licence does not allow learning from them."""
    likely: float
    doubtful: float
    caught: float
    """Share of attacks, noisy kinds aside, at or above ``likely``."""
    look_alikes: float
    """Share of harmless look-alikes at or above ``likely``."""
    talk: float
    """Share of real talk about films at or above ``likely``."""


def train(folder: Path, out: Path, say: Callable[[str], None]) -> TrainedGuard:
    """Learn from the sets in ``folder`` and write the weights to ``out``.

    Raises:
        DataMissingError: the guard's set is absent.
    """
    found = [*read_messages(folder, "development"), *read_talk(folder, "development"), *written_look_alikes()]
    messages = [message for message in found if message.license.startswith(_FREE)]
    say(f"learning from {len(messages)} messages; {len(found) - len(messages)} left out for their licence")
    rows = _Rows(messages)
    scores = _held_out(rows, say)
    likely, doubtful = (_threshold(scores[rows.look_alikes], share) for share in (_HARMLESS, _DOUBTFUL))
    weights, bias = rows.fit(np.ones(len(messages), dtype=bool))
    GuardWeights(weights.astype(np.float32), bias, likely, doubtful).save(out)
    return TrainedGuard(
        rows={kind: int((rows.kinds == kind).sum()) for kind in sorted(set(rows.kinds.tolist()))},
        left_out=len(found) - len(messages),
        likely=likely,
        doubtful=doubtful,
        caught=float((scores[rows.attacks] >= likely).mean()),
        look_alikes=float((scores[rows.look_alikes] >= likely).mean()),
        talk=float((scores[rows.talk] >= likely).mean()),
    )


class _Rows:
    """Messages as a sparse matrix with labels and weights."""

    def __init__(self, messages: Sequence[Message]) -> None:
        self.kinds = np.array([message.kind for message in messages])
        self.labels = np.array([message.attack for message in messages], dtype=np.float64)
        self.noisy = np.array([message.noisy for message in messages])
        self.talk = np.isin(self.kinds, (TALK, WRITTEN))
        self.look_alikes = (self.labels == 0) & ~self.talk
        self.attacks = (self.labels == 1) & ~self.noisy
        # There are fifty times more messages about films than look-alikes, and noisy labels deserve half a voice.
        self.weights = np.select([self.talk, self.look_alikes, self.noisy], [0.3, 3.0, 0.5], 1.0)
        self.folds = np.array([_fold(message.text) for message in messages])
        self.matrix = _matrix([message.text for message in messages])

    def fit(self, chosen: NDArray[np.bool_]) -> tuple[Floats, float]:
        """Return weights and bias that fit the chosen rows best, with a penalty on large weights (ridge)."""
        from scipy.optimize import minimize

        matrix, labels, weights = self.matrix[chosen], self.labels[chosen], self.weights[chosen]

        def loss(values: Floats) -> tuple[float, Floats]:
            logits = matrix @ values[:-1] + values[-1]
            error = weights * (1 / (1 + np.exp(-logits)) - labels)
            cost = float(weights @ np.logaddexp(0, (1 - 2 * labels) * logits))
            cost += 0.5 / _STRENGTH * float(values[:-1] @ values[:-1])
            return cost, np.append(matrix.T @ error + values[:-1] / _STRENGTH, error.sum())

        best = minimize(loss, np.zeros(self.matrix.shape[1] + 1), jac=True, method="L-BFGS-B", options={"maxiter": 300})
        return best.x[:-1], float(best.x[-1])


def _matrix(texts: Sequence[str]) -> Any:
    places, values, ends = [], [], [0]
    for text in texts:
        found, value = guard_buckets(text)
        places.append(found)
        values.append(np.full(len(found), value))
        ends.append(ends[-1] + len(found))
    from scipy.sparse import csr_matrix

    return csr_matrix((np.concatenate(values), np.concatenate(places), ends), shape=(len(texts), GuardWeights.size()))


def _held_out(rows: _Rows, say: Callable[[str], None]) -> Floats:
    """Return each row's score by weights that saw neither it nor a near copy of it."""
    scores = np.zeros(len(rows.labels))
    for fold in range(_FOLDS):
        weights, bias = rows.fit(rows.folds != fold)
        mine = rows.folds == fold
        scores[mine] = rows.matrix[mine] @ weights + bias
        say(f"fold {fold + 1} of {_FOLDS}")
    return scores


def _threshold(scores: Floats, share: float) -> float:
    """Return the least score that at most that share of the rows reaches."""
    ordered = np.sort(scores)[::-1]
    return float(np.nextafter(ordered[int(share * len(ordered))], np.inf))


def _fold(text: str) -> int:
    """Put messages that end alike into one fold: the sets hold many variants of one attack."""
    end = re.sub(r"\W+", " ", text.casefold())[-80:]
    return int.from_bytes(hashlib.sha256(end.encode()).digest()[:4], "big") % _FOLDS
