"""The table of channels: right items are counted, the asked one is left out, and intervals hold the mean."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image

from evals.senses import measure_senses, render_senses
from evals.senses.bench import Kind, mixed_gains
from retrieval import CatalogConfig, IndexConfig, RerankConfig, RetrievalSettings, build_index
from retrieval.catalog_types import AttributeColumn, Columns
from retrieval.modalities import known
from retrieval.testing import ColourEncoder, HashEncoder


@pytest.fixture
def tiles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RetrievalSettings:
    rows = []
    for family, base in {"red": (200, 20, 20), "blue": (20, 20, 200)}.items():
        for place in range(4):
            name = f"{family}{place}"
            Image.new("RGB", (16, 16), tuple(value + 5 * place for value in base)).save(tmp_path / f"{name}.png")
            rows.append({"id": name, "title": f"Tile {place}", "image": f"{name}.png", "family": family})
    (tmp_path / "tiles.jsonl").write_text("\n".join(json.dumps(row) for row in rows), "utf-8")
    monkeypatch.setattr(known, "open_encoders", lambda *_: {"image": ColourEncoder()})
    for place in ("retrieval.build.load_encoder", "retrieval.retriever.load_encoder"):
        monkeypatch.setattr(place, lambda _: HashEncoder())
    settings = RetrievalSettings(
        catalog=CatalogConfig(
            path=tmp_path / "tiles.jsonl",
            name="tiles",
            columns=Columns(image="image"),
            attributes=(AttributeColumn(name="family", kind="category", indexed=False),),
        ),
        index=IndexConfig(path=tmp_path / "index"),
        rerank=RerankConfig(enabled=False),
    )
    build_index(settings)
    return settings


def test_pictures_find_their_family_and_titles_do_not(tiles: RetrievalSettings) -> None:
    report = measure_senses(tiles, "family", k=3, queries=8)
    by = {(row.asked, row.channels): row for row in report.rows}
    assert by["shown", "own space only"].precision == 1.0
    assert by["words", "texts only"].precision < 0.6
    assert report.chance == pytest.approx(3 / 7)
    assert all(row.low <= row.precision <= row.high for row in report.rows)
    assert "own space only" in render_senses(report)


def test_both_together_are_held_against_the_better_single_way_query_by_query() -> None:
    measured: dict[tuple[str, Kind], list[float]] = {
        ("texts", "words"): [0.2, 0.4, 0.6],
        ("all", "shown"): [0.0, 0.2, 0.1],
        ("all", "both"): [0.4, 0.6, 0.8],
    }
    (gain,) = mixed_gains(measured, 42)
    assert gain.better == "words"
    assert gain.gain == pytest.approx(0.2)
    assert gain.low == pytest.approx(0.2)
