"""Facts, values and conditions in another language, from a wording's patterns and the catalogue's own words. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from retrieval.types import AttributeSpec, AttributeValue, CatalogSchema, CatalogWords, Constraint, Item, Op

from ..templates.phrases import plain, sentence_case, values_of, yearlike
from ..types import ITEM, TEXT, Evidence, Preference
from .wording import Wording

_YEARS: dict[Op, str] = {"lt": "before", "le": "until", "gt": "after", "ge": "since"}
_BOUNDS = ("lt", "le", "gt", "ge")
_FEW_STEPS = 2
UNKNOWN = "–"
"""Stands in a table where the catalogue does not say."""


class Phrases:
    """What all sentences of a language are made of."""

    def __init__(self, wording: Wording, schema: CatalogSchema) -> None:
        """Take the language's patterns and the catalogue, whose words of that language are optional."""
        self.wording = wording
        self.schema = schema.in_language(wording.language)
        self.words = schema.languages.get(wording.language, CatalogWords())

    @property
    def language(self) -> str:
        """ISO 639-1 code."""
        return self.wording.language

    @property
    def mood(self) -> str:
        """The question that opens a conversation."""
        return self.words.mood or self._say("glue.mood")

    def _say(self, key: str, **slots: object) -> str:
        return self.wording.say(key, **slots)

    # --- small parts

    def number(self, number: float) -> str:
        """Write a number with the language's separators."""
        text = f"{int(number):,}" if float(number).is_integer() else f"{number:,.10g}"
        marks = {",": self._say("glue.thousands"), ".": self._say("glue.decimal")}
        return "".join(marks.get(char, char) for char in text)

    def counted(self, number: int) -> str:
        """Write ``12 films`` with the catalogue's noun."""
        form = "one" if number == 1 else "many"
        pattern = getattr(self.words, form)
        return (
            pattern.replace("{n}", self.number(number)) if pattern else self._say(f"glue.{form}", n=self.number(number))
        )

    def title(self, text: str) -> str:
        """Write a title: Chinese has marks of its own for titles, but plain quotation marks are right in all."""
        return self.wording.quoted(plain(text))

    def titles(self, items: Iterable[Item]) -> str:
        """List titles."""
        return self.wording.join([self.title(item.title) for item in items])

    def amount(self, spec: AttributeSpec | None, value: AttributeValue, *, unit: bool = True) -> str:
        """Write a number with its unit, a year as a year, a step of a scale by its name."""
        if isinstance(value, bool) or not isinstance(value, (int, float)) or spec is None:
            return plain(str(value))
        if spec.scale and float(value).is_integer() and int(value) in spec.scale:
            return spec.scale[int(value)]
        if yearlike(spec):
            return self._say("glue.year", n=f"{value:.0f}")
        if not unit or not spec.unit:
            return self.number(value)
        return self._say("glue.amount", n=self.number(value), unit=spec.unit)

    def label(self, spec: AttributeSpec | None, name: str) -> str:
        """Write the name of an attribute."""
        return spec.display if spec else name.replace("_", " ")

    def one(self, spec: AttributeSpec, value: AttributeValue) -> str:
        """Write one value: in the language's own word where the catalogue has one, else as it stands."""
        if isinstance(value, bool):
            return self._say("glue.yes" if value else "glue.no")
        return spec.written.get(str(value)) or self.amount(spec, value)

    def value(self, spec: AttributeSpec, value: AttributeValue, last: str = "and", most: int | None = None) -> str:
        """Write a fact's value, at most so many labels of it."""
        return self.wording.join([self.one(spec, one) for one in values_of(value)[:most]], last)

    # --- facts

    def fact(self, spec: AttributeSpec, value: AttributeValue, most: int | None = None) -> str:
        """Write a fact as one of a list: ``118 min``, ``de Jules Dassin``, ``rythme : vif``."""
        return self._told(spec, self.value(spec, value, most=most))

    def _told(self, spec: AttributeSpec, words: str) -> str:
        pattern = self.words.facts.get(spec.name)
        if pattern is not None:
            return pattern.replace("{value}", words)
        return self._say("glue.labelled", label=spec.display, value=words)

    def facts(self, told: Iterable[str]) -> str:
        """List facts."""
        return sentence_case(self._say("glue.facts").join(told))

    def parts(self, told: Iterable[str]) -> str:
        """List conditions or other parts that may hold commas."""
        return self._say("glue.parts").join(told)

    def noted(self, text: str, note: str) -> str:
        """Write a remark in brackets behind something."""
        return self._say("glue.noted", text=text, note=note)

    def cell(self, spec: AttributeSpec, item: Item, most: int) -> str:
        """Write a fact for a narrow cell; a dash when it is not known."""
        fact = item.attributes.get(spec.name)
        if fact is None:
            return UNKNOWN
        cut = isinstance(fact, tuple) and len(fact) > most
        return self._say("glue.comma").join([self.one(spec, one) for one in values_of(fact)[:most]] + ["…"] * cut)

    # --- conditions

    def condition(self, constraint: Constraint) -> str:
        """Write a condition in a few words: ``moins de 90 min``, ``genre : sauf horreur``."""
        spec, op, value = self.schema.get(constraint.attribute), constraint.op, constraint.value
        if spec is None:
            return self._say("glue.labelled", label=self.label(None, constraint.attribute), value=plain(str(value)))
        if op in ("between", "outside") and isinstance(value, tuple):
            return self._range(spec, op, value)
        if op in _BOUNDS:
            return self._bound(spec, op, value)
        if op in ("ne", "not_in"):
            if yearlike(spec):
                return self._say("conditions.not_year", year=self.value(spec, value))
            return self._say("conditions.except", label=spec.display, value=self.value(spec, value, "or"))
        return self._told(spec, self.value(spec, value, "or" if op == "in" else "and"))

    def conditions(self, constraints: Iterable[Constraint]) -> str:
        """List conditions; two bounds on one number become a range."""
        return self.parts(self.condition(constraint) for constraint in merged(list(constraints)))

    def _bound(self, spec: AttributeSpec, op: Op, value: AttributeValue) -> str:
        if yearlike(spec):
            return self._say(f"conditions.{_YEARS[op]}", year=self.amount(spec, value))
        if spec.scale and isinstance(value, (int, float)):
            test = {"lt": value.__gt__, "le": value.__ge__, "gt": value.__lt__, "ge": value.__le__}[op]
            steps = [words for step, words in sorted(spec.scale.items()) if test(step) is True]
            if 0 < len(steps) < len(spec.scale):
                return self._told(spec, self.wording.join(steps, "or"))
        return self._told(spec, self._say(f"conditions.{op}", value=self.amount(spec, value)))

    def _range(self, spec: AttributeSpec, op: Op, ends: tuple[AttributeValue, ...]) -> str:
        low, high = ends[0], ends[-1]
        if yearlike(spec) and isinstance(low, (int, float)) and isinstance(high, (int, float)):
            if low % 10 == 0 and high == low + 9:
                return self._say(
                    "conditions.not_decade" if op == "outside" else "conditions.decade", decade=f"{low:.0f}"
                )
            if low == high:
                year = self.amount(spec, low)
                return self._say("conditions.not_year", year=year) if op == "outside" else year
        bare = bool(spec.unit) and not spec.scale
        words = {"low": self.amount(spec, low, unit=not bare), "high": self.amount(spec, high)}
        return self._told(spec, self._say(f"conditions.{op}", **words))

    def wish(self, wish: Preference) -> str:
        """Write one wish in a few words."""
        liked = wish.polarity == "like"
        name = wish.label or ", ".join(map(str, values_of(wish.value)))
        if wish.attribute == ITEM:
            return self._say(f"conditions.{'like' if liked else 'unlike'}", title=self.title(name))
        constraint = wish.constraint()
        if wish.attribute == TEXT or constraint is None:
            text = self.wording.quoted(plain(name))
            return text if liked else self._say("conditions.not_words", text=text)
        return self.condition(constraint)

    def quoted_wish(self, wish: Preference) -> str:
        """Write one wish in quotation marks, to stand inside a sentence."""
        return self.wish(wish) if wish.attribute in (ITEM, TEXT) else self.wording.quoted(self.wish(wish))


def merged(constraints: Sequence[Constraint]) -> list[Constraint]:
    """Return the conditions with a lower and an upper bound on the same number as one range."""
    found: list[Constraint] = []
    for constraint in constraints:
        partner = next((other for other in found if _completes(other, constraint)), None)
        if partner is None:
            found.append(constraint)
            continue
        low, high = (partner, constraint) if partner.op == "ge" else (constraint, partner)
        assert isinstance(low.value, (int, float)) and isinstance(high.value, (int, float))
        pair = (float(low.value), float(high.value))
        found[found.index(partner)] = partner.model_copy(update={"op": "between", "value": pair})
    return found


def _completes(first: Constraint, second: Constraint) -> bool:
    numbers = all(isinstance(one.value, (int, float)) and not isinstance(one.value, bool) for one in (first, second))
    return numbers and first.attribute == second.attribute and {first.op, second.op} == {"ge", "le"}


def proofs(claim: str, field: str, value: AttributeValue) -> tuple[Evidence, ...]:
    """Return what a fact rests on, one proof for each of its values."""
    return tuple(Evidence(claim=claim, field=field, value=one) for one in values_of(value))


def asked(claim: str, wish: Preference) -> Evidence:
    """Return the proof that the user wished for something."""
    return Evidence(claim=wish.quote or claim, field=wish.attribute, value=wish.value, source="user")
