"""Train from a file of interactions: choose settings, keep the better of EASE and iALS, save it with what it is worth.

Each user's latest interactions are held out twice: the last few are for the report alone, those before them for every
choice. What is saved has learnt from all of them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from ..errors import InteractionsError
from ..types import Value, Vectors
from .als import Als, AlsConfig
from .choose import ALS_GRID, EASE_GRID, KNN_GRID, Chosen, Judge, ModelConfig, Trial, choose_settings, fit_model
from .cold import ColdConfig, TextSpace, foresee_vectors
from .config import CollaborativeConfig
from .ease import Ease, EaseConfig, fits
from .history import HistoryConfig, history_matrix
from .interactions import InteractionReport, Interactions, read_interactions
from .measure import interval
from .models import ItemScores, Scorer
from .popular import Popular
from .saved import Arrays, CollaborativeManifest, CollaborativeModel

_LEAST_USERS = 20
_LEAST_TESTED = 10
_BLOCK = 512
"""Rows of B that are made at a time."""


class TrainingConfig(Value):
    """Say how to train."""

    held_out: int = Field(5, ge=1)
    """Latest interactions of each user that are held out, twice; nobody gives up more than half at a time."""
    neighbours: int = Field(200, ge=1)
    """Strongest weights of each item that are saved, where EASE is kept."""
    quick: bool = False
    """Try a few settings only."""
    seed: int = 42
    threads: int = Field(1, ge=1)


class Figure(Value):
    """What one way of ranking is worth on the reported part."""

    name: str
    ndcg: float
    """nDCG@10, mean over users."""
    ndcg_interval: tuple[float, float]
    """95 %, by bootstrap over users."""
    above: float
    """nDCG@10 above popularity, user by user."""
    above_interval: tuple[float, float]


class TrainingReport(Value):
    """What a training run read, chose and measured, with what it takes to repeat it."""

    command: str
    seed: int
    file: str
    fingerprint: str
    """First 16 hex digits of the file's SHA-256."""
    catalog: str
    interactions: InteractionReport
    liked: float | None
    held_out: int
    users: int
    """Users who have something right to find in the reported part."""
    kept: str
    chosen: tuple[Trial, ...]
    """Best settings of each model on the validation part."""
    without_recency: tuple[Trial, ...]
    """The best of each that weighs all interactions alike."""
    figures: tuple[Figure, ...]
    halfway: float
    trials: tuple[Trial, ...]
    notes: tuple[str, ...] = ()


Say = Callable[[str], None]


def train_collaborative(
    path: Path,
    out: Path,
    catalog: str,
    ids: Sequence[str],
    texts: Vectors | None,
    columns: CollaborativeConfig,
    config: TrainingConfig,
    command: str,
    say: Say,
) -> TrainingReport:
    """Train, save into a folder, and return what was measured.

    Args:
        path: file of interactions.
        out: folder for the model and its report.
        catalog: name of the catalogue.
        ids: of all its items.
        texts: their text vectors, shape (items, dimension); None foresees nothing of items nobody had to do with.
        columns: names of the columns, and what counts as a like.
        config: how to train.
        command: to be noted in the report.
        say: told how it goes.

    Raises:
        InteractionsError: the file cannot be used, or holds too little to hold anything out.
        MissingExtraError: the libraries for training are not installed.
    """
    from .card import fingerprint, write_report

    known, told = read_interactions(path, ids, columns)
    for line in told.lines():
        say(line)
    run = _Run(known, texts, columns.liked, config, say)
    chosen = run.choose()
    figures, users = run.report(chosen)
    kept = max((one for one in chosen if one.best.model in _KEPT), key=lambda one: one.best.ndcg)
    say(f"Kept: {kept.best.model}, {kept.best.ndcg:.4f} on the validation part.")
    halfway = run.halfway(kept.best)
    model, arrays = run.final(kept.best, catalog, halfway)
    saved = run.as_saved(kept.best)
    report = TrainingReport(
        command=command,
        seed=config.seed,
        file=path.name,
        fingerprint=fingerprint(path),
        catalog=catalog,
        interactions=told,
        liked=columns.liked,
        held_out=config.held_out,
        users=users,
        kept=kept.best.model,
        chosen=tuple(one.best for one in chosen),
        without_recency=tuple(one.without_recency for one in chosen if one.without_recency is not None),
        figures=(*figures, saved),
        halfway=halfway,
        trials=tuple(trial for one in chosen for trial in one.trials),
        notes=tuple(run.notes),
    )
    model.save(out, arrays)
    write_report(report, out)
    return report


_KEPT = ("EASE", "iALS")


class _Run:
    """One training run over one file."""

    def __init__(
        self, known: Interactions, texts: Vectors | None, liked: float | None, config: TrainingConfig, say: Say
    ) -> None:
        self._known = known
        self._liked = liked
        self._config = config
        self._say = say
        self._space = None if texts is None else TextSpace.of(texts, ColdConfig().size)
        self.notes: list[str] = []
        self._learnt, self._test = known.last(config.held_out)
        self._early, self._valid = self._learnt.last(config.held_out)
        self._judge = Judge(self._early, self._valid, liked)
        self._final = Judge(self._learnt, self._test, liked)
        found = self._final.scored_users()
        if len(known.users) < _LEAST_USERS or found < _LEAST_TESTED:
            raise InteractionsError(
                f"{len(known.users):,} users, of whom {found:,} have something to find, are too few to train on.",
                hint=f"At least {_LEAST_USERS} users with several interactions are needed; check collaborative.liked.",
            )

    def choose(self) -> list[Chosen]:
        """Choose the settings of every model on the validation part."""
        return [
            choose_settings(name, self._judge, grid, on_trial=lambda trial: self._say(_words(trial)))
            for name, grid in self._grids().items()
        ]

    def report(self, chosen: Sequence[Chosen]) -> tuple[list[Figure], int]:
        """Measure every model on the reported part; popularity comes first, as all others are held against it."""
        rows: dict[str, NDArray[np.float64]] = {}
        for one in chosen:
            rows[one.best.model] = self._rows(one.best)
            plain = one.without_recency
            if plain is not None and plain.history != one.best.history:
                rows[f"{one.best.model}, all alike"] = self._rows(plain)
        self._popular = rows["popularity"]
        scored = int(np.isfinite(self._popular).sum())
        return [_figure(name, values, self._popular) for name, values in rows.items()], scored

    def as_saved(self, best: Trial) -> Figure:
        """Measure the model in the form in which it is saved, as a search would ask it."""
        model, _ = self._built(best, self._learnt, "", 1.0)
        scored = np.stack([_asked(model, self._learnt, user) for user in range(len(self._known.users))])
        rows = self._final.rows(scored.astype(np.float32))
        return _figure(f"{best.model}, as saved", rows, self._popular)

    def halfway(self, best: Trial) -> float:
        """Return the number of interactions at which the model is worth half of what it is worth in the end.

        Validation histories are cut to their latest few; what a model gains over popularity by then says how far to
        trust it. Between the counts tried the share is drawn straight.
        """
        model = self._fitted(best, self._early)
        popular = self._judge.rows(
            Popular(self._judge.histories(best.history)).scores(self._judge.histories(best.history))
        )
        shares = []
        from_end = self._early.from_end()
        for count in (*_COUNTS, None):
            short = self._early if count is None else self._early.where(from_end < count)
            rows = self._judge.rows(model.scores(history_matrix(short, best.history, self._liked)))
            shares.append(float(np.nanmean(rows - popular)))
        whole = max(shares)
        if whole <= 0:
            self.notes.append("The model does not beat popularity on the validation part; think before using it.")
            return float(_COUNTS[-1])
        return _crossing(_COUNTS, [share / whole for share in shares[:-1]], 0.5)

    def final(self, best: Trial, catalog: str, halfway: float) -> tuple[CollaborativeModel, Arrays]:
        """Learn from everything and return what is to be saved."""
        self._say("Learning from all interactions.")
        return self._built(best, self._known, catalog, halfway)

    def _grids(self) -> Mapping[str, Sequence[ModelConfig]]:
        threads = {"threads": self._config.threads, "seed": self._config.seed}
        als: Sequence[ModelConfig] = [one.model_copy(update=threads) for one in ALS_GRID]
        grids: dict[str, Sequence[ModelConfig]] = {"popularity": (None,), "item-kNN": KNN_GRID}
        if fits(len(self._known.users), len(self._known.items)):
            grids["EASE"] = EASE_GRID
        else:
            self.notes.append("EASE was left out: neither users nor items are few enough for its matrix.")
        grids["iALS"] = als
        return {name: grid[:: 1 + self._config.quick * (len(grid) - 1)] for name, grid in grids.items()}

    def _rows(self, trial: Trial) -> NDArray[np.float64]:
        histories = self._final.histories(trial.history)
        return self._final.rows(self._fitted(trial, self._learnt).scores(histories))

    def _fitted(self, trial: Trial, known: Interactions) -> Scorer:
        plain = HistoryConfig(strength=trial.history.strength)
        return fit_model(history_matrix(known, plain, self._liked), trial.settings)

    def _built(
        self, best: Trial, known: Interactions, catalog: str, halfway: float
    ) -> tuple[CollaborativeModel, Arrays]:
        model = self._fitted(best, known)
        warm = np.bincount(known.item, minlength=len(known.items)) > 0
        arrays = _ease_arrays(model, warm, self._space, self._config) if isinstance(model, Ease) else None
        if arrays is None:
            assert isinstance(model, Als)
            arrays = _als_arrays(model, warm, self._space)
        assert isinstance(best.settings, EaseConfig | AlsConfig)
        manifest = CollaborativeManifest(
            kind="ease" if isinstance(model, Ease) else "als",
            catalog=catalog,
            items=len(known.items),
            warm=int(warm.sum()),
            users=len(known.users),
            interactions=len(known),
            history=best.history,
            settings=best.settings,
            halfway=halfway,
        )
        return CollaborativeModel(manifest, known.items, arrays), arrays


_COUNTS = (1, 2, 5, 10, 20)


def _crossing(counts: Sequence[int], shares: Sequence[float], level: float) -> float:
    """Return where the line through (0, 0) and the points first reaches the level, at most the last count."""
    before = (0.0, 0.0)
    for count, share in zip(counts, shares, strict=True):
        if share >= level:
            return round(before[0] + (level - before[1]) / (share - before[1]) * (count - before[0]), 2)
        before = (float(count), share)
    return float(counts[-1])


def _asked(model: CollaborativeModel, known: Interactions, user: int) -> ItemScores:
    """Return the saved model's scores for one user's history."""
    mine = known.where(known.user == user)
    strength = np.ones(len(mine))
    if model.manifest.history.strength == "value":
        strength = mine.value / known.scale
    history = {known.items[item]: float(weight) for item, weight in zip(mine.item, strength, strict=True)}
    scored = model.scores(history)
    return np.zeros(len(known.items), np.float32) if scored is None else np.nan_to_num(scored, nan=-math.inf)


def _ease_arrays(model: Ease, warm: NDArray[np.bool_], space: TextSpace | None, config: TrainingConfig) -> Arrays:
    """Return the strongest weights of each row of B, and what B says in the space of texts."""
    items = len(warm)
    count = min(config.neighbours, items)
    places = np.zeros((items, count), dtype=np.int32)
    weights = np.zeros((items, count), dtype=np.float32)
    size = 0 if space is None else space.rows.shape[1]
    profiles = np.zeros((items, size), dtype=np.float32)
    solver = None if space is None else space.solver(warm, ColdConfig().regularisation)
    rows = np.flatnonzero(warm)
    for start in range(0, len(rows), _BLOCK):
        block = rows[start : start + _BLOCK]
        part = model.rows(block.astype(np.int32))
        head = np.argpartition(-np.abs(part), count - 1, axis=1)[:, :count]
        places[block] = head
        weights[block] = np.take_along_axis(part, head, axis=1)
        if solver is not None:
            profiles[block] = part[:, warm] @ solver
    texts = np.zeros((int((~warm).sum()), 0), dtype=np.float32) if space is None else space.rows[~warm]
    return {"places": places, "weights": weights, "spoken": warm, "profiles": profiles, "texts": texts}


def _als_arrays(model: Als, warm: NDArray[np.bool_], space: TextSpace | None) -> Arrays:
    vectors = model.vectors.copy()
    if space is None:
        vectors[~warm] = np.nan
    else:
        vectors = foresee_vectors(vectors, space, warm, ColdConfig().regularisation)
    return {"vectors": vectors, "spoken": warm}


def _figure(name: str, rows: NDArray[np.float64], popular: NDArray[np.float64]) -> Figure:
    scored = np.isfinite(rows) & np.isfinite(popular)
    values, above = rows[scored], (rows - popular)[scored]
    return Figure(
        name=name,
        ndcg=round(float(values.mean()), 5),
        ndcg_interval=interval(values),
        above=round(float(above.mean()), 5),
        above_interval=interval(above),
    )


def _words(trial: Trial) -> str:
    settings = (
        ""
        if trial.settings is None
        else ", ".join(
            f"{name} {value:g}"
            for name, value in trial.settings.model_dump(exclude={"seed", "threads", "rounds"}).items()
        )
    )
    life = "all alike" if trial.history.half_life is None else f"half-life {trial.history.half_life:g}"
    return (
        f"{trial.model}: {', '.join(filter(None, (settings, trial.history.strength, life)))}: nDCG@10 {trial.ndcg:.4f}"
    )
