"""One record of each benchmark catalogue as an item. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ..types import AttributeValue, Item
from .records import Record

_TITLE_YEAR = re.compile(r"^(?P<title>.*?)\s*\((?P<year>\d{4})\)$")


def redial_item(record: Record) -> Item:
    """Return a film of ReDial; the year that its name ends with becomes a fact."""
    title, year = _split_title(record["name"])
    facts = {
        "year": year,
        "genres": tuple(str(genre).title() for genre in record["genre"]),
        "director": tuple(record["director"]),
        "cast": tuple(record["star"]),
        "writers": tuple(record.get("writer") or ()),
    }
    return _item(record["id"], title, record["plot"] or "", facts)


def opendialkg_item(record: Record) -> Item:
    """Return a film of OpenDialKG, which has no plots."""
    year = str(record.get("year") or "")
    facts = {
        "year": int(year) if year.isdigit() else None,
        "genres": tuple(record.get("genre") or ()),
        "director": tuple(record.get("director") or ()),
        "cast": tuple(record.get("actor") or ()),
        "writers": tuple(record.get("writer") or ()),
        "language": tuple(record.get("language") or ()),
    }
    return _item(record["id"], record["name"], "", facts)


def movielens_item(record: Record) -> Item:
    """Return a film of MovieLens; its popularity is its number of ratings."""
    facts = {
        "year": record.get("year"),
        "genres": tuple(record.get("genres") or ()),
        "director": tuple(record.get("director") or ()),
        "cast": tuple(record.get("cast") or ()),
    }
    item = _item(str(record["id"]), record["title"], record.get("overview") or "", facts)
    return item.model_copy(update={"popularity": float(record.get("n_ratings") or 0)})


def cpcd_item(record: Record) -> Item:
    """Return a track of CPCD under its id without the prefix of its source."""
    facts = {"artist": tuple(record["artists"]), "album": record.get("album") or None}
    return _item(str(record["id"]).removeprefix("yt:"), record["title"], "", facts)


def _item(item_id: str, title: str, description: str, facts: Mapping[str, AttributeValue | None]) -> Item:
    known = {name: value for name, value in facts.items() if value is not None and value != ()}
    return Item(id=item_id, title=title, description=description, attributes=known)


def _split_title(name: str) -> tuple[str, int | None]:
    match = _TITLE_YEAR.match(name)
    return (match["title"], int(match["year"])) if match else (name, None)
