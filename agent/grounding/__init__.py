"""Check sentences against facts before anybody reads them."""

from .checker import Verdict, check
from .context import GroundingContext
from .repair import repair, shorten, whole
from .tokens import words

__all__ = ["GroundingContext", "Verdict", "check", "repair", "shorten", "whole", "words"]
