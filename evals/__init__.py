"""Measure the agent and retrieval: suites of scripted dialogue with small scorers, and benchmarks."""

from __future__ import annotations

from .benchmarks.claims import World
from .benchmarks.grounding import GroundingReport
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
from .benchmarks.memory import MemoryBenchmark
from .benchmarks.memory import measure as measure_memory
from .benchmarks.memory import render as render_memory
from .benchmarks.memory_data import read_returning
from .benchmarks.pii import measure as measure_pii
from .benchmarks.pii import read_pii
from .benchmarks.pii import render as render_pii
from .benchmarks.preferences import Played, TitleReport
from .benchmarks.preferences import render as render_titles
from .benchmarks.preferences_run import benchmark_facts, run_stated, run_titles
from .benchmarks.preferences_stated import StatedReport, render_stated
from .benchmarks.shown import GroundingRun, ShownReport, Told, completeness, told_by_model, told_by_templates
from .benchmarks.shown import asked as asked_about
from .benchmarks.shown import render_run as render_grounding_run
from .benchmarks.shown import summed as sum_shown
from .benchmarks.turn import measure as measure_turns
from .benchmarks.turn import render as render_turns
from .catalogs import bundled_catalogs, prepare_catalog
from .comparing.compare import compare
from .comparing.types import Comparison
from .comparing.words import render_comparison
from .covering import Coverage, coverage, render_coverage
from .errors import DataMissingError, EvalError, NotRecordedError, RecordingError, ReportError, SuiteError
from .fitting import check_suite
from .judging.agreement import sum_up as sum_up_judge
from .judging.judge import Judge, grade_all, read_labelled
from .judging.types import Judgement, JudgeReport
from .judging.words import render_judge
from .overview import Overview, SuiteOutcome, render_overview
from .provenance import commit as current_commit
from .provenance import machine as current_machine
from .ranking.coldstart_report import ColdReport, measure_cold_start, plot_cold_start, render_cold_start
from .ranking.user_board import UserBoard
from .ranking.user_board import movielens as movielens_users
from .ranking.user_words import plot_users, render_users
from .ranking.users import UserReport, compare_users
from .recording.record import RecordingModel
from .recording.replay import ReplayedModel
from .report import is_red, pick_claims, render, render_claims
from .reports.files import read_report, read_reports, write_report
from .reports.junit import junit
from .reports.page import page
from .runner import Player, Talker, run_suite
from .simulation.calibration import Calibration, calibrate, read_step_labels
from .simulation.calibration import render as render_calibration
from .simulation.calibration import report as report_rates
from .simulation.gather import gather as report_simulation
from .simulation.model_user import ModelVoice
from .simulation.report import SimulationReport
from .simulation.report import plot as plot_simulation
from .simulation.report import render as render_simulation
from .simulation.run import Listing, Talking
from .simulation.run import System as SimulationSystem
from .simulation.setting import Setting as Simulation
from .simulation.setting import set_up as set_up_simulation
from .simulation.talk import read_talks
from .simulation.talk import steps as seeker_steps
from .simulation.types import Dialogue
from .suite import bundled, find_suite, json_schema, load_suite, select
from .types import Case, Report, Score, Suite
from .variety.plot import plot as plot_diversity
from .variety.report import DiversityReport
from .variety.report import render as render_diversity
from .variety.run import Setting as DiversitySetting
from .variety.run import measure as measure_diversity

__all__ = [
    "Calibration",
    "Case",
    "ColdReport",
    "Comparison",
    "Coverage",
    "DataMissingError",
    "Dialogue",
    "DiversityReport",
    "DiversitySetting",
    "EffectJudge",
    "EvalError",
    "GroundingReport",
    "GroundingRun",
    "GuardReport",
    "HalfReport",
    "Judge",
    "JudgeReport",
    "Judgement",
    "Listing",
    "MemoryBenchmark",
    "ModelVoice",
    "NotRecordedError",
    "Overview",
    "Played",
    "Player",
    "RecordingError",
    "RecordingModel",
    "ReplayedModel",
    "Report",
    "ReportError",
    "Score",
    "ShownReport",
    "Simulation",
    "SimulationReport",
    "SimulationSystem",
    "StatedReport",
    "Suite",
    "SuiteError",
    "SuiteOutcome",
    "Talker",
    "Talking",
    "TitleReport",
    "Told",
    "UserBoard",
    "UserReport",
    "World",
    "asked_about",
    "benchmark_facts",
    "bundled",
    "bundled_catalogs",
    "calibrate",
    "check_suite",
    "compare",
    "compare_users",
    "completeness",
    "coverage",
    "current_commit",
    "current_machine",
    "find_suite",
    "grade_all",
    "grounding_samples",
    "is_red",
    "json_schema",
    "junit",
    "load_suite",
    "measure_cold_start",
    "measure_diversity",
    "measure_grounding",
    "measure_guard",
    "measure_memory",
    "measure_pii",
    "measure_turns",
    "movielens_users",
    "page",
    "pick_claims",
    "play_attacks",
    "plot_cold_start",
    "plot_diversity",
    "plot_simulation",
    "plot_users",
    "prepare_catalog",
    "read_labelled",
    "read_messages",
    "read_pii",
    "read_report",
    "read_reports",
    "read_returning",
    "read_step_labels",
    "read_talk",
    "read_talks",
    "render",
    "render_calibration",
    "render_claims",
    "render_cold_start",
    "render_comparison",
    "render_coverage",
    "render_diversity",
    "render_grounding",
    "render_grounding_run",
    "render_guard",
    "render_judge",
    "render_memory",
    "render_overview",
    "render_pii",
    "render_simulation",
    "render_stated",
    "render_titles",
    "render_turns",
    "render_users",
    "report_rates",
    "report_simulation",
    "run_stated",
    "run_suite",
    "run_titles",
    "seeker_steps",
    "select",
    "set_up_simulation",
    "standing_wish",
    "sum_shown",
    "sum_up_judge",
    "told_by_model",
    "told_by_templates",
    "train_guard",
    "write_report",
]
