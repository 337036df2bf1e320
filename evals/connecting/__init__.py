"""``palate bench graph``: what paths through shared facts are worth as a way to find items, and what they cost."""

from .bench import GraphReport, measure_graph
from .facts import film_graph
from .render import render_graph
from .speed import SpeedReport, measure_walks, render_walks

__all__ = [
    "GraphReport",
    "SpeedReport",
    "film_graph",
    "measure_graph",
    "measure_walks",
    "render_graph",
    "render_walks",
]
