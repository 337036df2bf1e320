"""What each channel of pictures, sounds and films is worth, and how well words, pictures and sounds find each other."""

from .bench import SensesReport, measure_senses
from .esc10 import SoundReport, measure_sounds, render_sounds
from .questions import Question, make_questions
from .render import render_senses
from .stamps import StampsReport, measure_stamps, render_stamps, stamps_catalog

__all__ = [
    "Question",
    "SensesReport",
    "SoundReport",
    "StampsReport",
    "make_questions",
    "measure_senses",
    "measure_sounds",
    "measure_stamps",
    "render_senses",
    "render_sounds",
    "render_stamps",
    "stamps_catalog",
]
