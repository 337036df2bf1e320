"""Users over a catalogue whose tastes a bandit cannot see. Pure but for what it is given.

Each user has a hidden taste over attributes: a few that please, a few that do not, and a little of everything. A head
of candidates is offered; whether a shown one is accepted depends on the taste alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from retrieval.types import Item

Numbers = NDArray[np.float64]
Requests = Literal["same request", "changing requests"]
HEAD, SHOWN = 16, 5
_GENRES, _COUNTRIES = 16, 5
_LEAST, _MOST = 0.02, 0.98
_BASE = 0.3


@dataclass(frozen=True)
class FilmTable:
    """Items as a bandit sees them."""

    features: Numbers
    """Shape (items, features), rows of length 1 at most; the last is constant."""
    names: tuple[str, ...]
    genres: NDArray[np.bool_]
    """Which items have which of the requested genres, shape (items, genres)."""
    fame: Numbers
    """Chance of an item to be among candidates, in proportion; well-known ones more."""


def film_table(items: Sequence[Item]) -> FilmTable:
    """Return items by their facts: genres, decade, country, language, length, critics' score, fame."""
    genres = _common(items, "genres", _GENRES)
    countries = _common(items, "country", _COUNTRIES)
    decades = (1950, 1960, 1970, 1980, 1990, 2000, 2010)
    columns: dict[str, Numbers] = {}
    for genre in genres:
        columns[f"genre {genre}"] = np.array([genre in _labels(item, "genres") for item in items], dtype=np.float64)
    for country in countries:
        columns[f"country {country}"] = np.array(
            [country in _labels(item, "country") for item in items], dtype=np.float64
        )
    years = _numbers(items, "year")
    for decade in decades:
        columns[f"{decade}s"] = ((years >= decade) & (years < decade + 10)).astype(np.float64)
    for name in ("runtime", "critics_score"):
        columns[name] = _standard(_numbers(items, name))
    fame = np.log1p(np.array([item.popularity for item in items]))
    columns["fame"] = _standard(fame)
    rows = np.stack([*columns.values()], axis=1)
    rows = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
    rows = np.concatenate([rows, np.ones((len(rows), 1))], axis=1) / np.sqrt(2.0)
    asked = np.stack([columns[f"genre {genre}"] > 0 for genre in genres], axis=1)
    return FilmTable(rows, (*columns, "constant"), asked, fame / fame.sum())


@dataclass(frozen=True)
class World:
    """Hidden tastes, one for each of several users, and the candidates of every round."""

    table: FilmTable
    tastes: Numbers
    """Shape (users, features)."""
    heads: NDArray[np.int64]
    """Items offered, shape (rounds, users, ``HEAD``)."""

    def chances(self, at: int) -> Numbers:
        """Return the chance of each candidate of a round to be accepted, shape (users, ``HEAD``)."""
        offered = self.table.features[self.heads[at]]
        fit = np.einsum("uhf,uf->uh", offered, self.tastes)
        return np.asarray(np.clip(_BASE + fit, _LEAST, _MOST), dtype=np.float64)


def make_world(table: FilmTable, requests: Requests, users: int, rounds: int, seed: int) -> World:
    """Return users with hidden tastes who ask the same again and again, or for another genre each time."""
    rng = np.random.default_rng(seed)
    size = table.features.shape[1]
    tastes = 0.1 * rng.standard_normal((users, size))
    for user in range(users):
        strong = rng.choice(size - 1, size=8, replace=False)
        tastes[user, strong[:4]] += 0.7
        tastes[user, strong[4:]] -= 0.7
        tastes[user, -1] = 0.0
    heads = np.empty((rounds, users, HEAD), dtype=np.int64)
    pools = [np.flatnonzero(column) for column in table.genres.T]
    shares = [table.fame[pool] / table.fame[pool].sum() for pool in pools]
    for user in range(users):
        if requests == "same request":
            genre = int(rng.integers(len(pools)))
            heads[:, user] = rng.choice(pools[genre], size=HEAD, replace=False, p=shares[genre])
            continue
        for at in range(rounds):
            genre = int(rng.integers(len(pools)))
            heads[at, user] = _few(pools[genre], shares[genre], rng)
    return World(table, tastes, heads)


def _few(pool: NDArray[np.int64], shares: Numbers, rng: np.random.Generator) -> NDArray[np.int64]:
    """Return distinct items in proportion to their shares, without sorting the pool each time."""
    found: dict[int, None] = {}
    while len(found) < HEAD:
        drawn = pool[np.searchsorted(np.cumsum(shares), rng.random(2 * HEAD)).clip(max=len(pool) - 1)]
        found |= dict.fromkeys(drawn.tolist())
    return np.array(list(found)[:HEAD])


def _labels(item: Item, name: str) -> tuple[str, ...]:
    value = item.attributes.get(name)
    if isinstance(value, tuple):
        return tuple(map(str, value))
    return () if value is None else (str(value),)


def _common(items: Sequence[Item], name: str, most: int) -> list[str]:
    counts = Counter(label for item in items for label in _labels(item, name))
    return sorted(label for label, _ in counts.most_common(most))


def _numbers(items: Sequence[Item], name: str) -> Numbers:
    values = [item.attributes.get(name) for item in items]
    return np.array([float(value) if isinstance(value, (int, float)) else np.nan for value in values])


def _standard(values: Numbers) -> Numbers:
    known = values[~np.isnan(values)]
    deviation = float(known.std()) if known.size else 0.0
    scaled = (values - known.mean()) / deviation if deviation > 0 else np.zeros_like(values)
    return np.nan_to_num(np.clip(scaled, -3.0, 3.0) / 3.0)
