"""The steps of a turn. Each takes the state so far and returns what it changed."""

from .picking import Picking
from .reading import Reading
from .talking import Talking

__all__ = ["Picking", "Reading", "Talking"]
