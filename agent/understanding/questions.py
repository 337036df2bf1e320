"""Recognise questions about items: facts, comparisons, "why this?", "why not that?"."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from retrieval.types import CatalogSchema

from ..types import ItemQuestion
from .concepts import is_superlative
from .list_questions import asks_for_the_same
from .scan import Mention, Scan
from .text import words

_OPENERS = frozenset(
    "who whos what whats when whens where wheres which how hows is are does do did was were "
    "has have why whose tell compare describe explain".split()
)
_WH = frozenset("who whos when whens where wheres how hows whose".split())
_WHO = frozenset("who whos whose".split())
_YES_NO = frozenset("is are does did was were has".split())
_DESCRIBE = (
    ("tell", "me", "about"),
    ("tell", "me", "more"),
    ("tell", "us", "about"),
    ("more", "about"),
    ("the", "plot"),
    ("the", "story"),
    ("know", "more"),
    ("describe",),
)
_FILLING = frozenset("and its the his her their what about also or then".split())
"""Words beside the name of a fact in a question of two or three words."""
_COMPARE = frozenset("compare comparison difference differences versus vs".split())
_JUDGING = frozenset("better best worse worst".split())
_WHY_NOT = (("why", "not"), ("why", "isnt"), ("why", "wasnt"), ("why", "didnt"), ("why", "dont"), ("why", "arent"))


class QuestionReader:
    """Find the question in a message and the fact it asks for."""

    def __init__(self, schema: CatalogSchema) -> None:
        """Prepare the wordings under which each attribute may be asked for."""
        self._names = frozenset(spec.name for spec in schema.attributes if spec.names)
        self._wordings = sorted(
            (
                (phrase, spec.name)
                for spec in schema.attributes
                for phrase in {words(name) for name in (spec.name, spec.display, *spec.aliases)}
                if phrase
            ),
            key=lambda pair: -len(pair[0]),
        )

    def read(self, scan: Scan, shown: Sequence[str], focus: Sequence[str]) -> ItemQuestion | None:
        """Return the question about items, or None when the message asks for something else."""
        opener = self._opener(scan)
        if opener < 0:
            return self._short(scan, focus)
        end = scan.clause_end(opener)
        norms = scan.norms(opener, end)
        pointed = [m for m in scan.mentions if m.kind in ("title", "reference") and opener <= m.start < end]
        ids = tuple(dict.fromkeys(i for m in pointed for i in m.item_ids))
        text = scan.quote(opener, end)
        held = _asks_held(pointed, opener, norms)
        if held or norms[0] == "have" or norms[:2] == ("did", "you"):
            return ItemQuestion(topic="describe", item_ids=ids, text=text) if held else None
        topic = self._topic(norms, ids, scan, opener, end)
        attribute = self._attribute(scan, opener, end, pointed)
        if norms[0] in _WHO and attribute not in self._names:
            # "Who composed the score" asks for a person, whatever "score" may be the name of.
            attribute = None
        named = next((m for m in scan.mentions if m.kind in ("sense", "name") and opener <= m.start < end), None)
        value = None
        if attribute is None and named is not None and norms[0] in _YES_NO:
            attribute, value = named.attribute, named.value if named.op == "eq" else None
        if topic == "fact" and attribute is not None and asks_for_the_same(norms):
            topic = "same"
            ids = ids if len(ids) > 1 else tuple(dict.fromkeys((*ids, *focus, *shown)))[:2]
        if topic == "compare" and len(ids) < 2:
            ids = tuple(shown)
        if topic == "explain" and not ids:
            ids = tuple(focus or shown[:1])
        if not ids or (topic == "fact" and not self._asks_fact(norms, attribute, pointed)):
            return None
        if topic == "fact" and attribute is None and norms[0] not in _YES_NO | _WH:
            topic = "describe"
        return ItemQuestion(
            topic=topic,
            item_ids=ids,
            attribute=attribute,
            value=value,
            direction=self._direction(scan, opener, end, norms),
            text=text,
        )

    def _short(self, scan: Scan, focus: Sequence[str]) -> ItemQuestion | None:
        """Read "and its rating?": the fact named alone, of the item talked about last."""
        norms = tuple(token.norm for token in scan.tokens)
        said = [norm for norm in norms if norm not in _FILLING]
        asked = scan.text.rstrip().endswith("?") and len(said) < len(norms) and norms[0] in _FILLING
        name = next((name for phrase, name in self._wordings if tuple(said) == phrase), None)
        if not (asked and name and focus):
            return None
        return ItemQuestion(topic="fact", item_ids=tuple(focus), attribute=name, text=scan.text)

    def _opener(self, scan: Scan) -> int:
        """Return the token that opens the question, or -1."""
        starts = [0, *(i for i, token in enumerate(scan.tokens) if i and (token.starts_clause or "," in token.sep))]
        for start in starts:
            at = start
            while at < len(scan.tokens) and scan.tokens[at].norm in (
                "and",
                "so",
                "ok",
                "okay",
                "but",
                "also",
                "can",
                "could",
                "you",
                "please",
                "hmm",
                "well",
                "by",
            ):
                at += 1
            if at < len(scan.tokens) and _may_open(scan, start, at):
                return at
        first = int(scan.norms(0, 1) in (("the",), ("your",)))
        alone = any(m.kind == "comparative" and m.start == first and is_superlative(scan, m) for m in scan.mentions)
        return 0 if alone and any(m.kind == "reference" for m in scan.mentions) else -1

    def _topic(self, norms: tuple[str, ...], ids: tuple[str, ...], scan: Scan, opener: int, end: int) -> str:
        if any(norms[: len(phrase)] == phrase for phrase in _WHY_NOT) and ids:
            return "why_not"
        if norms[0] in ("why", "explain") or norms[:2] == ("how", "come"):
            return "explain"
        superlative = any(m.kind == "comparative" and opener <= m.start < end for m in scan.mentions)
        superlative = superlative or bool(set(norms) & _JUDGING)
        if set(norms) & _COMPARE or (norms[0] == "which" and superlative) or (superlative and len(ids) >= 2):
            return "compare"
        if any(_has(norms, phrase) for phrase in _DESCRIBE) or (norms[0] in ("what", "whats") and norms[-1] == "about"):
            return "describe"
        return "fact"

    def _direction(self, scan: Scan, opener: int, end: int, norms: tuple[str, ...]) -> Literal["", "lower", "higher"]:
        found = next((m for m in scan.mentions if m.kind == "comparative" and opener <= m.start < end), None)
        if found is not None:
            return found.direction
        if set(norms) & _JUDGING:
            return "lower" if set(norms) & {"worse", "worst"} else "higher"
        return ""

    def _attribute(self, scan: Scan, opener: int, end: int, pointed: Sequence[Mention]) -> str | None:
        comparative = next((m for m in scan.mentions if m.kind == "comparative" and opener <= m.start < end), None)
        if comparative is not None:
            return comparative.attribute
        inside = {at for m in pointed for at in range(m.start, m.end)}
        inside |= {at for at in range(max(opener, 1), end) if scan.taken[at] and scan.tokens[at - 1].is_number}  # ages
        norms = tuple("" if at in inside else scan.tokens[at].norm for at in range(opener, end))
        return next((name for phrase, name in self._wordings if _has(norms, phrase)), None)

    def _asks_fact(self, norms: tuple[str, ...], attribute: str | None, pointed: Sequence[Mention]) -> bool:
        """Whether words such as "how about the second?" or "is it violent?" ask about the item pointed at."""
        if norms[:2] in (("do", "you"), ("is", "there"), ("are", "there"), ("what", "should"), ("which", "should")):
            return False
        return bool(pointed) and (
            attribute is not None
            or norms[0] in _YES_NO
            or norms[:2] in (("what", "about"), ("how", "about"), ("what", "is"), ("what", "was"))
            or norms[0] in ("whats", "who", "whos", "where", "when", "how", "tell", "does")
        )


def _may_open(scan: Scan, start: int, at: int) -> bool:
    """Whether token ``at`` opens a question in the part that begins at ``start``: "so was Heat" and "We're" do not."""
    token = scan.tokens[at]
    named = any(m.kind == "title" and m.start <= at < m.end for m in scan.mentions)
    if token.norm not in _OPENERS or named or (token.norm == "were" and token.text.lower() != "were"):
        return False
    plain = "so" in scan.norms(start, at) or "," in scan.tokens[start].sep
    return token.norm not in _YES_NO or not plain or _ends_in_question(scan, scan.clause_end(at))


def _ends_in_question(scan: Scan, end: int) -> bool:
    mark = scan.tokens[end].sep if end < len(scan.tokens) else scan.text[scan.tokens[-1].end :]
    return "?" in mark


def _asks_held(pointed: Sequence[Mention], opener: int, norms: tuple[str, ...]) -> bool:
    """Whether the question is if the catalogue has an item: "do you have Inception?"."""
    asked = norms[:3] in (("do", "you", "have"), ("have", "you", "got"), ("do", "you", "stock"), ("do", "you", "carry"))
    return asked and bool(pointed) and pointed[0].kind == "title" and pointed[0].start == opener + 3


def _has(norms: tuple[str, ...], phrase: tuple[str, ...]) -> bool:
    return any(norms[at : at + len(phrase)] == phrase for at in range(len(norms) - len(phrase) + 1))
