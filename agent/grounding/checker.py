"""Decide whether a sentence about an item says only what is known. Pure; knows no language model.

Everything is forbidden that is not proved: each word must name a fact of the item in the role the wording gives it,
retell the item's description in order, repeat the user's own wish where the sentence speaks of the user, or claim
nothing at all.
"""

from __future__ import annotations

import re

from retrieval.types import Value

from ..types import Evidence
from .comparisons import read_comparisons
from .context import GroundingContext
from .frames import check_frames, cover_limits, frames
from .glue import refuse_empty_verbs, refuse_rest
from .people import refuse_invented_parts
from .pronouns import refuse_pronouns
from .readings import Reading
from .retelling import cover_plots
from .titles import cover_titles, require_shared

_SENTENCES = re.compile(r"(?<=[.!?…])\s+")


class Verdict(Value):
    """Whether a sentence may be shown, and why."""

    supported: bool
    evidence: tuple[Evidence, ...] = ()
    unsupported: tuple[str, ...] = ()
    """Words or claims that nothing bears out, in order."""
    spans: tuple[tuple[int, int], ...] = ()
    """Where the unsupported words stand, as character ranges."""


def check(sentence: str, context: GroundingContext) -> Verdict:
    """Return whether every claim of the sentence is borne out, with evidence for each claim."""
    reading = Reading.of(sentence)
    if _quotes(sentence, context.item.description):
        reading.prove(0, len(reading.tokens), "description", context.item.description)
        return _verdict(reading)
    cover_titles(reading, context)
    read_comparisons(reading, context)
    cover_limits(reading, context)
    context.numbers.read(reading)
    context.labels.read(reading)
    cover_plots(reading, context)
    refuse_pronouns(reading, context)
    refuse_invented_parts(reading, context)
    check_frames(reading, context)
    reading.bad |= reading.dangling - reading.covered
    refuse_rest(reading, context, frames(reading, context))
    require_shared(reading, context)
    refuse_empty_verbs(reading)
    return _verdict(reading)


def _quotes(sentence: str, description: str) -> bool:
    """Tell whether the sentence is the description itself, or one whole sentence of it, word for word."""
    text, told = " ".join(sentence.split()), " ".join(description.split())
    whole = {told, *_SENTENCES.split(told)}
    return bool(text) and (text in whole or text.removesuffix(".") in whole)


def _verdict(reading: Reading) -> Verdict:
    for claim in reading.claims:
        start, end = reading.announced(claim)
        reading.prove(start, end, claim.field, claim.value)
    bad = sorted(reading.bad)
    return Verdict(
        supported=not bad and bool(reading.evidence),
        evidence=tuple(reading.evidence),
        unsupported=tuple(reading.tokens[i].text for i in bad),
        spans=tuple((reading.tokens[i].start, reading.tokens[i].end) for i in bad),
    )
