"""Recognise questions about several items at once: "which of these are French?", "how many comedies do you have?"."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from retrieval.types import Constraint

from ..types import ITEM, TEXT, ItemQuestion, Preference
from .scan import Scan

_FROM_LIST = (
    ("which", "of"),
    ("which", "ones"),
    ("which", "one"),
    ("any", "of"),
    ("are", "any"),
    ("is", "any"),
    ("do", "any"),
    ("does", "any"),
    ("were", "any"),
    ("was", "any"),
    ("are", "some", "of"),
    ("how", "many", "of"),
)
_HELD = (("do", "you", "have"), ("have", "you", "got"), ("are", "there"), ("do", "you", "know"), ("you", "have"))
_POINTING = frozenset("these those them ones one list".split())
_RANKING = frozenset("better best worse worst should would most least".split())
_SAME = frozenset("same share shares shared common".split())
_SPOKEN = 0.5
"""Weaker readings are side meanings of a word that another one stands for already."""


def list_topic(scan: Scan, shown: Sequence[str], nouns: Collection[str]) -> str:
    """Return ``which``, ``count`` or an empty string for what else the message may be.

    Args:
        scan: the message.
        shown: ids last shown.
        nouns: words for an item of the catalogue.
    """
    norms = tuple(token.norm for token in scan.tokens)
    while norms and norms[0] in ("and", "so", "ok", "but", "hmm", "well", "please"):
        norms = norms[1:]
    if norms[:2] == ("how", "many") and norms[2:3] != ("of",):
        held = any(_has(norms, phrase) for phrase in _HELD)
        return "count" if held and (set(norms) & set(nouns) or scan.mentions) else ""
    compared = any(mention.kind == "comparative" for mention in scan.mentions) or set(norms) & _RANKING
    asks = any(norms[: len(phrase)] == phrase for phrase in _FROM_LIST)
    return "which" if asks and shown and not compared and set(norms) & (_POINTING | set(nouns)) else ""


def list_question(topic: str, scan: Scan, wishes: Sequence[Preference], shown: Sequence[str]) -> ItemQuestion | None:
    """Return the question whose conditions were read as wishes, or None when it names no condition to look up."""
    constraints = tuple(read_conditions(wishes))
    if topic == "which" and not constraints:
        return None
    pointed = [mention for mention in scan.mentions if mention.kind == "reference"]
    ids = tuple(dict.fromkeys(i for mention in pointed for i in mention.item_ids)) or tuple(shown)
    if topic == "count":
        return ItemQuestion(topic="count", constraints=constraints, text=scan.text)
    return ItemQuestion(topic="which", item_ids=ids, constraints=constraints, text=scan.text)


def read_conditions(wishes: Sequence[Preference]) -> list[Constraint]:
    """Return wishes that a question names as the conditions of that question, held by nobody."""
    read = [wish.constraint() for wish in wishes if wish.attribute not in (ITEM, TEXT) and wish.strength >= _SPOKEN]
    return [constraint.model_copy(update={"hard": True}) for constraint in read if constraint is not None]


def asks_for_the_same(norms: Sequence[str]) -> bool:
    """Tell whether the words ask whether items have something in common."""
    return bool(_SAME & set(norms))


def _has(norms: tuple[str, ...], phrase: tuple[str, ...]) -> bool:
    return any(norms[at : at + len(phrase)] == phrase for at in range(len(norms) - len(phrase) + 1))
