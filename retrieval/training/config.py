"""The settings of a reranker's training run; `palate train reranker` takes most of them as options."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from ..types import Value
from .adapters import LowRank
from .losses import Ranking

Precision = Literal["auto", "bf16", "float32"]


class TrainConfig(Value):
    """Say how long and on what mix to train."""

    seed: int = 1
    start: str = ""
    """Model to go on from, ``bundled`` or a folder that a run wrote; empty starts from MiniLM."""
    layers: int = Field(3, ge=1, le=6)
    """Layers kept of MiniLM's six: three score 50 candidates in a third of the time."""
    max_length: int = 96
    query_length: int = 40
    group_size: int = Field(8, ge=2)
    """Texts a query: one right answer, the rest wrong."""
    groups_per_step: int = Field(8, ge=1)
    accumulate: int = Field(1, ge=1)
    """Draws of ``groups_per_step`` groups whose gradients are summed before the weights move."""
    loss: Ranking = "listwise"
    """How right and wrong answers are compared: a softmax over the group, or pairs (``ranknet``, ``margin``)."""
    pairwise_weight: float = Field(0.0, ge=0.0)
    """Weight of the RankNet loss of the pairs beside the softmax; 0 leaves it out."""
    mask_weight: float = Field(0.0, ge=0.0)
    """Weight of predicting hidden words of the right pairs, L = L_fine + weight x L_mask; 0 leaves it out."""
    adversarial: float = Field(0.0, ge=0.0)
    """Length of the worst small step of the word vectors that the loss must bear as well (FGM); 0 leaves it out."""
    augment: float = Field(0.0, ge=0.0, le=1.0)
    """Share of the queries that are learnt from with typos, slips of the keys, words left out or said otherwise."""
    adapters: LowRank | None = None
    """Low-rank mode: only adapters, pooler and head learn; merged when exported. None trains all layers kept."""
    precision: Precision = "auto"
    """Arithmetic of the passes; weights stay float32. ``auto`` takes bf16 where the processor is made for it."""
    steps: int = Field(1500, ge=1)
    minutes: float | None = None
    """Stop after that long; the schedule then follows the clock where that is ahead of the steps."""
    learning_rate: float = Field(7e-5, gt=0.0)
    """Peak rate. At 2e-4 the loss of a run rose back to guessing after 180 steps; its best weights are of step 150."""
    warm_up: float = 0.08
    """Share of the run in which the rate rises."""
    weight_decay: float = 0.01
    check_every: int = Field(150, ge=1)
    """Steps between two looks at the tuning part."""
    check_tasks: int = 30
    """Tuning tasks a domain that a look uses."""
    measure_tasks: int = Field(600, ge=1)
    """Test requests a domain that the report uses; the blend is chosen on half as many tuning requests."""
    patience: int = 6
    """Stop after that many looks without a better score; a higher patience lets a run go on through a dip."""
    threads: int = 2
    mix: dict[str, float] = Field(
        default_factory=lambda: {"demo": 0.5, "tags": 0.2, "redial": 0.15, "opendialkg": 0.15}
    )
    """Share of the groups by corpus."""
