"""What the sweep asks: requests in words over the demo's films, and raters who come back. Reads and draws, judges not.

Requests are drawn from films that the bundled reranker was not trained on, in words kept back from its training. They
are asked of the films with notes alone: of these it is known whether they grant every wish, of the others it is not,
and what is not known would count against adventurous lists.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from retrieval.corpora import split_groups
from retrieval.demo import Wish, draw_request
from retrieval.types import Item, Query

from ..benchmarks.guard_data import Half
from ..benchmarks.memory_data import read_returning

HELD = 0.2
"""Share of the films with notes that the bundled reranker was not trained on."""
TUNE = 0.3
"""Share of those that settings are chosen by."""
TRAINED_WITH = 1
"""Seed of the bundled reranker's split."""
_WORDING = (2,)
_DRAWS = 3
_LIKES = 10


@dataclass(frozen=True)
class Asked:
    """One search with its right answers."""

    group: str
    """The film or user behind it; an interval never cuts a group in two."""
    query: Query
    right: frozenset[str]
    profile: tuple[str, ...] = ()
    """Items the user likes; empty where nobody is known."""


def noted_only(films: Sequence[Item]) -> list[Item]:
    """Return the films with notes: the catalogue of the requests."""
    return [film for film in films if "moods" in film.attributes]


def requests(noted: Sequence[Item], half: Half, most: int, seed: int) -> list[Asked]:
    """Draw up to ``most`` requests that some of the films with notes answer."""
    held = split_groups((film.id for film in noted), HELD, TRAINED_WITH)
    tune = split_groups(held, TUNE, TRAINED_WITH)
    mine = [film for film in noted if film.id in held and (film.id in tune) == (half == "development")]
    rng = random.Random(f"{seed}-{half}")
    rng.shuffle(mine)

    @cache
    def granting(wish: Wish) -> frozenset[str]:
        return frozenset(film.id for film in noted if wish.granted_by(film))

    found = []
    for film in mine * _DRAWS:
        request = draw_request(rng, film, _WORDING)
        if request.wishes:
            right = frozenset.intersection(*(granting(replace(wish, words="")) for wish in request.wishes))
            found.append(Asked(film.id, Query(text=request.text), right))
    return found[:most]


def raters(folder: Path, films: Sequence[Item], attribute: str, half: Half, most: int, seed: int) -> list[Asked]:
    """Return up to ``most`` raters who name what they liked best early on, and are right about what they liked later.

    Raises:
        EvalError: the data is absent.
    """
    return [
        Asked(
            group=user.user_id,
            query=Query(like_ids=user.likes[:_LIKES], exclude_ids=user.early),
            right=frozenset(user.later),
            profile=user.likes,
        )
        for user in read_returning(folder, films, attribute, half, most, seed)
    ]
