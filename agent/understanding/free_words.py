"""Keep the words of a message that no rule explains: they search by meaning."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from ..types import TEXT, Preference
from .asides import opens_told
from .counts import COUNT_WORDS, LIST_WORDS
from .polarity import SENTIMENT, negated
from .scan import Scan
from .text import singular, words
from .vocabulary import Vocabulary
from .words import ARTICLES, STOP, TALK

_SUBJECT_CUES = ("about", "where", "involving", "featuring", "with", "without", "in", "of", "on", "whose", "exploring")
"""Words that introduce what an item is about."""
_RELATIVE = frozenset("that which who whose".split())
"""Words that open a description of the thing before them: "an animal that gives milk"."""
_LONG_SUBJECT = 4
"""So many content words in a row say something even without an introduction."""
_LONGEST_SUBJECT = 20
"""More words than these beside a clear wish are the story around it."""
_REQUESTING = frozenset(
    "want wants something anything somebody someone find looking recommend suggest show give about where like need "
    "mood any with no not without".split()
)
"""Words of a sentence that asks for something."""
_POLITE = frozenset("please pls thanks thank tonight today now".split())


class FreeWords:
    """Find free words and judge whether they are wishes of their own."""

    def __init__(self, vocabulary: Vocabulary, nouns: frozenset[str], aliases: frozenset[str]) -> None:
        """Take the catalogue's words, those for an item and those that name its facts."""
        self._vocabulary = vocabulary
        self._nouns = nouns
        self._aliases = aliases

    def find(self, scan: Scan, turn_id: str, offset: int) -> list[Preference]:
        """Keep what no rule explains as free words, sentence by sentence, with the explained words they lean on."""
        found: list[Preference] = []
        at = 0
        while at < len(scan.tokens):
            end = scan.clause_end(at)
            content = [i for i in range(at, end) if self._is_content(scan, i)]
            # "Scared of clowns, no clowns" wishes one thing and wishes another away.
            runs = [list(run) for _, run in groupby(content, key=lambda i: negated(scan, i))]
            for run in runs:
                low = _lean_left(scan, run[0], at)
                high = _to_clause_end(scan, low, run[-1] + 1, end) if run is runs[-1] else run[-1] + 1
                quote = scan.quote(low, high)
                found.append(
                    Preference(
                        id=f"{turn_id}.{offset + len(found) + 1}",
                        attribute=TEXT,
                        value=quote,
                        polarity="dislike" if negated(scan, run[0]) else "like",
                        turn_id=turn_id,
                        quote=quote,
                    )
                )
            at = end
        return found

    def _is_content(self, scan: Scan, at: int) -> bool:
        norm = scan.tokens[at].norm
        plain = norm in STOP or norm in self._nouns or norm in LIST_WORDS or norm in TALK or norm in self._aliases
        judged = norm in SENTIMENT and any(mention.kind in ("title", "reference") for mention in scan.mentions)
        return not (scan.taken[at] or plain or judged or norm.isdigit() or norm in COUNT_WORDS)

    def is_subject(self, scan: Scan, preference: Preference) -> bool:
        """Whether free words beside a clear wish are a wish of their own: introduced as what it is about, or long."""
        at = place_of(scan, preference)
        end = at + len(words(preference.quote))
        if end - at > _LONGEST_SUBJECT:
            return False
        if sum(self._is_content(scan, i) for i in range(at, min(end, len(scan.tokens)))) >= _LONG_SUBJECT:
            return not self._is_told(scan, at)
        if any(token.norm in _RELATIVE for token in scan.tokens[at + 1 : end - 1]):
            return not self._is_told(scan, at)
        return any(scan.ends_at(at - skipped, (cue,)) for cue in _SUBJECT_CUES for skipped in (0, 1) if at > skipped)

    def _is_told(self, scan: Scan, at: int) -> bool:
        """Whether the sentence tells a story around the wish, which stands in another: it asks for nothing."""
        start, end = scan.clause_start(at), scan.clause_end(at)
        norms = set(scan.norms(start, end))
        wished = any(m.kind not in ("title", "missing", "reference") and start <= m.start < end for m in scan.mentions)
        asks = bool(norms & (_REQUESTING | self._nouns)) or wished or scan.tokens[start].norm in ARTICLES
        asks = asks and not opens_told(scan, start)
        return not asks and (start > 0 or end < len(scan.tokens))

    def makes_sense(self, leftovers: Sequence[Preference]) -> bool:
        """Whether any free word is one of the catalogue or of everyday English; keys hit at random are not."""
        said = [word for preference in leftovers for word in words(str(preference.value)) if word not in STOP]
        vocabulary = self._vocabulary
        return any(vocabulary.is_word(form) or vocabulary.is_english(form) for w in said for form in (w, singular(w)))


def _to_clause_end(scan: Scan, low: int, high: int, end: int) -> int:
    """Return where a long description ends: with its clause, so that "and fall in love" stays."""
    if high - low < _LONG_SUBJECT:
        return high
    while high < end and not scan.taken[high] and not scan.tokens[high].sep and scan.tokens[high].norm not in _POLITE:
        high += 1
    return high


def _lean_left(scan: Scan, low: int, start: int) -> int:
    """Return where free words begin with the category they hang on: "heist gone wrong", not "wrong"."""
    at = low
    while at > start and low - at < 3 and "," not in scan.tokens[at].sep:
        mention = next((m for m in scan.mentions if m.end == at and m.kind == "sense"), None)
        if mention is not None:
            return _lean_left(scan, mention.start, start)
        joined = scan.tokens[at - 1].norm in ("and", "or", "but", "with", "i", "to")
        if scan.taken[at - 1] or joined:
            break
        at -= 1
    return low


def place_of(scan: Scan, free_words: Preference) -> int:
    """Return the token at which free words begin."""
    return next(i for i in range(len(scan.tokens)) if scan.text.startswith(free_words.quote, scan.tokens[i].start))
