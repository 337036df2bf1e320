"""Remember lasting tastes across conversations, with consent: learn little, show all of it, let it fade."""

from .config import MemoryConfig, ProfileRule
from .fold import recall
from .keeper import MemoryKeeper
from .types import Memory, MemoryStore, Taste

__all__ = ["Memory", "MemoryConfig", "MemoryKeeper", "MemoryStore", "ProfileRule", "Taste", "recall"]
