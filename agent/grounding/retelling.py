"""Find the stretches of a sentence that tell a plot and hold them to the description."""

from __future__ import annotations

from .context import GroundingContext
from .lexicon import ARTICLES, FUNCTION, PRESENTING, TRANSPARENT, USER_WORDS
from .plot import Stretch, meaningful, retold
from .readings import CLAUSE_ENDS, Reading

_CONJUNCTIONS = frozenset({"and", "but", "or"})
_JOINTS = _CONJUNCTIONS | {","}


def cover_plots(reading: Reading, context: GroundingContext) -> None:
    """Cover the words that retell the description."""
    last, end = -1, -1
    for run in _runs(reading, context):
        joined = last >= 0 and all(reading.norm(k) in _CONJUNCTIONS | ARTICLES for k in range(last + 1, run[0]))
        before = (reading.norm(k) for k in range(run[0] - 1, -1, -1))
        stretch = Stretch(
            words=tuple(reading.tokens[i] for i in run),
            infinitive=tuple(reading.norm(i - 1) == "to" for i in run),
            lead=next((word for word in before if word not in ARTICLES), ""),
            after=end if joined else -1,
        )
        places = retold(stretch, context.description)
        reading.places.update({run[k]: at for k, at in places.items()})
        last, end = run[-1], max(places.values(), default=-1)
        fresh = [run[k] for k in places if run[k] not in reading.covered]
        if fresh:
            reading.covered.update(fresh)
            reading.plotted.update(fresh)
            reading.prove(fresh[0], fresh[-1] + 1, "description", context.item.description)


def _runs(reading: Reading, context: GroundingContext) -> list[list[int]]:
    """Return stretches of words that tell something, cut where a new statement begins."""
    runs: list[list[int]] = [[]]
    pending: list[int] = []
    for i, token in enumerate(reading.tokens):
        if _cuts(reading, context, i):
            runs[-1] += _telling(reading, pending)
            runs.append([])
            pending = []
        elif meaningful(token.norm):
            pending.append(i)
        elif not token.word or (token.norm in TRANSPARENT and i not in reading.covered):
            continue
        elif i not in reading.covered or context.tells(token.norm):
            runs[-1] += pending if runs[-1] else _telling(reading, pending)
            runs[-1].append(i)
            pending = []
    runs[-1] += _telling(reading, pending)
    return [run for run in runs if run]


def _telling(reading: Reading, places: list[int]) -> list[int]:
    """Return those of the small words that mean something even at the edge of a stretch."""
    return [k for k in places if reading.norm(k) not in FUNCTION]


def _cuts(reading: Reading, context: GroundingContext, i: int) -> bool:
    token = reading.tokens[i]
    if token.norm in CLAUSE_ENDS or token.norm in _JOINTS or token.norm in USER_WORDS:
        return True
    if context.tells(token.norm):
        return False
    cue = reading.cue_at.get(i)
    return (cue is not None and not cue.weak) or token.norm in PRESENTING or token.norm in context.nouns
