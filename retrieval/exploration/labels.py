"""Say what reactions to a shown item are worth as a label. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import Field

from ..types import Value

_AGAINST = frozenset({"dislike", "reject"})


class Gains(Value):
    """Label by reaction; a shown item without any is worth 0, and so is one that was skipped or turned down."""

    accept: int = Field(3, ge=0, le=10)
    like: int = Field(2, ge=0, le=10)
    click: int = Field(1, ge=0, le=10)

    def label(self, reactions: Sequence[str]) -> int | None:
        """Return the label of an item by its reactions, oldest first; None when it was only marked as known.

        The last verdict counts (accept, like, dislike, reject); without one a click does. That somebody knows an item
        already says nothing of how well it was picked.
        """
        verdicts = [kind for kind in reactions if kind in ("accept", "like") or kind in _AGAINST]
        if verdicts:
            return 0 if verdicts[-1] in _AGAINST else int(getattr(self, verdicts[-1]))
        if "click" in reactions:
            return self.click
        return None if "seen" in reactions and "skip" not in reactions else 0
