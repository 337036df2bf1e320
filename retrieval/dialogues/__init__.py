"""Rank a catalogue for a dialogue: what was said and named so far, learnt from past dialogues."""

from .channels import Outside
from .config import GROUPS, DialogueConfig
from .model import DialogueRanker
from .storage import load, save
from .types import RECOMMENDER, USER, Lesson, Moment

__all__ = [
    "GROUPS",
    "RECOMMENDER",
    "USER",
    "DialogueConfig",
    "DialogueRanker",
    "Lesson",
    "Moment",
    "Outside",
    "load",
    "save",
]
