"""What a comparison found. Pure data."""

from __future__ import annotations

from retrieval.types import Value

from ..types import RunInfo
from .stats import ALPHA


class Change(Value):
    """Pairs of one thing that holds or does not, before and after."""

    name: str
    pairs: int
    before: int
    """Pairs that held before."""
    after: int
    lost: int
    """Pairs that held before and do not after."""
    won: int
    p: float
    """Exact p-value of McNemar's test; adjusted for being several (Holm) where several are listed."""

    @property
    def difference(self) -> float:
        """Change of the share that holds, -1 to 1; 0 without pairs."""
        return (self.after - self.before) / self.pairs if self.pairs else 0.0


class Speed(Value):
    """How the median time of a turn changed, as a ratio: above 1 is slower."""

    turns: int
    before_ms: float
    after_ms: float
    ratio: float
    low: float
    high: float


class Comparison(Value):
    """Two runs, case by case."""

    a: RunInfo
    b: RunInfo
    cases: Change
    low: float
    """Lower bound of the change of the share of cases passed."""
    high: float
    red: tuple[str, ...]
    """Cases that passed in A and fail in B."""
    green: tuple[str, ...]
    """Cases that failed in A and pass in B."""
    unscored: tuple[str, ...]
    """Cases that could not be scored in one of the runs: no pairs, and never failures."""
    lost_sight: tuple[str, ...]
    """Those of them that passed in A: whether they still do is not known."""
    checks: tuple[Change, ...]
    """By check, those that changed at all."""
    detectable: int | None
    """How many cases would have to turn, all one way, to be found with this many pairs; None: no number would."""
    speed: Speed | None = None
    """None when the turns have no times."""
    only_a: tuple[str, ...] = ()
    only_b: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    """Cases of both runs that say something else in each; not compared."""
    rescored: tuple[str, ...] = ()
    """Checks whose scorer has another version in each run; left out of everything."""

    @property
    def significant(self) -> bool:
        """Whether the cases changed more than chance does."""
        return self.cases.p < ALPHA

    @property
    def worse(self) -> bool:
        """Whether B is significantly worse."""
        return self.significant and self.cases.difference < 0
