"""Drawn covers: valid SVG of the facts, the same every time, readable, and said to be drawn."""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files
from itertools import islice
from xml.etree import ElementTree

import pytest

from retrieval.demo import draw_cover, films
from retrieval.demo.cover_text import set_title, shorten, text_width
from retrieval.types import Item

DESIGN = tomllib.loads(files("retrieval.demo").joinpath("covers.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def some_films() -> list[Item]:
    return list(islice(films(), 7, None, 50))


def item(title: str = "Heat", **facts: object) -> Item:
    return Item.model_validate({"id": f"id-{title}", "title": title, "attributes": facts})


def texts(picture: bytes) -> list[str]:
    return [
        "".join(node.itertext()) for node in ElementTree.fromstring(picture).iter("{http://www.w3.org/2000/svg}text")
    ]


def test_a_cover_shows_title_year_genre_and_director_and_says_it_is_drawn() -> None:
    picture = draw_cover(item(year=1995, genres=("Drama", "Crime"), director=("Michael Mann",)))
    assert texts(picture) == ["1995  ·  CRIME", "Heat", "Michael Mann", "drawn from the facts"]
    assert ElementTree.fromstring(picture).get("viewBox") == "0 0 400 600"


def test_equal_items_give_equal_bytes_and_other_items_other_pictures() -> None:
    assert draw_cover(item(year=1975)) == draw_cover(item(year=1975))
    assert draw_cover(item("Heat", year=1975)) != draw_cover(item("Jaws", year=1975))


def test_each_decade_and_each_genre_looks_different() -> None:
    decades = {draw_cover(item(year=year, genres=("Drama",))) for year in range(1940, 2020, 10)}
    assert len(decades) == 8
    genres = {draw_cover(item(year=1965, genres=(genre,))) for genre in DESIGN["order"]}
    assert len(genres) == len(DESIGN["order"])


def test_an_item_of_another_catalogue_gets_a_cover_too() -> None:
    assert texts(draw_cover(item("Kind of Blue"))) == ["", "Kind of Blue", "drawn from the facts"]
    assert texts(draw_cover(item("Old", year=1890.0, genres="Jazz", director=())))[1] == "Old"


@pytest.mark.parametrize(
    "title",
    [
        "<script>alert('x')</script> & \"more\"",
        "tab\tline\nnul\0 half \ud83d \ufffe",
        "",
        "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft",
        "word " * 200,
        "羅生門の夢と千と千尋の神隠しともののけ姫と風の谷のナウシカ",
    ],
)
def test_any_title_gives_valid_svg_without_markup_of_its_own(title: str) -> None:
    picture = draw_cover(Item(id="x", title=title, attributes={"year": 1985, "director": (title or "x",)}))
    tree = ElementTree.fromstring(picture)
    assert not list(tree.iter("{http://www.w3.org/2000/svg}script"))
    assert texts(picture)[-1] == "drawn from the facts"


def test_titles_fit_their_column_in_few_lines(some_films: list[Item]) -> None:
    for film in some_films:
        setting = set_title(film.title, 344)
        assert 1 <= len(setting.lines) <= 5
        assert setting.height <= 200
        assert all(text_width(line, setting.size) <= 344 for line in setting.lines), setting
        if "…" not in "".join(setting.lines):
            assert " ".join(setting.lines) == " ".join(film.title.split())


def test_short_titles_are_set_large_and_lines_are_even() -> None:
    assert set_title("Heat", 344).size == 64
    assert set_title("Back to the Future", 344).lines == ("Back", "to the", "Future") or set_title(
        "Back to the Future", 344
    ).lines == ("Back to", "the Future")
    assert shorten("Michael Mann", 60, 20).endswith("…")


def test_all_words_stand_inside_the_picture(some_films: list[Item]) -> None:
    for film in some_films[::8]:
        picture = draw_cover(film).decode()
        baselines = [float(y) for y in re.findall(r'<(?:tspan|text) x="[\d.]+" y="([\d.]+)"', picture)]
        assert baselines == sorted(baselines)
        assert baselines[0] > 150 and baselines[-1] <= 590


@pytest.mark.parametrize("genre", sorted(DESIGN["palettes"]))
def test_titles_stand_out_from_their_plate(genre: str) -> None:
    """WCAG asks 4.5 for text; the small label at 70 % opacity still has 3."""
    colours = DESIGN["palettes"][genre]
    assert contrast(colours["ink"], colours["paper"]) >= 7
    mixed = "#" + "".join(
        f"{round(0.7 * int(colours['ink'][at : at + 2], 16) + 0.3 * int(colours['paper'][at : at + 2], 16)):02x}"
        for at in (1, 3, 5)
    )
    assert contrast(mixed, colours["paper"]) >= 3


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
