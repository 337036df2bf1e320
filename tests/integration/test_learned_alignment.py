"""From ``palate train alignment`` to searches with what it learnt, on real pictures with the bundled encoders.

Some stamps are told by their file's number only, so that nothing but their picture can be found by words; some have no
picture, so that a picture can find nothing but their words. The map has learnt from neither.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from agent import Settings
from evals.data import data_file
from evals.errors import DataMissingError
from retrieval import Retriever
from retrieval.types import Query, SearchResult
from ui.cli import app

SETTINGS = """
[catalog]
path = "{folder}/stamps.jsonl"
name = "stamps"
media_folder = "{media}"
columns = {{ image = "image" }}
[index]
path = "{folder}/index"
[rerank]
enabled = false
"""
TOLD, APART = 64, 8
"""Stamps to learn from; stamps of either other kind."""


@dataclass(frozen=True)
class Stamps:
    """A catalogue of stamps, and what it does not say of some."""

    config: str
    media: Path
    wordless: tuple[dict[str, Any], ...]
    """Stamps of which the catalogue has the picture alone, with their true captions."""
    pictureless: tuple[dict[str, Any], ...]
    """Stamps of which it has the words alone, with their true pictures."""


@pytest.fixture(scope="module")
def stamps(tmp_path_factory: pytest.TempPathFactory) -> Stamps:
    try:
        source = data_file("stamps/catalog.jsonl")
    except DataMissingError as error:
        pytest.skip(f"NOT TESTED: {error}")
    rows = [json.loads(line) for line in source.read_text("utf-8").splitlines()]
    count = TOLD + 2 * APART
    some = rows[:: len(rows) // count][:count]
    wordless, pictureless = some[::10], some[5::10]
    plain = [{name: row[name] for name in ("id", "title", "description", "image")} for row in some]
    for place, row in enumerate(plain):
        if some[place] in wordless:
            row |= {"id": f"n{place}", "title": f"No. {place}", "description": ""}
            some[place]["known_as"] = row["id"]
        elif some[place] in pictureless:
            row["image"] = None
    folder = tmp_path_factory.mktemp("stamps")
    (folder / "stamps.jsonl").write_text("\n".join(map(json.dumps, plain)), "utf-8")
    config = folder / "palate.toml"
    config.write_text(SETTINGS.format(folder=folder, media=source.parent), "utf-8")
    return Stamps(str(config), source.parent, tuple(wordless), tuple(pictureless))


@pytest.fixture(scope="module")
def learnt(stamps: Stamps) -> Iterator[Retriever]:
    """Build, learn, name the map in the settings, build again."""
    run("index", "build", "-q", "-c", stamps.config)
    out = Path(stamps.config).with_name("alignment")
    report = json.loads(run("train", "alignment", "--folds", "2", "--out", str(out), "--json", "-c", stamps.config))
    assert report["learnt_from"] + report["held_out"] == TOLD + APART
    with Path(stamps.config).open("a") as file:
        file.write(f'[index.image]\nalignment = "{out}"\n')
    built = json.loads(run("index", "build", "--json", "-c", stamps.config))
    assert built["modalities"]["image"]["alignment"] == json.loads((out / "card.json").read_text("utf-8"))["name"]
    retriever = Retriever.open(Settings.load(Path(stamps.config)).retrieval())
    yield retriever
    retriever.close()


def test_words_find_pictures_that_no_text_tells_of(stamps: Stamps, learnt: Retriever) -> None:
    ids = [row["known_as"] for row in stamps.wordless]
    right = count(ids, "text_to_image", lambda place: ask(learnt, text=stamps.wordless[place]["description"]))
    assert right >= 3, f"{right} of {APART} captions found their own picture first; 1 is chance"


def test_a_picture_finds_words_of_items_without_pictures(stamps: Stamps, learnt: Retriever) -> None:
    ids = [row["id"] for row in stamps.pictureless]
    files = [(stamps.media / row["image"]).read_bytes() for row in stamps.pictureless]
    right = count(ids, "image_to_text", lambda place: ask(learnt, image=files[place]))
    assert right >= 3, f"{right} of {APART} pictures found their own words first; 1 is chance"


def test_the_command_finds_by_a_picture_with_words(stamps: Stamps, learnt: Retriever) -> None:
    shown = str(stamps.media / stamps.wordless[0]["image"])
    found = json.loads(run("recommend", "something like it", "--image", shown, "--json", "-c", stamps.config))
    assert any({"image", "text_to_image"} <= set(one["scores"]) for one in found["recommendations"])


def ask(retriever: Retriever, **query: Any) -> SearchResult:
    return retriever.search(Query(k=TOLD + 2 * APART, diversity=0.0, **query))


def count(ids: Sequence[str], channel: str, search: Callable[[int], SearchResult]) -> int:
    """Return how many of the searches gave their own item the highest score among ``ids`` in a channel."""
    right = 0
    for place, own in enumerate(ids):
        scores = {hit.item.id: hit.stages[channel] for hit in search(place).hits if hit.item.id in ids}
        right += max(scores, key=lambda item_id: scores[item_id]) == own
    return right


def run(*args: str) -> str:
    result = CliRunner().invoke(app, list(args), catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout
