"""A shop's catalogue, described by nothing but the guess of ``palate init``, in a real index: people can shop in it."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from agent import Recommender, Settings
from agent.types import Reply
from retrieval import build_index
from retrieval.guess import guess_config

HEADER = (
    "SKU,Product Name,Brand,Category,Colour,Material,Price (USD),Sizes,Waterproof,In stock,Rating,Reviews,Description"
)
KINDS = (
    ("Rain jacket", "Jackets", "nylon", 110),
    ("Parka", "Jackets", "polyester", 190),
    ("Summer dress", "Dresses", "cotton", 60),
    ("Evening dress", "Dresses", "silk", 140),
    ("Running shoes", "Shoes", "mesh", 85),
    ("Leather boots", "Shoes", "leather", 170),
)
BRANDS = ("Nordvik", "Kestrel", "Lumi")
COLOURS = ("red", "navy", "black", "cream")


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder with ``products.csv``, a guessed ``palate.toml`` and the index."""
    folder = tmp_path_factory.mktemp("shop")
    with (folder / "products.csv").open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(HEADER.split(","))
        for number in range(96):
            kind, category, material, price = KINDS[number % 6]
            colour = COLOURS[number // 6 % 4]
            row = [
                f"S{number}",
                f"{BRANDS[number % 3]} {kind} {number}",
                BRANDS[number % 3],
                category,
                colour,
                material,
            ]
            row += [
                f"${price + number // 3}.50",
                ("S|M", "M|L", "XL|L")[number // 4 % 3],
                "yes" if "Rain" in kind else "no",
            ]
            row += [
                "FALSE" if number % 8 == 7 else "TRUE",
                3 + number % 5 / 2,
                number * 7 % 100,
                f"{kind} in {colour}.",
            ]
            table.writerow(row)
    text = guess_config(folder / "products.csv")
    (folder / "palate.toml").write_text(text, encoding="utf-8")
    build_index(_settings(folder, folder / "built").retrieval())
    return folder


def _settings(folder: Path, data: Path) -> Settings:
    described = tomllib.loads((folder / "palate.toml").read_text(encoding="utf-8"))
    parts = {"index": {"path": folder / "index"}, "llm": {"engine": "none"}}
    return Settings.load(data_dir=data, **described, **parts)


@pytest.fixture
async def recommender(shop: Path, tmp_path: Path) -> AsyncIterator[Recommender]:
    recommender = Recommender.from_settings(_settings(shop, tmp_path))
    yield recommender
    await recommender.aclose()


def facts(reply: Reply, name: str) -> list[object]:
    return [one.attributes.get(name) for one in reply.recommendations]


async def test_kinds_prices_and_yes_or_no_facts_are_conditions(recommender: Recommender) -> None:
    reply = await recommender.reply("I need a waterproof jacket under 130 dollars", "a")
    assert reply.recommendations
    assert set(facts(reply, "category")) == {"Jackets"}
    assert set(facts(reply, "waterproof")) == {True}
    assert all(float(str(price)) < 130 for price in facts(reply, "price"))
    assert "is waterproof" in reply.text and "under $130" in reply.text


@pytest.mark.parametrize(
    ("said", "low", "high"),
    [
        ("a dress between 60 and 80 bucks", 60, 80),
        ("dresses, $60-80", 60, 80),
        ("a dress, max 75", 0, 75),
        ("a dress around 70€", 63, 77),
        ("dresses over 140 dollars", 140, 1000),
    ],
)
async def test_amounts_are_prices(recommender: Recommender, said: str, low: float, high: float) -> None:
    reply = await recommender.reply(said, "a")
    assert set(facts(reply, "category")) == {"Dresses"}
    assert all(low <= float(str(price)) <= high for price in facts(reply, "price"))


async def test_what_is_denied_is_left_out(recommender: Recommender) -> None:
    reply = await recommender.reply("shoes that are not waterproof, no leather please", "a")
    assert set(facts(reply, "material")) == {"mesh"}
    assert "that are not waterproof" in reply.text


async def test_what_there_is_to_choose_from_is_told_with_counts(recommender: Recommender) -> None:
    reply = await recommender.reply("what brands do you have?", "a")
    assert reply.action.kind == "answer" and not reply.preferences
    assert "Kestrel (" in reply.text and "Lumi (" in reply.text and "Nordvik (" in reply.text
    among = await recommender.reply("which colours of boots and shoes do you have?", "a")
    assert "listed under Shoes" in among.text and "navy (" in among.text
    assert not among.preferences, "a question holds nobody to anything"


async def test_two_facts_of_one_item_are_told_in_one_breath(recommender: Recommender) -> None:
    first = (await recommender.reply("a red dress", "a")).recommendations[0]
    reply = await recommender.reply("is the first one in stock, and what sizes?", "a")
    assert f"{first.title} is in stock." in reply.text and f"{first.title} comes in " in reply.text


async def test_what_cannot_be_had_is_never_shown(recommender: Recommender) -> None:
    reply = await recommender.reply("just show me something", "a", k=20)
    assert reply.recommendations and set(facts(reply, "in_stock")) == {True}


async def test_nothing_is_called_by_what_everything_is(recommender: Recommender) -> None:
    reply = await recommender.reply("show me leather boots", "a")
    assert reply.recommendations and " is a product" not in reply.text and "as its" not in reply.text
