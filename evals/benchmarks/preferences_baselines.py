"""Trivial ways of reading which titles somebody likes, to put beside a real one."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from retrieval.types import Item

from .preferences_data import TitleDialogue, Verdict

Words = tuple[str, ...]
_WORD = re.compile(r"\w+")


def plain_words(text: str) -> Words:
    """Return the words of a text in small letters, without accents and apostrophes."""
    folded = unicodedata.normalize("NFKD", text.casefold().replace("'", "").replace("’", ""))
    return tuple(_WORD.findall("".join(ch for ch in folded if not unicodedata.combining(ch))))


class TitleMatcher:
    """Finds the titles of a catalogue word for word, the longest first."""

    def __init__(self, items: Iterable[Item], place: Callable[[str], str | None]) -> None:
        """Index the titles.

        Args:
            items: the catalogue.
            place: returns the catalogue's id of a film of the data set, or None.
        """
        self._titles: dict[Words, list[Item]] = defaultdict(list)
        for item in items:
            if words := plain_words(item.title):
                self._titles[words].append(item)
        self._longest = max(map(len, self._titles), default=0)
        self._place = place

    def baselines(self) -> Mapping[str, Callable[[TitleDialogue], dict[str, Verdict]]]:
        """Return name -> reading of a dialogue."""
        return {
            "any title word for word, liked": lambda dialogue: self._said(dialogue, with_year=False),
            "any title with its year, liked": lambda dialogue: self._said(dialogue, with_year=True),
            "every title tagged in the data, liked": self._tagged,
        }

    def names(self, words: Words) -> list[str]:
        """Return the titles that stand in the words."""
        return [item.title for item in self._find(words, with_year=False)]

    def _said(self, dialogue: TitleDialogue, *, with_year: bool) -> dict[str, Verdict]:
        messages = (said.text for said in dialogue.messages if said.seeker)
        return {item.id: "like" for text in messages for item in self._find(plain_words(text), with_year=with_year)}

    def _tagged(self, dialogue: TitleDialogue) -> dict[str, Verdict]:
        tags = (tag for said in dialogue.messages if said.seeker for _, tag in said.named)
        return {item_id: "like" for tag in tags if (item_id := self._place(tag)) is not None}

    def _find(self, words: Words, *, with_year: bool) -> Iterator[Item]:
        at = 0
        while at < len(words):
            for end in range(min(len(words), at + self._longest), at, -1):
                item = _of_year(self._titles.get(words[at:end], ()), words[end : end + 1], with_year=with_year)
                if item is not None:
                    yield item
                    at = end - 1
                    break
            at += 1


def _of_year(items: Sequence[Item], behind: Words, *, with_year: bool) -> Item | None:
    """Return the item from the year behind the title, else the first unless a year is asked for."""
    dated = next((item for item in items if behind == (str(item.attributes.get("year")),)), None)
    return dated if dated is not None or with_year else next(iter(items), None)
