"""Settings of a walk."""

from __future__ import annotations

from pydantic import Field

from ..types import Value


class GraphConfig(Value):
    """How the graph of items and facts is walked. See docs/graph.md."""

    weight: float = Field(1.0, ge=0.0)
    """Weight of what walks from the liked items come to; it falls to 0 as a trained collaborative model comes to be
    trusted. 0 leaves the channel out, and only reasons use the graph."""
    names: float = Field(0.0, ge=0.0)
    """How much a name that is wished for counts as a start, where a liked item counts 1; nobody has measured that."""

    rounds: int = Field(1, ge=1, le=50)
    """Times the walk goes from items to facts and on to items; 1 reaches what shares a fact with a liked item."""
    restart: float = Field(0.15, gt=0.0, lt=1.0)
    """Chance that a walk of several rounds begins anew after each."""
    spread: float = Field(0.0, ge=0.0, le=2.0)
    """How thinly a fact is spread over the items that have it; 1 is a random walk, 0 counts facts by rarity alone."""
    degree: float = Field(0.0, ge=0.0, le=1.0)
    """How much an item with many facts is held back; 0 is a random walk."""
