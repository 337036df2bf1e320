"""Read numbers with their direction: "before 1995", "under two and a half hours", "critics above 90", "mid-nineties".

Language models of small size get directions wrong ("before 1995" becomes "from 1995"), so numbers are read here, by
code. Each finding says which attribute is meant, by unit, by name or by looking like a year, and what is asked of it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rapidfuzz.distance import OSA

from retrieval.types import AttributeSpec, AttributeValue, CatalogSchema, Op, Value

from .text import Token, words
from .words import DECADE_WORDS, NUMBER_WORDS, STOP

_MINUTES_PER = {"minute": 1.0, "min": 1.0, "m": 1.0, "hour": 60.0, "hr": 60.0, "h": 60.0}
_UNIT_IN_MINUTES = {"min": 1.0, "minutes": 1.0, "h": 60.0, "hours": 60.0, "s": 1 / 60, "seconds": 1 / 60}
_YEARS_PER = {"year": 1, "years": 1, "yrs": 1, "decade": 10, "decades": 10}
_FEW = ((("few",), 5.0), (("couple", "of"), 2.0), (("couple",), 2.0), (("several",), 5.0))
_MULTIPLIERS = {"thousand": 1e3, "k": 1e3, "million": 1e6, "mio": 1e6, "m": 1e6, "billion": 1e9, "bn": 1e9}
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
        "maximum", "at most", "tops", "and below", "and under", "and earlier", "and older", "at the most",
    ),
    "ge": (
        "or more", "or over", "or longer", "or above", "or higher", "or later", "or after", "or newer",
        "or better", "plus",
        "and up", "and above", "and over", "and later", "and newer", "and onwards", "and after", "onwards",
        "onward", "on", "or so and up",
        "minimum", "at least", "upwards", "and more",
    ),
}  # fmt: skip
_AROUND = ("around", "about", "circa", "roughly", "approximately", "ca", "near", "close to", "or so", "ish")
_ALLOWED = frozenset({("is", "fine"), ("is", "ok"), ("is", "okay"), ("is", "good"), ("is", "enough"), ("is", "plenty")})
"""Behind a duration these say how long it may take: "two hours is fine"."""
_TIME_AT_HAND = frozenset("have got ive weve".split())
"""Before a duration these say how much time there is: "I have two hours"."""
_TIRING = frozenset("asleep bored restless sleepy fidgety impatient interest".split())
"""Words before a bound that say what happens beyond it: "falls asleep if it's over two hours"."""
_NEGATING = _TIRING | frozenset(
    "not no nothing never dont isnt none without avoid cant wont hate hates hated dislike dislikes refuse "
    "refuses".split()
)
"""Words before a bound that turn it round."""
_BETWEEN_NEGATION_AND_CUE = frozenset(
    "anything be it want made released from films film movies movie one ones thing things run "
    "running too much that is are "
    "something any of the a an go longer shorter if when whenever once because its theyre runs lasts goes sit "
    "through to watch see very easily on for".split()
)
_FLIP: dict[Op, Op] = {
    "lt": "ge", "ge": "lt", "gt": "le", "le": "gt", "eq": "ne", "between": "outside", "ne": "eq", "outside": "between",
}  # fmt: skip
_SKIPPED_BEFORE = frozenset("the a an year years of score rating length runtime in 's".split())
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


class Quantity(Value):
    """A number as written: a point or, for a decade, a span of years."""

    low: float
    high: float
    kind: str
    """``duration`` (in minutes), ``year``, ``decade``, ``money``, ``percent`` or ``plain``."""
    start: int
    end: int


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
        number, end = _number_at(tokens, at + 1)
        if number is None:
            number, end = next(
                ((n, at + 1 + len(few)) for few, n in _FEW if tuple(_norms(tokens, at + 1, len(few))) == few),
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
            or _plain(tokens, at, year=self._year is not None)
        )

    def _decade(self, tokens: Sequence[Token], at: int) -> Quantity | None:
        if self._year is None:
            return None
        start, part = at, ""
        if tokens[at].norm in ("early", "mid", "middle", "late") and at + 1 < len(tokens):
            part, at = tokens[at].norm, at + 1
            while at < len(tokens) and tokens[at].norm in ("the", "of", "to"):
                at += 1
        decade, end = _decade_at(tokens, at)
        if decade is None:
            return None
        low, high = {"early": (0, 3), "mid": (4, 6), "middle": (4, 6), "late": (7, 9)}.get(part, (0, 9))
        return Quantity(low=decade + low, high=decade + high, kind="decade", start=start, end=end)

    def _clock(self, tokens: Sequence[Token], at: int) -> Quantity | None:
        minutes, end = _duration_at(tokens, at)
        if minutes is None:
            return None
        return Quantity(low=minutes, high=minutes, kind="duration", start=at, end=end)

    def _mention(self, tokens: Sequence[Token], quantity: Quantity, asked: str | None) -> NumberMention | None:
        if _is_age(tokens, quantity.end):
            return None
        second = self._range_end(tokens, quantity)
        first, last = _same_unit(quantity, second) if second else (quantity, quantity)
        op, start, end, around = _direction(tokens, first.start, last.end)
        if op is None and first.kind == "duration" and tuple(_norms(tokens, end, 2)) in _ALLOWED:
            op, end = "le", end + 2
        if op is None and first.kind == "duration" and _ends_with_any(tokens, start, _TIME_AT_HAND):
            op, start = "le", start - 1
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
        return not any(tuple(_norms(tokens, quantity.end, len(name))) == name for name in self._names[spec.name])

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
                    if best is None or (distance, -len(name)) < (best[0], 0):
                        best = (distance, spec)
        return best[1] if best else None


def _is_year(spec: AttributeSpec) -> bool:
    names = {spec.name, *spec.aliases}
    return spec.kind == "date" or "year" in names or "release year" in names


def _decade_at(tokens: Sequence[Token], at: int) -> tuple[int | None, int]:
    """Return (first year of the decade, end) for "1990s", "90s", "nineties", or (None, at)."""
    if at >= len(tokens):
        return None, at
    norm = tokens[at].norm
    if norm in DECADE_WORDS:
        return _century(DECADE_WORDS[norm]), at + 1
    if len(norm) > 5 and norm.endswith("ies"):
        near = next((word for word in DECADE_WORDS if OSA.distance(word, norm) == 1), None)
        if near is not None:
            return _century(DECADE_WORDS[near]), at + 1
    if norm.isdigit() and len(norm) in (2, 4) and norm.endswith("0"):
        follows = at + 1 < len(tokens) and tokens[at + 1].norm == "s" and tokens[at + 1].sep in ("", "'", "’")
        if follows:
            number = int(norm)
            return (number if number >= 1000 else _century(number)), at + 2
    return None, at


def _century(two_digits: int) -> int:
    """Return the year of a two-digit decade; 00 and 10 are this century, the rest the last."""
    return (2000 if two_digits < 20 else 1900) + two_digits


def _duration_at(tokens: Sequence[Token], at: int) -> tuple[float | None, int]:
    """Return (minutes, end) for "two and a half hours", "1h30", "an hour and a half", "95 min", or (None, at)."""
    number, end = _number_at(tokens, at)
    if number is None and tokens[at].norm in ("a", "an", "half"):
        number, end = (0.5 if tokens[at].norm == "half" else 1.0), at + 1
        if tokens[at].norm == "half" and end < len(tokens) and tokens[end].norm == "an":
            end += 1
    if number is None:
        return None, at
    if _norms(tokens, end, 3) == ["and", "a", "half"]:
        number, end = number + 0.5, end + 3
    per = _MINUTES_PER.get(tokens[end].norm.rstrip("s") or "s") if end < len(tokens) else None
    if per is None or (tokens[end].norm == "m" and tokens[end].sep) or tokens[end].sep.strip("+-"):
        return None, at
    minutes, end = number * per, end + 1
    return _odd_minutes(tokens, end, minutes) if per == 60.0 else (minutes, end)


def _odd_minutes(tokens: Sequence[Token], end: int, minutes: float) -> tuple[float, int]:
    """Add what follows the hours: "and a half", "30", "and 20 minutes"."""
    if _norms(tokens, end, 3) == ["and", "a", "half"]:
        return minutes + 30.0, end + 3
    if _norms(tokens, end, 3) == ["and", "a", "quarter"]:
        return minutes + 15.0, end + 3
    at = end + 1 if _norms(tokens, end, 1) == ["and"] else end
    if at < len(tokens):
        extra, after = _number_at(tokens, at)
        unit = after < len(tokens) and tokens[after].norm in ("min", "mins", "minute", "minutes", "m")
        alone = at > end and extra is not None and extra % 5 == 0 and _ends_phrase(tokens, after)
        if extra is not None and extra < 60 and (unit or alone or (at == end and tokens[at].sep == "")):
            return minutes + extra, after + 1 if unit else after
    return minutes, end


def _ends_phrase(tokens: Sequence[Token], at: int) -> bool:
    """Whether what ends before token ``at`` counts nothing behind it: "an hour and 40, tops", not "and 40 films"."""
    return at >= len(tokens) or bool(tokens[at].sep) or tokens[at].norm in STOP


def _number_at(tokens: Sequence[Token], at: int) -> tuple[float | None, int]:
    """Return (number, end) for digits or number words, or (None, at)."""
    if at >= len(tokens):
        return None, at
    token = tokens[at]
    if token.is_number:
        text = token.norm
        text = text.replace(",", "") if text.count(",") and len(text.split(",")[-1]) == 3 else text.replace(",", ".")
        try:
            return float(text), at + 1
        except ValueError:
            return None, at
    total: float | None = None
    while (
        at < len(tokens)
        and tokens[at].norm in NUMBER_WORDS
        and not (total is not None and tokens[at].sep not in ("", "-"))
    ):
        value = NUMBER_WORDS[tokens[at].norm]
        total = (total or 1) * 100 if value == 100 else (total or 0) + value
        at += 1
        if (
            value == 100
            and _norms(tokens, at, 1) == ["and"]
            and at + 1 < len(tokens)
            and tokens[at + 1].norm in NUMBER_WORDS
        ):
            at += 1
    return total, at


def _plain(tokens: Sequence[Token], at: int, *, year: bool) -> Quantity | None:
    number, end = _number_at(tokens, at)
    if (
        number is None
        and tokens[at].norm in ("a", "an")
        and _norms(tokens, at + 1, 1)[:1] in (["million"], ["billion"])
    ):
        number, end = 1.0, at + 1
    if number is None:
        return None
    kind = "plain"
    money = "$" in tokens[at].sep or "€" in tokens[at].sep or "£" in tokens[at].sep
    if end < len(tokens) and tokens[end].norm in _MULTIPLIERS and (tokens[end].norm not in "km" or not tokens[end].sep):
        number, end = number * _MULTIPLIERS[tokens[end].norm], end + 1
        money = money or number >= 1e6
    if end < len(tokens) and (tokens[end].norm in ("dollars", "dollar", "usd", "bucks")):
        end, money = end + 1, True
    named = _norms(tokens, end, 1) in (["percent"], ["pct"])
    if named or tokens[end - 1].tail.startswith("%"):
        kind, end = "percent", end + named
    if money:
        kind = "money"
    elif year and tokens[at].is_number and len(tokens[at].norm) == 4 and 1850 <= number <= 2100:
        kind = "year"
    return Quantity(low=number, high=number, kind=kind, start=at, end=end)


def _norms(tokens: Sequence[Token], at: int, count: int) -> list[str]:
    return [token.norm for token in tokens[at : at + count]]


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
        if tuple(_norms(tokens, end, len(parts))) == parts and cue in ("or so", "ish"):
            around, end = True, end + len(parts)
            break
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
            if _norms(tokens, end, len(parts)) == parts and end + len(parts) > best[1]:
                best = (op, end + len(parts))
    plus_behind = end < len(tokens) and tokens[end].sep.startswith("+")
    plus_inside = end - 1 > 0 and tokens[end - 1].sep == "+"
    return ("ge", end) if best[0] is None and (plus_behind or plus_inside) else best


def _ends_clause(tokens: Sequence[Token], at: int) -> bool:
    """Whether a sentence or a part of it ends behind token ``at``: "from 1990 on", not "two hours on a plane"."""
    return at + 1 >= len(tokens) or bool(tokens[at + 1].sep) or tokens[at + 1].norm in ("but", "and", "please")


def _ends_with(tokens: Sequence[Token], at: int, phrase: tuple[str, ...]) -> bool:
    return at >= len(phrase) and tuple(_norms(tokens, at - len(phrase), len(phrase))) == phrase


def _ends_with_any(tokens: Sequence[Token], at: int, choices: frozenset[str]) -> bool:
    return at > 0 and tokens[at - 1].norm in choices


def _same_unit(first: Quantity, last: Quantity) -> tuple[Quantity, Quantity]:
    """Give the first end of a range the unit that was written only behind the second: "2 to 3 hours"."""
    if first.kind != "plain" or last.kind != "duration":
        return first, last
    minutes = first.low * 60 if first.low < 10 and last.low >= 60 else first.low
    return first.model_copy(update={"low": minutes, "high": minutes, "kind": "duration"}), last


def _cue_is(tokens: Sequence[Token], start: int, end: int, word: str) -> bool:
    return any(token.norm == word for token in tokens[start:end])


def _negated_at(tokens: Sequence[Token], start: int) -> int:
    """Return one more than the index of a negator that governs the cue at ``start``, or 0."""
    at = _relative_before(tokens, start) - 1
    while (
        at >= 0
        and tokens[at].norm in _BETWEEN_NEGATION_AND_CUE
        and not tokens[at + 1].starts_clause
        and "," not in tokens[at + 1].sep
    ):
        at -= 1
    if at >= 0 and tokens[at].norm in _NEGATING and "," not in tokens[at + 1].sep and not tokens[at + 1].starts_clause:
        return at + 1
    return 0


def _relative_before(tokens: Sequence[Token], start: int) -> int:
    """Return where the relative clause begins whose verb stands before ``start`` ("that drags on past"), or it."""
    for at in range(start - 1, max(-1, start - 1 - _VERB_PHRASE), -1):
        if tokens[at + 1].sep if at + 1 < len(tokens) else "":
            return start
        if tokens[at].norm in ("that", "which", "who"):
            return at
    return start


def _clause_between(tokens: Sequence[Token], low: int, high: int) -> bool:
    return any(token.starts_clause or token.norm == "but" or "," in token.sep for token in tokens[low + 1 : high + 1])


def _is_age(tokens: Sequence[Token], end: int) -> bool:
    following = _norms(tokens, end, 2)
    return following in (["year", "old"], ["years", "old"], ["year", "olds"], ["yr", "old"])


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
