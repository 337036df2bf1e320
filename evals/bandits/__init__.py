"""Simulate users of the demo's films to show what exploration costs and brings."""

from .bench import BanditBench, BanditBenchConfig
from .bench import measure as measure_bandits
from .report import plot as plot_bandits
from .report import render as render_bandits

__all__ = ["BanditBench", "BanditBenchConfig", "measure_bandits", "plot_bandits", "render_bandits"]
