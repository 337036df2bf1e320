"""Check words about a plot against a description, keeping who does what to whom.

Words alone are not enough: "a killer hunts a detective" has every word of "a detective hunts a killer". So the words of one
stretch must stand in the description in the same order, with no word between them that turns the meaning.
"""

from __future__ import annotations

from collections.abc import Sequence

from .lexicon import ARTICLES, BARRIERS, DIRECTED
from .tokens import Token, same_word

_MAX_GAP = 7
"""Words of the description that may be left out between two words that are kept."""
_LOOK_BACK = 3
_BE = frozenset("is are was were be been being gets got".split())


def supported_run(run: Sequence[Token], description: Sequence[Token]) -> list[bool]:
    """Tell for each word of a stretch whether the description bears it out; the longest chain in order wins."""
    best: list[int] = []
    lengths: list[tuple[int, int, tuple[int, ...]]] = []
    chains: dict[tuple[int, int], tuple[int, ...]] = {}
    for i, token in enumerate(run):
        for at, word in enumerate(description):
            if not _same(token, run, i, word, description, at):
                continue
            chain: tuple[int, ...] = (i,) if not _turned(run, i, description, at) else ()
            for (j, before), earlier in chains.items():
                if (
                    j < i
                    and before < at
                    and earlier
                    and len(earlier) + 1 > len(chain)
                    and _linked(description, before, at)
                ):
                    chain = (*earlier, i)
            if chain:
                chains[i, at] = chain
                lengths.append((len(chain), -i, chain))
    if lengths:
        best = list(max(lengths)[2])
    return [i in best for i in range(len(run))]


def _same(token: Token, run: Sequence[Token], i: int, word: Token, description: Sequence[Token], at: int) -> bool:
    if not same_word(token.norm, word.norm):
        return False
    if token.norm == word.norm:
        passive = i > 0 and run[i - 1].norm in _BE and token.norm.endswith(("ed", "en"))
        return not passive or description[at - 1].norm in _BE
    return _passive(token.norm) == _passive(word.norm)


def _passive(word: str) -> bool:
    return word.endswith("ed")


def _turned(run: Sequence[Token], i: int, description: Sequence[Token], at: int) -> bool:
    """Tell whether a word just before turns the meaning in the description but not in the sentence."""
    before = [word.norm for word in description[max(0, at - _LOOK_BACK) : at] if word.norm not in ARTICLES]
    kept = {token.norm for token in run[:i]}
    for word in reversed(before):
        if not word[:1].isalnum():
            return False
        if word in BARRIERS:
            return word not in kept
    return False


def _linked(description: Sequence[Token], before: int, at: int) -> bool:
    between = [word.norm for word in description[before + 1 : at] if word.word and word.norm not in ARTICLES]
    return len(between) <= _MAX_GAP and not any(word in BARRIERS or word == "by" for word in between)


def meaningful(word: str) -> bool:
    """Tell whether a small word between two plot words must stand in the description as well."""
    return word in DIRECTED or word in BARRIERS
