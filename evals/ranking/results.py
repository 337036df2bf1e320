"""What a run of the scoreboard found, as values that can be written and read again."""

from __future__ import annotations

from pydantic import Field

from retrieval.types import Value


class Figure(Value):
    """A mean with its 95 % interval."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        """Write it as tables show it."""
        return f"{self.value:.3f} ({self.low:.3f}-{self.high:.3f})"


class Facts(Value):
    """What the samples are like, before anything is ranked."""

    items: int
    samples: int
    """Recommender's turns times the items they name."""
    turns: int
    groups: int
    """Dialogues, or queries."""
    novel: int
    """Samples whose target nobody had named before."""
    repeated: float
    """Share of samples whose target already stands in the context: what a parrot gets right."""
    train_groups: int
    train_samples: int
    unseen: float
    """Share of novel samples whose target no training dialogue names."""


class Slice(Value):
    """Recall on a part of the novel samples, by how often training names the target."""

    label: str
    samples: int
    recall_at_10: Figure | None
    """None where the part is empty."""


class Bias(Value):
    """What a row recommends in its first ten, whether or not it is right."""

    coverage: float
    """Share of the catalogue that is recommended at least once."""
    gini: float
    """0 when every item is recommended equally often, near 1 when few take all."""
    head: float
    """Share of recommendations that go to the tenth of the catalogue that training names most."""


class RowResult(Value):
    """One row of the table."""

    name: str
    unscored: str = ""
    """Why there are no figures; such a row found not nothing, but was not measured."""
    novel: dict[str, Figure] = Field(default_factory=dict)
    """By metric, over targets that nobody named before, with mentioned items left out."""
    all: dict[str, Figure] = Field(default_factory=dict)
    """By metric, over every target, with mentioned items left in."""
    slices: tuple[Slice, ...] = ()
    bias: Bias | None = None
    ms_median: float | None = None
    """Milliseconds a turn, one at a time."""
    ms_p95: float | None = None
    fit_seconds: float | None = None


class Paired(Value):
    """How the reference row differs from another on the same samples."""

    row: str
    mode: str
    metric: str
    difference: Figure
    """Reference minus the other."""
    p: float
    """Two-sided, by flipping whole dialogues."""
    p_holm: float
    """Adjusted for the number of rows compared with (Holm 1979)."""


class BoardReport(Value):
    """One board, measured."""

    board: str
    facts: Facts
    rows: tuple[RowResult, ...]
    reference: str = ""
    """The row that the others are compared with; empty where it has no figures."""
    paired: tuple[Paired, ...] = ()
    command: str
    commit: str
    machine: str
    seed: int
    draws: int
    """Bootstrap draws."""
    data: dict[str, str]
    """File -> first 16 hex digits of its SHA-256."""
    limit: int | None = None
    """Only so many test groups were used."""
    seconds: float

    def row(self, name: str) -> RowResult | None:
        """Return the row of that name, or None."""
        return next((row for row in self.rows if row.name == name), None)
