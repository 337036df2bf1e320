"""The rows of the scoreboard: trivial ones, strong plain ones, and ours."""

from .dense import Dense, Encoded, NoRerank
from .learned import Learned
from .plain import CopyLast, ItemKnn, Popularity, Random, Words
from .registry import ROWS, RowNeeds, ablations, make_rows
from .reranked import Reranked

__all__ = [
    "ROWS",
    "CopyLast",
    "Dense",
    "Encoded",
    "ItemKnn",
    "Learned",
    "NoRerank",
    "Popularity",
    "Random",
    "Reranked",
    "RowNeeds",
    "Words",
    "ablations",
    "make_rows",
]
