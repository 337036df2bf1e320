"""The benchmark of growth: what it draws is alike each time and of the right shape, and its steps work on few items."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from evals.scaling import ScaleReport, plot_scaling, render_scaling
from evals.scaling import worker as steps
from evals.scaling.items import ItemSource, write_catalog
from evals.scaling.run import _change, _latencies
from evals.scaling.types import Size
from evals.scaling.vectors import SyntheticEncoder
from retrieval import demo
from retrieval.testing import unit_rows
from retrieval.types import Item

COUNT = 300


@pytest.fixture(scope="module")
def films() -> list[Item]:
    return list(demo.films())[:2000]


@pytest.fixture
def folder(tmp_path: Path, films: list[Item]) -> Path:
    np.save(tmp_path / "anchors.npy", unit_rows(50, 32))
    place = tmp_path / str(COUNT)
    place.mkdir()
    write_catalog(place, COUNT, 1, films)
    return place


def test_items_are_the_same_each_time_and_have_the_films_attributes(films: list[Item]) -> None:
    lines = list(ItemSource(films, 1).lines(40))
    assert lines == list(ItemSource(films, 1).lines(40))
    assert lines != list(ItemSource(films, 2).lines(40))
    rows = [json.loads(line) for line in lines]
    assert len({row["id"] for row in rows}) == 40
    assert all(row["title"] and row["year"] for row in rows)


def test_vectors_depend_on_the_text_alone() -> None:
    encoder = SyntheticEncoder(unit_rows(50, 32), 1)
    rows = encoder.encode_items(["a", "b", "c"])
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1.0, atol=1e-5)
    np.testing.assert_allclose(encoder.encode_items(["c"])[0], rows[2], atol=1e-6)
    assert abs(float(rows[0] @ rows[1])) < 0.95


def test_the_steps_build_search_update_and_verify(folder: Path) -> None:
    numbers = (COUNT, 1, 5, 20)
    assert steps.build(folder, *numbers)["items"] == COUNT
    found = steps.search(folder, *numbers)
    kinds = {row["kind"] for row in found["rows"]}
    assert "free" in kinds
    assert len(kinds) >= 3
    assert found["broken"] == 0
    assert found["recall"] > 0.9
    _change(folder / "items.jsonl", COUNT)
    assert steps.build(folder, *numbers)["items"] == COUNT
    assert steps.verify(folder, *numbers) == {"problems": [], "counts": dict.fromkeys(found_parts(), COUNT)}
    size = Size(
        items=COUNT,
        build_seconds=2.0,
        build_cpu=1.5,
        phases={},
        store_seconds=1.0,
        store_cpu=0.9,
        store_alone=True,
        build_rss_mb=100,
        search_rss_mb=90,
        disk_mb=5,
        catalog_mb=1,
        open_seconds=0.1,
        recall=found["recall"],
        broken=found["broken"],
        latencies=_latencies(found["rows"], 1),
        update_seconds=1.0,
    )
    report = ScaleReport(command="palate bench scale", machine="here", commit="none", seed=1, k=5, sizes=(size,))
    assert "| 300 | free | 20 |" in render_scaling(report)
    assert ScaleReport.model_validate_json(report.model_dump_json()) == report
    pytest.importorskip("matplotlib", reason="the extra 'train' is not installed")
    plot_scaling(report, folder / "plot.svg")
    assert (folder / "plot.svg").read_text("utf-8").count("<svg") == 1


def found_parts() -> tuple[str, ...]:
    return ("facts", "vectors", "matrix", "words")
