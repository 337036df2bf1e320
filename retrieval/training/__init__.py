"""Train the small models that Palate ships; nothing here is imported while serving."""

from .recipe import QUICK, train_reranker
from .report import Report, markdown
from .reranker import TrainConfig

__all__ = ["QUICK", "Report", "TrainConfig", "markdown", "train_reranker"]
