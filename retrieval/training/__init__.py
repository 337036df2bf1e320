"""Train the small models that Palate ships; nothing here is imported while serving."""

from .adapters import LowRank
from .comparing import RunComparison, compare_runs, render_runs
from .config import TrainConfig
from .encoder import EncoderTraining
from .encoder_recipe import DOMAINS, train_encoder
from .encoder_report import EncoderReport, encoder_markdown
from .recipe import QUICK, train_reranker
from .report import Report, markdown

__all__ = [
    "DOMAINS",
    "QUICK",
    "EncoderReport",
    "EncoderTraining",
    "LowRank",
    "Report",
    "RunComparison",
    "TrainConfig",
    "compare_runs",
    "encoder_markdown",
    "markdown",
    "render_runs",
    "train_encoder",
    "train_reranker",
]
