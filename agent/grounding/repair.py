"""Mend a sentence once by leaving out what is not borne out; never adds a claim."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from .checker import Verdict, check
from .context import GroundingContext
from .lexicon import ARTICLES, FUNCTION, PRESENTING, VERBS
from .tokens import words

_CUT = re.compile(r"\s*[;,:—–]\s*(?:and\b\s*|but\b\s*)?|\s+-\s+")
_TAIL = re.compile(r"\s*[;,—–]|\s+-\s|\s+(?=(?:while|whose|who|which|where|until)\b)", re.I)
_OPENING_PHRASE = re.compile(
    r"^(?:in|on|at|during|after|before|when|while|as|following|coming|decades|years|\w+ing|\w+ed)\b[^,]*,", re.I
)
_VOWEL = re.compile(r"\b([Aa])n?(?=\s+(\w))")
_SUBORDINATE = re.compile(r"(?:when|while|after|before|as|although|though|because|since|if|until)\b", re.I)
_MIN_WORDS = 6
_DESCRIBING = re.compile(r"\w(?:ing|ed|ive|ful|ous|al|ic|ent|ant|able|ible|ly|y|ary|ish|less|some|que|ect)$", re.I)
_PRAISE = frozenset(
    "great good best perfect ideal solid strong superb rare must-see fine top true real deep new old".split()
)


def repair(sentence: str, context: GroundingContext) -> tuple[str, Verdict] | None:
    """Return the sentence without its unsupported words or clauses, checked again; None when nothing whole is left."""
    verdict = check(sentence, context)
    if verdict.supported:
        return sentence, verdict
    for candidate in _candidates(sentence, verdict):
        text = _tidy(candidate)
        if whole(text, context):
            again = check(text, context)
            if again.supported:
                return text, again
    return None


def shorten(sentence: str, limit: int) -> str:
    """Cut a sentence off at a clause boundary so that at most ``limit`` words are left; whole if there is none."""
    if len(words(sentence)) <= limit:
        return sentence
    fitting = [place for place in _places(sentence) if _MIN_WORDS <= len(words(sentence[:place])) <= limit]
    return _tidy(sentence[: fitting[-1]]) if fitting else sentence


def _places(sentence: str) -> list[int]:
    """Return where a sentence may end early: never inside the phrase that leads up to its subject."""
    opening = _OPENING_PHRASE.match(sentence)
    return [match.start() for match in _TAIL.finditer(sentence) if not opening or match.start() >= opening.end()]


def _candidates(sentence: str, verdict: Verdict) -> Iterator[str]:
    if not verdict.spans:  # it claims nothing at all, so there is no word to take out that would make it tell something
        return
    thinned = _without_modifiers(sentence, verdict.spans)
    if thinned is not None:
        yield thinned
    yield _without_tail(sentence, verdict.spans[0][0])
    yield _without_clauses(sentence, verdict.spans)


def _without_tail(sentence: str, bad: int) -> str:
    """Cut the sentence off where the clause with the first bad word begins."""
    starts = [place for place in _places(sentence) if place <= bad]
    return sentence[: starts[-1]] if starts else ""


def _without_modifiers(sentence: str, spans: tuple[tuple[int, int], ...]) -> str | None:
    """Drop describing words that stand before another word; None when some bad word is not one."""
    text = sentence
    for start, end in reversed(spans):
        word, after = sentence[start:end], text[end:]
        before = words(sentence[:start])[-1:]
        describes = _DESCRIBING.search(word) or word.casefold() in _PRAISE
        if not describes or not re.match(r"\s+\w|,\s+\w|\s+and\s+\w", after) or not before:
            return None
        listed = re.match(r"\s*,|\s+and\b", after)
        text = text[:start] + (after[listed.end() :] if listed and before[0] in ARTICLES else after).lstrip()
    return text


def _without_clauses(sentence: str, spans: tuple[tuple[int, int], ...]) -> str:
    """Drop every clause between marks that holds a bad word, with the mark that opens it."""
    cuts = [0, *(match.start() for match in _CUT.finditer(sentence)), len(sentence)]
    kept = [sentence[start:end] for start, end in pairwise(cuts) if not any(start <= bad < end for bad, _ in spans)]
    return "".join(kept)


def _tidy(text: str) -> str:
    """Restore capital, full stop, spaces and articles."""
    text = re.sub(r"\s+", " ", text).strip()
    text = re.sub(r"^(?:[;:,—–-]\s*|(?:which|while|where|as|with|and|but|that)\b\s*)+", "", text, flags=re.I)
    text = re.sub(r"[\s;,—–-]+([.!?]?)$", r"\1", text)
    text = re.sub(r"\s+([,;.])", r"\1", text)
    text = _VOWEL.sub(lambda m: m.group(1) + ("n" if m.group(2) in "aeiouAEIOU" else ""), text)
    if text and text[-1] not in ".!?":
        text += "."
    return text[:1].upper() + text[1:]


def whole(text: str, context: GroundingContext) -> bool:
    """Tell whether enough is left to be a sentence: some words, a verb among them, and a proper end."""
    left = words(text)
    told = {word.norm for word in context.description}
    verbs = VERBS | {word for word in told if word.endswith("s")}
    closed = bool(left) and left[-1] not in FUNCTION | PRESENTING
    if _SUBORDINATE.match(text) and "," not in text:
        return False
    return len(left) >= _MIN_WORDS and any(word in verbs for word in left) and closed
