"""Look up the words of one language: those of its pack and those of the catalogue."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from rapidfuzz import process
from rapidfuzz.distance import OSA

from .pack import Pack
from .tokens import Word, cut, is_joined, key, stem

Words = tuple[str, ...]
Kind = Literal["plain", "catalog", "proper", "question"]
_LONG = 6
"""Letters from which one slip in a word of the catalogue is forgiven."""
_SHORTEST = 3
"""Letters that are left at least of a word whose ending is taken off."""
_ASKS = re.compile(r"(who|what|how (many|long|old)|which|did|is) ")
"""How the English of a question begins that a catalogue has words for."""
_SLOT = re.compile(r"\{([nqax])\}")


@dataclass(frozen=True)
class Entry:
    """One wording of the language."""

    english: str
    kind: Kind
    behind: bool = False
    """Whether it is a negation that may follow what it negates."""


@dataclass(frozen=True)
class Frame:
    """A wording with gaps."""

    parts: tuple[str, ...]
    """Words as they must stand, and slots such as ``{n}``."""
    english: str
    quantity: bool


class Glossary:
    """All wordings of one language that are known for one catalogue."""

    def __init__(self, pack: Pack, catalog: Mapping[str, str]) -> None:
        """Index a pack and the catalogue's own words.

        Args:
            pack: the language.
            catalog: wording in the language -> the catalogue's English wording; names and titles are capitalised.
                Questions are among them, "qui a réalisé" -> "who directed {it}", and wordings with gaps as in a pack.
        """
        self.pack = pack
        self._exact: dict[Words, Entry] = {}
        self._stemmed: dict[Words, Entry] = {}
        self._catalog: dict[Words, Entry] = {}
        behind = {key(phrase, pack.spelled) for phrase in pack.behind}
        for english, wordings in pack.questions.items():
            for wording in wordings:
                self._add(wording, Entry(english, "question"))
        for english, wordings in pack.phrases.items():
            for wording in wordings:
                self._add(wording, Entry(english, "plain", key(wording, pack.spelled) in behind))
        framed = {wording: english for wording, english in catalog.items() if _SLOT.search(wording)}
        for wording, english in catalog.items():
            if wording not in framed:
                self._add_catalog(wording, english)
        self._long: dict[str, list[str]] = {}
        for words, entry in self._catalog.items():
            if len(words) == 1 and len(words[0]) >= _LONG and entry.kind == "catalog":
                self._long.setdefault(words[0][0], []).append(words[0])
        self._alone = {
            key(wording, pack.spelled): Entry(english, "plain")
            for english, wordings in pack.alone.items()
            for wording in wordings
        }
        self._numbers = {key(wording, pack.spelled): number for wording, number in pack.numbers.items()}
        self._longest = max((len(words) for words in (*self._exact, *self._numbers)), default=1)
        quantities = (_frame(said, english, pack, quantity=True) for said, english in pack.quantities.items())
        frames = {**pack.frames, **framed}
        others = (_frame(said, english, pack, quantity=False) for said, english in frames.items())
        self.frames = tuple(quantities) + tuple(others)
        self._counting = {words[0] for words in self._numbers} | {
            frame.parts[0] for frame in self.frames if frame.quantity
        }
        self._opening: dict[str, list[Frame]] = {}
        for frame in self.frames:
            self._opening.setdefault(frame.parts[0], []).append(frame)

    def _add_catalog(self, wording: str, english: str) -> None:
        """Add what a catalogue has a word for; questions about its items are no labels."""
        if "{it}" in english or _ASKS.match(english):
            self._add(wording, Entry(english, "question"))
            return
        named = english.removeprefix("by ")[:1].isupper()
        entry = Entry(english, "proper" if named else "catalog")
        self._catalog.setdefault(key(wording, self.pack.spelled), entry)
        self._add(wording, entry)

    def _add(self, wording: str, entry: Entry) -> None:
        words = key(wording, self.pack.spelled)
        if words:
            self._exact.setdefault(words, entry)
            self._stemmed.setdefault(self._stem(words), entry)

    def _stem(self, words: Iterable[str]) -> Words:
        return tuple(stem(word, self.pack.endings) for word in words)

    def alone(self, words: Sequence[Word]) -> Entry | None:
        """Return what words mean that are a whole message, where they mean it only then."""
        return self._alone.get(tuple(word.norm for word in words))

    def entry(self, words: Sequence[str]) -> Entry | None:
        """Return what a phrase means, in exactly these words or but for endings; None when it is not known."""
        exact = self._exact.get(tuple(words))
        if exact is not None or not self.pack.endings:
            return exact
        bases = (words[-1].removesuffix(ending) for ending in self.pack.endings if words[-1].endswith(ending))
        known = (self._exact.get((*words[:-1], base)) for base in bases if len(base) >= _SHORTEST)
        return next((entry for entry in known if entry is not None), None) or self._stemmed.get(self._stem(words))

    def is_exact(self, words: Sequence[str]) -> bool:
        """Whether a phrase is known in exactly these words."""
        return tuple(words) in self._exact

    def longest(self, words: Sequence[Word], at: int, high: int) -> tuple[Entry, int] | None:
        """Return the longest known phrase that begins at word ``at`` and where it ends, at most at ``high``."""
        end = _reach(words, at, min(high, at + self._longest))
        for stop in range(end, at, -1):
            found = self.entry([word.norm for word in words[at:stop]])
            if found is not None and not self._is_surely_name(words, at, stop):
                return found, stop
        return None

    def before_noun(self, words: Sequence[Word], at: int) -> Entry | None:
        """Return the plain adjective that a word is before a noun, though it looks like a comparison, else None.

        German "lustiger" is "funnier" by itself and "funny" in "ein lustiger Film".
        """
        ending = self.pack.before_noun
        compared = self._exact.get((words[at].norm,))
        if (
            not ending
            or compared is None
            or compared.kind != "catalog"
            or not words[at].norm.endswith(ending)
            or words[at].norm.endswith(2 * ending)
        ):
            return None
        after = at + 1
        while after < len(words) and (words[after].norm.endswith(ending) or words[after].norm in self.pack.joining):
            after += 1
        known = after < len(words) and not words[after].ends_sentence_before
        noun = known and (self.entry([words[after].norm]) or self.parts(words[after].norm))
        if not noun or (isinstance(noun, Entry) and noun.kind != "catalog"):
            return None
        return self._exact.get((words[at].norm.removesuffix(ending),))

    def _is_surely_name(self, words: Sequence[Word], at: int, stop: int) -> bool:
        """Whether a capital inside a sentence speaks against a word that is known in another form only."""
        if stop > at + 1 or not at or self.pack.joins or not words[at].capital or words[at].ends_sentence_before:
            return False
        return (words[at].norm,) not in self._exact

    def prefixes(self, words: Sequence[Word], at: int, high: int) -> Iterator[tuple[Entry, int]]:
        """Yield all known catalogue phrases that begin at word ``at``, longest first."""
        end = _reach(words, at, min(high, at + self._longest))
        for stop in range(end, at, -1):
            found = self.entry([word.norm for word in words[at:stop]])
            if found is not None and found.kind == "catalog":
                yield found, stop

    def openings(self, word: str) -> Iterator[Frame]:
        """Yield the frames that may begin with a word."""
        yield from self._opening.get(word, ())
        yield from self._opening.get("{a}", ())
        if word[0].isdigit() or word in self._counting:
            yield from self._opening.get("{q}", ())
            yield from self._opening.get("{n}", ())

    def number(self, words: Sequence[Word], at: int, high: int) -> tuple[str, int] | None:
        """Return the number written at word ``at``, in digits, and where it ends; None when there is none."""
        if at >= high or not (words[at].norm[0].isdigit() or words[at].norm in self._counting):
            return None
        if words[at].norm[0].isdigit():
            return words[at].norm, at + 1
        values: list[int] = []
        end = at
        while end < high and (end == at or is_joined(words[end])):
            found = self._number_word(words, end, high)
            if found is None:
                break
            values.append(found[0])
            end = found[1]
        return (str(_composed(values)), end) if values else None

    def _number_word(self, words: Sequence[Word], at: int, high: int) -> tuple[int, int] | None:
        for stop in range(_reach(words, at, min(high, at + self._longest)), at, -1):
            value = self._numbers.get(tuple(word.norm for word in words[at:stop]))
            if value is not None:
                return value, stop
        return None

    def misspelt(self, word: str) -> Entry | None:
        """Return the word of the catalogue that a long word is but for one slip behind its first letter, else None."""
        if len(word) < _LONG:
            return None
        found = process.extractOne(word, self._long.get(word[0], ()), scorer=OSA.distance, score_cutoff=1)
        return self._catalog[(found[0],)] if found else None

    def parts(self, word: str) -> tuple[Entry, Entry] | None:
        """Return the two parts of a compound word, the second as long as can be; None when it is none."""
        for cut_at in range(3, len(word) - 2) if self.pack.joins else ():
            last = self.entry([word[cut_at:]])
            if last is None or last.kind not in ("catalog", "plain") or not last.english:
                continue
            for join in self.pack.joins:
                first = self._catalog.get((word[:cut_at].removesuffix(join),)) if word[:cut_at].endswith(join) else None
                if first is not None and first.kind == "catalog":
                    return first, last
        return None


def _reach(words: Sequence[Word], at: int, high: int) -> int:
    """Return how far a phrase from ``at`` can go before a mark stands between its words."""
    end = at + 1
    while end < high and is_joined(words[end]):
        end += 1
    return min(end, high)


def _frame(said: str, english: str, pack: Pack, *, quantity: bool) -> Frame:
    parts: list[str] = []
    last = 0
    for slot in _SLOT.finditer(said):
        parts += [word.norm for word in cut(said[last : slot.start()], pack.spelled)]
        parts.append(slot[0])
        last = slot.end()
    parts += [word.norm for word in cut(said[last:], pack.spelled)]
    return Frame(tuple(parts), english, quantity)


def _composed(values: Collection[int]) -> int:
    """Put number words together: 9, 10 is ninety where ten multiplies; 1, 9, 8, 0 is read digit by digit."""
    if len(values) > 2 and all(value < 10 for value in values):
        return int("".join(map(str, values)))
    total = current = 0
    for value in values:
        if current and value > current and value in (10, 100, 1000):
            current *= value
        else:
            total, current = total + current, value
    return total + current
