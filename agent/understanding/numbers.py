"""Read numbers with their direction: "before 1995", "under two and a half hours", "critics above 90", "mid-nineties".

Language models of small size get directions wrong ("before 1995" becomes "from 1995"), so numbers are read here, by
code. Each finding says which attribute is meant, by unit, by name or by looking like a year, and what is asked of it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from retrieval.types import AttributeSpec, AttributeValue, CatalogSchema, Op, Value

from .births import is_birth, relation_to_birth
from .directions import NEGATING, direction_of, negated_at
from .quantities import Quantity, decade_at, duration_at, is_money, norms_at, number_at, plain_at, same_unit
from .text import Token, words

_UNIT_IN_MINUTES = {"min": 1.0, "minutes": 1.0, "h": 60.0, "hours": 60.0, "s": 1 / 60, "seconds": 1 / 60}
_UNIT_WORDS = (
    ("min", "mins", "minutes"),
    ("h", "hrs", "hours"),
    ("s", "secs", "seconds"),
    ("km", "kilometres", "kilometers"),
    ("kg", "kilos", "kilograms"),
    ("g", "grams", "grammes"),
    ("cm", "centimetres", "centimeters"),
    ("mm", "millimetres", "millimeters"),
    ("W", "watts"),
)
_YEARS_PER = {"year": 1, "years": 1, "yrs": 1, "decade": 10, "decades": 10}
_FEW = ((("few",), 5.0), (("couple", "of"), 2.0), (("couple",), 2.0), (("several",), 5.0))
_ALLOWED = frozenset({("is", "fine"), ("is", "ok"), ("is", "okay"), ("is", "good"), ("is", "enough"), ("is", "plenty")})
"""Behind a duration these say how long it may take: "two hours is fine"."""
_TIME_AT_HAND = frozenset("have got ive weve".split())
"""Before a duration these say how much time there is: "I have two hours"."""
_BESIDE_TIME_AT_HAND = frozenset("a an like only just about roughly maybe exactly another".split())
_LEADING_ON = frozenset("up right all way on".split())
"""Words before the link of a range: "from the sixties right up to the eighties"."""
_EDGE_OF = frozenset("the end of close".split())
"""Words before the second end of a range: "to the end of the eighties"."""
_FLIP: dict[Op, Op] = {
    "lt": "ge", "ge": "lt", "gt": "le", "le": "gt", "eq": "ne", "between": "outside", "ne": "eq", "outside": "between",
}  # fmt: skip
_REACH = 5
"""How many words an attribute's name may stand away from its number."""


def unit_words(unit: str) -> tuple[str, ...]:
    """Return the words that people have for a unit: "minutes", "mins" and "min" for any of them."""
    return next((spoken for spoken in _UNIT_WORDS if unit in spoken), (unit,) if unit.isalpha() else ())


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

    def find(
        self,
        tokens: Sequence[Token],
        taken: Sequence[bool],
        asked: str | None = None,
        bounded: str | None = None,
        born: Op | None = None,
    ) -> list[NumberMention]:
        """Return all conditions in ``tokens`` that are not taken.

        Args:
            tokens: the message.
            taken: which tokens have another meaning.
            asked: the attribute just asked about, which a bare number answers.
            bounded: the attribute last bounded, of which a number with a direction speaks: "under 100 then".
            born: how a wish in force lies to a year of birth, which another such year corrects: "no, she's from 1986".
        """
        found: list[NumberMention] = []
        at = 0
        while at < len(tokens):
            quantity = None if taken[at] else self._quantity(tokens, at)
            mention = self._mention(tokens, quantity, asked, bounded, born) if quantity else None
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
        if negation := negated_at(tokens, start):
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

    def _mention(
        self, tokens: Sequence[Token], quantity: Quantity, asked: str | None, bounded: str | None, born: Op | None
    ) -> NumberMention | None:
        if _is_age(tokens, quantity.end) or norms_at(tokens, quantity.end, 1) == ["times"]:
            return None
        if self._year is not None and quantity.kind == "year" and is_birth(tokens, quantity.start):
            return _from_birth(tokens, quantity, self._year, born)
        second = self._range_end(tokens, quantity)
        first, last = same_unit(quantity, second) if second else (quantity, quantity)
        op, start, end, around = direction_of(tokens, first.start, last.end)
        if op is None and first.kind == "duration" and tuple(norms_at(tokens, end, 2)) in _ALLOWED:
            op, end = "le", end + 2
        at_hand = start
        while at_hand and tokens[at_hand - 1].norm in _BESIDE_TIME_AT_HAND and not tokens[at_hand].starts_clause:
            at_hand -= 1
        if op is None and first.kind == "duration" and _ends_with_any(tokens, at_hand, _TIME_AT_HAND):
            op, start = "le", at_hand - 1
        directed = op is not None or second is not None
        spec = self._attribute(tokens, first, start, end, asked or (bounded if directed else None), directed=directed)
        if spec is None or (op is None and self._is_pronoun(tokens, quantity, spec)):
            return None
        op, value, around = _condition(spec, first, last, op, around, ranged=second is not None)
        if op in ("lt", "gt") and spec is self._year and _cue_is(tokens, start, first.start, "younger"):
            op = "gt"
        if negation := negated_at(tokens, start):
            averse = tokens[negation - 1].norm not in NEGATING
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
        at = first.end
        while tokens[at].norm in _LEADING_ON and at + 1 < len(tokens) and not tokens[at].sep.strip():
            at += 1
        link = tokens[at]
        dash = any(mark in link.sep for mark in "-–—")
        at += not dash
        if not dash and link.norm not in ("to", "and", "through", "until", "till"):
            return None
        if link.norm == "and" and not (first.start and tokens[first.start - 1].norm == "between"):
            before = [token.norm for token in tokens[max(0, first.start - 3) : first.start]]
            if "between" not in before:
                return None
        if at >= len(tokens):
            return None
        while at + 1 < len(tokens) and tokens[at].norm in _EDGE_OF:
            at += 1
        second = self._quantity(tokens, at)
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
            return next((spec for spec in self._numeric if is_money(spec.unit)), None)
        if quantity.kind == "percent":
            return next((spec for spec in self._numeric if "%" in spec.unit), None)
        if asked:
            return next((spec for spec in self._numeric if spec.name == asked), None)
        # "Shoes under 100" speaks of the price where there is one.
        return next((spec for spec in self._numeric if _is_price(spec)), None) if directed else None

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


def _is_price(spec: AttributeSpec) -> bool:
    return is_money(spec.unit) and "cheaper" in spec.comparatives


def _is_year(spec: AttributeSpec) -> bool:
    names = {spec.name, *spec.aliases}
    return spec.kind == "date" or "year" in names or "release year" in names


def _ends_with_any(tokens: Sequence[Token], at: int, choices: frozenset[str]) -> bool:
    return at > 0 and tokens[at - 1].norm in choices


def _cue_is(tokens: Sequence[Token], start: int, end: int, word: str) -> bool:
    return any(token.norm == word for token in tokens[start:end])


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


def _from_birth(
    tokens: Sequence[Token], quantity: Quantity, year: AttributeSpec, held: Op | None
) -> NumberMention | None:
    """Return the condition that a year of birth stands for; none when it only says how old somebody is."""
    op = relation_to_birth(tokens) or held
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
