"""Understand messages: by rules and vocabulary always, by the language model where it pays."""

from .lexical import LexicalUnderstander
from .vocabulary import Vocabulary

__all__ = ["LexicalUnderstander", "Vocabulary"]
