"""What recommenders for known users are compared on: what each user did, and the latest of it held back."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from retrieval import item_vectors
from retrieval.collaborative import (
    CollaborativeConfig,
    InteractionReport,
    Interactions,
    read_interactions,
)
from retrieval.types import Vectors

from ..data import data_file
from ..errors import DataMissingError

LIKED = 4.0
"""Least rating, of 5, that counts as a like."""
HELD = 5
"""Latest ratings of each user that are held back."""
_COLUMNS = CollaborativeConfig(user_column="userId", item_column="movieId", value_column="rating", liked=LIKED)
_LISTED = {"cast": 4, "keywords": 12}
"""How many of a long list stand in a film's text."""


@dataclass(frozen=True)
class UserBoard:
    """A catalogue and two parts of the same users' interactions."""

    name: str
    ids: tuple[str, ...]
    texts: Vectors
    """Text vectors of the items, shape (items, dimension)."""
    labels: tuple[tuple[str, ...], ...]
    """What somebody might say they like, by item: genres."""
    learnt: Interactions
    held: Interactions
    """Later interactions, in the same order of users and items."""
    told: tuple[InteractionReport, ...]
    """What each file held."""
    files: Mapping[str, Path]


def movielens(
    cache: Path, test: Path | None = None, users: int | None = None, on_text: Callable[[int, int], None] | None = None
) -> UserBoard:
    """Read MovieLens; each user's last five ratings are held back, or those of another file are.

    Films' texts hold no ratings, nor what users tagged: those may come from what is held back.

    Args:
        cache: file that keeps the texts' vectors.
        test: ratings held back elsewhere, in the same shape; then all of the shared file is learnt from.
        users: take the first so many users only; None takes all.
        on_text: told texts encoded, and texts in all.

    Raises:
        DataMissingError: a file is not there.
        InteractionsError: a file of ratings cannot be used.
    """
    films = list(_films(data_file("movielens/catalog.jsonl")))
    ids = tuple(str(film["id"]) for film in films)
    ratings = data_file("movielens/ratings.csv")
    known, told = read_interactions(ratings, ids, _COLUMNS)
    if users is not None:
        known = replace(known.where(known.user < users), users=known.users[:users])
    if test is None:
        learnt, held = known.last(HELD)
        reports: tuple[InteractionReport, ...] = (told,)
    else:
        if not test.is_file():
            raise DataMissingError(f"There is no file {str(test)!r}.", hint="Check --test.")
        other, other_told = read_interactions(test, ids, _COLUMNS)
        learnt, held = together(known, other)
        reports = (told, other_told)
    cache.parent.mkdir(parents=True, exist_ok=True)
    texts = item_vectors(cache, [film_text(film) for film in films], on_text)
    labels = tuple(tuple(film.get("genres") or ()) for film in films)
    files = {"ratings": ratings, "catalog": data_file("movielens/catalog.jsonl")}
    return UserBoard(
        "movielens", ids, texts, labels, learnt, held, reports, files if test is None else files | {"test": test}
    )


def together(learnt: Interactions, held: Interactions) -> tuple[Interactions, Interactions]:
    """Return both parts over one list of users; users who are only in the second have no history in the first.

    What the first part holds already cannot be held back, and leaves the second.
    """
    users = tuple(dict.fromkeys((*learnt.users, *held.users)))
    place = {user: at for at, user in enumerate(users)}
    codes = np.array([place[user] for user in held.users], dtype=np.int32)[held.user]
    order = np.lexsort((held.time, codes))
    later = replace(held.where(order), users=users, user=codes[order], scale=learnt.scale)
    early = replace(learnt, users=users)
    keys = early.user.astype(np.int64) * len(early.items) + early.item
    new = ~np.isin(later.user.astype(np.int64) * len(later.items) + later.item, keys)
    return early, later.where(new)


def film_text(film: Mapping[str, Any]) -> str:
    """Return what is known of a film, as it is encoded."""
    parts = [str(film["title"])]
    if film.get("year"):
        parts.append(str(film["year"]))
    parts.append(_joined(film, "genres"))
    if film.get("director"):
        parts.append(f"Directed by {_joined(film, 'director')}")
    if film.get("cast"):
        parts.append(f"With {_joined(film, 'cast')}")
    if film.get("keywords"):
        parts.append(_joined(film, "keywords"))
    if film.get("overview"):
        parts.append(str(film["overview"]))
    return ". ".join(parts)


def _joined(film: Mapping[str, Any], name: str) -> str:
    values: Sequence[str] = film.get(name) or ()
    return ", ".join(values[: _LISTED.get(name)])


def _films(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)
