"""Read numbers with their direction: "before 1995", "under two and a half hours", "critics above 90", "mid-nineties".

Language models of small size get directions wrong ("before 1995" becomes "from 1995"), so numbers are read here, by
code. Each finding says which attribute is meant, by unit, by name or by looking like a year, and what is asked of it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from retrieval.types import AttributeSpec, AttributeValue, CatalogSchema, Op, Value

from .births import is_birth, relation_to_birth
from .quantities import Quantity, decade_at, duration_at, norms_at, number_at, plain_at, same_unit
from .text import Token, words

_UNIT_IN_MINUTES = {"min": 1.0, "minutes": 1.0, "h": 60.0, "hours": 60.0, "s": 1 / 60, "seconds": 1 / 60}
_YEARS_PER = {"year": 1, "years": 1, "yrs": 1, "decade": 10, "decades": 10}
_FEW = ((("few",), 5.0), (("couple", "of"), 2.0), (("couple",), 2.0), (("several",), 5.0))
_BEFORE: dict[Op, tuple[str, ...]] = {
    "le": (
        "at most", "up to", "no more than", "not more than", "no longer than", "not longer than", "no later than",
        "not later than", "maximum of", "maximum", "max", "until", "up until", "through", "within",
        "not exceeding", "no greater than",
        "no higher than", "a maximum of", "no newer than", "not newer than", "capped at",
    ),
    "ge": (
        "at least", "no less than", "not less than", "no fewer than", "not fewer than", "minimum of", "minimum",
        "a minimum of",
        "since", "no older than", "not older than", "no earlier than", "not earlier than", "no shorter than",
        "not shorter than",
        "no lower than", "starting in", "starting from", "starting",
    ),
    "lt": (
        "under", "below", "less than", "fewer than", "shorter than", "before", "earlier than", "prior to", "pre",
        "lower than",
        "smaller than", "cheaper than", "older than", "sub",
    ),
    "gt": (
        "over", "above", "more than", "longer than", "greater than", "after", "later than", "newer than", "post",
        "higher than",
        "exceeding", "past", "beyond", "more recent than", "bigger than", "younger than", "upwards of", "better than",
    ),
    "eq": ("exactly", "precisely"),
}  # fmt: skip
_AFTER: dict[Op, tuple[str, ...]] = {
    "le": (
        "or less", "or under", "or shorter", "or fewer", "or below", "or earlier", "or before", "or older",
        "or lower", "max",
        "maximum", "at most", "tops", "and no more", "and not more", "and no longer", "and not longer", "no more",
        "not more", "and not a second more", "and not a minute more", "and not a second longer",
        "and not a minute longer", "not a second more", "not a minute more", "not a minute longer",
        "and below", "and under", "and earlier", "and older", "at the most",
    ),
    "ge": (
        "or more", "or over", "or longer", "or above", "or higher", "or later", "or after", "or newer",
        "or better", "plus",
        "and up", "and above", "and over", "and later", "and newer", "and onwards", "and after", "onwards",
        "onward", "on", "or so and up",
        "minimum", "at least", "upwards", "and more",
    ),
}  # fmt: skip
_SIGNS: tuple[tuple[str, Op], ...] = (
    ("<=", "le"), (">=", "ge"), ("=<", "le"), ("=>", "ge"), ("≤", "le"), ("≥", "ge"), ("<", "lt"), (">", "gt"),
)  # fmt: skip
"""Signs directly before a number."""
_AROUND = ("around", "about", "circa", "roughly", "approximately", "ca", "near", "close to", "or so", "ish")
_ALLOWED = frozenset({("is", "fine"), ("is", "ok"), ("is", "okay"), ("is", "good"), ("is", "enough"), ("is", "plenty")})
"""Behind a duration these say how long it may take: "two hours is fine"."""
_TIME_AT_HAND = frozenset("have got ive weve".split())
"""Before a duration these say how much time there is: "I have two hours"."""
_TIRING = frozenset("asleep bored restless sleepy fidgety impatient interest".split())
"""Words before a bound that say what happens beyond it: "falls asleep if it's over two hours"."""
_NEGATING = _TIRING | frozenset(
    "not no nothing never dont doesnt didnt isnt arent none without avoid cant cannot couldnt wont wouldnt aint nor "
    "neither hate hates hated dislike dislikes refuse refuses".split()
)
"""Words before a bound that turn it round."""
_BETWEEN_NEGATION_AND_CUE = frozenset(
    "anything be it want made released from films film movies movie one ones thing things run "
    "running too much that is are "
    "something any of the a an go longer shorter if when whenever once because its theyre runs lasts goes sit "
    "through to watch see very easily on for bear abide face tolerate take handle endure stomach".split()
)
_CLAUSE_OPENERS = frozenset("but because so then except though although while something i we".split())
_FLIP: dict[Op, Op] = {
    "lt": "ge", "ge": "lt", "gt": "le", "le": "gt", "eq": "ne", "between": "outside", "ne": "eq", "outside": "between",
}  # fmt: skip
_SKIPPED_BEFORE = frozenset("the a an year years of score rating length runtime in 's".split())
_FARTHEST_NEGATION = 8
"""Most words between a negation and the alternative that it reaches by "or": "no black and white or before 1980"."""
_VERB_PHRASE = 4
"""Most words from "that" to the direction of a number: "nothing that drags on and on past two hours"."""
_REACH = 5
"""How many words an attribute's name may stand away from its number."""


class NumberMention(Value):
    """One condition on a number, with the tokens it was read from."""

    start: int
    end: int
    attribute: str
    op: Op
    value: AttributeValue
    approximate: bool = False


class NumberReader:
    """Find conditions on the numeric attributes of one schema."""

    def __init__(self, schema: CatalogSchema, newest: Callable[[], int | None] = lambda: None) -> None:
        """Prepare the names under which each numeric attribute may be mentioned.

        Args:
            schema: the catalogue's attributes.
            newest: returns the newest year in the catalogue, from which "the last ten years" counts back.
        """
        self._newest = newest
        self._numeric = [spec for spec in schema.attributes if spec.kind in ("number", "date")]
        self._year = next((spec for spec in self._numeric if _is_year(spec)), None)
        self._duration = next((spec for spec in self._numeric if spec.unit in _UNIT_IN_MINUTES), None)
        self._names = {
            spec.name: [phrase for phrase in (words(n) for n in (spec.name, spec.display, *spec.aliases)) if phrase]
            for spec in self._numeric
        }

    def find(self, tokens: Sequence[Token], taken: Sequence[bool], asked: str | None = None) -> list[NumberMention]:
        """Return all conditions in ``tokens`` that are not taken; ``asked`` names the attribute just asked about."""
        found: list[NumberMention] = []
        at = 0
        while at < len(tokens):
            quantity = None if taken[at] else self._quantity(tokens, at)
            mention = self._mention(tokens, quantity, asked) if quantity else None
            if not taken[at] and (recent := self._recent(tokens, at)):
                mention = recent
            if mention:
                found.append(mention)
                at = mention.end
            else:
                at = quantity.end if quantity else at + 1
        return found

    @property
    def year(self) -> str:
        """Name of the attribute that says from when an item is; empty when there is none."""
        return self._year.name if self._year else ""

    def _recent(self, tokens: Sequence[Token], at: int) -> NumberMention | None:
        """Read "the last ten years", "the past few years", counted back from the newest year in the catalogue.

        It is not counted back from today, which would leave nothing of a catalogue that has not been added to for long.
        """
        if self._year is None or tokens[at].norm not in ("last", "past"):
            return None
        number, end = number_at(tokens, at + 1)
        if number is None:
            number, end = next(
                ((n, at + 1 + len(few)) for few, n in _FEW if tuple(norms_at(tokens, at + 1, len(few))) == few),
                (1.0, at + 1),
            )
        per = _YEARS_PER.get(tokens[end].norm) if end < len(tokens) else None
        newest = self._newest() if per and not (end == at + 1 and per == 1) else None
        if per is None or newest is None:
            return None
        op: Op = "ge"
        start = at - 1 if at and tokens[at - 1].norm == "the" else at
        if negation := _negated_at(tokens, start):
            op, start = _FLIP[op], negation - 1
        value = _typed(self._year, op, float(newest - int(number * per)))
        return NumberMention(start=start, end=end + 1, attribute=self._year.name, op=op, value=value)

    def _quantity(self, tokens: Sequence[Token], at: int) -> Quantity | None:
        return (
            self._decade(tokens, at)
            or (self._clock(tokens, at) if self._duration else None)
            or plain_at(tokens, at, year=self._year is not None)
        )

    def _decade(self, tokens: Sequence[Token], at: int) -> Quantity | None:
        if self._year is None:
            return None
        start, part = at, ""
        if tokens[at].norm in ("early", "mid", "middle", "late") and at + 1 < len(tokens):
            part, at = tokens[at].norm, at + 1
            while at < len(tokens) and tokens[at].norm in ("the", "of", "to"):
                at += 1
        decade, end = decade_at(tokens, at)
        if decade is None:
            return None
        low, high = {"early": (0, 3), "mid": (4, 6), "middle": (4, 6), "late": (7, 9)}.get(part, (0, 9))
        return Quantity(low=decade + low, high=decade + high, kind="decade", start=start, end=end)

    def _clock(self, tokens: Sequence[Token], at: int) -> Quantity | None:
        minutes, end = duration_at(tokens, at)
        if minutes is None:
            return None
        return Quantity(low=minutes, high=minutes, kind="duration", start=at, end=end)

    def _mention(self, tokens: Sequence[Token], quantity: Quantity, asked: str | None) -> NumberMention | None:
        if _is_age(tokens, quantity.end):
            return None
        if self._year is not None and quantity.kind == "year" and is_birth(tokens, quantity.start):
            return _from_birth(tokens, quantity, self._year)
        second = self._range_end(tokens, quantity)
        first, last = same_unit(quantity, second) if second else (quantity, quantity)
        op, start, end, around = _direction(tokens, first.start, last.end)
        if op is None and first.kind == "duration" and tuple(norms_at(tokens, end, 2)) in _ALLOWED:
            op, end = "le", end + 2
        at_hand = start - (start > 0 and tokens[start - 1].norm in ("a", "an"))
        if op is None and first.kind == "duration" and _ends_with_any(tokens, at_hand, _TIME_AT_HAND):
            op, start = "le", at_hand - 1
        spec = self._attribute(tokens, first, start, end, asked, directed=op is not None or second is not None)
        if spec is None or (op is None and self._is_pronoun(tokens, quantity, spec)):
            return None
        op, value, around = _condition(spec, first, last, op, around, ranged=second is not None)
        if op in ("lt", "gt") and spec is self._year and _cue_is(tokens, start, first.start, "younger"):
            op = "gt"
        if negation := _negated_at(tokens, start):
            averse = tokens[negation - 1].norm in _TIRING
            op, start = _FLIP.get(op, op), start if averse else negation - 1
        return NumberMention(
            start=start, end=end, attribute=spec.name, op=op, value=_typed(spec, op, value), approximate=around
        )

    def _is_pronoun(self, tokens: Sequence[Token], quantity: Quantity, spec: AttributeSpec) -> bool:
        """Whether "one" stands for an item: it counts something only directly before what it counts."""
        if tokens[quantity.start].norm != "one" or quantity.end - quantity.start > 1:
            return False
        return not any(tuple(norms_at(tokens, quantity.end, len(name))) == name for name in self._names[spec.name])

    def _range_end(self, tokens: Sequence[Token], first: Quantity) -> Quantity | None:
        if first.end >= len(tokens):
            return None
        link = tokens[first.end]
        dash = any(mark in link.sep for mark in "-–—")
        at = first.end if dash else first.end + 1
        if not dash and link.norm not in ("to", "and", "through", "until", "till"):
            return None
        if link.norm == "and" and not (first.start and tokens[first.start - 1].norm == "between"):
            before = [token.norm for token in tokens[max(0, first.start - 3) : first.start]]
            if "between" not in before:
                return None
        if at >= len(tokens):
            return None
        second = self._quantity(tokens, at + (tokens[at].norm == "the"))
        if second is None or (second.high < first.low and second.kind == first.kind):
            return None
        return second

    def _attribute(
        self, tokens: Sequence[Token], quantity: Quantity, start: int, end: int, asked: str | None, *, directed: bool
    ) -> AttributeSpec | None:
        if quantity.kind == "duration":
            return self._duration
        if quantity.kind == "decade":
            return self._year
        named = self._named_near(tokens, start, end)
        if named is not None:
            return named
        if quantity.kind == "year":
            return self._year
        if quantity.kind == "money":
            return next((spec for spec in self._numeric if "$" in spec.unit or "usd" in spec.unit.lower()), None)
        if quantity.kind == "percent":
            return next((spec for spec in self._numeric if "%" in spec.unit), None)
        return next((spec for spec in self._numeric if spec.name == asked), None) if asked or directed else None

    def _is_counted(self, tokens: Sequence[Token], at: int) -> bool:
        """Whether the name at ``at`` belongs to the number directly before it: "three Oscars, made between ..."."""
        number, end = number_at(tokens, at - 1) if at else (None, at)
        return number is not None and end == at and not tokens[at].sep

    def _named_near(self, tokens: Sequence[Token], start: int, end: int) -> AttributeSpec | None:
        best: tuple[int, AttributeSpec] | None = None
        low = max(0, start - _REACH)
        high = min(len(tokens), end + _REACH)
        norms = [token.norm for token in tokens]
        for spec in self._numeric:
            for name in self._names[spec.name]:
                for at in range(low, high - len(name) + 1):
                    if tuple(norms[at : at + len(name)]) != name:
                        continue
                    distance = start - (at + len(name)) if at < start else at - end
                    if _clause_between(tokens, min(at, start), max(at, end - 1)):
                        continue
                    if at < start and self._is_counted(tokens, at):
                        continue
                    if best is None or (distance, -len(name)) < (best[0], 0):
                        best = (distance, spec)
        return best[1] if best else None


def _is_year(spec: AttributeSpec) -> bool:
    names = {spec.name, *spec.aliases}
    return spec.kind == "date" or "year" in names or "release year" in names


def _direction(tokens: Sequence[Token], start: int, end: int) -> tuple[Op | None, int, int, bool]:
    """Return (op or None, start, end, around) after reading the words beside a quantity."""
    after_op, after_end = _match_after(tokens, end)
    at = start
    while at and tokens[at - 1].norm in _SKIPPED_BEFORE and not tokens[at].starts_clause:
        at -= 1
    around = False
    for cue in _AROUND:
        parts = tuple(cue.split())
        if _ends_with(tokens, at, parts):
            around, at = True, at - len(parts)
            break
        if tuple(norms_at(tokens, end, len(parts))) == parts and cue in ("or so", "ish"):
            around, end = True, end + len(parts)
            break
    sign = next((op for mark, op in _SIGNS if tokens[start].sep.endswith(mark)), None)
    if sign is not None:
        return sign, start, end, around
    for op, length in _cues_before(tokens, at):
        return op, at - length, end, around
    if after_op:
        return after_op, start, after_end, around
    return None, at if around else start, end, around


def _cues_before(tokens: Sequence[Token], at: int) -> list[tuple[Op, int]]:
    found = [
        (op, len(cue.split()))
        for op, cues in _BEFORE.items()
        for cue in cues
        if _ends_with(tokens, at, tuple(cue.split()))
    ]
    return sorted(found, key=lambda pair: -pair[1])[:1]


def _match_after(tokens: Sequence[Token], end: int) -> tuple[Op | None, int]:
    if end < len(tokens) and tokens[end].starts_clause:
        return None, end
    best: tuple[Op | None, int] = (None, end)
    for op, cues in _AFTER.items():
        for cue in cues:
            parts = cue.split()
            if parts == ["on"] and not _ends_clause(tokens, end):
                continue
            if _begins_another(tokens, end, end + len(parts)):
                continue
            if norms_at(tokens, end, len(parts)) == parts and end + len(parts) > best[1]:
                best = (op, end + len(parts))
    plus_behind = tokens[end - 1].tail.startswith("+")
    plus_inside = end - 1 > 0 and tokens[end - 1].sep == "+"
    return ("ge", end) if best[0] is None and (plus_behind or plus_inside) else best


def _begins_another(tokens: Sequence[Token], start: int, end: int) -> bool:
    """Whether a direction behind a comma belongs to the number behind it: "the 70s, at least two hours"."""
    if end >= len(tokens) or "," not in tokens[start].sep:
        return False
    return number_at(tokens, end)[0] is not None or tokens[end].norm in ("a", "an", "half")


def _ends_clause(tokens: Sequence[Token], at: int) -> bool:
    """Whether a sentence or a part of it ends behind token ``at``: "from 1990 on", not "two hours on a plane"."""
    return at + 1 >= len(tokens) or bool(tokens[at + 1].sep) or tokens[at + 1].norm in ("but", "and", "please")


def _ends_with(tokens: Sequence[Token], at: int, phrase: tuple[str, ...]) -> bool:
    """Whether a phrase ends before token ``at``; "less then" is a common slip for "less than"."""
    if at < len(phrase):
        return False
    said = tuple(norms_at(tokens, at - len(phrase), len(phrase)))
    return said == phrase or (phrase[-1] == "than" and said == (*phrase[:-1], "then"))


def _ends_with_any(tokens: Sequence[Token], at: int, choices: frozenset[str]) -> bool:
    return at > 0 and tokens[at - 1].norm in choices


def _cue_is(tokens: Sequence[Token], start: int, end: int, word: str) -> bool:
    return any(token.norm == word for token in tokens[start:end])


def _negated_at(tokens: Sequence[Token], start: int) -> int:
    """Return one more than the index of a negator that governs the cue at ``start``, or 0."""
    if start > 1 and tokens[start - 1].norm in ("or", "nor") and not tokens[start].sep:
        return _negated_before_or(tokens, start - 1)
    at = _relative_before(tokens, start) - 1
    while (
        at >= 0
        and tokens[at].norm in _BETWEEN_NEGATION_AND_CUE
        and not tokens[at + 1].starts_clause
        and "," not in tokens[at + 1].sep
    ):
        at -= 1
    if norms_at(tokens, at - 1, 2) in (["anything", "but"], ["everything", "but"], ["anyone", "but"]) and at > 0:
        return at + 1
    if at >= 0 and tokens[at].norm in _NEGATING and "," not in tokens[at + 1].sep and not tokens[at + 1].starts_clause:
        return at + 1
    return 0


def _negated_before_or(tokens: Sequence[Token], at: int) -> int:
    """Return one more than the index of the negator of the clause whose alternatives are joined by the "or" at ``at``.

    The clause ends at a comma, a sentence mark or a word that opens another, and a bound that stands in it has its own
    negation: "not over two hours or under one" is read at each bound.
    """
    for place in range(at - 1, max(-1, at - 1 - _FARTHEST_NEGATION), -1):
        if tokens[place + 1].starts_clause or "," in tokens[place + 1].sep or tokens[place].norm in _CLAUSE_OPENERS:
            return 0
        if tokens[place].norm in _NEGATING - _TIRING:
            return place + 1
    return 0


def _relative_before(tokens: Sequence[Token], start: int) -> int:
    """Return where the relative clause begins whose verb stands before ``start`` ("that drags on past"), or it."""
    for at in range(start - 1, max(-1, start - 1 - _VERB_PHRASE), -1):
        if (tokens[at + 1].sep if at + 1 < len(tokens) else "") or tokens[at].norm in _NEGATING:
            return start
        if tokens[at].norm in _NEGATING:
            return start
        if tokens[at].norm in ("that", "which", "who"):
            return at
    return start


def _clause_between(tokens: Sequence[Token], low: int, high: int) -> bool:
    """Whether a new part begins between two tokens; a comma before "let's say" or "say" opens none."""
    between = list(enumerate(tokens[low + 1 : high + 1], start=low + 1))
    return any(
        token.starts_clause
        or token.norm == "but"
        or ("," in token.sep and token.norm not in ("say", "like") and norms_at(tokens, at, 2) != ["lets", "say"])
        for at, token in between
    )


def _is_age(tokens: Sequence[Token], end: int) -> bool:
    following = norms_at(tokens, end, 2)
    return following in (["year", "old"], ["years", "old"], ["year", "olds"], ["yr", "old"])


def _from_birth(tokens: Sequence[Token], quantity: Quantity, year: AttributeSpec) -> NumberMention | None:
    """Return the condition that a year of birth stands for; none when it only says how old somebody is."""
    op = relation_to_birth(tokens)
    if op is None:
        return None
    return NumberMention(
        start=quantity.start, end=quantity.end, attribute=year.name, op=op, value=_typed(year, op, quantity.low)
    )


def _condition(
    spec: AttributeSpec, first: Quantity, last: Quantity, op: Op | None, around: bool, *, ranged: bool
) -> tuple[Op, tuple[float, float] | float, bool]:
    """Return (op, value, approximate) for a quantity or range of one attribute, in the attribute's own unit."""
    scale = 1 / _UNIT_IN_MINUTES[spec.unit] if first.kind == "duration" and spec.unit in _UNIT_IN_MINUTES else 1.0
    low, high = first.low * scale, last.high * scale
    if ranged and op is None:
        return "between", (low, high), around
    if op in ("lt", "ge"):
        return op, low, around
    if op in ("gt", "le"):
        return op, high, around
    if first.kind == "decade":
        slack = 3.0 if around else 0.0
        return "between", (low - slack, high + slack), around
    if op == "eq" or (first.kind == "year" and not around):
        return "eq", low, False
    if around or first.kind == "duration":
        slack = (
            2.0 if first.kind == "year" else (10.0 * scale if first.kind == "duration" else round(abs(low) * 0.1, 6))
        )
        return "between", (low - slack, low + slack), True
    return "ge", low, False


def _typed(spec: AttributeSpec, op: Op, value: tuple[float, float] | float) -> AttributeValue:
    if isinstance(value, tuple):
        return (float(value[0]), float(value[1]))
    if spec.kind == "date":
        return f"{int(value):04d}-12-31" if op in ("gt", "le") else f"{int(value):04d}-01-01"
    return int(value) if float(value).is_integer() else value
