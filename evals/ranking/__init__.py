"""The scoreboard: rankers compared by full ranking of the catalogue on identical samples, with intervals."""

from .boards import BOARDS, Sources, limited, read_board
from .types import HIDDEN, Board, Row, Sample, Scores

__all__ = ["BOARDS", "HIDDEN", "Board", "Row", "Sample", "Scores", "Sources", "limited", "read_board"]
