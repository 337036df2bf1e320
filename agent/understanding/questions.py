"""Recognise questions about items: facts, comparisons, "why this?", "why not that?"."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Literal

from retrieval.types import CatalogSchema

from ..types import ItemQuestion
from .concepts import is_superlative
from .list_questions import asks_for_the_same
from .named import asks_held
from .numbers import unit_words
from .openers import YES_NO, ends_in_question, openers
from .scan import Mention, Scan
from .text import plural, singular, words
from .verdicts import enumeration
from .words import NUMBER_WORDS, STOP, TALK

_WH = frozenset("who whos when whens where wheres how hows whose".split())
_INVERTED = frozenset(
    "is are was were do does did will would can could should shall may might has have had isnt wasnt didnt".split()
)
"""Verbs that stand directly behind "when" and "where" in a question."""
_WHO = frozenset("who whos whose".split())
_DESCRIBE = (
    ("tell", "me", "about"),
    ("tell", "me", "more"),
    ("tell", "us", "about"),
    ("more", "about"),
    ("the", "plot"),
    ("the", "story"),
    ("the", "premise"),
    ("the", "synopsis"),
    ("the", "gist"),
    ("the", "deal"),
    ("its", "plot"),
    ("its", "story"),
    ("what", "happens"),
    ("whats", "going", "on"),
    ("what", "goes", "on"),
    ("know", "more"),
    ("what", "happens"),
    ("whats", "happening"),
    ("describe",),
)
_FILLING = frozenset("and its the his her their what about also or then".split())
"""Words beside the name of a fact in a question of two or three words."""
_COMPARE = frozenset("compare comparison difference differences versus vs".split())
_JUDGING = frozenset("better best worse worst".split())
_THERE = (("is", "there"), ("are", "there"))
_A_THING = (("a",), ("an",), ("any",), ("much",), ("some",), ("lots",))
_ANOTHER = frozenset("something anything one ones more other others another else similar like with by".split())
_SOMEBODY = (("anybody",), ("anyone",), ("somebody",), ("someone",))
_ADDING = frozenset("else also exactly actually again".split())
"""Words inside the name of a fact that change nothing about it: "who else is in it"."""
_WHAT_MAKES = (("what", "makes", "you"), ("what", "made", "you"))
_WHY_NOT = (("why", "not"), ("why", "isnt"), ("why", "wasnt"), ("why", "didnt"), ("why", "dont"), ("why", "arent"))


class QuestionReader:
    """Find the question in a message and the fact it asks for."""

    def __init__(self, schema: CatalogSchema) -> None:
        """Prepare the wordings under which each attribute may be asked for."""
        self._names = frozenset(spec.name for spec in schema.attributes if spec.names)
        nouns = (schema.noun, schema.noun_plural, *schema.noun_aliases)
        self._nouns = frozenset(word for noun in nouns for word in words(noun))
        self._wordings = sorted(
            (
                (phrase, spec.name)
                for spec in schema.attributes
                for phrase in (
                    *_numbers_of(words(name) for name in (spec.name, spec.display, *spec.aliases)),
                    *(("how", "many", unit) for unit in unit_words(spec.unit)),
                )
            ),
            key=lambda pair: -len(pair[0]),
        )

    def read(self, scan: Scan, shown: Sequence[str], focus: Sequence[str]) -> ItemQuestion | None:
        """Return the question about items, or None when the message asks for something else."""
        starts = [opener for opener in openers(scan) if not _asks_for_others(scan, opener)]
        found = [q for opener in starts if (q := self._read_at(scan, opener, shown, focus)) is not None]
        if found:
            return _joined(found)
        return self._superlative(scan, shown, focus) or self._short(scan, focus) or self._of_focus(scan, focus)

    def _read_at(self, scan: Scan, opener: int, shown: Sequence[str], focus: Sequence[str]) -> ItemQuestion | None:
        end = scan.clause_end(opener)
        norms = scan.norms(opener, end)
        pointed = [m for m in scan.mentions if m.kind in ("title", "reference") and opener <= m.start < end]
        ahead = "," in scan.tokens[opener].sep or (norms[0] == "which" and opener > 0)
        if not pointed and ahead:
            # "The second, is it long?" and "Alien or Aliens, which is longer?" point before they ask.
            pointed = _pointed_ahead(scan, opener)
        ids = tuple(dict.fromkeys(i for m in pointed for i in m.item_ids))
        text = scan.quote(opener, end)
        held = _asks_held(pointed, opener, norms) or _is_held(scan, pointed, opener)
        if held or norms[0] == "have" or norms[:2] == ("did", "you"):
            return ItemQuestion(topic="describe", item_ids=ids, text=text) if held else None
        topic = self._topic(norms, ids, scan, opener, end)
        attribute = self._attribute(scan, opener, end, pointed)
        if norms[0] in _WHO and attribute not in self._names:
            # "Who composed the score" asks for a person, whatever "score" may be the name of.
            attribute = None
        named = next((m for m in scan.mentions if m.kind in ("sense", "name") and opener <= m.start < end), None)
        value = None
        if named is not None and norms[0] in YES_NO and attribute in (None, named.attribute):
            attribute, value = named.attribute, named.value if named.op == "eq" else None
        if topic == "fact" and attribute is not None and asks_for_the_same(norms):
            topic = "same"
            ids = ids if len(ids) > 1 else tuple(dict.fromkeys((*ids, *focus, *shown)))[:2]
        if topic == "compare" and len(ids) < 2:
            ids = self._compared(scan, opener, end, shown, focus)
        if topic == "explain" and not ids:
            ids = tuple(focus or shown[:1])
        if not ids or (topic == "fact" and not self._asks_fact(norms, attribute, pointed)):
            return None
        told_whole = norms[0] not in YES_NO | _WH and not _asks_for_noun(scan, opener, end)
        if topic == "fact" and attribute is None and told_whole:
            topic = "describe"
        return ItemQuestion(
            topic=topic,
            item_ids=ids,
            attribute=attribute,
            also=self._others(scan, opener, end, pointed, attribute) if topic == "fact" else (),
            value=value,
            direction=self._direction(scan, opener, end, norms),
            text=text,
        )

    def _compared(
        self, scan: Scan, opener: int, end: int, shown: Sequence[str], focus: Sequence[str]
    ) -> tuple[str, ...]:
        """Return what is compared without being named: the two just talked about, for a superlative the whole list."""
        highest = any(
            m.kind == "comparative" and opener <= m.start < end and is_superlative(scan, m) for m in scan.mentions
        )
        return tuple(focus) if len(focus) > (2 if highest and shown else 1) else tuple(shown)

    def _superlative(self, scan: Scan, shown: Sequence[str], focus: Sequence[str]) -> ItemQuestion | None:
        """Read "the shortest of those" and, as a question and alone, "oldest?" and "and the most recent?"."""
        mention = next((m for m in scan.mentions if m.kind == "comparative" and is_superlative(scan, m)), None)
        if mention is None:
            return None
        pointed = [m for m in scan.mentions if m.kind == "reference"]
        first = int(scan.norms(0, 1) in (("the",), ("your",)))
        rest = [*scan.norms(0, mention.start), *scan.norms(mention.end, len(scan.tokens))]
        alone = ends_in_question(scan, len(scan.tokens)) and set(rest) <= _FILLING | {"the", "one", "ones", "is", "of"}
        if not (alone or (pointed and mention.start == first)):
            return None
        ids = tuple(dict.fromkeys(i for m in pointed for i in m.item_ids))
        ids = ids if len(ids) > 1 else self._compared(scan, 0, len(scan.tokens), shown, focus)
        if len(ids) < 2:
            return None
        return ItemQuestion(
            topic="compare",
            item_ids=ids,
            attribute=mention.attribute,
            direction=mention.direction,
            text=scan.text,
        )

    def _short(self, scan: Scan, focus: Sequence[str]) -> ItemQuestion | None:
        """Read "and its rating?", "second. director?": the fact named alone, of the item talked about or pointed at."""
        pointed = [m for m in scan.mentions if m.kind == "reference"]
        ids = tuple(dict.fromkeys(i for m in pointed for i in m.item_ids)) or tuple(focus)
        inside = {at for m in pointed for at in range(m.start, m.end)}
        norms = [token.norm for at, token in enumerate(scan.tokens) if at not in inside]
        said = tuple(norm for norm in norms if norm not in _FILLING)
        name = next((name for phrase, name in self._wordings if said == phrase), None)
        if not (ids and name and ends_in_question(scan, len(scan.tokens))):
            return None
        return ItemQuestion(topic="fact", item_ids=ids, attribute=name, text=scan.text)

    def _of_focus(self, scan: Scan, focus: Sequence[str]) -> ItemQuestion | None:
        """Read "is there a scene after the credits?" behind a question about an item as one more about it."""
        norms = scan.norms(0, len(scan.tokens))
        while norms and norms[0] in ("and", "so", "also", "ok", "but"):
            norms = norms[1:]
        exists = norms[:2] in _THERE and norms[2:3] in _A_THING and ends_in_question(scan, len(scan.tokens))
        elsewhere = bool(scan.mentions) or bool(set(norms) & (self._nouns | _ANOTHER))
        if not exists or elsewhere or len(focus) != 1:
            return None
        return ItemQuestion(topic="fact", item_ids=tuple(focus), text=scan.text)

    def _others(
        self, scan: Scan, opener: int, end: int, pointed: Sequence[Mention], first: str | None
    ) -> tuple[str, ...]:
        """Return what else is asked in the same breath: "when did it come out and how long is it?"."""
        norms = scan.norms(opener, end)
        if first is None or "and" not in norms:
            return ()
        inside = {at for m in pointed for at in range(m.start, m.end)}
        found: list[str] = []
        at = opener
        while at < end:
            fit = next(
                (
                    (len(phrase), name)
                    for phrase, name in self._wordings
                    if scan.norms(at, at + len(phrase)) == phrase and not inside & set(range(at, at + len(phrase)))
                ),
                None,
            )
            if fit:
                found.append(fit[1])
            at += fit[0] if fit else 1
        return tuple(name for name in dict.fromkeys(found) if name != first)

    def _topic(self, norms: tuple[str, ...], ids: tuple[str, ...], scan: Scan, opener: int, end: int) -> str:
        if any(norms[: len(phrase)] == phrase for phrase in _WHY_NOT) and ids:
            return "why_not"
        if norms[0] == "should":
            return "compare" if len(ids) > 1 else "describe"
        if norms[0] in ("why", "explain") or norms[:2] == ("how", "come") or norms[:3] in _WHAT_MAKES:
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
        # Somebody's age, "a ten year old", names no fact.
        inside |= {at for m in scan.mentions if m.kind == "sense" and _counts(scan, m) for at in range(m.start, m.end)}
        inside |= {
            at for at in range(opener, end) if scan.taken[at] and not any(m.start <= at < m.end for m in scan.mentions)
        }
        norms = tuple(
            "" if at in inside else scan.tokens[at].norm
            for at in range(opener, end)
            if scan.tokens[at].norm not in _ADDING
        )
        return next((name for phrase, name in self._wordings if _has(norms, phrase)), None)

    def _asks_fact(self, norms: tuple[str, ...], attribute: str | None, pointed: Sequence[Mention]) -> bool:
        """Whether words such as "how about the second?" or "is it violent?" ask about the item pointed at."""
        if pointed and norms[:2] in _THERE and norms[2:3] in _SOMEBODY:
            return attribute in self._names
        if norms[:2] in (("do", "you"), ("is", "there"), ("are", "there"), ("what", "should"), ("which", "should")):
            return False
        return bool(pointed) and (
            attribute is not None
            or norms[0] in YES_NO
            or norms[:2] in (("what", "about"), ("how", "about"), ("what", "is"), ("what", "was"))
            or norms[0] in ("whats", "who", "whos", "where", "when", "how", "tell", "does")
        )


def _asks_for_others(scan: Scan, opener: int) -> bool:
    """Whether the question at ``opener`` asks for items: "what have they made since?", "... by the same director?"."""
    end = scan.clause_end(opener)
    named = [m for m in scan.mentions if m.kind == "name" and opener <= m.start < end]
    return any({"same", "she", "he", "they"} & set(scan.norms(m.start, m.end)) for m in named)


def _numbers_of(phrases: Iterable[tuple[str, ...]]) -> set[tuple[str, ...]]:
    """Return the phrases as they stand, and with their last word in the singular and in the plural."""
    said = {phrase for phrase in phrases if phrase}
    singulars = {(*phrase[:-1], singular(phrase[-1])) for phrase in said}
    return said | singulars | {(*phrase[:-1], plural(phrase[-1])) for phrase in singulars}


def _pointed_ahead(scan: Scan, opener: int) -> list[Mention]:
    """Return what a question points at before it begins: a place in the list, or two titles to choose between."""
    last = next((m for m in scan.mentions if m.kind in ("title", "reference") and m.end == opener), None)
    if last is None:
        return []
    first, _ = enumeration(scan, last)
    several = [m for m in scan.mentions if m.kind in ("title", "reference") and first.start <= m.start <= last.start]
    return several if last.kind == "reference" or len(several) > 1 else []


def _counts(scan: Scan, mention: Mention) -> bool:
    token = scan.tokens[mention.start]
    return token.is_number or token.norm in NUMBER_WORDS


def asks_elsewhere(scan: Scan, nouns: Collection[str], alias_words: Collection[str]) -> bool:
    """Whether a question is about the world and not about items: "who won the world cup in 2010?".

    Only questions for persons, times and places are told so, when nothing in them is an item, a word for one, a fact of
    one or anything that the catalogue knows but a year.
    """
    opener = next(openers(scan), -1)
    if opener < 0 or scan.tokens[opener].norm not in _WHO | {"when", "whens", "where", "wheres"}:
        return False
    norms = [token.norm for token in scan.tokens[opener:]]
    if norms[0] in ("when", "where") and not set(norms[1:2]) & _INVERTED:
        return False  # "where a king would live" describes something
    content = [norm for norm in norms if norm not in STOP and norm not in TALK and not norm.isdigit()]
    known = any(mention.kind != "number" for mention in scan.mentions) or set(norms) & set(nouns)
    plain = [norm for norm in content if norm not in alias_words]
    return not known and len(plain) > 1


def _joined(questions: Sequence[ItemQuestion]) -> ItemQuestion:
    """Return the first question with the facts that the others ask of the same items."""
    first = questions[0]
    if first.topic != "fact" or first.value is not None or first.attribute is None:
        return first
    more = [q for q in questions[1:] if q.topic == "fact" and q.value is None and q.item_ids == first.item_ids]
    also = dict.fromkeys((*first.also, *(name for q in more for name in (q.attribute, *q.also) if name)))
    return first.model_copy(update={"also": tuple(name for name in also if name != first.attribute)})


def _asks_for_noun(scan: Scan, opener: int, end: int) -> bool:
    """Whether a thing of the item's own is asked for: "what was the budget of it?", "what is its budget?"."""
    norms = scan.norms(opener, end)
    if norms[0] not in ("what", "whats") or len(norms) < 3:
        return False
    owned = next((at for at, norm in enumerate(norms[:4]) if norm in ("the", "its")), -1)
    if owned < 0:
        return False
    behind = next((at for at in range(owned + 1, len(norms)) if norms[at] in ("of", "for", "behind", "in")), len(norms))
    thing = [norm for norm in norms[owned + 1 : behind] if norm not in STOP]
    pointed = any(m.kind in ("title", "reference") and m.start == opener + owned for m in scan.mentions)
    return bool(thing) and not pointed and not any(scan.taken[opener + owned + 1 : opener + behind])


def _is_held(scan: Scan, pointed: Sequence[Mention], opener: int) -> bool:
    """Whether it is asked for by its title: "is Alien on here?"."""
    named = len(pointed) == 1 and pointed[0].kind == "title" and pointed[0].start == opener + 1
    return named and scan.tokens[opener].norm in ("is", "are") and asks_held(scan, pointed[0].end)


def _asks_held(pointed: Sequence[Mention], opener: int, norms: tuple[str, ...]) -> bool:
    """Whether the question is if the catalogue has an item: "do you have Inception?"."""
    asked = norms[:3] in (("do", "you", "have"), ("have", "you", "got"), ("do", "you", "stock"), ("do", "you", "carry"))
    return asked and bool(pointed) and pointed[0].kind == "title" and pointed[0].start == opener + 3


def _has(norms: tuple[str, ...], phrase: tuple[str, ...]) -> bool:
    return any(norms[at : at + len(phrase)] == phrase for at in range(len(norms) - len(phrase) + 1))
