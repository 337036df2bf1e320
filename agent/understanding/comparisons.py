"""Turn comparisons into bounds and leanings: "shorter than the second", "the longest western", "funnier"."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

from retrieval.types import Constraint, Item

from ..types import OPPOSITE, Polarity, Removal
from .concepts import is_superlative, positive_forms
from .contexts import base_of, with_somebody
from .drafts import Draft
from .extremes import extreme
from .polarity import firmness, negated
from .scan import Mention, Scan
from .vocabulary import Vocabulary

_ENOUGH = 3
"""A comparison with what was shown binds when at least this many items satisfy it beside all that is asked already, one
with an item that is pointed at when any does; else it is a wish."""
_SHORT_LIST = 5
"""A superlative binds to the tightest end of its range that still holds so many items."""


class Comparisons:
    """Add what a message compares to its draft."""

    def __init__(
        self,
        vocabulary: Vocabulary,
        items: Callable[[Sequence[str]], list[Item]],
        count: Callable[[Sequence[Constraint]], int],
    ) -> None:
        """Take the words of the catalogue, the look-up of items by id and the count of those that satisfy something."""
        self._vocabulary = vocabulary
        self._items = items
        self._count = count

    def add(self, scan: Scan, draft: Draft, bases: Sequence[Mention]) -> list[Mention]:
        """Add "shorter than the second", "like the first but funnier"; return the items used as yardsticks only."""
        yardsticks: list[Mention] = []
        compared = [m for m in scan.mentions if m.kind == "comparative" and not with_somebody(scan, m)]
        for mention in (m for m in compared if not self._of_catalogue(scan, m)):
            base = base_of(scan, mention, bases)
            ids = base.item_ids if base else draft.conversation.last_shown
            if base is not None and scan.norms(mention.end, base.start)[:1] == ("than",):
                yardsticks.append(base)
            lower = (mention.direction == "lower") is not negated(scan, mention.start)
            if mention.value != "":
                self._add_leaning(scan, draft, mention, away=lower)
            elif scan.norms(mention.end, mention.end + 2) == ("the", "better"):
                self._add_tendency(scan, draft, mention)
            else:
                self.add_bound(scan, draft, mention, ids, lower=lower, least=_ENOUGH if base is None else 1)
        return yardsticks

    def _of_catalogue(self, scan: Scan, mention: Mention) -> bool:
        """Whether a superlative is meant of the whole catalogue, not of what was shown: "the longest western"."""
        pointed = scan.norms(mention.end, mention.end + 1) in (("one",), ("ones",))
        pointed |= any(m.kind == "reference" for m in scan.mentions)
        return is_superlative(scan, mention) and mention.value == "" and not pointed

    def add_extremes(self, scan: Scan, draft: Draft) -> None:
        """Bind "the oldest", "the longest western" to the end of the range that still holds a short list."""
        for mention in (m for m in scan.mentions if m.kind == "comparative" and self._of_catalogue(scan, m)):
            held = [c for p in (*draft.conversation.preferences, *draft.add) if (c := p.constraint()) and c.hard]
            op: Literal["le", "ge"] = "le" if mention.direction == "lower" else "ge"
            bound = extreme(self._count, mention.attribute, op, held, least=_SHORT_LIST)
            if bound is not None:
                quote = scan.quote(mention.start, mention.end)
                draft.wish(mention.attribute, op, bound, quote, hard=True)

    def _add_tendency(self, scan: Scan, draft: Draft, mention: Mention) -> None:
        """Read "the longer the better" as a wish for the quality; what was held about it before gives way."""
        held = [p for p in draft.conversation.preferences if p.attribute == mention.attribute]
        draft.remove += [Removal(attribute=p.attribute, value=p.id) for p in held]
        self._add_graded(scan, draft, mention)

    def _add_leaning(self, scan: Scan, draft: Draft, mention: Mention, *, away: bool) -> None:
        quote = scan.quote(mention.start, mention.end)
        polarity: Polarity = "dislike" if away else "like"
        if mention.op == "eq":
            draft.wish(mention.attribute, "eq", mention.value, quote, polarity=polarity, strength=0.8)
        else:
            op = OPPOSITE[mention.op] if away else mention.op
            draft.wish(mention.attribute, op, mention.value, quote, strength=0.8)

    def add_bound(
        self, scan: Scan, draft: Draft, mention: Mention, ids: Sequence[str], *, lower: bool, least: int = _ENOUGH
    ) -> None:
        """Bind ``mention`` below or above the items ``ids``, firmly where at least ``least`` items are left."""
        values = [item.attributes.get(mention.attribute) for item in self._items(ids)]
        known = sorted(value for value in values if isinstance(value, (int, float)) and not isinstance(value, bool))
        if not known:
            self._add_graded(scan, draft, mention)
            return
        op: Literal["lt", "gt"] = "lt" if lower else "gt"
        extreme, middle = known[0] if lower else known[-1], known[len(known) // 2]
        held = [
            c
            for p in draft.conversation.preferences
            if (c := p.constraint()) and c.hard and c.attribute != mention.attribute
        ]
        bound = next(
            (
                v
                for v in (extreme, middle)
                if self._count([*held, Constraint(attribute=mention.attribute, op=op, value=v)]) >= least
            ),
            None,
        )
        hard = bound is not None and firmness(scan, mention.start, mention.end) != "soft"
        if bound is not None:
            _keep_other_end(draft, mention.attribute, bound, lower=lower)
        draft.wish(
            mention.attribute,
            op,
            extreme if bound is None else bound,
            scan.quote(mention.start, mention.end),
            hard=hard,
        )

    def _add_graded(self, scan: Scan, draft: Draft, mention: Mention) -> None:
        """Read a comparison that has nothing to compare with as a wish for the quality itself: "funnier" as "funny"."""
        norms = scan.norms(mention.start, mention.end)
        forms = [norms[1:]] if norms[0] in ("more", "less") else [(form,) for form in positive_forms(norms[-1])]
        whole = self._vocabulary.senses(norms)
        senses = whole or next((found for form in forms if (found := self._vocabulary.senses(form))), [])
        if not senses:
            return
        away = not whole and (norms[0] == "less" or (norms[0] != "more" and negated(scan, mention.start)))
        sense = senses[0]
        leaning = Mention(mention.start, mention.end, "comparative", sense.attribute, sense.op, sense.value)
        self._add_leaning(scan, draft, leaning, away=away)


def _keep_other_end(draft: Draft, attribute: str, bound: float, *, lower: bool) -> None:
    """Keep the end of a held range that a new bound inside it leaves alone: "older than that" within the sixties."""
    for held in draft.conversation.preferences:
        if held.attribute != attribute or held.op != "between" or not isinstance(held.value, tuple):
            continue
        low, high = float(held.value[0]), float(held.value[1])
        if low < bound < high or (lower and bound == high) or (not lower and bound == low):
            op: Literal["ge", "le"] = "ge" if lower else "le"
            draft.wish(attribute, op, low if lower else high, held.quote, hard=held.hard, strength=held.strength)
