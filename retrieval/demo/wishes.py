"""Draw natural requests for films from the demo's facts and notes, with an exact test of which films answer them.

They train and measure the reranker: "a slow, wistful film about mourning" must find slow, melancholy films about grief
whatever the words. Each mood, theme and scale has three wordings; a caller keeps one back to measure with.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from ..rerank import query_text
from ..types import AttributeValue, Item

_CLAUSE_STARTS = ("that ", "with ", "for ", "full ", "on ", "to ", "out ", "so ", "like ", "where ", "longing ", "not ")
_OPENERS = (
    "",
    "",
    "",
    "I want ",
    "Looking for ",
    "I'm in the mood for ",
    "Can you recommend ",
    "Show me ",
    "Tonight I'd like ",
    "Any ideas for ",
)
_NOTED = ("moods", "themes", "pace", "tone", "intensity")


@dataclass(frozen=True)
class Wish:
    """One thing asked for, and the words it is asked in."""

    attribute: str
    value: AttributeValue
    words: str

    def granted_by(self, item: Item) -> bool:
        """Return whether the item's facts satisfy the wish; an unknown fact does not."""
        fact = item.attributes.get(self.attribute)
        if fact is None:
            return False
        if isinstance(fact, tuple):
            return self.value in fact
        if self.attribute == "year":
            return int(str(fact)) // 10 == int(str(self.value)) // 10
        return _side(int(str(fact))) == _side(int(str(self.value)))


@dataclass(frozen=True)
class Request:
    """A request in words, with the wishes behind it."""

    text: str
    wishes: tuple[Wish, ...]


def draw_request(rng: random.Random, film: Item, wordings: Sequence[int]) -> Request:
    """Return a request that this film answers, worded with one of the given wordings (0, 1, 2)."""
    noted = list(_noted_wishes(rng, film, wordings))
    facts = list(_fact_wishes(film, rng))
    rng.shuffle(noted)
    rng.shuffle(facts)
    if noted and rng.random() < 0.85:
        chosen = noted[: rng.choice((1, 2, 2, 3))] + facts[: rng.choice((0, 0, 1, 1))]
    else:
        chosen = facts[: rng.choice((1, 2, 2, 3))]
    return Request(_phrase(rng, chosen), tuple(chosen))


def _noted_wishes(rng: random.Random, film: Item, wordings: Sequence[int]) -> Iterator[Wish]:
    """Yield up to two moods, two themes and the scales that are not in the middle."""
    table = paraphrases()
    for attribute in _NOTED:
        fact = film.attributes.get(attribute)
        values: tuple[AttributeValue, ...] = fact[:3] if isinstance(fact, tuple) else () if fact is None else (fact,)
        for value in rng.sample(values, min(2, len(values))):
            wordings_of = table[attribute].get(str(value))
            if wordings_of:
                own = [value] if isinstance(value, str) else []
                yield Wish(attribute, value, rng.choice(own + [wordings_of[at] for at in wordings]))


def _fact_wishes(film: Item, rng: random.Random) -> Iterator[Wish]:
    facts = film.attributes
    for attribute in ("genres", "director", "cast", "country"):
        values = facts.get(attribute)
        if isinstance(values, tuple) and values:
            value = str(rng.choice(values))
            yield Wish(attribute, value, value)
    year = facts.get("year")
    if isinstance(year, int):
        decade = year // 10 * 10
        yield Wish("year", decade, f"the {decade}s")


def _phrase(rng: random.Random, wishes: Sequence[Wish]) -> str:
    style = rng.random()
    if style < 0.15:
        return ", ".join(wish.words for wish in wishes)
    if style < 0.4:
        # What the search sends: the wishes as values, then the words.
        return query_text(_sentence(rng, wishes[-1:]), wishes=[_label(wish) for wish in wishes])
    return _sentence(rng, wishes)


def _label(wish: Wish) -> str:
    return f"year at least {wish.value}" if wish.attribute == "year" else wish.words


def _sentence(rng: random.Random, wishes: Sequence[Wish]) -> str:
    by: dict[str, list[str]] = {}
    for wish in wishes:
        by.setdefault(_slot(wish), []).append(wish.words)
    adjectives = ", ".join(by.get("adjective", ()))
    genre = " ".join(by.get("genres", ())).lower()
    noun = rng.choice(("film", "movie", "film", "one")) if not genre else rng.choice(("film", "movie", ""))
    head = " ".join(part for part in (adjectives, genre, noun) if part)
    if head in ("film", "movie", "one"):
        head = "something"
    elif rng.random() < 0.7:
        head = f"{'an' if head[0] in 'aeiou' else 'a'} {head}"
    return rng.choice(_OPENERS) + " ".join([head, *by.get("clause", ()), *_tail(rng, by)])


def _tail(rng: random.Random, by: Mapping[str, Sequence[str]]) -> Iterator[str]:
    if themes := by.get("themes"):
        yield f"{rng.choice(('about', 'about', 'that deals with'))} {' and '.join(themes)}"
    for slot, openings in _TAILS.items():
        for words in by.get(slot, ()):
            yield f"{rng.choice(openings)} {words}"


_TAILS: Mapping[str, Sequence[str]] = {
    "director": ("by", "directed by"),
    "cast": ("with", "starring"),
    "country": ("from", "made in"),
    "year": ("from", "made in"),
}


def _slot(wish: Wish) -> str:
    if wish.attribute in ("moods", "pace", "tone", "intensity"):
        return "clause" if wish.words.startswith(_CLAUSE_STARTS) else "adjective"
    return wish.attribute


def _side(step: int) -> int:
    """Fold a five-step scale to low, middle and high: people do not tell one end's two steps apart."""
    return (step > 3) - (step < 3)


@cache
def paraphrases() -> Mapping[str, Mapping[str, Sequence[str]]]:
    """Return three wordings of each mood, theme and scale step, by attribute and value."""
    table: Mapping[str, Mapping[str, Sequence[str]]] = json.loads(
        files(__package__).joinpath("paraphrases.json").read_text(encoding="utf-8")
    )
    return table
