"""Pictures and sounds in the index and in searches: real Chroma, real files, quick encoders."""

from __future__ import annotations

import io
import json
import wave
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from retrieval import (
    CatalogConfig,
    IndexConfig,
    RerankConfig,
    RetrievalSettings,
    Retriever,
    SearchConfig,
    build_index,
    verify_index,
)
from retrieval.alignment.pairs import indexed_pairs
from retrieval.catalog_types import AttributeColumn, Columns, RowProblem
from retrieval.errors import IndexMismatchError, MediaError, RetrievalError
from retrieval.modalities.config import ModalityConfig
from retrieval.modalities.weights import SensesConfig
from retrieval.testing import ColourEncoder, HashEncoder
from retrieval.types import Constraint, MediaEncoder, Modality, Query, Vectors

COLOURS = {
    "red": (220, 20, 20),
    "rose": (235, 60, 70),
    "green": (20, 200, 30),
    "leaf": (60, 190, 40),
    "blue": (20, 30, 220),
    "sea": (50, 80, 210),
}


class ColourWords:
    """Texts in the space of colours: knows three words."""

    name = "colour words"
    dimension = 4

    def encode_query(self, texts: Sequence[str]) -> Vectors:
        return ColourEncoder().encode([self._colour(text) for text in texts])

    encode_items = encode_query

    def _colour(self, text: str) -> tuple[float, ...]:
        known = [COLOURS[word] for word in text.lower().split() if word in ("red", "green", "blue")]
        return tuple(value / 255 for value in known[0]) if known else (0.5, 0.5, 0.5)


class Watching(ColourEncoder):
    """Counts what it decodes; understands colour words."""

    def __init__(self) -> None:
        self.decoded: list[Path] = []
        self.uploads = 0
        self.text_side = ColourWords()

    def decode(self, source: bytes | Path) -> Any:
        if isinstance(source, Path):
            self.decoded.append(source)
        else:
            self.uploads += 1
        return super().decode(source)


def picture(colour: tuple[int, int, int]) -> bytes:
    written = io.BytesIO()
    Image.new("RGB", (24, 18), colour).save(written, "PNG")
    return written.getvalue()


def tone(pitch: float, seconds: float = 0.6) -> bytes:
    rate = 8000
    samples = np.sin(2 * np.pi * pitch * np.arange(int(rate * seconds)) / rate)
    written = io.BytesIO()
    with wave.open(written, "wb") as file:
        file.setparams((1, 2, rate, 0, "NONE", ""))
        file.writeframes((samples * 20000).astype("<i2").tobytes())
    return written.getvalue()


def settings(folder: Path, senses: SensesConfig | None = None, **index: Any) -> RetrievalSettings:
    columns = Columns(description="about", image="image", audio="audio")
    return RetrievalSettings(
        catalog=CatalogConfig(
            path=folder / "things.jsonl",
            name="things",
            columns=columns,
            attributes=(AttributeColumn(name="size", kind="number"),),
        ),
        index=IndexConfig(path=folder / "index", audio=ModalityConfig(enabled=False), **index),
        rerank=RerankConfig(enabled=False),
        search=SearchConfig(senses=senses or SensesConfig()),
    )


def write(folder: Path, *more: Mapping[str, Any]) -> None:
    (folder / "media").mkdir(exist_ok=True)
    rows: list[Mapping[str, Any]] = []
    for place, (name, colour) in enumerate(COLOURS.items()):
        (folder / "media" / f"{name}.png").write_bytes(picture(colour))
        rows.append({"id": name, "title": f"Thing {place}", "size": place, "image": f"media/{name}.png"})
    rows.append({"id": "bare", "title": "A thing without a picture, blue as ink", "size": 9})
    (folder / "things.jsonl").write_text("\n".join(json.dumps(row) for row in (*rows, *more)), "utf-8")


class Shop:
    """An index over coloured things and what was told while it was built."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.encoder = Watching()
        self.problems: list[RowProblem] = []

    def build(self, **index: Any) -> Any:
        return build_index(
            settings(self.folder, **index),
            encoder=HashEncoder(),
            media={"image": self.encoder},
            on_problem=self.problems.append,
        )

    def open(self, senses: SensesConfig | None = None, **index: Any) -> Retriever:
        media: dict[Modality, MediaEncoder] = {"image": self.encoder}
        return Retriever.open(settings(self.folder, senses, **index), encoder=HashEncoder(), media=media)

    def ids(self, senses: SensesConfig | None = None, **query: Any) -> list[str]:
        retriever = self.open(senses)
        try:
            return [hit.item.id for hit in retriever.search(Query(diversity=0, **query)).hits]
        finally:
            retriever.close()


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    write(tmp_path)
    made = Shop(tmp_path)
    made.build()
    yield made


def test_a_picture_finds_what_looks_like_it(shop: Shop) -> None:
    assert shop.ids(image=picture((230, 40, 45)), k=2) == ["rose", "red"]
    assert shop.ids(image=picture((52, 82, 208)), k=2) == ["sea", "blue"]


def test_words_find_pictures_whose_text_says_nothing_of_them(shop: Shop) -> None:
    assert set(shop.ids(text="green", k=2)) == {"green", "leaf"}
    retriever = shop.open(SensesConfig(text_to_image=0))
    found = retriever.search(Query(text="green", k=3))
    assert all("text_to_image" not in hit.stages for hit in found.hits)
    retriever.close()


def test_words_and_a_picture_find_what_fits_both(shop: Shop) -> None:
    retriever = shop.open()
    found = retriever.search(Query(text="blue", image=picture((220, 20, 20)), k=7, diversity=0))
    retriever.close()
    by_id = {hit.item.id: hit for hit in found.hits}
    assert len(by_id) == len(found.hits) == 7, "an item came twice"
    # What has a picture is scored by both channels; what has none by its words alone, and is still there.
    assert {"image", "text_to_image", "dense"} <= set(by_id["sea"].stages)
    assert not {"image", "text_to_image"} & set(by_id["bare"].stages)
    assert by_id["bare"].stages["lexical"] > 0


def test_hard_conditions_hold_before_the_cut_in_every_channel(shop: Shop) -> None:
    small = Constraint(attribute="size", op="le", value=1)
    for query in ({"image": picture(COLOURS["blue"])}, {"text": "blue"}, {"like_ids": ("blue",)}):
        found = shop.ids(**query, constraints=(small,), k=5)
        assert set(found) == {"red", "rose"}, query


def test_like_an_item_by_its_picture(shop: Shop) -> None:
    assert shop.ids(like_ids=("red",), k=1) == ["rose"]


def test_what_is_excluded_or_turned_down_is_not_found_by_its_looks(shop: Shop) -> None:
    found = shop.ids(image=picture(COLOURS["green"]), exclude_ids=("green",), dislike_ids=("leaf",), k=5)
    assert found
    assert not {"green", "leaf"} & set(found)


def test_ranks_fuse_too(shop: Shop) -> None:
    ranks = SensesConfig(fusion="ranks")
    assert shop.ids(ranks, image=picture((230, 40, 45)), k=2) == ["rose", "red"]
    assert len(set(shop.ids(ranks, text="blue", image=picture((220, 20, 20)), k=7))) == 7


def test_a_picture_is_looked_at_once_a_search_and_not_kept(shop: Shop) -> None:
    retriever = shop.open()
    shown = picture((220, 20, 20))
    before = shop.encoder.uploads
    found = [retriever.search(Query(text=words, image=shown, k=3)).hits for words in ("", "blue", "green")]
    again = retriever.searching(SearchConfig(senses=SensesConfig(image=0.0))).search(Query(image=shown, k=3))
    retriever.close()
    assert shop.encoder.uploads == before + 4
    assert all("image" in hit.stages for hits in found for hit in hits if hit.item.id != "bare")
    assert all("image" not in hit.stages for hit in again.hits)


def test_a_picture_where_there_are_none_is_told(shop: Shop) -> None:
    config = {"image": ModalityConfig(enabled=False)}
    shop.build(**config)
    retriever = shop.open(**config)
    found = retriever.search(Query(image=picture(COLOURS["red"]), k=2))
    retriever.close()
    assert found.hits
    assert found.degraded == ("image: this index has no pictures to compare with",)


def test_a_picture_that_cannot_be_read_is_the_callers_mistake(shop: Shop) -> None:
    with pytest.raises(MediaError, match="no picture"):
        shop.ids(image=b"GIF but not really", k=2)


def test_bad_pictures_cost_their_items_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "media").mkdir()
    whole = picture((9, 9, 9))
    (tmp_path / "media" / "cut.png").write_bytes(whole[:55])
    (tmp_path / "media" / "text.png").write_text("no picture at all")
    (tmp_path / "media" / "none.png").touch()
    bad = [{"id": name, "title": name, "image": f"media/{name}.png"} for name in ("cut", "text", "none", "absent")]
    write(tmp_path, *bad, {"id": "far", "title": "far", "image": "https://example.org/far.png"})
    shop = Shop(tmp_path)
    manifest = shop.build()
    assert (manifest.items, manifest.problems, manifest.media_problems) == (12, 0, 4)
    image = manifest.modalities["image"]
    assert (image.items, image.remote, image.encoder) == (6, 1, "colour")
    assert sorted(str(problem.item_id) for problem in shop.problems) == ["absent", "cut", "none", "text"]
    assert all(problem.kept and problem.code == "media" and problem.reason for problem in shop.problems)
    assert "cut" in shop.ids(text="cut", k=1)
    verified = verify_index(settings(tmp_path), encoder=HashEncoder(), media={"image": shop.encoder})
    assert verified.problems == ()
    assert verified.counts["pictures"] == 6


def test_a_picture_is_decoded_once_whatever_happens_to_the_catalogue(shop: Shop) -> None:
    assert len(shop.encoder.decoded) == 6
    write(shop.folder, {"id": "again", "title": "The same picture", "image": "media/red.png"})
    assert shop.build().modalities["image"].items == 7
    assert len(shop.encoder.decoded) == 6
    (shop.folder / "media" / "red.png").write_bytes(picture((200, 0, 0)))
    with (shop.folder / "things.jsonl").open("a") as file:
        file.write('\n{"id": "more", "title": "One more"}')
    shop.build()
    assert [path.name for path in shop.encoder.decoded[6:]] == ["red.png"]


def test_an_index_of_another_encoder_is_refused_with_the_way_out(shop: Shop) -> None:
    shop.encoder.name = "another"
    with pytest.raises(IndexMismatchError, match="image encoder 'colour', settings ask for 'another'") as caught:
        shop.open()
    assert "palate index build" in caught.value.hint
    with pytest.raises(IndexMismatchError, match="settings ask for none"):
        shop.open(image=ModalityConfig(enabled=False))


class Naming(ColourEncoder):
    """Cannot read, but knows three things by name."""

    class_names = ("cherries", "grass", "ocean")

    def class_scores(self, rows: Vectors) -> Vectors:
        return np.asarray(20.0 * rows[:, :3], dtype=np.float32)


def test_names_of_classes_let_words_find_pictures_and_pictures_find_texts(tmp_path: Path) -> None:
    write(tmp_path, {"id": "told", "title": "ocean", "size": 3})
    shop = Shop(tmp_path)
    shop.encoder = Naming()  # type: ignore[assignment]
    manifest = shop.build()
    assert manifest.modalities["image"].alignment is not None
    assert manifest.modalities["image"].alignment.startswith("names:")
    retriever = shop.open(SensesConfig(mapped=1.0))
    try:
        found = retriever.search(Query(text="cherries", k=3, diversity=0)).hits
        best = max(found, key=lambda hit: hit.stages.get("text_to_image", -1.0))
        assert best.item.id in ("red", "rose")
        asked = retriever.search(Query(image=picture(COLOURS["blue"]), k=8, diversity=0)).hits
    finally:
        retriever.close()
    spoken = {hit.item.id: hit.stages.get("image_to_text") for hit in asked}
    assert spoken["told"] is not None
    assert spoken["told"] == max(score for score in spoken.values() if score is not None)
    # What has a picture of its own is compared by that alone.
    assert spoken["blue"] is None


def test_alignment_off_leaves_words_without_pictures(tmp_path: Path) -> None:
    write(tmp_path)
    shop = Shop(tmp_path)
    shop.encoder = Naming()  # type: ignore[assignment]
    assert shop.build(image=ModalityConfig(alignment="off")).modalities["image"].alignment is None
    with pytest.raises(IndexMismatchError, match="image alignment None, settings ask for 'names:"):
        shop.open()


def test_pairs_of_an_index_are_its_items_with_pictures_and_too_few_are_refused(tmp_path: Path) -> None:
    write(tmp_path)
    shop = Shop(tmp_path)
    shop.build()
    with pytest.raises(RetrievalError, match="has 6 items with image; a map needs at least 20"):
        indexed_pairs(settings(tmp_path), "image", shop.encoder.name, HashEncoder())
    more = [{"id": f"more {place}", "title": f"More {place}", "image": "media/red.png"} for place in range(20)]
    write(tmp_path, *more)
    shop.build()
    pairs = indexed_pairs(settings(tmp_path), "image", shop.encoder.name, HashEncoder())
    assert len(pairs) == 26
    assert "bare" not in pairs.ids
    place = pairs.ids.index("more 3")
    assert np.allclose(pairs.captions[place], HashEncoder().encode_items(["More 3"])[0])
    assert np.allclose(pairs.rows[place], pairs.rows[pairs.ids.index("red")])
    with pytest.raises(IndexMismatchError, match="settings ask for"):
        indexed_pairs(settings(tmp_path), "image", "another", HashEncoder())
