"""Measure the agent and retrieval: suites of scripted dialogue with small scorers, and benchmarks."""

from __future__ import annotations

from .benchmarks.grounding import measure as measure_grounding
from .benchmarks.grounding import render as render_grounding
from .benchmarks.grounding import samples as grounding_samples
from .benchmarks.guard import GuardReport, HalfReport
from .benchmarks.guard import measure_half as measure_guard
from .benchmarks.guard import render as render_guard
from .benchmarks.guard_data import read_messages, read_talk
from .benchmarks.guard_effects import EffectJudge, standing_wish
from .benchmarks.guard_effects import play as play_attacks
from .benchmarks.guard_training import train as train_guard
from .benchmarks.turn import measure as measure_turns
from .benchmarks.turn import render as render_turns
from .errors import EvalError, SuiteError
from .report import is_red, pick_claims, render, render_claims
from .runner import Player, Talker, run_suite
from .suite import bundled, find_suite, json_schema, load_suite, select
from .types import Case, Report, Score, Suite

__all__ = [
    "Case",
    "EffectJudge",
    "EvalError",
    "GuardReport",
    "HalfReport",
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
    "measure_guard",
    "measure_turns",
    "pick_claims",
    "play_attacks",
    "read_messages",
    "read_talk",
    "render",
    "render_claims",
    "render_grounding",
    "render_guard",
    "render_turns",
    "run_suite",
    "select",
    "standing_wish",
    "train_guard",
]
