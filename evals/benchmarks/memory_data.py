"""Real raters as returning users: what they had rated early, what they liked later. Reads MovieLens, judges nothing."""

from __future__ import annotations

import csv
import json
import random
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from retrieval.types import Item, Value

from ..errors import EvalError
from .guard_data import Half, half_of

LIKED = 4.0
"""Ratings from here up, of 5, count as liked."""
DISLIKED = 2.0
"""Ratings down from here count as disliked."""
_FEWEST = 5
"""A user needs this many liked items on each side of the cut."""


class Returning(Value):
    """One user at the time of coming back."""

    user_id: str
    likes: tuple[str, ...]
    """Ids of the early items liked best, best first."""
    dislikes: tuple[str, ...]
    early: tuple[str, ...]
    """All items rated before the cut; neither recommended nor counted."""
    later: tuple[str, ...]
    """Items liked after the cut: what a good list would hold."""
    attribute: str
    label: str
    """The value of ``attribute`` that the early likes have more often than the early ratings do."""


def read_returning(
    folder: Path, items: Iterable[Item], attribute: str, half: Half, most: int, seed: int = 42
) -> list[Returning]:
    """Return up to ``most`` users of one half, each cut in two by time.

    Args:
        folder: the folder of the shared sets.
        items: the catalogue; rated items are found in it by title and year.
        attribute: a categorical attribute, from which ``label`` is drawn.
        half: ``development`` for choosing settings, ``test`` for reporting.
        most: users wanted.
        seed: which of them.

    Raises:
        EvalError: the data is absent.
    """
    known = {item.id: item for item in items}
    rated = _ratings(folder, _mapping(folder, known.values()))
    users = [user for user in rated if half_of(f"movielens-{user}") == half]
    random.Random(seed).shuffle(users)
    found = (_returning(user, rated[user], known, attribute) for user in users)
    return [user for user in found if user is not None][:most]


def _returning(
    user: str, ratings: Sequence[tuple[float, str, float]], items: Mapping[str, Item], attribute: str
) -> Returning | None:
    ordered = sorted(ratings)
    cut = len(ordered) // 2
    early, late = ordered[:cut], ordered[cut:]
    likes = [item_id for _, item_id, value in sorted(early, key=lambda r: (-r[2], r[0])) if value >= LIKED]
    later = [item_id for _, item_id, value in late if value >= LIKED]
    label = _telling(likes, [item_id for _, item_id, _ in early], items, attribute)
    if min(len(likes), len(later)) < _FEWEST or not label:
        return None
    return Returning(
        user_id=user,
        likes=tuple(likes),
        dislikes=tuple(item_id for _, item_id, value in early if value <= DISLIKED),
        early=tuple(item_id for _, item_id, _ in early),
        later=tuple(later),
        attribute=attribute,
        label=label,
    )


def _telling(likes: Sequence[str], rated: Sequence[str], items: Mapping[str, Item], attribute: str) -> str:
    """Return the label that is most frequent among the likes for how frequent it is among all that was rated."""
    liked, seen = _counts(likes, items, attribute), _counts(rated, items, attribute)
    lifts = {label: count * (count / seen[label]) for label, count in liked.items() if count > 1}
    return max(sorted(lifts), key=lambda label: lifts[label], default="")


def _counts(ids: Sequence[str], items: Mapping[str, Item], attribute: str) -> Counter[str]:
    values = (items[item_id].attributes.get(attribute) for item_id in ids)
    return Counter(str(label) for value in values if isinstance(value, tuple) for label in value)


def _mapping(folder: Path, items: Iterable[Item]) -> dict[str, str]:
    """Return rated id -> catalogue id, where title and year agree; titles that stand for two items are left out."""
    ours: dict[tuple[str, int], list[str]] = defaultdict(list)
    for item in items:
        ours[(_plain(item.title), int(str(item.attributes.get("year", 0))))].append(item.id)
    path = folder / "movielens" / "catalog.jsonl"
    found: dict[str, str] = {}
    for line in _lines(path):
        row = json.loads(line)
        for title in (row["title"], *row.get("alt_titles", ())):
            matches = ours.get((_plain(title), int(row.get("year") or 0)), [])
            if len(matches) == 1:
                found.setdefault(str(row["id"]), matches[0])
    return found


def _ratings(folder: Path, mapping: Mapping[str, str]) -> dict[str, list[tuple[float, str, float]]]:
    """Return user -> (time, catalogue id, rating)."""
    found: dict[str, list[tuple[float, str, float]]] = defaultdict(list)
    for row in csv.DictReader(_lines(folder / "movielens" / "ratings.csv")):
        item_id = mapping.get(row["movieId"])
        if item_id is not None:
            found[row["userId"]].append((float(row["timestamp"]), item_id, float(row["rating"])))
    return found


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise EvalError(f"There are no ratings at {path}.", hint="Give --data, or set PALATE_DATA.") from error


def _plain(title: str) -> str:
    """Return a title without case, accents, punctuation and a leading or trailing article."""
    text = unicodedata.normalize("NFKD", title.casefold())
    words = re.sub(r"[^\w\s]", "", "".join(c for c in text if not unicodedata.combining(c))).split()
    return " ".join(word for word in words if word not in ("the", "a", "an"))
