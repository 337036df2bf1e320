"""The scoreboard: rankers compared by full ranking of the catalogue on identical samples, with intervals."""

from .blends import BlendCard, blend_markdown, train_blend
from .boards import BOARDS, Sources, limited, read_board
from .files import Results, write_figures, write_results
from .render import markdown, table
from .results import BoardReport, RowResult
from .rows import ROWS, Encoded, RowNeeds, ablations, make_rows
from .scoreboard import score_board
from .types import HIDDEN, Board, Row, Sample, Scores

__all__ = [
    "BOARDS",
    "HIDDEN",
    "ROWS",
    "BlendCard",
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
    "ablations",
    "blend_markdown",
    "limited",
    "make_rows",
    "markdown",
    "read_board",
    "score_board",
    "table",
    "train_blend",
    "write_figures",
    "write_results",
]
