"""Recognise questions for what there is to choose from: "what brands do you have?", "list the genres". Pure."""

from __future__ import annotations

from collections.abc import Sequence

from retrieval.types import CatalogSchema

from .scan import Scan
from .text import singular, words

_FILLING = frozenset("and so ok okay but hmm well please pls hi hello um kinds kind sorts types of".split())
_HOLDING = (
    *(("do", "you", verb) for verb in ("have", "carry", "sell", "stock", "offer", "know")),
    *(("have", "you", "got"), ("you", "have"), ("you", "got"), ("are", "there"), ("is", "there")),
    *(("are", "available"), ("can", "i", "choose"), ("can", "i", "pick"), ("exist",)),
)
_LISTING = (("list",), ("name",), ("show", "me"), ("tell", "me"), ("what", "are"), ("whats",), ("what", "is"))
_ALL = frozenset("all the your of different available possible me".split())
_END = (("you", "have"), ("there", "are"), ("available",), ("please",), ("you", "got"), ("to", "choose", "from"))


class HeldValuesReader:
    """Find the attribute whose values are asked for."""

    def __init__(self, schema: CatalogSchema) -> None:
        """Prepare the names of the attributes that hold labels."""
        self._names = {
            tuple(map(singular, words(name))): spec.name
            for spec in reversed(schema.attributes)
            if spec.kind in ("category", "categories")
            for name in (*spec.aliases, spec.display, spec.name)
        }
        self._longest = max(map(len, self._names), default=0)

    def read(self, scan: Scan) -> str:
        """Return the attribute's name, or an empty string when the message asks for something else."""
        if any(mention.kind in ("title", "reference") for mention in scan.mentions):
            return ""
        norms = [token.norm for token in scan.tokens]
        while norms and norms[0] in _FILLING:
            norms = norms[1:]
        return self._held(norms) or self._listed(norms)

    def _held(self, norms: Sequence[str]) -> str:
        """Read "which brands (of shoes) do you have"."""
        if norms[:1] not in (["what"], ["which"]):
            return ""
        at = 1
        while norms[at : at + 1] and norms[at] in _FILLING:
            at += 1
        name, end = self._attribute(norms, at)
        holds = any(tuple(norms[i : i + len(held)]) == held for i in range(end, len(norms)) for held in _HOLDING)
        return name if holds else ""

    def _listed(self, norms: Sequence[str]) -> str:
        """Read "list all the brands (you have)"."""
        for opening in _LISTING:
            at = len(opening)
            if tuple(norms[:at]) != opening:
                continue
            while norms[at : at + 1] and norms[at] in _ALL:
                at += 1
            name, end = self._attribute(norms, at)
            if name and norms[end - 1].endswith("s") and (end == len(norms) or tuple(norms[end:]) in _END):
                return name
        return ""

    def _attribute(self, norms: Sequence[str], at: int) -> tuple[str, int]:
        for length in range(self._longest, 0, -1):
            name = self._names.get(tuple(map(singular, norms[at : at + length])))
            if name and at + length <= len(norms):
                return name, at + length
        return "", at
