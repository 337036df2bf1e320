"""Read the demo's films from the snapshot in ``bokeh_sampledata`` and join the notes written for the demo.

The facts are Wikidata's (CC0). Casts stand in alphabetical order there, never in order of billing.
"""

from __future__ import annotations

import sqlite3
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from ..types import AttributeValue, CatalogSchema, CatalogWords, Item
from .notes import Note, read_notes

SOURCE = "Wikidata (CC0) by way of bokeh_sampledata; synopsis, moods and themes written for Palate"

_QUERY = """
    select o.ID, o.imdbID, o.Title, o.Year, o.Rating, o.Runtime, o.Genre, o.Director, o.Writer, o."Cast", o.Language,
           o.Country, o.Oscars, t.Meter, t.Reviews, t.BoxOffice, t.Production
    from omdb o join tomatoes t on o.ID = t.ID
    order by o.ID
"""


def schema() -> CatalogSchema:
    """Return what the demo knows about films and how people talk about them, from ``schema.toml`` and ``words``."""
    return CatalogSchema.model_validate({**_toml("schema.toml"), "languages": _languages()})


def films() -> Iterator[Item]:
    """Yield all 17,472 films, in the snapshot's order, each with an id of its own.

    Two ids of the snapshot name two films each (a film and its re-cut); the second of a pair gets ``-2`` appended.
    """
    notes = {note["id"]: note for note in read_notes()}
    seen: Counter[str] = Counter()
    for row in _rows():
        imdb_id = row["imdbID"]
        seen[imdb_id] += 1
        item_id = imdb_id if seen[imdb_id] == 1 else f"{imdb_id}-{seen[imdb_id]}"
        yield _item(row, item_id, notes.get(item_id, {}))


def _languages() -> dict[str, CatalogWords]:
    """Return how each language that has a file in ``words`` writes of films, and from ``said`` how it is read."""
    found: dict[str, CatalogWords] = {}
    for entry in sorted(files(__package__).joinpath("words").iterdir(), key=lambda entry: entry.name):
        if entry.name.endswith(".toml"):
            said = tomllib.loads(entry.read_text(encoding="utf-8"))
            written = {key: said[key] for key in CatalogWords.model_fields if key in said}
            written["said"] = _said(entry.name)
            found[entry.name.removesuffix(".toml")] = CatalogWords.model_validate(written)
    return found


def _said(name: str) -> dict[str, list[str]]:
    """Return English wording -> what people say for it, all sections of a file in ``said`` together."""
    said: dict[str, list[str]] = {}
    for section in _toml(f"said/{name}").values():
        for english, wordings in section.items():
            said.setdefault(english, []).extend(wordings)
    return said


def source_files() -> tuple[Path, ...]:
    """Return the files the demo is read from, so that an index can tell whether they have changed.

    The schema is no such file: what it says counts as settings do.
    """
    from bokeh_sampledata.movies_data import movie_path

    here = Path(str(files(__package__)))
    return (Path(movie_path), *(here / name for name in ("notes.jsonl", "merge.toml")))


def _rows() -> Iterator[sqlite3.Row]:
    from bokeh_sampledata.movies_data import movie_path

    connection = sqlite3.connect(f"file:{movie_path}?mode=ro", uri=True)
    connection.row_factory = sqlite3.Row
    try:
        yield from connection.execute(_QUERY)
    finally:
        connection.close()


def _item(row: sqlite3.Row, item_id: str, note: Note) -> Item:
    facts = {name: reader(row) for name, reader in _READERS.items()} | {name: _noted(note, name) for name in _NOTED}
    return Item(
        id=item_id,
        title=row["Title"],
        description=note.get("synopsis", ""),
        attributes={name: value for name, value in facts.items() if value is not None and value != ()},
        popularity=float(row["Reviews"] or 0),
        url=f"https://www.imdb.com/title/{row['imdbID']}/",
        source=SOURCE,
    )


_NOTED = ("moods", "themes", "pace", "tone", "intensity")


def _noted(note: Note, name: str) -> AttributeValue | None:
    value = note.get(name)
    return tuple(value) if isinstance(value, list) else value


def _whole(column: str) -> Callable[[sqlite3.Row], int | None]:
    return lambda row: None if row[column] is None else int(row[column])


def _names(column: str) -> Callable[[sqlite3.Row], tuple[str, ...]]:
    return lambda row: split_names(row[column] or "")


def _labels(column: str, kind: str) -> Callable[[sqlite3.Row], tuple[str, ...]]:
    def read(row: sqlite3.Row) -> tuple[str, ...]:
        rules = _merges()
        renamed, dropped = rules[kind], rules["drop"].get(kind, ())
        labels = (renamed.get(label, label) for label in _split(row[column] or "") if label not in dropped)
        return tuple(dict.fromkeys(labels))

    return read


def _box_office(row: sqlite3.Row) -> int | None:
    amount = row["BoxOffice"]
    return None if amount is None or amount < _merges()["implausible"]["box_office_below"] else round(amount)


_READERS: Mapping[str, Callable[[sqlite3.Row], AttributeValue | None]] = {
    "year": _whole("Year"),
    "genres": lambda row: _split(row["Genre"] or ""),
    "director": _names("Director"),
    "writers": _names("Writer"),
    "cast": _names("Cast"),
    "country": _labels("Country", "countries"),
    "language": _labels("Language", "languages"),
    "runtime": _whole("Runtime"),
    "critics_score": _whole("Meter"),
    "reviews": _whole("Reviews"),
    "oscars": _whole("Oscars"),
    "box_office": _box_office,
    "certificate": lambda row: row["Rating"] or None,
    "studio": _names("Production"),
}


def split_names(text: str) -> tuple[str, ...]:
    """Split a comma-separated list of names, putting torn-off parts such as ``Jr.`` back, without repeats."""
    names: list[str] = []
    for part in _split(text):
        if names and part in _merges()["suffixes"]["names"]:
            names[-1] = f"{names[-1]} {part}"
        else:
            names.append(part)
    return tuple(dict.fromkeys(names))


def _split(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(", ") if part.strip())


@cache
def _merges() -> dict[str, Any]:
    return _toml("merge.toml")


def _toml(name: str) -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath(name).read_text(encoding="utf-8"))
