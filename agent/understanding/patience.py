"""Hear when questions are unwelcome just now: out of patience, or "you choose". Pure."""

from __future__ import annotations

import re

from .text import fold

_UNWELCOME = re.compile(
    r"!{2,}|\b(just (show|give|recommend|tell|pick|suggest)|come on|hurry|whatever|enough|stop asking|ugh|"
    r"for gods sake|get on with it|already asked|asked (me )?that|(you|u) (choose|pick|decide)|up to you|surprise me|"
    r"(doesnt|does not) matter|(dont|do not) (really )?(mind|care)|either( one)? is fine|"
    r"(couldnt|could not) care less|leave (it|that)( all)?( up)? to (you|u)|(you|u)( a)?re the expert|"
    r"your (call|choice)|i trust (you|your)|anything( goes| is fine| works| will do))\b"
)


def no_questions_now(text: str) -> bool:
    """Tell whether the words of a message, in English wordings, say that another question would annoy."""
    return _UNWELCOME.search(fold(text)) is not None
