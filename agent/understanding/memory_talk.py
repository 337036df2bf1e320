"""Read what a message says about being remembered: keep this, forget that, not today, show me. Pure.

Only wordings about memory itself are read here; what is to be kept or forgotten is what the other rules made of the
same message.
"""

from __future__ import annotations

import re

from ..types import MemoryRequest, MemoryWish, Preference, PreferenceUpdate, Removal
from .text import fold

_ABOUT_ME = r"(?:me|my \w+|my past \w+)"
_HELD = (
    r"(?:my (?:\w+ )?(?:history|tastes?|profile|past|memory|memories|(?:past |old |earlier |usual )?preferences)"
    r"|what you (?:know|remember)(?: about me)?|your memory(?: of me)?)"
)
_KNOW = r"(?:remember(?:ed)?|recall|know|stored?|keep|kept|learn(?:ed|t)?)"
_KEEP = r"(?:remember|keep in mind|dont forget|do not forget|note|bear in mind)"
_DROP = r"(?:forget|unlearn|dont remember|do not remember|stop (?:remembering|thinking)|no longer remember)"
_POLITE = r"(?:ok |okay |yes |no |oh |please |actually |from now on |you (?:can|may) )*"
_WIPE = r"(?:forget|delete|erase|wipe|clear)"
_WORDINGS: tuple[tuple[MemoryWish, str], ...] = (
    (
        "show",
        rf"\bwhat (?:do|did|have|can) you {_KNOW} (?:about|of|on) {_ABOUT_ME}\b"
        rf"|\b(?:show|list|tell) (?:me )?(?:what you (?:remember|know)|{_HELD})\b",
    ),
    (
        "withdraw",
        r"\b(?:stop|quit) remembering(?: me| my tastes?| things| anything)?(?: about me)?[\s.!]*$"
        r"|\b(?:dont|do not|never) remember (?:me|my tastes?|anything|things)\b",
    ),
    (
        "clear",
        rf"\b{_WIPE} (?:everything|all|whatever) (?:that )?you (?:know|remember|have)\b"
        rf"|\b{_WIPE} (?:all (?:of )?)?{_HELD}|\bforget (?:all )?about me\b",
    ),
    (
        "off",
        r"\b(?:dont|do not|without|stop|no|ignore|skip|leave out|not)\b(?: using| use| lean on| leaning on)? "
        rf"{_HELD}",
    ),
    ("on", rf"\buse {_HELD}|\b(?:you (?:can|may) )?lean on {_HELD}"),
    ("consent", rf"^{_POLITE}(?:remember|keep|save) (?:me|my tastes?|my preferences)\b"),
    (
        "remember",
        rf"\b{_KEEP} (?:for (?:next time|later|the future) )?(?:that )?(?:i|im|ive|my|we)\b"
        r"|\bremember (?:this|that)\b",
    ),
    (
        "forget",
        rf"\b{_DROP} (?:that )?(?:i|im|ive|my (?:love|taste|hate|dislike|liking)|about my)\b",
    ),
    ("forget_last", rf"^{_POLITE}(?:forget|dont remember|do not remember) (?:that|it|this)[\s.!]*$"),
)
_PATTERNS = tuple((wish, re.compile(wording)) for wish, wording in _WORDINGS)


def memory_wish(text: str) -> MemoryWish | None:
    """Return what the message wants of memory, or None."""
    found = _found(text)
    return found[0] if found else None


def _found(text: str) -> tuple[MemoryWish, str] | None:
    """Return what the message wants of memory, and the words that say so."""
    plain = " ".join(re.sub(r"[^\w\s.!?]", "", fold(text)).split())
    for wish, pattern in _PATTERNS:
        if match := pattern.search(plain):
            return wish, match.group()
    return None


def with_memory_talk(text: str, update: PreferenceUpdate) -> PreferenceUpdate:
    """Return the update with what it asks of memory; wishes to be forgotten are no wishes of this conversation."""
    found = _found(text)
    if found is None:
        return update
    wish, words = found
    request = MemoryRequest(wish=wish)
    if wish == "forget":
        named = tuple(Removal(attribute=one.attribute, value=one.value) for one in update.add)
        about = (*named, *update.remove)
        return update.model_copy(
            update={
                "memory": MemoryRequest(wish=wish, about=about),
                "add": (),
                "remove": about,
                "undo": 0,
                "intents": (),
            }
        )
    if wish == "remember":
        return update.model_copy(update={"memory": request, "add": tuple(map(_lasting, _beside(words, update)))})
    if wish == "forget_last":
        return update.model_copy(update={"memory": request})
    changes: dict[str, object] = {"memory": request, "add": (), "reset": False, "undo": 0, "intents": (), "unclear": ""}
    if wish in ("on", "off"):
        # Whoever asks for items in the same breath still gets them.
        changes = {"memory": request, "use_memory": wish == "on", "add": _beside(words, update)}
    return update.model_copy(update=changes)


def _beside(words: str, update: PreferenceUpdate) -> tuple[Preference, ...]:
    """Return the wishes that were not read from the words about memory themselves: "my history" is no genre."""
    return tuple(one for one in update.add if fold(str(one.value)) not in words)


def _lasting(wish: Preference) -> Preference:
    return wish.model_copy(update={"scope": "lasting"}) if wish.scope == "session" else wish
