"""What each channel of pictures, sounds and films is worth in searches of a catalogue, and how best to fuse them."""

from .bench import SensesReport, measure_senses
from .render import render_senses

__all__ = ["SensesReport", "measure_senses", "render_senses"]
