"""Read moments of dialogues into sparse matrices: mentions by who made them and when, words, and facts named."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import scipy.sparse as sp

from .sides import ItemSides
from .spelling import WORD, fold
from .types import USER, Floats, Ints, Moment

MENTION_DECAY = 0.8
"""What a mention weighs against the next later one."""
TURN_DECAY = 0.85
"""What a word weighs against the same word one turn later."""
_DISLIKED = 0.3
_SHORTEST_VALUE = 3
"""Characters of the shortest fact that is looked for in text."""
_LONGEST_VALUE = 6
"""Words of the longest fact that is looked for in text."""


@dataclass(frozen=True)
class View:
    """Moments as matrices; one row a moment."""

    mentions: Mapping[str, sp.csr_matrix]
    """``all`` (weighted by recency), ``user``, ``recommender``, ``last``: moments x items."""
    words: tuple[Mapping[str, float], ...]
    """Words and pairs of words with their weight; what the recommender said is marked."""
    named: Mapping[str, sp.csr_matrix]
    """By attribute: its values found in the text, moments x values, weighted by recency."""
    named_last: Mapping[str, sp.csr_matrix]
    """The same from the user's last words alone."""
    years: Floats
    """Years asked for (first and last, 0 where none was named), shape (moments, 2)."""
    shape: Floats
    """Turns so far, items mentioned, words in the user's last turn, whether the user named any item, shape (n, 4)."""

    def __len__(self) -> int:
        """Return the number of moments."""
        return len(self.words)

    def rows(self, rows: Ints) -> View:
        """Return some of the moments."""

        def some(matrices: Mapping[str, sp.csr_matrix]) -> dict[str, sp.csr_matrix]:
            return {name: matrix[rows] for name, matrix in matrices.items()}

        words = tuple(self.words[row] for row in rows)
        return View(
            some(self.mentions), words, some(self.named), some(self.named_last), self.years[rows], self.shape[rows]
        )


class Reader:
    """Knows the titles and facts to look for; holds no state of any dialogue."""

    def __init__(self, sides: ItemSides) -> None:
        """Prepare the look-up of facts."""
        self._sides = sides
        self._titles = [fold(title) for title in sides.titles]
        # A short title stands in any text; with its year it does not.
        self._full = [
            f"{title} ({year:.0f})" if year else title
            for title, year in zip(self._titles, sides.years.tolist(), strict=True)
        ]
        self._values: dict[str, list[tuple[str, int]]] = {}
        for attribute, values in sides.values.items():
            for at, value in enumerate(values):
                for form in _forms(value, label=attribute in sides.labels):
                    self._values.setdefault(form, []).append((attribute, at))

    def read(self, moments: Sequence[Moment]) -> View:
        """Return the moments as matrices."""
        size = self._sides.size
        mentions = {name: _Rows(size) for name in ("all", "user", "recommender", "last")}
        named = {name: _Rows(len(values)) for name, values in self._sides.values.items()}
        last = {name: _Rows(len(values)) for name, values in self._sides.values.items()}
        words, years, shapes = [], [], []
        for moment in moments:
            texts = [(role, _plain(text)) for role, text in moment.turns]
            user_named = self._mentions(moment, texts, mentions)
            bare = self._without_titles(moment, texts)
            words.append(_words(bare))
            self._named(bare, named, last)
            asked = " ".join(_last_words(bare))
            years.append(_years(asked))
            shapes.append((len(texts), len(moment.mentioned), len(WORD.findall(asked)), float(user_named)))
            for rows in (*mentions.values(), *named.values(), *last.values()):
                rows.end()
        return View(
            {name: rows.matrix() for name, rows in mentions.items()},
            tuple(words),
            {name: rows.matrix() for name, rows in named.items()},
            {name: rows.matrix() for name, rows in last.items()},
            np.array(years, dtype=np.float32).reshape(-1, 2),
            np.array(shapes, dtype=np.float32).reshape(-1, 4),
        )

    def _mentions(self, moment: Moment, texts: Sequence[tuple[str, str]], rows: Mapping[str, _Rows]) -> bool:
        folded = [(role, fold(text)) for role, text in texts]
        user_named = False
        for age, item in enumerate(reversed(moment.mentioned)):
            weight = MENTION_DECAY**age * (_DISLIKED if item in moment.disliked else 1.0)
            # Who brought an item up says more than who repeated it.
            role = next(
                (role for form in (self._full[item], self._titles[item]) for role, text in folded if form in text), USER
            )
            user_named = user_named or role == USER
            rows["all"].put(item, weight)
            rows["user" if role == USER else "recommender"].put(item, weight)
            if age == 0:
                rows["last"].put(item, 1.0)
        return user_named

    def _without_titles(self, moment: Moment, texts: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
        titles = sorted({self._titles[item] for item in moment.mentioned}, key=len, reverse=True)
        if not titles:
            return [(role, fold(text)) for role, text in texts]
        found = re.compile("|".join(rf"{re.escape(title)}(?:\s*\(\d{{4}}\))?" for title in titles))
        return [(role, found.sub(" ", fold(text))) for role, text in texts]

    def _named(self, texts: Sequence[tuple[str, str]], named: Mapping[str, _Rows], last: Mapping[str, _Rows]) -> None:
        latest = max((at for at, (role, _) in enumerate(texts) if role == USER), default=-1)
        best: dict[tuple[str, int], float] = {}
        weight = 1.0
        for at in range(len(texts) - 1, -1, -1):
            found = self._values_in(texts[at][1])
            for key in found:
                best[key] = max(best.get(key, 0.0), weight)
                if at == latest:
                    last[key[0]].put(key[1], 1.0)
            if found:
                weight *= MENTION_DECAY
        for (attribute, value), worth in best.items():
            named[attribute].put(value, worth)

    def _values_in(self, text: str) -> set[tuple[str, int]]:
        words = WORD.findall(text)
        found: set[tuple[str, int]] = set()
        place = 0
        while place < len(words):
            for length in range(min(_LONGEST_VALUE, len(words) - place), 0, -1):
                values = self._values.get(" ".join(words[place : place + length]))
                if values:
                    found.update(values)
                    place += length - 1
                    break
            place += 1
        return found


class _Rows:
    """Collects a sparse matrix row by row."""

    def __init__(self, width: int) -> None:
        self._width = max(1, width)
        self._cols: list[int] = []
        self._data: list[float] = []
        self._ends = [0]

    def put(self, col: int, value: float) -> None:
        self._cols.append(col)
        self._data.append(value)

    def end(self) -> None:
        self._ends.append(len(self._cols))

    def matrix(self) -> sp.csr_matrix:
        data = np.array(self._data, dtype=np.float32)
        shape = (len(self._ends) - 1, self._width)
        found = sp.csr_matrix((data, np.array(self._cols, dtype=np.int64), np.array(self._ends)), shape=shape)
        found.sum_duplicates()
        return found


def _plain(text: str) -> str:
    return " ".join(html.unescape(text).split())


def _last_words(texts: Sequence[tuple[str, str]]) -> Iterable[str]:
    """Return what the user said since the recommender last spoke, or in their last turn."""
    found: list[str] = []
    for role, text in reversed(texts):
        if role == USER:
            found.append(text)
        elif found:
            break
    return reversed(found)


def _words(texts: Sequence[tuple[str, str]]) -> dict[str, float]:
    found: dict[str, float] = {}
    weight = 1.0
    for role, text in reversed(texts):
        words = WORD.findall(text)
        if not words:
            continue
        mark = "" if role == USER else "<"
        for word in (*words, *map(" ".join, pairwise(words))):
            found[mark + word] = max(found.get(mark + word, 0.0), weight)
        weight *= TURN_DECAY
    return found


def _forms(value: str, *, label: bool) -> set[str]:
    plain = " ".join(WORD.findall(value))
    if len(plain) < _SHORTEST_VALUE:
        return set()
    if not label:
        return {plain}
    forms = {plain, plain + "s", plain.removesuffix(" film"), plain.removesuffix(" fiction")}
    if plain.endswith("y"):
        forms.add(plain[:-1] + "ies")
    return {form for form in forms if len(form) >= _SHORTEST_VALUE} | _SHORT.get(plain, set())


_SHORT = {
    "romance": {"romantic", "love story"},
    "comedy": {"funny", "hilarious", "laugh"},
    "horror": {"scary"},
    "animation": {"animated", "cartoon", "cartoons", "pixar"},
    "family": {"kids", "children"},
    "sci fi": {"scifi", "sci-fi", "science fiction"},
    "documentary": {"documentaries"},
}
"""Words that people use for the most common labels of films; where a catalogue has no such label they do nothing."""

_YEAR = re.compile(r"\b(19[2-9]\d|20[0-3]\d)\b")
_DECADE = re.compile(r"\b(?:19|20)?([0-9])0'?s\b")
_OLDEST_DECADE = 2


def _years(text: str) -> tuple[float, float]:
    decade = _DECADE.search(text)
    if decade:
        first = int(decade[1]) * 10 + (1900 if int(decade[1]) >= _OLDEST_DECADE else 2000)
        return float(first), float(first + 9)
    year = _YEAR.search(text)
    return (float(year[1]), float(year[1])) if year else (0.0, 0.0)
