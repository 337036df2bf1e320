"""Estimate what a new order would bring from a log of another, and refuse where the log cannot tell."""

from .bench import BenchConfig, OffPolicyBench
from .bench import measure as measure_offpolicy
from .bench import plot as plot_offpolicy_bench
from .bench import render as render_offpolicy_bench
from .choose import BlendChoice, choose_blend
from .estimates import EvaluationConfig, OffPolicyReport, evaluate
from .estimates import render as render_offpolicy
from .policies import Policy, by_bandit, by_feature, by_rerank, evenly, own_order
from .table import LogTable, SupportError, table_of

__all__ = [
    "BenchConfig",
    "BlendChoice",
    "EvaluationConfig",
    "LogTable",
    "OffPolicyBench",
    "OffPolicyReport",
    "Policy",
    "SupportError",
    "by_bandit",
    "by_feature",
    "by_rerank",
    "choose_blend",
    "evaluate",
    "evenly",
    "measure_offpolicy",
    "own_order",
    "plot_offpolicy_bench",
    "render_offpolicy",
    "render_offpolicy_bench",
    "table_of",
]
