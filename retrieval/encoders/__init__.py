"""Encoders: one file per modality, each the only place that knows its library."""

from .text import EncoderConfig, SentenceEncoder, load_encoder
from .words import everyday_words

__all__ = ["EncoderConfig", "SentenceEncoder", "everyday_words", "load_encoder"]
