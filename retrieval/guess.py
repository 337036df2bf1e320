"""Guess a ``palate.toml`` from a sample of a catalogue file, for its owner to correct.

It reads shapes and common column names, nothing more: what the columns mean to people is the owner's to say.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from .catalog import CatalogConfig
from .catalog_files import Format, RawRow, columns_of, raw_rows
from .catalog_types import Columns
from .errors import CatalogError
from .guess_profile import Column, profile
from .guess_toml import TABLE, Guess, write_toml

_SAMPLE = 20_000
_RARE = 0.005
"""Columns that say something in fewer rows than this are left out."""

_ALMOST_UNIQUE = 0.95
"""A column named like an id is one even if a few rows repeat it: the check of the catalogue then names them."""
_ID_LENGTH = 64

_ID = ("id", "item_id", "itemid", "uid", "uuid", "sku", "isbn", "asin", "code", "key", "slug")
_TITLE = ("title", "name", "headline", "product_name", "item_name", "label", "subject")
_DESCRIPTION = ("description", "overview", "summary", "synopsis", "plot", "abstract", "about", "blurb", "body", "text")
_IMAGE = ("image", "image_url", "image_path", "cover", "poster", "thumbnail", "picture", "photo", "img")
_AUDIO = ("audio", "audio_url", "sound", "preview", "clip")
_VIDEO = ("video", "video_url", "trailer")
_URL = ("url", "link", "href", "website", "web_page", "page_url")
_POPULARITY = (
    *("popularity", "plays", "play_count", "playcount", "views", "view_count", "listeners", "downloads"),
    *("n_ratings", "num_ratings", "ratings_count", "rating_count", "n_reviews", "review_count", "reviews"),
    *("votes", "num_votes", "sales", "sold", "orders", "purchases", "count"),
)

_NOUNS = {
    "album": "hear",
    "article": "read",
    "book": "read",
    "course": "take",
    "episode": "watch",
    "film": "watch",
    "game": "play",
    "movie": "watch",
    "paper": "read",
    "podcast": "hear",
    "product": "buy",
    "recipe": "cook",
    "restaurant": "try",
    "series": "watch",
    "song": "hear",
    "track": "hear",
    "video": "watch",
}


def guess_config(path: Path) -> str:
    """Return the text of a commented ``palate.toml`` for the file, guessed from its first twenty thousand rows.

    Raises:
        CatalogError: the file cannot be read, or has no column that could be the id or the title.
    """
    form = Format.of(path)
    columns = _sample(form)
    taken = _Taken(columns)
    roles = _roles(taken, path)
    kept, left_out = _attributes(taken)
    noun, plural, verb = _noun(path)
    guess = Guess(path, noun, plural, verb, roles, kept, left_out, columns[roles.id])
    return write_toml(guess)


def guess_catalog(path: Path) -> CatalogConfig:
    """Return the same guess as a configuration, for checking a file that nobody has described yet.

    Raises:
        CatalogError: as ``guess_config``.
    """
    return CatalogConfig.model_validate(tomllib.loads(guess_config(path))[TABLE])


def _sample(form: Format) -> dict[str, Column]:
    good = (dict(row.cells) for row in raw_rows(form) if isinstance(row, RawRow))
    declared = columns_of(form) or ()
    rows = list(islice(good, _SAMPLE))
    if not rows:
        raise CatalogError(f"{str(form.path)!r} has no rows that can be read.", hint="Check its format.")
    columns = {name: Column(name, len(rows)) for name in declared}
    return columns | profile(rows, frozenset(CatalogConfig().missing))


class _Taken:
    """The columns, with those that already have a role marked as taken."""

    def __init__(self, columns: dict[str, Column]) -> None:
        self._free = dict(columns)
        self.columns = columns

    def take(self, names: Iterable[str], fits: Callable[[Column], bool]) -> str:
        """Take the first fitting column that bears, or else ends with, one of the names; empty if there is none."""
        for name in names:
            for matches in (str.__eq__, str.endswith):
                for column in self._free.values():
                    if matches(_plain(column.name), name) and column.cells and fits(column):
                        return self.take_column(column)
        return ""

    def take_best(self, fits: Callable[[Column], bool], worth: Callable[[Column], float]) -> str:
        """Take the fitting column of greatest worth; empty if there is none."""
        fitting = [column for column in self._free.values() if column.cells and fits(column)]
        return self.take_column(max(fitting, key=worth)) if fitting else ""

    def take_column(self, column: Column) -> str:
        del self._free[column.name]
        return column.name

    def rest(self) -> Iterator[Column]:
        """Yield the columns without a role."""
        yield from self._free.values()


def _roles(taken: _Taken, path: Path) -> Columns:
    item_id = (
        taken.take(_ID, lambda column: _is_id(column, 1.0))
        or taken.take(_ID, lambda column: _is_id(column, _ALMOST_UNIQUE))
        or taken.take_best(lambda column: _is_id(column, 1.0), lambda column: -column.average_length)
    )
    if not item_id:
        raise CatalogError(f"No column of {str(path)!r} has a different value in every row.", hint="Add a column 'id'.")
    title = taken.take(_TITLE, lambda column: _is_text(column) and column.coverage > 0.95)
    title = title or taken.take_best(lambda c: _is_label(c) and 2 < c.average_length < 80, lambda c: c.distinct)
    if not title:
        raise CatalogError(f"No column of {str(path)!r} looks like a title.", hint="Add a column 'title'.")
    return Columns(
        id=item_id,
        title=title,
        image=taken.take(_IMAGE, _is_media),
        audio=taken.take(_AUDIO, _is_media),
        video=taken.take(_VIDEO, _is_media),
        url=taken.take(_URL, _is_link) or taken.take_best(_is_link, lambda column: column.coverage),
        popularity=taken.take(_POPULARITY, lambda c: c.kind == "number" and not c.unit and c.numbers()[0] >= 0),
        description=taken.take(_DESCRIPTION, _is_description)
        or taken.take_best(lambda c: _is_text(c) and c.average_length > 80, lambda c: c.average_length),
    )


@dataclass(frozen=True)
class _Rule:
    """A reason to leave a column out."""

    reason: str
    applies: Callable[[Column], bool]


_RULES = (
    _Rule("empty", lambda column: not column.cells),
    _Rule("known for almost no row", lambda column: column.coverage < _RARE),
    _Rule("holds nested objects", lambda column: column.is_nested),
    _Rule("the same in every row", lambda column: column.distinct == 1 and column.coverage == 1 and column.rows > 1),
    _Rule("looks like another identifier", lambda column: _is_identifier(column)),
    _Rule("different in almost every row", lambda column: _is_unrepeated(column)),
    _Rule("a web address or a file", lambda column: _is_link(column)),
)


def _attributes(taken: _Taken) -> tuple[list[Column], list[tuple[Column, str]]]:
    kept: list[Column] = []
    left_out: list[tuple[Column, str]] = []
    for column in taken.rest():
        reason = next((rule.reason for rule in _RULES if rule.applies(column)), "")
        if reason:
            left_out.append((column, reason))
        else:
            kept.append(column)
    return kept, left_out


def _is_id(column: Column, share: float) -> bool:
    return column.distinct >= share * column.rows and column.average_length <= _ID_LENGTH


def _is_text(column: Column) -> bool:
    return all(isinstance(cell, str) for cell in column.cells) and not column.is_code


def _is_description(column: Column) -> bool:
    return _is_text(column) and (_plain(column.name) in _DESCRIPTION or column.average_length > 30)


def _is_label(column: Column) -> bool:
    return _is_text(column) and column.kind not in ("number", "date", "boolean")


def _is_link(column: Column) -> bool:
    return all(text.casefold().startswith(("http://", "https://")) for text in column.texts)


def _is_media(column: Column) -> bool:
    return all(isinstance(cell, str) and (Path(cell).suffix or cell.startswith("http")) for cell in column.cells)


def _is_identifier(column: Column) -> bool:
    named = _plain(column.name).endswith("id") and column.distinct * 5 > len(column.cells) * 4
    return column.is_code or (named and " " not in "".join(column.texts[:50]))


def _is_unrepeated(column: Column) -> bool:
    many = column.kind == "category" and len(column.cells) > 50
    return many and column.distinct * 20 > len(column.cells) * 19


def _plain(name: str) -> str:
    return name.casefold().replace(" ", "_").replace("-", "_")


def _noun(path: Path) -> tuple[str, str, str]:
    """Return noun, plural and verb if the file is named after what it lists, else general ones."""
    stem = _plain(path.stem)
    for noun, verb in _NOUNS.items():
        plural = noun if noun.endswith("s") else f"{noun}s"
        if plural in stem.split("_") or noun in stem.split("_"):
            return noun, plural, verb
    return "item", "items", "see"
