"""Questions give nothing away, what is found is counted right, and mixtures and channels are compared in pairs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image

from evals.senses import make_questions, measure_senses, render_senses
from retrieval import CatalogConfig, IndexConfig, RerankConfig, RetrievalSettings, build_index
from retrieval.alignment import held_out
from retrieval.catalog_types import AttributeColumn, Columns
from retrieval.modalities import known
from retrieval.testing import ColourEncoder, HashEncoder
from retrieval.types import Item

FRUIT = [
    Item(id="a", title="Lemon", description="A yellow lemon", attributes={"kind": "fruit"}),
    Item(id="b", title="Banana", description="A yellow banana", attributes={"kind": "fruit"}),
    Item(id="c", title="Plum", description="A purple plum", attributes={"kind": "fruit"}),
    Item(id="d", title="Chick", description="A yellow chick", attributes={"kind": "bird"}),
    Item(id="e", title="Nothing", description="Filed nowhere"),
]


def test_a_word_is_asked_with_a_file_that_lacks_it_and_wants_both() -> None:
    made = [one for one in make_questions(FRUIT, "kind", lambda _: True, 50, 1) if one.design == "word"]
    # "lemon" or "purple" stand in one label only, so the word alone would say everything.
    assert {(one.about, one.words, one.shown) for one in made} == {("a", "yellow", "c"), ("b", "yellow", "c")}
    assert all(one.right == {"a", "b"} and one.excluded == ("c",) for one in made)


def test_what_a_question_gives_away_is_neither_right_nor_found() -> None:
    made = make_questions(FRUIT, "kind", lambda _: True, 50, 1)
    assert {one.design for one in made} == {"own", "mate", "word"}
    for one in made:
        assert one.right
        assert not one.right & set(one.excluded)
        if one.design == "mate":
            assert one.shown != one.about
            assert set(one.excluded) == {one.about, one.shown}


def test_only_usable_files_are_shown_and_only_wanted_items_asked_about() -> None:
    made = make_questions(FRUIT, "kind", lambda item: item.id != "c", 50, 1, lambda item_id: item_id != "a")
    assert made
    assert all(one.shown != "c" and one.about != "a" for one in made)


@pytest.fixture
def tiles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RetrievalSettings:
    rows = []
    for family, base in {"red": (200, 20, 20), "blue": (20, 20, 200)}.items():
        for place in range(6):
            name = f"{family}{place}"
            Image.new("RGB", (16, 16), tuple(value + 5 * place for value in base)).save(tmp_path / f"{name}.png")
            size = "big" if place < 2 else "small"
            rows.append({"id": name, "title": f"{size} tile", "image": f"{name}.png", "family": family})
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


def test_pictures_tell_the_family_words_the_size_and_only_both_tell_both(tiles: RetrievalSettings) -> None:
    report = measure_senses(tiles, "family", k=2, queries=20)
    found = {(row.design, row.asked, row.fusion): row.found.mean for row in report.rows}
    assert found["own", "image", "calibrated"] == 1.0
    assert found["own", "words", "calibrated"] < 0.8
    assert found["word", "words + image", "calibrated"] == 1.0
    assert found["word", "words + image", "calibrated"] > found["word", "image", "calibrated"]
    assert all(row.found.low <= row.found.mean <= row.found.high for row in report.rows)
    (gain,) = [one for one in report.mixed if (one.design, one.fusion) == ("word", "calibrated")]
    assert gain.gain.low > 0
    assert gain.better in ("words", "image")
    assert "| word | words + image | calibrated |" in render_senses(report)


def test_leaving_a_channel_out_shows_what_it_is_worth(tiles: RetrievalSettings) -> None:
    report = measure_senses(tiles, "family", k=2, queries=20, ablate=True)
    worths = {(one.channel, one.asked): one for one in report.channels}
    assert set(worths) >= {("image", "image"), ("image", "words + image"), ("lexical", "words + image")}
    assert worths["image", "words + image"].worth.mean > 0
    assert worths["image", "words + image"].verdict == "helps"


def test_chance_is_what_a_draw_would_bring(tiles: RetrievalSettings) -> None:
    report = measure_senses(tiles, "family", k=2, queries=20)
    (own,) = {row.chance for row in report.rows if row.design == "own"}
    assert own == pytest.approx(5 / 11)


def test_held_out_items_and_the_rest_are_asked_about_apart(tiles: RetrievalSettings) -> None:
    counts = {part: measure_senses(tiles, "family", part=part, queries=50).questions["own"] for part in ("rest", "all")}
    ids = [f"{family}{place}" for family in ("red", "blue") for place in range(6)]
    assert counts == {"rest": sum(not held_out(one) for one in ids), "all": 12}
