"""How a build writes its stores: from scratch, or from a copy of the last ones with only what has changed."""

from .changes import Changes
from .stores import Stores

__all__ = ["Changes", "Stores"]
