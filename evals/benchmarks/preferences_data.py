"""Read ReDial's dialogues between a seeker and a recommender, with the seeker's own verdicts. Judges nothing.

Li and others, "Towards Deep Conversational Recommendations" (2018); dialogues CC BY 4.0. Every film named is tagged
with an id, and the seeker said afterwards of each whether they liked it, did not, or did not say.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Literal

from retrieval.types import AttributeValue, CatalogSchema, Item, Value

from ..errors import DataMissingError, EvalError
from .guard_data import Half

Verdict = Literal["like", "dislike"]

DIALOGUES: dict[Half, Path] = {
    "development": Path("redial", "train_sample.jsonl"),
    "test": Path("redial", "test_dev.jsonl"),
}
CATALOGUE = Path("redial", "items.jsonl")
_NAMED = re.compile(r"^(?P<title>.*?)\s*\((?P<year>\d{4})\)\s*$")
_YEAR_MARK = re.compile(r"\s*\(\d{4}\)")
_AVERSE = re.compile(
    r"\b(hate[ds]?|dislike[ds]?|(did ?n'?t|do ?n'?t|did not|do not) (really )?(like|love|enjoy|care for)|"
    r"not a (big |huge )?fan|could ?n'?t stand|can ?n?'?t stand|terrible|awful|horrible|boring|worst)\b",
    re.IGNORECASE,
)
_FOND = re.compile(r"\b(love[ds]?|liked|enjoy(ed)?|great|amazing|awesome|favou?rites?|fantastic)\b", re.IGNORECASE)


class Label(Value):
    """What the seeker said afterwards of a film that they had named."""

    item_id: str
    verdict: Verdict
    doubtful: bool = False
    """Whether every message that names it judges the other way round and none this way, by two fixed lists of words."""


class Said(Value):
    """One message."""

    seeker: bool
    text: str
    named: tuple[tuple[str, str], ...] = ()
    """(title with its year, id) of the films tagged in it."""


class TitleDialogue(Value):
    """A dialogue with its labels."""

    id: str
    messages: tuple[Said, ...]
    labels: tuple[Label, ...]
    unlabelled: frozenset[str]
    """Films the seeker named and gave no verdict on: neither asked for nor counted when found."""
    others: frozenset[str]
    """Films that only the recommender named: not counted either."""


def read_dialogues(folder: Path, half: Half, most: int | None = None) -> list[TitleDialogue]:
    """Return ReDial's dialogues of one half, the training sample for development and the test part for reporting.

    Raises:
        DataMissingError: the folder does not hold the set.
    """
    rows = [_dialogue(row) for row in _rows(folder / DIALOGUES[half])]
    return rows[:most]


def read_catalogue(folder: Path, schema: CatalogSchema) -> list[Item]:
    """Return the benchmark's own catalogue as items of ``schema``, so far as it has attributes for their facts.

    Popularity is how often the training dialogues name a film.

    Raises:
        DataMissingError: the folder does not hold it.
    """
    turns = (turn for row in _rows(folder / DIALOGUES["development"]) for turn in row["turns"])
    fame = Counter(item_id for turn in turns for item_id in turn["mentioned_ids"])
    return [_item(row, schema, fame[row["id"]]) for row in _rows(folder / CATALOGUE)]


def undoubled(films: Iterable[Item]) -> list[Item]:
    """Leave out films without a year whose title also stands with one: the data set holds many films twice."""
    held = list(films)
    dated = {film.title.casefold() for film in held if "year" in film.attributes}
    return [film for film in held if "year" in film.attributes or film.title.casefold() not in dated]


def without_years(dialogue: TitleDialogue) -> TitleDialogue:
    """Return the dialogue with the years that mark every title taken out and in small letters, as people type."""
    messages = tuple(
        said.model_copy(update={"text": _YEAR_MARK.sub("", said.text).lower()}) if said.seeker else said
        for said in dialogue.messages
    )
    return dialogue.model_copy(update={"messages": messages})


def split_name(name: str) -> tuple[str, int | None]:
    """Return title and year of "Heat (1995)"."""
    match = _NAMED.match(name)
    return (match["title"], int(match["year"])) if match else (name, None)


def _dialogue(row: dict[str, Any]) -> TitleDialogue:
    messages = tuple(
        Said(
            seeker=turn["role"] == "user",
            text=turn["text"],
            named=tuple(zip(turn["mentioned_titles"], turn["mentioned_ids"], strict=True)),
        )
        for turn in row["turns"]
    )
    given: dict[str, bool | None] = {}
    for turn in row["turns"]:
        if turn["role"] == "user":
            for title, item_id in zip(turn["mentioned_titles"], turn["mentioned_ids"], strict=True):
                given[item_id] = turn["liked"].get(title)
    everything = {item_id for said in messages for _, item_id in said.named}
    return TitleDialogue(
        id=row["dialog_id"],
        messages=messages,
        labels=tuple(_label(item_id, liked, messages) for item_id, liked in given.items() if liked is not None),
        unlabelled=frozenset(item_id for item_id, liked in given.items() if liked is None),
        others=frozenset(everything - set(given)),
    )


def _label(item_id: str, liked: bool, messages: Sequence[Said]) -> Label:
    about = [said.text for said in messages if said.seeker and any(tagged == item_id for _, tagged in said.named)]
    with_it, against = (_FOND, _AVERSE) if liked else (_AVERSE, _FOND)
    doubtful = any(map(against.search, about)) and not any(map(with_it.search, about))
    return Label(item_id=item_id, verdict="like" if liked else "dislike", doubtful=doubtful)


def _item(row: dict[str, Any], schema: CatalogSchema, fame: int) -> Item:
    title, year = split_name(row["name"])
    facts: dict[str, AttributeValue] = {
        "genres": tuple(_in_schema(row.get("genre", ()), schema)),
        "director": tuple(row.get("director", ())),
        "writers": tuple(row.get("writer", ())),
        "cast": tuple(row.get("star", ())),
    }
    if year is not None:
        facts["year"] = year
    known = {
        name: value[0] if spec.kind == "category" and isinstance(value, tuple) else value
        for name, value in facts.items()
        if value not in ((), "") and (spec := schema.get(name)) is not None
    }
    plot = row.get("plot") or ""
    return Item(id=row["id"], title=title, description=plot, attributes=known, popularity=fame, source="ReDial")


def _in_schema(labels: Iterable[str], schema: CatalogSchema) -> Iterable[str]:
    """Yield genre labels as the schema writes them: "sci-fi" as "Sci-Fi"."""
    spec = schema.get("genres")
    targets = {target.lower(): target for target in (spec.synonyms.values() if spec else ())}
    for label in labels:
        yield targets.get(label.lower(), label.title())


def _rows(path: Path) -> list[dict[str, Any]]:
    if not path.is_file():
        raise DataMissingError(
            f"There are no dialogues at {str(path)!r}.",
            hint="Give the folder of the shared sets with --data, or in PALATE_DATA.",
        )
    try:
        return [json.loads(row) for row in path.read_text(encoding="utf-8").splitlines() if row.strip()]
    except json.JSONDecodeError as error:
        raise EvalError(f"{path.name} is not JSON lines: {error}.", hint="Fetch the set again.") from error
