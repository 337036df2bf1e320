"""Building: incremental, resumable after a kill at any moment, and never in the way of the index that serves."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from retrieval import CatalogConfig, IndexConfig, Manifest, RerankConfig, RetrievalSettings, Retriever, build_index
from retrieval.catalog_types import AttributeColumn, Columns
from retrieval.chroma import ChromaIndex
from retrieval.errors import IndexMismatchError, IndexMissingError, RetrievalError
from retrieval.index import IndexFolder
from retrieval.testing import HashEncoder
from retrieval.types import Query, Vectors
from retrieval.verify import verify_index

Row = Mapping[str, Any]


def rows(count: int) -> list[dict[str, Any]]:
    return [
        {"id": f"b{place}", "title": f"Book {place}", "about": f"word{place} sea", "year": 1900 + place, "sold": place}
        for place in range(count)
    ]


def settings(folder: Path, **index: Any) -> RetrievalSettings:
    catalog = CatalogConfig(
        path=folder / "books.jsonl",
        name="books",
        columns=Columns(description="about", popularity="sold"),
        attributes=(AttributeColumn(name="year", kind="number"),),
    )
    config = IndexConfig(path=folder / "index", batch_size=8, **index)
    return RetrievalSettings(catalog=catalog, index=config, rerank=RerankConfig(enabled=False))


def write(folder: Path, books: Sequence[Row]) -> None:
    (folder / "books.jsonl").write_text("\n".join(json.dumps(book) for book in books), "utf-8")


def titles(folder: Path, text: str, **changes: Any) -> list[str]:
    retriever = Retriever.open(settings(folder, **changes), encoder=HashEncoder())
    try:
        return [hit.item.title for hit in retriever.search(Query(text=text, k=3, diversity=0)).hits]
    finally:
        retriever.close()


class Dies:
    """Encodes a number of texts and then fails, as a build that is stopped does."""

    def __init__(self, after: int) -> None:
        self._inner = HashEncoder()
        self._after = after
        self.name = self._inner.name
        self.dimension = self._inner.dimension

    def encode_query(self, texts: Sequence[str]) -> Vectors:
        return self._inner.encode_query(texts)

    def encode_items(self, texts: Sequence[str]) -> Vectors:
        if len(self._inner.encoded) >= self._after:
            raise KeyboardInterrupt
        return self._inner.encode_items(texts)


def test_a_build_is_searchable_and_sound(tmp_path: Path) -> None:
    write(tmp_path, rows(20))
    seen: list[tuple[int, int]] = []
    manifest = build_index(
        settings(tmp_path), encoder=HashEncoder(), on_progress=lambda done, total, rate: seen.append((done, total))
    )
    assert (manifest.items, manifest.encoder, manifest.catalog) == (20, "hash:64", "books")
    assert seen == [(8, 20), (16, 20), (20, 20)]
    assert titles(tmp_path, "word7")[0] == "Book 7"
    found = verify_index(settings(tmp_path), encoder=HashEncoder())
    assert found.problems == ()
    assert found.counts == {"facts": 20, "vectors": 20, "matrix": 20, "words": 20}


def test_an_unchanged_catalogue_is_left_alone(tmp_path: Path) -> None:
    write(tmp_path, rows(5))
    first = build_index(settings(tmp_path), encoder=HashEncoder())
    encoder = HashEncoder()
    assert build_index(settings(tmp_path), encoder=encoder) == first
    assert encoder.encoded == []


def test_an_update_encodes_only_what_is_new_and_honours_deletes(tmp_path: Path) -> None:
    write(tmp_path, rows(20))
    build_index(settings(tmp_path), encoder=HashEncoder())
    changed = [
        book | {"about": "dragon cave"} if book["id"] == "b3" else book for book in rows(21) if book["id"] != "b7"
    ]
    write(tmp_path, changed)
    encoder = HashEncoder()
    manifest = build_index(settings(tmp_path), encoder=encoder)
    assert manifest.items == 20
    assert sorted(encoder.encoded) == ["Book 20 (1920). word20 sea.", "Book 3 (1903). dragon cave."]
    assert titles(tmp_path, "dragon")[0] == "Book 3"
    assert "Book 7" not in titles(tmp_path, "word7")
    assert verify_index(settings(tmp_path), encoder=HashEncoder()).problems == ()


def test_an_update_of_a_few_items_copies_the_stores_and_touches_only_those(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, rows(60))
    build_index(settings(tmp_path), encoder=HashEncoder())
    stored: list[str] = []
    upsert = ChromaIndex.upsert
    monkeypatch.setattr(
        ChromaIndex, "upsert", lambda index, ids, vectors: (stored.extend(ids), upsert(index, ids, vectors))[1]
    )
    # Selling better changes the order of fame and neither vectors nor words.
    changed = [book | {"sold": 1000} if book["id"] == "b1" else book for book in rows(61) if book["id"] != "b9"]
    write(tmp_path, [book | {"about": "dragon cave"} if book["id"] == "b3" else book for book in changed])
    encoder = HashEncoder()
    build_index(settings(tmp_path), encoder=encoder)
    assert sorted(stored) == ["b3", "b60"]
    assert len(encoder.encoded) == 2
    assert titles(tmp_path, "dragon")[0] == "Book 3"
    assert "Book 9" not in titles(tmp_path, "word9")
    retriever = Retriever.open(settings(tmp_path), encoder=HashEncoder())
    assert retriever.facts.ids(limit=1) == ["b1"]
    retriever.close()
    assert verify_index(settings(tmp_path), encoder=HashEncoder()).problems == ()


def test_a_build_of_mostly_new_items_starts_from_nothing(tmp_path: Path) -> None:
    write(tmp_path, rows(20))
    build_index(settings(tmp_path), encoder=HashEncoder())
    write(tmp_path, [book | {"about": f"new{book['id']}"} for book in rows(20)])
    encoder = HashEncoder()
    build_index(settings(tmp_path), encoder=encoder)
    assert len(encoder.encoded) == 20
    assert verify_index(settings(tmp_path), encoder=HashEncoder()).problems == ()


def test_a_finished_build_keeps_no_second_copy_of_its_vectors(tmp_path: Path) -> None:
    write(tmp_path, rows(5))
    build_index(settings(tmp_path), encoder=HashEncoder())
    assert not (tmp_path / "index" / "encodings.db").exists()


def test_a_stopped_build_leaves_the_old_index_serving_and_resumes(tmp_path: Path) -> None:
    write(tmp_path, rows(4))
    first = build_index(settings(tmp_path), encoder=HashEncoder())
    write(tmp_path, [book | {"about": f"new{book['id']}"} for book in rows(40)])
    with pytest.raises(KeyboardInterrupt):
        build_index(settings(tmp_path), encoder=Dies(after=24))
    assert IndexFolder(settings(tmp_path).index).current().read() == first
    encoder = HashEncoder()
    assert build_index(settings(tmp_path), encoder=encoder).items == 40
    assert len(encoder.encoded) == 16


_CHILD = """
import os, signal, sys
from pathlib import Path
sys.path[:0] = [{root!r}, {here!r}]
import test_build as here
from retrieval import build_index
from retrieval.testing import HashEncoder
import retrieval.index as index

place, folder = {place!r}, Path({folder!r})

def die(*args, **kwargs):
    os.kill(os.getpid(), signal.SIGKILL)

def progress(done, total, rate):
    if place == "batch" and done >= 16:
        die()

if place == "facts":
    import retrieval.build as build
    build.Encodings = die
elif place == "publish":
    index.IndexFolder.publish = die
elif place == "pointer":
    write = index._write_atomically
    index._write_atomically = lambda path, text: die() if path.name == "current" else write(path, text)
build_index(here.settings(folder), encoder=HashEncoder(), on_progress=progress)
"""


@pytest.mark.parametrize("place", ["facts", "batch", "publish", "pointer"])
def test_a_killed_build_leaves_the_old_index_serving_and_resumes(tmp_path: Path, place: str) -> None:
    """SIGKILL while facts are written, between batches, before the manifest, and before the pointer moves."""
    write(tmp_path, rows(4))
    first = build_index(settings(tmp_path), encoder=HashEncoder())
    write(tmp_path, rows(24))
    here = Path(__file__).parent
    script = _CHILD.format(root=str(here.parents[1]), here=str(here), place=place, folder=str(tmp_path))
    done = subprocess.run([sys.executable, "-c", script], env=os.environ | {"OMP_NUM_THREADS": "1"}, timeout=120)
    assert done.returncode == -signal.SIGKILL
    assert IndexFolder(settings(tmp_path).index).current().read() == first
    encoder = HashEncoder()
    manifest = build_index(settings(tmp_path), encoder=encoder)
    assert manifest.items == 24
    assert len(encoder.encoded) == {"facts": 20, "batch": 4, "publish": 0, "pointer": 0}[place]
    assert titles(tmp_path, "word21")[0] == "Book 21"
    assert verify_index(settings(tmp_path), encoder=HashEncoder()).problems == ()


def test_old_generations_go_but_the_one_before_stays_for_those_who_have_it_open(tmp_path: Path) -> None:
    generations = []
    for count in (3, 4, 5, 6):
        write(tmp_path, rows(count))
        generations.append(build_index(settings(tmp_path), encoder=HashEncoder()).generation)
    kept = {folder.name for folder in (tmp_path / "index" / "generations").iterdir()}
    assert kept == set(generations[-2:])


def test_an_open_index_answers_while_the_next_one_is_built(tmp_path: Path) -> None:
    write(tmp_path, rows(6))
    build_index(settings(tmp_path), encoder=HashEncoder())
    retriever = Retriever.open(settings(tmp_path), encoder=HashEncoder())
    write(tmp_path, rows(30))
    build_index(settings(tmp_path), encoder=HashEncoder())
    assert retriever.search(Query(text="word2", k=1)).hits[0].item.title == "Book 2"
    assert retriever.facts.count() == 6
    retriever.close()


def test_two_builds_at_once_are_refused(tmp_path: Path) -> None:
    write(tmp_path, rows(3))
    with IndexFolder(settings(tmp_path).index).building() as generation:
        with pytest.raises(RetrievalError, match="Another process is building"):
            build_index(settings(tmp_path), encoder=HashEncoder())
        assert generation.folder.is_dir()


def test_a_fresh_build_encodes_everything_again(tmp_path: Path) -> None:
    write(tmp_path, rows(5))
    build_index(settings(tmp_path), encoder=HashEncoder())
    encoder = HashEncoder()
    build_index(settings(tmp_path), encoder=encoder, fresh=True)
    assert len(encoder.encoded) == 5


def test_bad_rows_are_told_and_counted(tmp_path: Path) -> None:
    write(tmp_path, [*rows(3), {"id": "", "title": "No id"}, {"id": "b0", "title": "Twice"}])
    problems: list[str] = []
    manifest = build_index(
        settings(tmp_path), encoder=HashEncoder(), on_problem=lambda problem: problems.append(problem.code)
    )
    assert (manifest.items, manifest.problems) == (3, 2)
    assert problems == ["missing_id", "duplicate_id"]


def test_an_empty_catalogue_makes_an_index_that_finds_nothing(tmp_path: Path) -> None:
    write(tmp_path, [])
    assert build_index(settings(tmp_path), encoder=HashEncoder()).items == 0
    assert titles(tmp_path, "anything") == []


def test_a_missing_index_says_how_to_build_it(tmp_path: Path) -> None:
    write(tmp_path, rows(1))
    with pytest.raises(IndexMissingError, match="palate index build"):
        Retriever.open(settings(tmp_path), encoder=HashEncoder())


@pytest.mark.parametrize("change", ["encoder", "schema", "catalogue", "layout", "damage"])
def test_an_index_that_does_not_fit_is_refused_with_the_command_that_rebuilds_it(tmp_path: Path, change: str) -> None:
    write(tmp_path, rows(3))
    manifest = build_index(settings(tmp_path), encoder=HashEncoder())
    wanted, encoder = settings(tmp_path), HashEncoder()
    if change == "encoder":
        encoder = HashEncoder(32)
    elif change == "schema":
        catalog = wanted.catalog.model_copy(update={"noun": "volume"})
        wanted = wanted.model_copy(update={"catalog": catalog})
    elif change == "catalogue":
        write(tmp_path, rows(4))
    elif change == "layout":
        _rewrite_manifest(tmp_path, manifest.model_copy(update={"layout": 0}).model_dump_json())
    else:
        _rewrite_manifest(tmp_path, '{"half": ')
    with pytest.raises(IndexMismatchError, match="palate index build"):
        Retriever.open(wanted, encoder=encoder)
    build_index(wanted, encoder=encoder)
    Retriever.open(wanted, encoder=encoder).close()


def test_an_index_is_served_where_the_catalogue_file_is_not(tmp_path: Path) -> None:
    write(tmp_path, rows(3))
    build_index(settings(tmp_path), encoder=HashEncoder())
    (tmp_path / "books.jsonl").unlink()
    assert titles(tmp_path, "word2")[0] == "Book 2"


def test_verify_finds_a_torn_index(tmp_path: Path) -> None:
    write(tmp_path, rows(12))
    manifest = build_index(settings(tmp_path), encoder=HashEncoder())
    matrix = np.load(tmp_path / "index" / "generations" / manifest.generation / "vectors.npy", mmap_mode="r+")
    matrix[:] = matrix[::-1].copy()
    matrix.flush()
    problems = verify_index(settings(tmp_path), encoder=HashEncoder()).problems
    assert any("differ between store and matrix" in problem for problem in problems)


def _rewrite_manifest(folder: Path, text: str) -> None:
    name = IndexFolder(settings(folder).index).current().name
    (folder / "index" / "generations" / name / "manifest.json").write_text(text, "utf-8")


def test_the_manifest_survives_a_round_trip(tmp_path: Path) -> None:
    write(tmp_path, rows(2))
    manifest = build_index(settings(tmp_path), encoder=HashEncoder())
    assert Manifest.model_validate_json(manifest.model_dump_json()) == manifest
