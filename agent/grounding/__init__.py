"""Check sentences against facts before anybody reads them."""

from .check import GroundingContext, Verdict, check
from .repair import repair
from .tokens import words

__all__ = ["GroundingContext", "Verdict", "check", "repair", "words"]
