"""The scoreboard: rankers compared by full ranking of the catalogue on identical samples, with intervals."""

from .boards import BOARDS, Sources, limited, read_board
from .files import Results, write_results
from .render import markdown, table
from .results import BoardReport, RowResult
from .rows import ROWS, Encoded, RowNeeds, make_rows
from .scoreboard import score_board
from .types import HIDDEN, Board, Row, Sample, Scores

__all__ = [
    "BOARDS",
    "HIDDEN",
    "ROWS",
    "Board",
    "BoardReport",
    "Encoded",
    "Results",
    "Row",
    "RowNeeds",
    "RowResult",
    "Sample",
    "Scores",
    "Sources",
    "limited",
    "make_rows",
    "markdown",
    "read_board",
    "score_board",
    "table",
    "write_results",
]
