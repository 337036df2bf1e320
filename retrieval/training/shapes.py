"""Write the demo's films as catalogues of other kinds, so that a reranker is no reader of films alone.

Songs have a title, artists and genres but no description; things have a title and a description but no labels. Requests
are what people type into any catalogue: a title, a name, a label, a few words of a description, or words near them.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from ..corpora import split_groups
from ..demo.films import films
from ..types import AttributeSpec, AttributeValue, CatalogSchema, Item
from .corpus import Corpus, Task
from .pools import embed

SONGS = CatalogSchema(
    name="songs",
    noun="song",
    noun_plural="songs",
    attributes=(
        AttributeSpec(name="year", kind="number"),
        AttributeSpec(name="genres", kind="categories"),
        AttributeSpec(name="artist", kind="categories", names=True),
    ),
)
THINGS = CatalogSchema(
    name="things", noun="picture", noun_plural="pictures", attributes=(AttributeSpec(name="kind", kind="categories"),)
)

_TITLE = ("{}", "{}", "{} please", "put on {} please", "play {}", "show me {}", "do you have {}?", "I'm looking for {}")
_NAME = ("{}", "something by {}", "anything by {}?", "{} please", "more of {}", "I love {}")
_BOTH = ("{title} by {name}", "{title} {name}", "{name}, {title}", "that {name} one, {title}")
_LABEL = ("{}", "some {}", "a {} one", "anything {}?", "I'd like {}")
_ABOUT = ("{}", "something with {}", "one with {}", "where there is {}", "about {}", "show me {}", "I want {}")
_WORD = re.compile(r"\b[a-z]{4,}\b")
"""Words that may be asked for; names, written large, are left to requests by title."""
_COMMON = 0.02
"""Share of the descriptions from which a word is too common to ask for."""
_NEAR = 0.6
"""Cosine from which another word may stand for one of a description."""


def songs(seed: int, held: frozenset[str], limit: int = 4000) -> Corpus:
    """Return films as songs, each with its best-known names for artists, and requests by title, name and genre."""
    rng = random.Random(f"{seed}-songs")
    chosen = _drawn(held, limit, rng)
    items = [_song(film) for film in chosen]
    tasks = [task for at, item in enumerate(items) for task in _song_tasks(at, item, rng)]
    return Corpus("songs", items, _parts(_answered(tasks, items), seed))


def things(seed: int, held: frozenset[str], cache: Path) -> Corpus:
    """Return films with a description as things without labels, and requests by words of it or words near them.

    Args:
        seed: of the draws.
        held: ids that are not learnt from.
        cache: folder that keeps the vectors of single words.
    """
    rng = random.Random(f"{seed}-things")
    chosen = [film for film in films() if film.description and film.id not in held]
    items = [_thing(film) for film in chosen]
    words = [frozenset(_WORD.findall(item.description)) for item in items]
    counts: dict[str, int] = {}
    for one in words:
        for word in one:
            counts[word] = counts.get(word, 0) + 1
    telling = sorted(word for word, count in counts.items() if count <= _COMMON * len(items))
    near = _near_words(telling, cache)
    tasks: list[Task] = []
    for at, item in enumerate(items):
        own = sorted(words[at] & near.keys())
        for size in (1, 1, 2, 3):
            asked = rng.sample(own, min(size, len(own)))
            said = [rng.choice(near[word]) if near[word] and rng.random() < 0.5 else word for word in asked]
            right = frozenset(other for other, have in enumerate(words) if have.issuperset(asked))
            if asked:
                tasks.append(Task("things", item.id, rng.choice(_ABOUT).format(" ".join(said)), right))
        title = rng.choice(_TITLE).format(item.title)
        tasks.append(Task("things", item.id, title, frozenset({at})))
    return Corpus("things", items, _parts(tasks, seed))


def _drawn(held: frozenset[str], limit: int, rng: random.Random) -> list[Item]:
    usable = [film for film in films() if film.id not in held and film.attributes.get("cast")]
    return rng.sample(usable, min(limit, len(usable)))


def _song(film: Item) -> Item:
    names = tuple(dict.fromkeys([*_texts(film, "director")[:1], *_texts(film, "cast")[:1]]))
    facts: dict[str, AttributeValue | None] = {"year": film.attributes.get("year"), "artist": names}
    facts["genres"] = _texts(film, "genres")[:2]
    known: dict[str, AttributeValue] = {name: value for name, value in facts.items() if value}
    return Item(id=film.id, title=film.title, attributes=known, popularity=film.popularity)


def _thing(film: Item) -> Item:
    kind = _texts(film, "genres")[:1]
    return Item(
        id=film.id,
        title=film.title,
        description=film.description,
        attributes={"kind": kind} if kind else {},
        popularity=film.popularity,
    )


def _texts(film: Item, name: str) -> tuple[str, ...]:
    fact = film.attributes.get(name)
    return tuple(str(value) for value in fact) if isinstance(fact, tuple) else ()


def _song_tasks(at: int, item: Item, rng: random.Random) -> Iterator[tuple[int, str, str, str]]:
    """Yield one request an item: position, words, and the attribute and value that answer it."""
    name = rng.choice(_texts(item, "artist"))
    way = rng.random()
    if way < 0.5:
        yield at, rng.choice(_TITLE).format(item.title), "title", item.title
    elif way < 0.75:
        yield at, rng.choice(_NAME).format(name), "artist", name
    elif way < 0.9:
        yield at, rng.choice(_BOTH).format(title=item.title, name=name), "title", item.title
    elif _texts(item, "genres"):
        genre = rng.choice(_texts(item, "genres"))
        yield at, rng.choice(_LABEL).format(genre.lower()), "genres", genre


def _answered(drawn: Sequence[tuple[int, str, str, str]], items: Sequence[Item]) -> list[Task]:
    """Give each request every item that answers it."""
    holding: dict[tuple[str, str], set[int]] = {}
    for at, item in enumerate(items):
        holding.setdefault(("title", item.title), set()).add(at)
        for name in ("artist", "genres"):
            for value in _texts(item, name):
                holding.setdefault((name, value), set()).add(at)
    return [Task("songs", items[at].id, query, frozenset(holding[name, value])) for at, query, name, value in drawn]


def _near_words(words: Sequence[str], cache: Path, most: int = 3) -> Mapping[str, list[str]]:
    """Return up to ``most`` words near each by MiniLM, other forms of the same word left out."""
    vectors = embed(words, cache)
    near: dict[str, list[str]] = {}
    for word, cosines in zip(words, vectors @ vectors.T, strict=True):
        best = [int(at) for at in np.argsort(-cosines)[: most + 4] if cosines[at] >= _NEAR]
        near[word] = [words[at] for at in best if words[at][:4] != word[:4]][:most]
    return near


def _parts(tasks: Sequence[Task], seed: int) -> dict[str, list[Task]]:
    """Split by item: 84 % to learn from, 8 % to tune on, 8 % to report."""
    groups = sorted({task.group for task in tasks})
    kept = split_groups(groups, 0.16, seed)
    tune = frozenset(sorted(kept)[: len(kept) // 2])
    return {
        "train": [task for task in tasks if task.group not in kept],
        "tune": [task for task in tasks if task.group in tune],
        "test": [task for task in tasks if task.group in kept - tune],
    }
