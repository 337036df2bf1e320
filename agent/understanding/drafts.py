"""Collect what one message changes, and let it replace or narrow what was held before."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from retrieval.types import AttributeValue, Op

from ..types import ITEM, TEXT, Conversation, Polarity, Preference, Removal

_LOWER = ("gt", "ge")
_UPPER = ("lt", "le")


@dataclass
class Draft:
    """Collects what one message changes."""

    turn_id: str
    conversation: Conversation
    revises: bool = False
    add: list[Preference] = field(default_factory=list)
    remove: list[Removal] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)
    reject: list[str] = field(default_factory=list)
    accept: list[str] = field(default_factory=list)
    referred: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    def wish(
        self,
        attribute: str,
        op: Op,
        value: AttributeValue,
        quote: str,
        *,
        polarity: Polarity = "like",
        hard: bool = False,
        strength: float = 1.0,
        label: str = "",
    ) -> None:
        """Add a preference with the next id of the turn, unless the message said the same or ruled it out already."""
        same = [p.polarity for p in self.add if (p.attribute, p.op, p.value) == (attribute, op, value)]
        if hard and polarity in same:
            again = [p for p in self.add if (p.attribute, p.op, p.value) == (attribute, op, value)]
            firm = {"hard": True, "strength": max(strength, 1.0), "quote": quote}
            self.add = [p.model_copy(update=firm) if p in again else p for p in self.add]  # the last word counts
        if polarity in same or "dislike" in same:
            return
        self.add.append(
            Preference(
                id=f"{self.turn_id}.{len(self.add) + 1}",
                attribute=attribute,
                op=op,
                value=value,
                label=label,
                polarity=polarity,
                hard=hard,
                strength=strength,
                turn_id=self.turn_id,
                quote=quote,
            )
        )


def replace_revised(draft: Draft, removals: Sequence[Removal], beside: Collection[str] = ()) -> None:
    """Let a revised wish take the place of those held about the same attribute; what is ruled out stays so.

    Args:
        draft: the wishes of the message.
        removals: what it takes back by name.
        beside: attributes whose new wish joins the held one.
    """
    named = {removal.attribute for removal in removals} | set(beside)
    revised = {p.attribute for p in draft.add if p.polarity == "like" and p.attribute != ITEM} - named
    held = [p for p in draft.conversation.preferences if p.polarity == "like" and p.attribute in revised - {TEXT}]
    draft.remove += [Removal(attribute=wish.attribute, value=wish.id) for wish in held]


def keep_tightest(draft: Draft) -> None:
    """Keep one of several bounds of a message on one end of a number: "after 1975, from 1993 on" is from 1993 on."""
    for ops, tightest in ((_LOWER, max), (_UPPER, min)):
        bounds = [p for p in draft.add if p.op in ops and p.hard and isinstance(p.value, (int, float))]
        for attribute in dict.fromkeys(p.attribute for p in bounds):
            several = [p for p in bounds if p.attribute == attribute]
            kept = tightest(several, key=lambda p: float(str(p.value)))
            draft.add = [p for p in draft.add if p not in several or p is kept]


def narrow_choices(draft: Draft) -> None:
    """Let one of several that were all right take their place, "just Grant then"; one ruled out leaves the others."""
    for held in [p for p in draft.conversation.preferences if p.op == "in" and p.polarity == "like"]:
        choice = held.value if isinstance(held.value, tuple) else ()
        said = [p for p in draft.add if p.attribute == held.attribute and p.op == "eq" and p.value in choice]
        out = {p.value for p in said if p.polarity == "dislike"}
        if not said:
            continue
        draft.remove.append(Removal(attribute=held.attribute, value=held.id))
        left = tuple(str(value) for value in choice if value not in out)
        if out and left and not any(p.polarity == "like" for p in said):
            value = left[0] if len(left) == 1 else left
            op: Op = "eq" if len(left) == 1 else "in"
            draft.wish(held.attribute, op, value, held.quote, hard=held.hard, strength=held.strength)
