"""Catalogues that nobody here made: guessed, loaded and asked, as JSONL, CSV and Parquet alike."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from retrieval.catalog import load_catalog
from retrieval.facts import Facts
from retrieval.guess import guess_catalog
from retrieval.types import Constraint, Item

DATA = Path(os.environ.get("PALATE_DATA", Path(__file__).parents[3] / "shared" / "data"))
FILMS, TRACKS = DATA / "movielens" / "catalog.jsonl", DATA / "cpcd" / "tracks.jsonl"

pytestmark = pytest.mark.skipif(
    not FILMS.is_file() or not TRACKS.is_file(),
    reason=f"no real catalogues under {DATA}; set PALATE_DATA to the folder that holds movielens/ and cpcd/",
)


def rows_of(path: Path) -> list[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def as_jsonl(source: Path, folder: Path) -> Path:
    return source


def as_csv(source: Path, folder: Path) -> Path:
    """Write lists as people do: joined with a bar."""
    rows = rows_of(source)
    path = folder / f"{source.stem}.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, fieldnames=list(rows[0]))
        writer.writeheader()
        for row in rows:
            writer.writerow({key: "|".join(cell) if isinstance(cell, list) else cell for key, cell in row.items()})
    return path


def as_parquet(source: Path, folder: Path) -> Path:
    path = folder / f"{source.stem}.parquet"
    pq.write_table(pa.Table.from_pylist(rows_of(source)), path)
    return path


ASKED = 3000
"""Rows put into the database: enough to ask about, few enough to be quick."""

every_format = pytest.mark.parametrize("convert", [as_jsonl, as_csv, as_parquet])


def load(source: Path, convert: Callable[[Path, Path], Path], folder: Path) -> tuple[list[Item], Facts]:
    config = guess_catalog(convert(source, folder))
    items, report = load_catalog(config, strict=True)
    assert report.rows == report.loaded == len(items)
    facts = Facts.create(folder / "facts.db", config.schema())
    facts.upsert(items[:ASKED])
    return items, facts


@every_format
def test_films_are_guessed_loaded_and_found(convert: Callable[[Path, Path], Path], tmp_path: Path) -> None:
    items, facts = load(FILMS, convert, tmp_path)
    kinds = {spec.name: spec.kind for spec in facts.schema.attributes}
    assert len(items) == 9125
    assert (kinds["genres"], kinds["cast"], kinds["year"]) == ("categories", "categories", "number")
    expected = sum(row["year"] == 1995 and "Comedy" in row["genres"] for row in rows_of(FILMS)[:ASKED])
    comedies = [
        Constraint(attribute="genres", op="eq", value="comedy"),
        Constraint(attribute="year", op="eq", value=1995),
    ]
    assert facts.count(comedies) == expected > 0
    assert facts.schema.get("cast").names  # type: ignore[union-attr]
    assert "Toy Story" in [item.title for item in facts.search_title("toy story")]
    assert items[0].description.startswith("Led by Woody") and items[0].popularity > 0
    facts.close()


@every_format
def test_tracks_are_guessed_loaded_and_found(convert: Callable[[Path, Path], Path], tmp_path: Path) -> None:
    items, facts = load(TRACKS, convert, tmp_path)
    assert len(items) == 8850
    expected = sum("Drake" in row["artists"] for row in rows_of(TRACKS)[:ASKED])
    assert facts.count([Constraint(attribute="artists", op="eq", value="drake")]) == expected > 0
    assert facts.get([items[5].id]) == [items[5]]
    facts.close()
