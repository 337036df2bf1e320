"""Train the small models that Palate ships; nothing here is imported while serving."""

from .adapters import LowRank
from .comparing import RunComparison, compare_runs, render_runs
from .config import TrainConfig
from .depths import Depth, depth_markdown, depth_table
from .encoder import EncoderTraining
from .encoder_recipe import DOMAINS, train_encoder
from .encoder_report import EncoderReport, encoder_markdown
from .recipe import QUICK, train_reranker
from .report import DomainReport, Report, domain_markdown, markdown
from .searched import Perturbed, SearchBench, robustness_markdown
from .shown import ShownLists
from .speed import SpeedReport, measure_speed, speed_markdown, with_quality

__all__ = [
    "DOMAINS",
    "QUICK",
    "Depth",
    "DomainReport",
    "EncoderReport",
    "EncoderTraining",
    "LowRank",
    "Perturbed",
    "Report",
    "RunComparison",
    "SearchBench",
    "ShownLists",
    "SpeedReport",
    "TrainConfig",
    "compare_runs",
    "depth_markdown",
    "depth_table",
    "domain_markdown",
    "encoder_markdown",
    "markdown",
    "measure_speed",
    "render_runs",
    "robustness_markdown",
    "speed_markdown",
    "train_encoder",
    "train_reranker",
    "with_quality",
]
