"""Read a log of shown lists for training: rerankers, collaborative vectors, learned blends, bandits."""

from .bandit import fit_bandit
from .rows import (
    FeedbackConfig,
    FeedbackGroup,
    Interaction,
    RankRows,
    corrected,
    interactions,
    rank_rows,
    read_feedback,
    reranker_groups,
    write_interactions,
)

__all__ = [
    "FeedbackConfig",
    "FeedbackGroup",
    "Interaction",
    "RankRows",
    "corrected",
    "fit_bandit",
    "interactions",
    "rank_rows",
    "read_feedback",
    "reranker_groups",
    "write_interactions",
]
