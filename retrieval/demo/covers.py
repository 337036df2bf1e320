"""Draw a cover from an item's facts: colours by genre, composition by decade, the title well set. Pure, deterministic.

The picture says of itself that it is drawn, and it is never embedded or searched: it shows nothing that is not a fact.
"""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import dataclass
from functools import cache
from html import escape
from importlib.resources import files
from random import Random
from typing import Any

from ..types import Item
from .cover_art import HEIGHT, WIDTH, Palette, draw
from .cover_text import LEADING, Setting, set_title, shorten

LABEL = "drawn from the facts"

_MARGIN = 28
_COLUMN = WIDTH - 2 * _MARGIN
_LATEST = "2010s"
_LINE_SIZE = 25
_SMALL_SIZE = 12


@dataclass(frozen=True)
class _Lettering:
    family: str
    weight: int
    wide: float
    capitals: bool


def draw_cover(item: Item) -> bytes:
    """Return an SVG of 400 x 600 for any item; equal items give equal bytes."""
    decade = _decade(item)
    lettering = _letterings().get(decade, _letterings()[_LATEST])
    title = _printable(item.title) or "Untitled"
    setting = set_title(title.upper() if lettering.capitals else title, _COLUMN, lettering.wide)
    maker = shorten(_printable(_first(item, "director")), _COLUMN, _LINE_SIZE, lettering.wide)
    foot = HEIGHT - _plate_height(setting, bool(maker))
    palette = _palette(item)
    chance = Random(int.from_bytes(hashlib.sha256(item.id.encode()).digest()[:8]))
    name = escape(f"{title}, {LABEL}")
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{name}">',
        *draw(decade, palette, chance, foot),
        *_plate(palette, foot),
        *_words(item, setting, maker, palette, lettering, foot),
        "</svg>",
    ]
    return "".join(parts).encode()


def _plate_height(setting: Setting, has_maker: bool) -> float:
    return 66 + setting.height + (44 if has_maker else 14) + 34


def _plate(palette: Palette, foot: float) -> list[str]:
    return [
        f'<rect y="{foot:.0f}" width="{WIDTH}" height="{HEIGHT - foot:.0f}" fill="{palette.paper}"/>',
        f'<rect y="{foot:.0f}" width="{WIDTH}" height="7" fill="{palette.one}"/>',
    ]


def _words(item: Item, setting: Setting, maker: str, palette: Palette, lettering: _Lettering, foot: float) -> list[str]:
    over = shorten(_overline(item), _COLUMN, _LINE_SIZE * 0.8, 1.16)
    first = foot + 66 + setting.size * 0.76
    lines = [
        f'<tspan x="{_MARGIN}" y="{first + place * setting.size * LEADING:.1f}">{escape(line)}</tspan>'
        for place, line in enumerate(setting.lines)
    ]
    last = first + (len(setting.lines) - 1) * setting.size * LEADING
    words = [
        f'<g fill="{palette.ink}" font-family="{escape(lettering.family)}">',
        f'<text x="{_MARGIN}" y="{foot + 44:.1f}" font-size="{_LINE_SIZE * 0.8:.0f}" font-weight="600"'
        f' letter-spacing="1.6">{escape(over)}</text>',
        f'<text font-size="{setting.size}" font-weight="{lettering.weight}">{" ".join(lines)}</text>',
    ]
    if maker:
        words.append(
            f'<text x="{_MARGIN}" y="{last + setting.size * 0.22 + 34:.1f}" font-size="{_LINE_SIZE}" opacity=".86">'
            f"{escape(maker)}</text>"
        )
    return [
        *words,
        f'<text x="{WIDTH - _MARGIN}" y="{HEIGHT - 16}" font-size="{_SMALL_SIZE}" text-anchor="end" opacity=".7">'
        f"{LABEL}</text></g>",
    ]


def _overline(item: Item) -> str:
    year, genre = item.attributes.get("year"), _main_genre(item)
    parts = [str(year) if year is not None else "", genre.upper() if genre != "other" else ""]
    return "  ·  ".join(part for part in parts if part)


def _decade(item: Item) -> str:
    year = item.attributes.get("year")
    return f"{int(year) // 10 * 10}s" if isinstance(year, int | float) else _LATEST


def _main_genre(item: Item) -> str:
    genres = item.attributes.get("genres")
    held = genres if isinstance(genres, tuple) else ()
    return next((genre for genre in _design()["order"] if genre in held), "other")


def _palette(item: Item) -> Palette:
    return Palette(**_design()["palettes"][_main_genre(item)])


def _first(item: Item, attribute: str) -> str:
    value = item.attributes.get(attribute)
    return str(value[0]) if isinstance(value, tuple) and value else ""


def _printable(text: str) -> str:
    # Control characters are not XML, and half a surrogate pair is not UTF-8.
    kept = "".join(sign if sign.isprintable() else " " for sign in text)
    return " ".join(kept.split())


@cache
def _letterings() -> dict[str, _Lettering]:
    return {decade: _Lettering(**values) for decade, values in _design()["lettering"].items()}


@cache
def _design() -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath("covers.toml").read_text(encoding="utf-8"))
