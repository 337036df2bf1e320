"""Show a list that is partly left to chance, with the exact chance of every place, so that use can be learnt from.

Off by default. Chance only changes the order within the head of what already satisfies every hard condition.
"""

from .bandit import BanditState, LinearBandit, read_state, standard_rows, write_state
from .config import ExplorationConfig
from .explorer import Explorer, seed_of
from .impression import Candidate, Impression, Logged, LoggedItem, Reaction
from .labels import Gains
from .luce import chances_of, draw_order, order_chance, weights_of
from .rescore import rerank_blend, reranker_of, texts_of
from .types import Draw, FeedbackError

__all__ = [
    "BanditState",
    "Candidate",
    "Draw",
    "ExplorationConfig",
    "Explorer",
    "FeedbackError",
    "Gains",
    "Impression",
    "LinearBandit",
    "Logged",
    "LoggedItem",
    "Reaction",
    "chances_of",
    "draw_order",
    "order_chance",
    "read_state",
    "rerank_blend",
    "reranker_of",
    "seed_of",
    "standard_rows",
    "texts_of",
    "weights_of",
    "write_state",
]
