"""Hold "he" and "she", "his" and "her" in a retold plot to the description: they say who is meant."""

from __future__ import annotations

from .context import GroundingContext
from .readings import Reading

_HE = frozenset({"he", "him", "his", "himself"})
_SHE = frozenset({"she", "her", "hers", "herself"})
_BESIDE = 3
"""Words of the description looked at where a pronoun has a retold word on one side only."""


def refuse_pronouns(reading: Reading, context: GroundingContext) -> None:
    """Refuse a pronoun where the description has only the other one at the same place, or nowhere else."""
    told = [word.norm for word in context.description]
    for i, token in enumerate(reading.tokens):
        own, other = (_HE, _SHE) if token.norm in _HE else (_SHE, _HE) if token.norm in _SHE else (None, None)
        if own is None or other is None or not reading.places:
            continue
        here = set(_window(reading, told, i)) & (own | other)
        everywhere = set(told) & (own | other)
        if not (here or everywhere) & own and (here or everywhere):
            reading.covered.discard(i)
            reading.bad.add(i)


def _window(reading: Reading, told: list[str], i: int) -> list[str]:
    """Return the words of the description between the places that the nearest retold words stand at."""
    before = max((k for k in reading.places if k < i), default=None)
    after = min((k for k in reading.places if k > i), default=None)
    start = reading.places[before] + 1 if before is not None else -1
    end = reading.places[after] if after is not None else -1
    if start >= 0 and end >= 0:
        return told[start:end] if start <= end else []
    return told[max(0, end - _BESIDE) : end] if end >= 0 else told[start : start + _BESIDE]
