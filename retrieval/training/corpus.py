"""Read the shared benchmark sets and the demo into items and tasks: a query, what answers it, what must be left out.

A dialogue's task counts only titles that nobody has named yet: a label that stands in the context rewards parroting.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from pathlib import Path

from ..corpora import Record, movielens_item, opendialkg_item, read_lines, redial_item, split_groups
from ..demo.films import films
from ..demo.wishes import Wish, draw_request
from ..rerank import query_text
from ..types import Item

DIALOGUES = frozenset({"redial", "opendialkg", "talk"})


@dataclass(frozen=True)
class Task:
    """One request with the positions of the items that answer it."""

    domain: str
    group: str
    """The dialogue or film behind the request; a split or an interval never cuts a group in two."""
    query: str
    positives: frozenset[int]
    excluded: frozenset[int] = frozenset()
    """Items that may not be recommended: those already named."""
    mentions: tuple[int, ...] = ()
    """Items named so far, in order, for channels that know which items go together."""
    near: frozenset[int] = frozenset()
    """Items known to satisfy a part of the request only: the hardest negatives."""
    turns: tuple[str, ...] = ()
    """What was said so far, for readers that write the request in another way than ``query``."""

    @property
    def learns_popularity(self) -> bool:
        """Whether being well known makes an answer likelier: true of what people recommend, not of what fits a wish."""
        return self.domain in DIALOGUES


@dataclass(frozen=True)
class Corpus:
    """A catalogue with the requests made of it."""

    name: str
    items: Sequence[Item]
    tasks: Mapping[str, Sequence[Task]] = field(default_factory=dict)
    """Tasks by part: ``train``, ``tune`` (stop early, choose the blend) and ``test`` (reported)."""

    @cached_property
    def popularity(self) -> list[float]:
        """How often each item answers a training dialogue; without dialogues, the items' own popularity."""
        if self.name not in DIALOGUES:
            return [item.popularity for item in self.items]
        counts = [0.0] * len(self.items)
        for task in self.tasks["train"]:
            for at in task.positives:
                counts[at] += 1.0
        return counts


def redial(data: Path, seed: int) -> Corpus:
    """Read ReDial: 2,716 training points (a tenth of the dialogues to tune on), and the test half, cut the same way."""
    items = [redial_item(record) for record in read_lines(data / "redial" / "items.jsonl")]
    names = {record["name"]: at for at, record in enumerate(read_lines(data / "redial" / "items.jsonl"))}
    points = list(read_lines(data / "redial" / "train_points.jsonl"))
    held = split_groups((str(point["dialog_id"]) for point in points), 0.1, seed)
    tasks = list(_point_tasks("redial", points, names, seed))
    test = [
        point
        for dialog in read_lines(data / "redial" / "test_dev.jsonl")
        for point in _points_of_dialogue(dialog, names)
    ]
    return Corpus("redial", items, _parts(tasks, held) | {"test": list(_point_tasks("redial", test, names, seed))})


def talk(data: Path, seed: int, left_out: frozenset[str]) -> Corpus:
    """Read ReDial's training points (CC BY 4.0) over the demo's films (CC0), so that what learns from them is free.

    Films whose id is in ``left_out`` are neither shown nor right. A tenth of the dialogues is kept to tune on and as
    many to report; ReDial's test half is not read.
    """
    items = [film for film in films() if film.id not in left_out]
    names = {f"{film.title} ({film.attributes.get('year')})": at for at, film in enumerate(items)}
    points = list(read_lines(data / "redial" / "train_points.jsonl"))
    held = split_groups((str(point["dialog_id"]) for point in points), 0.2, seed)
    tune = frozenset(sorted(held)[: len(held) // 2])
    tasks = list(_point_tasks("talk", points, names, seed))
    parts = {
        "train": [task for task in tasks if task.group not in held],
        "tune": [task for task in tasks if task.group in tune],
        "test": [task for task in tasks if task.group in held - tune],
    }
    return Corpus("talk", items, parts)


def opendialkg(data: Path, seed: int) -> Corpus:
    """Read OpenDialKG films. Dialogues that also stand in the validation part are left out of training."""
    folder = data / "opendialkg"
    records = list(read_lines(folder / "items.jsonl"))
    items = [opendialkg_item(record) for record in records]
    names = {record["name"]: at for at, record in enumerate(records)}
    valid = list(read_lines(folder / "valid_points.jsonl"))
    seen = {point["dialog_id"] for point in valid}
    train = [point for point in read_lines(folder / "train_points.jsonl") if point["dialog_id"] not in seen]
    held = split_groups((str(point["dialog_id"]) for point in train), 0.08, seed)
    parts = _parts(list(_point_tasks("opendialkg", train, names, seed)), held)
    return Corpus("opendialkg", items, parts | {"test": list(_point_tasks("opendialkg", valid, names, seed))})


def movielens(data: Path, seed: int) -> Corpus:
    """Read MovieLens: community tags and plot keywords as requests, the overviews as what must answer them.

    Keywords and tags stand nowhere in the item texts, so a request can only be answered by understanding.
    """
    records = list(read_lines(data / "movielens" / "catalog.jsonl"))
    items = [movielens_item(record) for record in records]
    at_of = {record["id"]: at for at, record in enumerate(records)}
    tags = list(_tag_tasks(data, at_of))
    keywords = list(_keyword_tasks(records, seed))
    tag_groups = [task.group for task in tags]
    held = split_groups(tag_groups, 0.35, seed)
    tune = frozenset(sorted(held)[: len(held) // 3])
    # A kept-back tag may not come back as a keyword under the same words.
    words = {task.query for task in tags if task.group in held}
    train = [task for task in tags if task.group not in held]
    train += [task for task in keywords if not any(word in task.query for word in words)]
    test = [task for task in tags if task.group in held - tune]
    return Corpus("tags", items, {"train": train, "tune": [t for t in tags if t.group in tune], "test": test})


def _parts(tasks: Sequence[Task], held: frozenset[str]) -> dict[str, Sequence[Task]]:
    return {
        "train": [task for task in tasks if task.group not in held],
        "tune": [task for task in tasks if task.group in held],
    }


def _points_of_dialogue(dialog: Record, names: Mapping[str, int]) -> Iterator[Record]:
    """Cut a whole dialogue at every recommender's turn that names a film, like the published training points."""
    context: list[str] = []
    entities: list[str] = []
    for turn in dialog["turns"]:
        titles = [title for title in turn["mentioned_titles"] if title in names]
        if turn["role"] == "recommender" and titles and context:
            yield {"dialog_id": dialog["dialog_id"], "context": list(context), "entity": list(entities), "rec": titles}
        context.append(turn["text"])
        entities += titles


def _point_tasks(domain: str, points: Iterable[Record], names: Mapping[str, int], seed: int) -> Iterator[Task]:
    rng = random.Random(f"{seed}-{domain}")
    for point in points:
        context = " ".join(point["context"]).lower()
        named = list(dict.fromkeys(name for name in point["entity"] if name in names))
        new = [name for name in point["rec"] if name in names and name not in named and name.lower() not in context]
        if not new:
            continue
        mentions = tuple(names[name] for name in named)
        yield Task(
            domain=domain,
            group=str(point["dialog_id"]),
            query=dialogue_query(point["context"], named, rng),
            positives=frozenset(names[name] for name in new),
            excluded=frozenset(mentions),
            mentions=mentions,
            turns=tuple(turn.strip() for turn in point["context"] if turn.strip()),
        )


def dialogue_query(context: Sequence[str], named: Sequence[str], rng: random.Random) -> str:
    """Write a dialogue as a short request: either its last turns as they are, or titles named before the last turn."""
    turns = [turn.strip() for turn in context if turn.strip()]
    last = turns[-1] if turns else ""
    if rng.random() < 0.5:
        return " ".join(turns[-3:])
    earlier = [name for name in named if name not in last]
    return query_text(last, liked=earlier[-4:])


def _tag_tasks(data: Path, at_of: Mapping[int, int]) -> Iterator[Task]:
    for record in read_lines(data / "rerank" / "tag_queries_shareable.jsonl"):
        query = str(record["query"])
        positives = frozenset(at_of[film] for film in record["positives"] if film in at_of)
        if positives:
            yield Task("tags", query, query, positives)


def _keyword_tasks(records: Sequence[Record], seed: int) -> Iterator[Task]:
    """Yield one request a film from two of its keywords; films that share both answer it too."""
    rng = random.Random(f"{seed}-keywords")
    films_of: dict[str, set[int]] = {}
    for at, record in enumerate(records):
        for keyword in record.get("keywords") or ():
            films_of.setdefault(keyword, set()).add(at)
    for record in records:
        usable = [word for word in record.get("keywords") or () if 2 <= len(films_of[word]) <= 60]
        if len(usable) < 2 or not record.get("overview"):
            continue
        pair = rng.sample(usable, 2)
        query = rng.choice(_ABOUT).format(rng.choice(("{} and {}", "{}, {}")).format(*pair))
        yield Task("keywords", str(record["id"]), query, frozenset(films_of[pair[0]] & films_of[pair[1]]))


_ABOUT = ("{}", "a film about {}", "something with {}", "movies about {}", "I want to watch something about {}")


def demo(seed: int, plain: int = 3000, noted: int | None = None) -> tuple[Corpus, Corpus]:
    """Draw requests over the demo's films: one corpus to train on, one of other films in words kept back.

    Films with notes are split four to one, ``noted`` of them at most. ``plain`` films without notes stand in the first
    catalogue as distractors, half as many others in the second.
    """
    everything = list(films())
    annotated = [film for film in everything if "moods" in film.attributes][:noted]
    others = [film for film in everything if "moods" not in film.attributes and film.attributes.get("genres")]
    held = split_groups((film.id for film in annotated), 0.2, seed)
    random.Random(seed).shuffle(others)
    train_items = [film for film in annotated if film.id not in held] + others[:plain]
    held_items = [film for film in annotated if film.id in held] + others[plain : plain + plain // 2]
    train = list(_wish_tasks("demo", train_items, per_film=4, wordings=(0, 1), seed=seed))
    tasks = list(_wish_tasks("demo", held_items, per_film=3, wordings=(2,), seed=seed + 1))
    tune = split_groups((task.group for task in tasks), 0.3, seed)
    parts = {"tune": [t for t in tasks if t.group in tune], "test": [t for t in tasks if t.group not in tune]}
    return Corpus("demo", train_items, {"train": train}), Corpus("demo", held_items, parts)


def demo_searched(seed: int, limit: int) -> tuple[Corpus, frozenset[str]]:
    """Draw requests for the kept-back films, to be answered from the whole demo; return the ids learnt from as well.

    Films with notes that were learnt from are no part of the corpus: a search must leave them out. ``limit`` bounds the
    kept-back films asked for.
    """
    everything = list(films())
    annotated = [film for film in everything if "moods" in film.attributes]
    held = split_groups((film.id for film in annotated), 0.2, seed)
    learnt = frozenset(film.id for film in annotated) - held
    items = [film for film in everything if film.id not in learnt]
    asked = frozenset(sorted(held)[:limit])
    tasks = list(_wish_tasks("demo", items, per_film=3, wordings=(2,), seed=seed + 1, asked=asked))
    tune = split_groups((task.group for task in tasks), 0.3, seed)
    parts = {"tune": [t for t in tasks if t.group in tune], "test": [t for t in tasks if t.group not in tune]}
    return Corpus("demo", items, parts), learnt


def _wish_tasks(
    domain: str,
    items: Sequence[Item],
    per_film: int,
    wordings: Sequence[int],
    seed: int,
    asked: frozenset[str] | None = None,
) -> Iterator[Task]:
    """Yield requests from each film with notes and one from every fourth film without; all that grant it answer it.

    With ``asked``, requests come from these films alone.
    """
    rng = random.Random(f"{seed}-wishes-{wordings}")

    @cache
    def granting(wish: Wish) -> frozenset[int]:
        return frozenset(at for at, item in enumerate(items) if wish.granted_by(item))

    for number, film in enumerate(items):
        draws = per_film if "moods" in film.attributes else int(number % 4 == 0)
        if asked is not None and film.id not in asked:
            continue
        for _ in range(draws):
            request = draw_request(rng, film, wordings)
            if not request.wishes:
                continue
            sets = [granting(replace(wish, words="")) for wish in request.wishes]
            every = frozenset.intersection(*sets)
            yield Task(domain, film.id, request.text, positives=every, near=frozenset.union(*sets) - every)
