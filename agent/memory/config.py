"""Settings of the long memory."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from retrieval.types import AttributeValue, Value


class Lean(Value):
    """A taste that people of some kind often have."""

    attribute: str
    """An attribute of the catalogue."""
    value: AttributeValue
    """A value of that attribute."""
    polarity: Literal["like", "dislike"] = "like"
    """Whether they like it or not."""
    strength: float = Field(0.3, ge=0.0, le=1.0)
    """How much, before it fades."""


class ProfileRule(Value):
    """What a stated attribute of a user suggests, while nothing better is known."""

    attribute: str
    """Name of the stated attribute, for example ``age_group``."""
    value: str
    """The stated value for which the rule holds."""
    prefers: tuple[Lean, ...] = ()
    """Tastes that such users often have: tables of ``attribute``, ``value``, ``polarity`` and ``strength``."""


class MemoryConfig(Value):
    """Whether and how lasting tastes are remembered. Each user's own consent is needed as well."""

    enabled: bool = False
    """Whether users can be remembered at all; off, nothing is stored or used, and no door shows it."""
    half_life_days: float = Field(180.0, gt=0.0)
    """Days after which a sign of a taste counts half."""
    floor: float = Field(0.05, ge=0.0, lt=1.0)
    """Tastes whose strength fell below this are deleted."""
    repeat_sessions: int = Field(3, ge=2, le=50)
    """Conversations in which the same wish must show before it counts as a taste."""
    weight: float = Field(0.5, ge=0.0, le=2.0)
    """How far remembered tastes may move an item, in standard deviations of the scores; 0 only shows them."""
    most: int = Field(8, ge=1, le=50)
    """Tastes used at a time, strongest first."""
    excluded: tuple[str, ...] = ()
    """Attributes of the catalogue about which nothing is ever remembered."""
    profiles: tuple[ProfileRule, ...] = ()
    """What stated attributes of a user suggest. Nothing is guessed about a user that the integrator did not state."""
