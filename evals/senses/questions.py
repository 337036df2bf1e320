"""Make questions of a catalogue's own items: words that say one thing of what is wanted, and a file that says another.

Three kinds, from two halves that say the same to two that say different things:

- ``own``: an item's title and its own file; right are the others of its label;
- ``mate``: an item's title and the file of another of its label; right are the rest of the label;
- ``word``: one word of an item and the file of another of its label whose text lacks the word; right are those of the
  label that have it. The word also stands in texts of other labels, so that neither half says everything ("like this
  picture, but purple"; composed retrieval, Vo et al. 2019).

Labels are no part of what is searched if the catalogue's settings say ``indexed = false`` for them; else words have an
advantage.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Literal

from retrieval.plain import words_of
from retrieval.types import AttributeValue, Item, Value

Design = Literal["own", "mate", "word"]
DESIGNS: tuple[Design, ...] = ("own", "mate", "word")
_SHORTEST = 3
"""Letters that a word needs to say something."""
_MATES = 3
"""Files shown with one word, at most."""


class Question(Value):
    """What is asked, and what would be right."""

    design: Design
    about: str
    """The item that it was made of; questions about the same item do not count as independent."""
    words: str
    shown: str
    """The item whose files are shown."""
    right: frozenset[str]
    excluded: tuple[str, ...]
    """Items that may not be found: those that the question gives away."""


def make_questions(
    items: Sequence[Item],
    label: str,
    usable: Callable[[Item], bool],
    count: int,
    seed: int,
    among: Callable[[str], bool] = lambda _: True,
) -> list[Question]:
    """Return up to ``count`` questions of every kind, drawn at random.

    Args:
        items: the whole catalogue.
        label: attribute by which items count as alike.
        usable: whether an item has the files that are to be shown.
        count: how many of each kind.
        seed: fixes the draws.
        among: by id, which items questions may be about.
    """
    labelled: dict[AttributeValue, list[Item]] = defaultdict(list)
    for item in items:
        if (value := item.attributes.get(label)) is not None:
            labelled[value].append(item)
    made: list[Question] = []
    for number, make in enumerate((_own, _mate, _word)):
        draws = random.Random(f"{seed} {number}")
        found = [question for question in make(labelled, usable, draws) if among(question.about)]
        made += draws.sample(found, min(count, len(found)))
    return made


Groups = Mapping[AttributeValue, Sequence[Item]]


def _own(groups: Groups, usable: Callable[[Item], bool], draws: random.Random) -> Iterator[Question]:
    for group in groups.values():
        for item in group:
            right = frozenset(other.id for other in group if other is not item)
            if right and usable(item):
                yield _question("own", item, item.title, item, right)


def _mate(groups: Groups, usable: Callable[[Item], bool], draws: random.Random) -> Iterator[Question]:
    for group in groups.values():
        for item in group:
            mates = [other for other in group if other is not item and usable(other)]
            if mates and len(group) > 2:
                shown = draws.choice(mates)
                right = frozenset(other.id for other in group if other not in (item, shown))
                yield _question("mate", item, item.title, shown, right)


def _word(groups: Groups, usable: Callable[[Item], bool], draws: random.Random) -> Iterator[Question]:
    words = {item.id: _words(item) for group in groups.values() for item in group}
    labels: dict[str, set[AttributeValue]] = defaultdict(set)
    for value, group in groups.items():
        for item in group:
            for word in words[item.id]:
                labels[word].add(value)
    for group in groups.values():
        for item in group:
            for word in words[item.id]:
                without = [other for other in group if word not in words[other.id] and usable(other)]
                if len(labels[word]) < 2:
                    continue
                right = frozenset(other.id for other in group if word in words[other.id])
                for shown in draws.sample(without, min(_MATES, len(without))):
                    yield _question("word", item, word, shown, right)


def _question(design: Design, about: Item, words: str, shown: Item, right: frozenset[str]) -> Question:
    given = (shown.id,) if design == "word" else tuple(dict.fromkeys((about.id, shown.id)))
    return Question(design=design, about=about.id, words=words, shown=shown.id, right=right, excluded=given)


def _words(item: Item) -> list[str]:
    """Return the words of title and description that say something, each once."""
    found = words_of(f"{item.title} {item.description}")
    return [word for word in dict.fromkeys(found) if len(word) >= _SHORTEST and word.isalpha()]
