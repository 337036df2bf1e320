"""Understand messages: by rules and vocabulary always, by the language model where it pays."""

from .config import UnderstandingConfig
from .lexical import LexicalUnderstander
from .memory_talk import with_memory_talk
from .model import ModelUnderstander
from .vocabulary import Vocabulary

__all__ = ["LexicalUnderstander", "ModelUnderstander", "UnderstandingConfig", "Vocabulary", "with_memory_talk"]
