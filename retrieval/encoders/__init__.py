"""Encoders: one file per modality, each the only place that knows its library."""

from .image import EfficientNetEncoder
from .media_config import MediaConfig
from .opening import load_media_encoder
from .text import EncoderConfig, SentenceEncoder, load_encoder
from .words import everyday_words

__all__ = [
    "EfficientNetEncoder",
    "EncoderConfig",
    "MediaConfig",
    "SentenceEncoder",
    "everyday_words",
    "load_encoder",
    "load_media_encoder",
]
