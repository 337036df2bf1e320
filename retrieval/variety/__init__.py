"""Vary a list: how familiar or adventurous it is, whose mix of tastes it keeps, how much of it one group may take."""

from .calibrate import Mix, Shares, blended_kl, mean_shares, shares_of
from .config import Bound, VarietyConfig
from .dial import NEUTRAL, Course, course, resolved

__all__ = [
    "NEUTRAL",
    "Bound",
    "Course",
    "Mix",
    "Shares",
    "VarietyConfig",
    "blended_kl",
    "course",
    "mean_shares",
    "resolved",
    "shares_of",
]
