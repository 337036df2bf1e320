"""The scoreboard: rankers compared by full ranking of the catalogue on identical samples, with intervals."""

from .types import HIDDEN, Board, Row, Sample, Scores

__all__ = ["HIDDEN", "Board", "Row", "Sample", "Scores"]
