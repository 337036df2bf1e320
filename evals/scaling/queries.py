"""Draw queries: words, now and then a liked item, and hard constraints from very wide to very narrow."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from retrieval.types import Constraint, Item, Query

BANDS = ((0.5, 1.0), (0.1, 0.5), (0.01, 0.1), (0.001, 0.01), (0.0, 0.001))
"""Shares of items that satisfy a query's constraints, (more than, at most)."""
_COMMON = 0.01
"""Words more frequent than this are not searched by."""
_LIKES = 0.25
"""Share of queries with a liked item."""
_TRIES = 400

Count = Callable[[Sequence[Constraint]], int]


class QuerySource:
    """Draws queries; the same for the same seed."""

    def __init__(self, films: Sequence[Item], words: Sequence[str], shares: np.ndarray, total: int, seed: int) -> None:
        """Take films whose values are asked for, words of descriptions with their shares, and how many items."""
        self._rng = np.random.default_rng((seed, 1))
        self._films = films
        rare = np.where(shares < _COMMON, shares, 0.0)
        self._words = words
        self._shares = rare / rare.sum()
        self._total = total

    def free(self, k: int) -> Query:
        """Return a query without constraints."""
        words = self._rng.choice(len(self._words), size=int(self._rng.integers(2, 6)), p=self._shares)
        liked = (f"s{int(self._rng.integers(self._total)):07d}",) if self._rng.random() < _LIKES else ()
        return Query(text=" ".join(self._words[at] for at in words), like_ids=liked, k=k)

    def bound(self, k: int, band: tuple[float, float], count: Count) -> Query | None:
        """Return a query whose constraints leave a share within the band, or None where none was found."""
        for _ in range(_TRIES):
            constraints = tuple(self._constraint() for _ in range(int(self._rng.integers(1, 4))))
            share = count(constraints) / self._total
            if band[0] < share <= band[1]:
                return self.free(k).model_copy(update={"constraints": constraints})
        return None

    def _constraint(self) -> Constraint:
        film = self._films[int(self._rng.integers(len(self._films)))].attributes
        year = int(str(film.get("year", 2000)))
        minutes = int(float(str(film.get("runtime", 100))))
        names = film.get("director") or ("Nobody",)
        genres = film.get("genres") or ("Drama",)
        countries = film.get("country") or ("France",)
        choices: list[tuple[str, str, object]] = [
            ("year", "ge", year),
            ("year", "le", year),
            ("year", "between", (year, year + int(self._rng.integers(0, 8)))),
            ("runtime", "le", minutes),
            ("genres", "eq", _first(genres)),
            ("genres", "ne", _first(genres)),
            ("country", "eq", _first(countries)),
            ("director", "eq", _first(names)),
            ("critics_score", "ge", int(float(str(film.get("critics_score", 50))))),
        ]
        attribute, op, value = choices[int(self._rng.integers(len(choices)))]
        return Constraint.model_validate({"attribute": attribute, "op": op, "value": value})


def _first(value: object) -> str:
    return str(value[0]) if isinstance(value, tuple) else str(value)
