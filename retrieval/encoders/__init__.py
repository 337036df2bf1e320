"""Encoders: one file per modality, each the only place that knows its library."""

from .arithmetic import Half, half_precision
from .image import EfficientNetEncoder
from .media_config import MediaConfig
from .opening import load_media_encoder
from .text import EncoderConfig, SentenceEncoder, load_encoder
from .words import everyday_words

__all__ = [
    "EfficientNetEncoder",
    "EncoderConfig",
    "Half",
    "MediaConfig",
    "SentenceEncoder",
    "everyday_words",
    "half_precision",
    "load_encoder",
    "load_media_encoder",
]
