"""Measure the agent and retrieval: suites of scripted dialogue with small scorers, and benchmarks."""

from __future__ import annotations

from .benchmarks.grounding import measure as measure_grounding
from .benchmarks.grounding import render as render_grounding
from .benchmarks.grounding import samples as grounding_samples
from .benchmarks.turn import measure as measure_turns
from .benchmarks.turn import render as render_turns
from .errors import EvalError, SuiteError
from .report import is_red, pick_claims, render, render_claims
from .runner import Player, Talker, run_suite
from .suite import bundled, find_suite, json_schema, load_suite, select
from .types import Case, Report, Score, Suite

__all__ = [
    "Case",
    "EvalError",
    "Player",
    "Report",
    "Score",
    "Suite",
    "SuiteError",
    "Talker",
    "bundled",
    "find_suite",
    "grounding_samples",
    "is_red",
    "json_schema",
    "load_suite",
    "measure_grounding",
    "measure_turns",
    "pick_claims",
    "render",
    "render_claims",
    "render_grounding",
    "render_turns",
    "run_suite",
    "select",
]
