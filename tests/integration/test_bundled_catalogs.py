"""The suites' other catalogues, from their data to one dialogue each: built, asked and scored like the demo."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from agent import Recommender, Settings
from evals import (
    DataMissingError,
    bundled_catalogs,
    find_suite,
    is_red,
    load_suite,
    prepare_catalog,
    run_suite,
    select,
)
from evals.catalogs import find_catalog
from evals.catalogs.prepare import write_rows
from evals.data import VARIABLE, data_file
from retrieval import load_catalog
from retrieval.catalog import CatalogConfig

catalogs = pytest.mark.parametrize("name", bundled_catalogs())
SMOKE = {"music": "live-zeppelin", "stamps": "any-bird"}
"""The case that is played."""
ABOUT = {"music": "Led Zeppelin", "stamps": "birds"}
"""What stands in each row that it is about."""
SOME = 60


def rows_of(name: str, folder: Path) -> CatalogConfig:
    bundled = find_catalog(name)
    try:
        source = data_file(bundled.file)
    except DataMissingError as error:
        pytest.skip(str(error))
    return write_rows(bundled, source, folder / "rows.jsonl")


@catalogs
def test_every_row_loads_and_every_fact_is_known_of_some(name: str, tmp_path: Path) -> None:
    config = rows_of(name, tmp_path)
    items, report = load_catalog(config, strict=True)
    assert report.loaded == report.rows > 300
    for spec in config.schema().attributes:
        values = [item.attributes[spec.name] for item in items if spec.name in item.attributes]
        labels = {label for value in values for label in (value if isinstance(value, tuple) else (value,))}
        assert labels, f"{name}: nothing has {spec.name!r}"
        named = set(spec.synonyms.values()) | set(spec.adjectives) | set(spec.nouns)
        assert named <= labels, f"{name}: words for values of {spec.name!r} that no item has: {named - labels}"


@catalogs
def test_the_same_data_gives_the_same_rows(name: str, tmp_path: Path) -> None:
    first, second = (rows_of(name, tmp_path / part).path for part in ("a", "b"))
    assert first is not None and second is not None
    assert first.read_bytes() == second.read_bytes()


@catalogs
async def test_a_dialogue_passes_from_end_to_end(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, str(sliced(name, tmp_path / "shared")))
    retrieval = prepare_catalog(name, tmp_path, Settings.load().retrieval())
    shared = {"catalog": retrieval.catalog, "index": retrieval.index, "data_dir": tmp_path}
    recommender = Recommender.from_settings(Settings.load(llm={"engine": "none"}, **shared))
    try:
        suite = select(load_suite(find_suite(name)), names=(SMOKE[name],))
        assert suite.catalog == name
        report = await run_suite(recommender, suite)
    finally:
        await recommender.aclose()
    assert not is_red(report), [score for score in report.scores if score.value != 1.0]


def test_an_index_is_built_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, str(sliced("stamps", tmp_path / "shared", every=120)))
    told: list[int] = []
    for run in range(2):
        prepare_catalog("stamps", tmp_path, Settings.load().retrieval(), lambda done, *_: told.append(done))
        assert told == [4, 4], f"texts, then pictures, and nothing more: run {run}"


def test_absent_data_is_said_with_what_to_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    with pytest.raises(DataMissingError, match=r"tracks\.jsonl.*PALATE_DATA"):
        prepare_catalog("music", tmp_path, Settings.load().retrieval())


def sliced(name: str, folder: Path, every: int = SOME) -> Path:
    """Return a data folder with each ``every``-th row of a catalogue; of ``SOME``, all that the case is about too."""
    rows_of(name, folder)  # skips where there is no data
    file = find_catalog(name).file
    target = folder / file
    target.parent.mkdir(parents=True)
    with data_file(file).open(encoding="utf-8") as rows:
        kept = [row for number, row in enumerate(rows) if number % every == 0 or (every == SOME and ABOUT[name] in row)]
    target.write_text("".join(kept), encoding="utf-8")
    for beside in data_file(file).parent.iterdir():  # pictures, which a row may not be without
        if beside.is_dir():
            shutil.copytree(beside, target.parent / beside.name)
    return folder
