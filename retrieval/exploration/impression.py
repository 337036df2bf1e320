"""What is kept of a list that was shown, and what came of it. Pure data."""

from __future__ import annotations

from pydantic import Field

from ..types import Value


class Candidate(Value):
    """One item that could have been shown, as the ranker saw it."""

    item_id: str
    features: dict[str, float] = Field(default_factory=dict)
    """Score by stage (``dense``, ``lexical``, ``fused``, ``rerank``, ...), ``final`` for the score that the list was
    ordered by, ``popularity``, and ``unmet`` for the soft wishes that it does not grant."""
    chances: tuple[float, ...] = ()
    """Chance to be shown at each place, first place first; empty where nothing was left to chance."""


class Impression(Value):
    """A list that was shown, with the chance that each item had to stand at its place."""

    session_id: str
    turn_id: str
    at: str
    """ISO 8601, UTC."""
    policy: str
    """What ordered the list: ``off`` (no chance in it), ``plackett_luce``, ``epsilon`` or ``thompson``."""
    policy_hash: str = ""
    """Hash of the exploration's settings and, for ``thompson``, of its state."""
    ranker_hash: str = ""
    """Hash of the settings of search and reranking, and of the index."""
    seed: int = 0
    """Seed of the draw, made from the session and the turn; 0 where nothing was left to chance."""
    query: str = ""
    """The words that were ranked by, personal data taken out; empty where they must not be kept."""
    query_hash: str = ""
    """Hash of those words."""
    hard: int = 0
    """Conditions that every candidate satisfies."""
    soft: int = 0
    """Wishes that only moved scores."""
    candidates: tuple[Candidate, ...] = ()
    """All that could have been shown, in the ranker's own order."""
    shown: tuple[str, ...] = ()
    """Ids in the order shown."""
    propensities: tuple[float, ...] = ()
    """Chance of each shown item to stand at its place; 1 where nothing was left to chance, and then nothing can be said
    of other orders."""
    list_chance: float = 1.0
    """Chance of this very list."""

    @property
    def explored(self) -> bool:
        """Whether another list could have been shown."""
        return any(chance < 1.0 for chance in self.propensities)


class Reaction(Value):
    """What somebody did about a shown item."""

    item_id: str
    kind: str
    """``like dislike seen click skip accept``, or ``reject`` for turning it down in words."""
    at: str = ""


class LoggedItem(Value):
    """One shown item with what came of it."""

    item_id: str
    position: int = Field(ge=1)
    """1 is the top."""
    propensity: float = Field(gt=0.0, le=1.0)
    reactions: tuple[str, ...] = ()
    label: int | None = Field(None, ge=0)
    """What the reactions are worth; None where they say nothing of how good a pick it was."""


class Logged(Value):
    """One line of an export: a shown list with its labels."""

    impression: Impression
    user: str = ""
    """The user's id, or a hash of it; empty for nobody in particular."""
    items: tuple[LoggedItem, ...] = ()
    """In the order shown."""
