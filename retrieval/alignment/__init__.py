"""Learn how pictures, sounds and films map into the space of texts; searches use what `modalities/maps.py` reads."""

from .choosing import AlignmentTraining, choose, learn
from .measures import Recall, Share, ranks, recall, share
from .pairs import Pairs, caption_of, held_out
from .recipe import AlignmentReport, alignment_markdown, train_alignment, train_on_index, write_alignment

__all__ = [
    "AlignmentReport",
    "AlignmentTraining",
    "Pairs",
    "Recall",
    "Share",
    "alignment_markdown",
    "caption_of",
    "choose",
    "held_out",
    "learn",
    "ranks",
    "recall",
    "share",
    "train_alignment",
    "train_on_index",
    "write_alignment",
]
