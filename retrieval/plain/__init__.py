"""Plain ways to rank that anything trained has to beat: words, what goes together, and ranks fused. No models."""

from .bm25 import Bm25, words_of
from .ranks import reciprocal_ranks
from .together import CoMentions

__all__ = ["Bm25", "CoMentions", "reciprocal_ranks", "words_of"]
