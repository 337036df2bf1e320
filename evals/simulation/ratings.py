"""Draw hidden needs from real people's ratings: a film they liked is the target, others they liked may be named."""

from __future__ import annotations

import csv
import json
import random
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

from retrieval.types import Item

from ..data import data_root
from ..errors import DataMissingError
from .needs import NeedMaker
from .types import Need

LIKED = 4.0
"""Least rating, of 5, that counts as liked."""
_LEAST_LIKED = 6
_NAMED = 5
_MOST_TRIES = 20
_YEAR = "year"


def data_folder() -> Path:
    """Return the folder of MovieLens: in ``PALATE_DATA``, else beside the checkout.

    Raises:
        DataMissingError: it is not there.
    """
    root = data_root()
    folder = root / "movielens"
    if not (folder / "ratings.csv").is_file():
        raise DataMissingError(
            f"There is no MovieLens under {str(root)!r}.",
            hint="Set PALATE_DATA to the folder that holds movielens/, or draw needs from facts: --source facts",
        )
    return folder


def read_likes(folder: Path, items: Iterable[Item]) -> dict[str, tuple[list[str], list[str]]]:
    """Return, by user, the ids of the catalogue's items that they liked and of all that they rated.

    Films are found by title and year; those that the catalogue lacks, or holds twice, are left out.
    """
    found = _mapping(folder / "catalog.jsonl", items)
    users: dict[str, tuple[list[str], list[str]]] = defaultdict(lambda: ([], []))
    with (folder / "ratings.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            item_id = found.get(row["movieId"])
            if item_id is None:
                continue
            liked, rated = users[row["userId"]]
            rated.append(item_id)
            if float(row["rating"]) >= LIKED:
                liked.append(item_id)
    return dict(users)


def needs_from_ratings(
    maker: NeedMaker, likes: Mapping[str, tuple[list[str], list[str]]], count: int, seed: int
) -> list[Need]:
    """Return needs of people who liked at least six items; everything else they rated is known to them.

    Args:
        maker: makes a need of a target.
        likes: liked and rated ids by user.
        count: how many.
        seed: fixes people, targets and wants.
    """
    people = sorted(user for user, (liked, _) in likes.items() if len(liked) >= _LEAST_LIKED)
    needs: list[Need] = []
    for number in range(count if people else 0):
        rng = random.Random(f"{seed}/ratings/{number}")
        for _ in range(_MOST_TRIES):
            liked, rated = likes[rng.choice(people)]
            target = rng.choice(liked)
            others = [one for one in liked if one != target]
            named = [maker.items[one].title for one in rng.sample(others, min(_NAMED, len(others)))]
            known = [one for one in rated if one != target]
            need = maker.need(
                maker.items[target], f"ratings-{number}", rng, source="ratings", liked=named, known_ids=known
            )
            if need is not None:
                needs.append(need)
                break
    return needs


def _mapping(catalog: Path, items: Iterable[Item]) -> dict[str, str]:
    ours: dict[tuple[str, int], list[str]] = defaultdict(list)
    for item in items:
        year = item.attributes.get(_YEAR)
        if isinstance(year, int):
            ours[_key(item.title), year].append(item.id)
    found = {}
    with catalog.open(encoding="utf-8") as lines:
        for line in lines:
            film = json.loads(line)
            names = (film["title"], *film.get("alt_titles", ()))
            hits = [ours[_key(name), film["year"]] for name in names if (_key(name), film["year"]) in ours]
            if hits and len(hits[0]) == 1:
                found[str(film["id"])] = hits[0][0]
    return found


def _key(title: str) -> str:
    plain = unicodedata.normalize("NFKD", title.casefold())
    words = re.findall(r"[^\W_]+", "".join(one for one in plain if not unicodedata.combining(one)))
    return " ".join(word for word in words if word not in ("the", "a", "an"))
