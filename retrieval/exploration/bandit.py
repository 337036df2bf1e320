"""Order a head by a linear model of what pleases, drawn from how unsure it is: Thompson sampling. Learns nothing here.

The model is Bayesian linear regression (Agrawal and Goyal, Thompson Sampling for Contextual Bandits with Linear
Payoffs, ICML 2013). A fixed number of models is drawn from its posterior once, and each turn takes one of them at
random (Lu and Van Roy, Ensemble Sampling, NeurIPS 2017), so that the chance of an item at a place is exact: it is the
share of the models that put it there.
"""

from __future__ import annotations

import hashlib
import random
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from pydantic import Field, ValidationError

from ..types import Value
from .types import Draw, FeedbackError, Numbers


class BanditState(Value):
    """What ``palate train bandit`` learnt; a file, never changed while serving."""

    features: tuple[str, ...]
    """Names of the features, each taken in standard deviations within the head."""
    precision: tuple[tuple[float, ...], ...]
    """Inverse of the posterior's covariance, shape (features, features)."""
    mean: tuple[float, ...]
    """Mean of the posterior."""
    noise: float = Field(1.0, gt=0.0)
    """Deviation of the rewards about the model; scales how far the drawn models lie apart."""
    models: int = Field(200, ge=1, le=10_000)
    """How many models are drawn; the least chance of a list that can be drawn is one in so many."""
    seed: int = 0
    """Seed of those draws."""
    lists: int = 0
    """Logged lists that it learnt from."""
    source: str = ""
    """Hash of the log that it learnt from."""

    def digest(self) -> str:
        """Return a short hash of all of it."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:16]


class LinearBandit:
    """Orders heads by models drawn from a state; threads may share it."""

    def __init__(self, state: BanditState) -> None:
        """Draw the models.

        Raises:
            FeedbackError: the shapes do not fit, or the precision is no such matrix.
        """
        self.state = state
        size = len(state.features)
        precision = np.array(state.precision, dtype=np.float64)
        if precision.shape != (size, size) or len(state.mean) != size:
            raise FeedbackError(
                f"The bandit's state has {size} features and a precision of shape {precision.shape}.", hint=_AGAIN
            )
        try:
            root = np.linalg.cholesky(precision)
        except np.linalg.LinAlgError as error:
            raise FeedbackError("The bandit's precision is not positive definite.", hint=_AGAIN) from error
        standard = np.random.default_rng(state.seed).standard_normal((size, state.models))
        drawn = np.linalg.solve(root.T, standard) * state.noise
        self._models = np.array(state.mean)[:, None] + drawn

    def draw(self, features: Sequence[Mapping[str, float]], places: int, seed: int) -> Draw:
        """Return the order of one model taken at random, with the shares of all models."""
        orders = np.argsort(-(self.rows(features) @ self._models), axis=0, kind="stable")[:places]
        chances = np.zeros((len(features), places))
        for place in range(places):
            np.add.at(chances[:, place], orders[place], 1.0 / self.state.models)
        lists = Counter(tuple(map(int, column)) for column in orders.T)
        taken = tuple(map(int, orders[:, random.Random(seed).randrange(self.state.models)]))
        return Draw(taken, chances, lists[taken] / self.state.models)

    def mean_scores(self, features: Sequence[Mapping[str, float]]) -> Numbers:
        """Return what the mean model makes of each candidate, shape (candidates,)."""
        return np.asarray(self.rows(features) @ np.array(self.state.mean), dtype=np.float64)

    def rows(self, features: Sequence[Mapping[str, float]]) -> Numbers:
        """Return the features as the model reads them, shape (candidates, features)."""
        return standard_rows(features, self.state.features)


def standard_rows(features: Sequence[Mapping[str, float]], names: Sequence[str]) -> Numbers:
    """Return features in standard deviations within the head, 0 where a candidate lacks one or all are alike."""
    rows = np.zeros((len(features), len(names)))
    for column, name in enumerate(names):
        present = [at for at, row in enumerate(features) if name in row]
        values = np.array([features[at][name] for at in present], dtype=np.float64)
        deviation = float(values.std()) if present else 0.0
        if deviation > 0:
            rows[present, column] = (values - values.mean()) / deviation
    return rows


def read_state(path: str | Path) -> BanditState:
    """Return a state that was written.

    Raises:
        FeedbackError: there is no such file, or it holds no state.
    """
    file = Path(path)
    if not str(path) or not file.is_file():
        raise FeedbackError(
            f"There is no bandit's state {str(path)!r}.",
            hint="Write one with `palate train bandit --from-feedback LOG --out FILE` and set exploration.state.",
        )
    try:
        return BanditState.model_validate_json(file.read_bytes())
    except ValidationError as error:
        raise FeedbackError(f"{str(file)!r} is no bandit's state: {error.errors()[0]['msg']}.", hint=_AGAIN) from error


def write_state(state: BanditState, path: Path) -> None:
    """Write a state; it counts only once ``exploration.state`` names the file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(state.model_dump_json(indent=1) + "\n", encoding="utf-8")


_AGAIN = "Train again: palate train bandit --from-feedback LOG --out FILE."
