"""Put facts and conditions into words with nothing but the schema's own wordings. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from retrieval.types import AttributeSpec, AttributeValue, CatalogSchema, Constraint, Op

_NUMBERS = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
_UNITS = {"min": "minutes", "h": "hours", "s": "seconds", "km": "kilometres"}
MOST_VALUES = 10
"""Values that are listed when somebody asks what there is to choose from."""
_CURRENCIES = tuple("$€£¥₹")
_NOTE = re.compile(r"\s*\([^)]*\)")
_WITH_THE = re.compile(r"^(?:United|Netherlands|Philippines|Bahamas)\b|\b(?:Republic|Union|Islands|Emirates)\b")
_BARE = re.compile(r"^(?:is|was|are|were)\s+(?=\w+ed\b|\w+en by\b|listed\b)")
_PLURAL_VERBS = {"is": "are", "was": "were", "has": "have", "does": "do"}
_BOUNDS: dict[Op, str] = {"lt": "under", "le": "at most", "gt": "over", "ge": "at least", "eq": ""}
_SIGNS: dict[str, str] = {"lt": "<", "le": "<=", "gt": ">", "ge": ">=", "eq": "="}


def join(parts: Iterable[str], last: str = "and") -> str:
    """Join parts as ``a, b and c``."""
    listed = list(parts)
    if len(listed) < 2:
        return "".join(listed)
    return f"{', '.join(listed[:-1])} {last} {listed[-1]}"


def count(number: int) -> str:
    """Return a small count as a word."""
    return _NUMBERS[number] if 0 <= number < len(_NUMBERS) else f"{number:,}"


def says_number(text: str) -> bool:
    """Tell whether the words hold a number, in digits or spelt out, so that it may be called the user's own."""
    spelt = {*_NUMBERS, "half", "hour", "twenties", "thirties", "forties", "fifties", "sixties", "seventies"}
    spelt |= {"eighties", "nineties"}
    return any(char.isdigit() for char in text) or bool(spelt & set(re.findall(r"[a-z]+", text.casefold())))


def counted(number: int, schema: CatalogSchema) -> str:
    """Return ``1 film`` or ``12 films`` with the catalogue's noun."""
    return f"{number:,} {schema.noun if number == 1 else schema.noun_plural}"


def article(text: str) -> str:
    """Return the text with ``a`` or ``an`` before it."""
    first = text.lstrip("'\"“")[:1].casefold()
    silent = re.match(r"(?:8|11\b|18\b|1[18]\d\d\b|hour|honest|heir)", text, re.I)
    consonant = re.match(r"(?:uni|use|usu|eu|one\b|once\b|u\.?[sk]\b)", text, re.I)
    vowel = (first in "aeiou" and not consonant) or silent is not None
    return f"{'an' if vowel else 'a'} {text}"


def sentence_case(text: str) -> str:
    """Capitalise the first letter."""
    return text[:1].upper() + text[1:]


def yearlike(spec: AttributeSpec) -> bool:
    """Tell whether the attribute is a year: a bare number that something happened *in*."""
    in_year = spec.sentence.rstrip(" .").endswith("in {value}")
    return spec.kind == "date" or (spec.kind == "number" and not spec.unit and not spec.scale and in_year)


def plain(text: str) -> str:
    """Return catalogue text on one line, without characters that would break a sentence or a table."""
    return re.sub(r"\s+", " ", text.replace("|", "/")).strip()


def label(spec: AttributeSpec, value: AttributeValue) -> str:
    """Return one label as it stands inside a sentence: names as they are, others in lower case."""
    text = plain(str(value))
    if spec.sentence.endswith("from {value}") and _WITH_THE.search(text):
        return f"the {text}"
    proper = spec.names or text.isupper() or (spec.adjectives.get(text, text)[:1].isupper() and text in spec.adjectives)
    if spec.kind == "category" or yearlike(spec) or proper or re.search(r"\d|-[A-Z]|\w[A-Z]", text):
        return spec.adjectives.get(text, text) if re.search(r"-[A-Z]", text) and not proper else text
    return text if _looks_like_name(spec) else text[:1].lower() + text[1:]


def _looks_like_name(spec: AttributeSpec) -> bool:
    """Tell whether the attribute's values are written with capitals in running text: countries, languages."""
    return spec.sentence.rstrip().endswith(("from {value}", " in {value}"))


def amount(spec: AttributeSpec, value: AttributeValue, *, unit: bool = True) -> str:
    """Return a number in words people use, with its unit."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return plain(str(value))
    step = spec.scale.get(int(value))
    if step:
        return _NOTE.sub("", step)
    whole = f"{value:,.10g}" if not float(value).is_integer() else f"{int(value):,}"
    text = str(int(value)) if yearlike(spec) else whole
    if not unit or not spec.unit:
        return text
    if spec.unit and spec.unit[-1] in _CURRENCIES:
        return f"{spec.unit[-1]}{text}"
    if spec.unit == "%":
        return f"{text}%"
    word = _UNITS.get(spec.unit, spec.unit)
    return f"{text} {word[:-1] if value == 1 and word.endswith('s') else word}"


def values_of(value: AttributeValue) -> tuple[AttributeValue, ...]:
    """Return the values one by one."""
    return value if isinstance(value, tuple) else (value,)


def labels_of(value: AttributeValue, most: int | None = None) -> tuple[str, ...]:
    """Return the labels of a category, at most so many of them."""
    return tuple(str(one) for one in values_of(value))[:most]


def value_words(spec: AttributeSpec, value: AttributeValue, last: str = "and") -> str:
    """Return a fact's value as it stands in the attribute's own sentence."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (int, float)):
        return amount(spec, value, unit=False)
    return join((label(spec, one) for one in values_of(value)), last)


def clause(spec: AttributeSpec, value: AttributeValue, last: str = "and") -> str:
    """Return the fact as what follows "it": ``runs 95 minutes``."""
    if isinstance(value, bool):
        return truth(spec, value=value)
    words = value_words(spec, value, last)
    if not spec.sentence:
        stated = amount(spec, value) if isinstance(value, (int, float)) else words
        return (
            f"has {article(spec.display)} of {stated}" if spec.kind == "number" else f"has the {spec.display} {words}"
        )
    agreed = re.sub(r"\b[Aa]n? \{value\}", lambda _: article(words), spec.sentence)
    return agreed.replace("{value}", words)


def truth(spec: AttributeSpec, *, value: bool) -> str:
    """Return what a yes or no says of "it": ``is waterproof``, ``is not in stock``, ``has no wifi``."""
    first, _, rest = spec.display.partition(" ")
    if first in ("has", "with") and rest:
        return f"has {'' if value else 'no '}{rest}"
    return f"is {'' if value else 'not '}{rest if first == 'is' and rest else spec.display}"


def reduced(text: str) -> str:
    """Return a clause without its leading ``was``: ``directed by X``."""
    return _BARE.sub("", text)


def plural_verb(text: str) -> str:
    """Return a clause as it follows "they": ``feel tense`` for ``feels tense``."""
    verb, _, rest = text.partition(" ")
    plural = _PLURAL_VERBS.get(verb) or (verb[:-1] if verb.endswith("s") and not verb.endswith("ss") else verb)
    return f"{plural} {rest}"


def negated(text: str) -> str:
    """Return a plural clause denied: ``are not in French``, ``do not feel tense``."""
    verb, _, rest = text.partition(" ")
    return f"{verb} not {rest}" if verb in ("are", "were") else f"do not {text}"


def duration(minutes: float) -> str:
    """Return minutes as people say them: ``two hours`` for 120, ``95 minutes`` for 95."""
    if minutes == 60:
        return "an hour"
    if minutes in (120, 180, 240):
        return f"{count(int(minutes // 60))} hours"
    if minutes in (150, 210):
        return f"{count(int(minutes // 60))} and a half hours"
    return f"{minutes:g} minutes"


def bound_words(spec: AttributeSpec, value: AttributeValue) -> str:
    """Return a limit on a number as people say it."""
    if spec.unit == "min" and isinstance(value, (int, float)):
        return duration(value)
    return amount(spec, value)


def scale_phrase(spec: AttributeSpec, op: Op, value: AttributeValue) -> str:
    """Return the schema's first wording for this condition, or an empty string."""
    wanted = f"{_SIGNS.get(op, op)}{value:g}" if isinstance(value, (int, float)) else ""
    for wording, condition in spec.phrases.items():
        if condition.replace(" ", "") == wanted and not wording.startswith(("not ", "nothing ", "no ")):
            return wording
    return ""


def condition(constraint: Constraint, schema: CatalogSchema, *, plural: bool = True) -> str:
    """Return a constraint as it follows the noun: ``under 90 minutes``, ``directed by Jules Dassin``."""
    spec = schema.get(constraint.attribute)
    if spec is None:
        return f"with {constraint.attribute} {constraint.op} {plain(str(constraint.value))}"
    if constraint.op in ("between", "outside") and isinstance(constraint.value, tuple):
        return _range_condition(spec, constraint.op, constraint.value)
    if spec.kind in ("number", "date") and constraint.op not in ("ne", "not_in", "in"):
        return _number_condition(spec, constraint.op, constraint.value)
    if isinstance(constraint.value, bool):
        held = truth(spec, value=constraint.value == (constraint.op == "eq"))
        return f"that {plural_verb(held) if plural else held}"
    said = clause(spec, constraint.value, last="or" if constraint.op in ("in", "not_in") else "and")
    words = plural_verb(said) if plural else said
    if constraint.op in ("ne", "not_in"):
        words = negated(plural_verb(said))
        words = words if plural else re.sub(r"^do not ", "does not ", words)
    bare = re.sub(r"^(?:are|were|is|was) ", "", words)
    return bare if bare != words else f"that {words}"


def _range_condition(spec: AttributeSpec, op: Op, ends: tuple[AttributeValue, ...]) -> str:
    """Word a range: ``from the 1990s``, ``from 1990 to 1995``, ``of 90 to 120 minutes``, ``not from the 1980s``."""
    unless = "not " if op == "outside" else ""
    low, high = (amount(spec, end, unit=False) for end in ends)
    if yearlike(spec):
        if low[-1:] == "0" and high == f"{low[:-1]}9":
            return f"{unless}from the {low}s"
        return f"{unless}from {low}" if low == high else f"{unless}from {low} to {high}"
    if spec.unit == "min":
        return f"{unless}of {low} to {amount(spec, ends[1])}"
    first = amount(spec, ends[0]) if spec.unit[-1:] in _CURRENCIES else low
    return f"{unless}with {article(spec.display)} of {first} to {amount(spec, ends[1])}"


def _number_condition(spec: AttributeSpec, op: Op, value: AttributeValue) -> str:
    if yearlike(spec):
        year = amount(spec, value)
        wordings = {
            "lt": f"from before {year}",
            "le": f"from {year} or earlier",
            "gt": f"from after {year}",
            "ge": f"from {year} or later",
        }
        return wordings.get(op, f"from {year}")
    if spec.scale:
        wording = scale_phrase(spec, op, value)
        if wording:
            return f"with {article(f'{wording} {spec.display}')}"
        if op == "eq":
            return f"that {plural_verb(clause(spec, value))}"
        if beyond := _beyond(spec, op):
            return f"{beyond} than “{amount(spec, value)}”"
        return f"with {article(spec.display)} of {_BOUNDS[op]} “{amount(spec, value)}”"
    number = bound_words(spec, value)
    if spec.unit == "min":
        return f"{'of ' if op in ('le', 'ge', 'eq') else ''}{_BOUNDS[op]} {number}".replace("of  ", "of ")
    if spec.display.split()[0].endswith("s") and not spec.unit:
        first, _, rest = spec.display.partition(" ")
        noun = f"{first[:-1] if value == 1 else first} {rest}".strip()
        return f"with {_BOUNDS[op]} {number} {noun}".replace("  ", " ")
    return f"with {article(spec.display)} of {_BOUNDS[op]} {number}".replace("  ", " ")


def _beyond(spec: AttributeSpec, op: Op) -> str:
    """Return the schema's first comparative for one side of a step: ``lighter``; empty when it has none."""
    direction = {"lt": "lower", "gt": "higher"}.get(op, "")
    return next((wording for wording, way in spec.comparatives.items() if way == direction), "")


def noun_phrase(
    schema: CatalogSchema, chosen: Sequence[tuple[AttributeSpec, str]], *, plural: bool = False, year: str = ""
) -> str:
    """Return ``1955 French crime film`` from labels that the schema has words for.

    Args:
        schema: the catalogue, for its noun.
        chosen: labels with their attributes, in the order in which they are to be heard.
        plural: whether several items are meant.
        year: what stands first.
    """
    words = [year] if year else []
    nouns = [(spec, value) for spec, value in chosen if value in spec.nouns]
    head = nouns[-1] if nouns else None
    for spec, value in chosen:
        if (spec, value) != head:
            words.append(before_noun(spec, value))
    noun = head[0].nouns[head[1]] if head else schema.noun
    words.append(_plural(noun, schema) if plural else noun)
    return " ".join(words)


def before_noun(spec: AttributeSpec, value: str) -> str:
    """Return a label as an adjective."""
    return spec.adjectives.get(value) or label(spec, value)


def _plural(noun: str, schema: CatalogSchema) -> str:
    if noun == schema.noun:
        return schema.noun_plural
    return re.sub(r"y$", "ie", noun) + "s"
