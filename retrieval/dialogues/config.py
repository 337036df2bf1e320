"""How a dialogue ranker is learnt."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from ..types import Value

Group = Literal["popularity", "together", "recommended", "rated", "ridge", "facts", "asked", "words", "years", "text"]
GROUPS: tuple[Group, ...] = (
    "popularity",
    "together",
    "recommended",
    "rated",
    "ridge",
    "facts",
    "asked",
    "words",
    "years",
    "text",
)
"""Groups of channels, as an ablation leaves them out."""


class DialogueConfig(Value):
    """Settings of a dialogue ranker; the defaults were chosen on training dialogues held out by date."""

    folds: int = Field(5, ge=2, le=20)
    """Parts of the training dialogues; each part's features come from what the other parts taught."""
    ordered: bool = True
    """Whether the lessons stand in the order in which they were held. Folds are then stretches of time, so that the
    blend learns to trust a channel as far as it carries over to later dialogues by other people."""
    depth: int = Field(200, ge=10, le=2000)
    """Items a turn that the trees reorder."""
    trees: int = Field(150, ge=0, le=2000)
    """Trees of each ranker; with 0 the linear blend alone ranks."""
    leaves: int = Field(7, ge=2, le=255)
    """Leaves of a tree."""
    learning_rate: float = Field(0.08, gt=0.0, le=1.0)
    """What a tree counts."""
    seeds: int = Field(2, ge=1, le=10)
    """Rankers that are averaged."""
    linear_weight: float = Field(0.1, ge=0.0)
    """Weight of the linear blend's standard score beside the trees'."""
    negatives: int = Field(200, ge=10, le=2000)
    """Items drawn at random against each right answer of the linear blend."""
    ridge_strength: float = Field(5.0, gt=0.0)
    """Penalty of the regression from words and mentions."""
    ridge_rank: int = Field(256, ge=8, le=1024)
    """Dimensions that the regression is cut to."""
    without: tuple[Group, ...] = ()
    """Groups of channels to leave out."""
    seed: int = 1
    """Of every draw."""
    threads: int = Field(2, ge=1)
    """Cores that the trees may use."""
