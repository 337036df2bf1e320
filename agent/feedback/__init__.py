"""Log what was shown and what came of it, so that rankers can be trained and judged. Off by default; learns nothing."""

from .config import FeedbackConfig
from .keeper import FeedbackKeeper, FeedbackStore, Shown
from .noise import NoisyCounts, publish

__all__ = ["FeedbackConfig", "FeedbackKeeper", "FeedbackStore", "NoisyCounts", "Shown", "publish"]
