"""Tell words that claim nothing from words that nobody has borne out."""

from __future__ import annotations

from .context import GroundingContext
from .lexicon import CLAIMING_VERBS, FUNCTION, PRESENTING, USER_GLUE, USER_WORDS, VERBS
from .readings import CLAUSE_ENDS, Reading

_SIGNS = frozenset("$€£%#@*/\\<>[]{}|=~^_`")
"""Marks that are no punctuation; unless part of a fact they have no business in a sentence."""


def is_glue(reading: Reading, context: GroundingContext, i: int, *, framed: bool) -> bool:
    """Tell whether a token claims nothing.

    Args:
        reading: the sentence.
        context: what it may rest on.
        i: the token.
        framed: whether the token stands in a clause about the user, where more words are neutral.
    """
    token = reading.tokens[i]
    if token.norm == "like" and i + 1 in reading.titles:
        return True
    if token.capital and i > 0 and reading.norm(i - 1) not in CLAUSE_ENDS:
        return False
    if token.norm in FUNCTION or token.norm in PRESENTING or token.norm in VERBS or token.norm in context.nouns:
        return True
    if token.norm in ("one", "ones"):
        return reading.norm(i - 1) in ("this", "that")
    return _announces(reading, i) or (framed and (token.norm in USER_GLUE or token.norm in USER_WORDS))


def _announces(reading: Reading, i: int) -> bool:
    """Tell whether the token belongs to the name of an attribute that its statement really gives."""
    start, end = reading.statement(i)
    stated = {claim.field for claim in reading.claims if start <= claim.start < end}
    return any(k <= i < k + len(cue.words) and cue.fields & stated for k, cue in reading.cue_at.items())


def refuse_rest(reading: Reading, context: GroundingContext, frames: list[tuple[int, int]]) -> None:
    """Refuse every token that is neither borne out nor glue."""
    for i, token in enumerate(reading.tokens):
        if i in reading.covered:
            continue
        framed = any(start <= i < end for start, end in frames)
        if token.norm in _SIGNS or (token.word and not is_glue(reading, context, i, framed=framed)):
            reading.bad.add(i)


def refuse_empty_verbs(reading: Reading) -> None:
    """Refuse a verb that needs something to be claimed with it, as "won" does, when its statement claims nothing."""
    for i, token in enumerate(reading.tokens):
        if token.norm in CLAIMING_VERBS and i not in reading.covered:
            start, end = reading.statement(i)
            if not any(k in reading.covered for k in range(start, end)):
                reading.bad.add(i)
