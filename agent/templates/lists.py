"""Word what stands around the picks: the opening line, what stands in the way, what is not in the catalogue. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from retrieval.types import AttributeSpec, CatalogSchema, Constraint, Relaxation

from .phrases import amount, condition, count, counted, join, noun_phrase, plain, sentence_case, values_of, yearlike

_POSITIVE = ("eq", "in")


def opening(
    schema: CatalogSchema, constraints: Sequence[Constraint], shown: int, *, asked: int | None = None, text: str = ""
) -> str:
    """Return the line above the cards; it says exactly which hard conditions hold for all of them.

    Args:
        schema: the catalogue.
        constraints: the conditions that hold for every item shown; soft ones are left out.
        shown: how many items follow.
        asked: how many were asked for; when fewer follow, the line says that there are no more.
        text: free wishes that moved the ranking without being conditions.
    """
    hard = [constraint for constraint in constraints if constraint.hard]
    name = described(schema, hard, plural=shown != 1)
    if asked is not None and shown < asked and hard:
        verb = "is" if shown == 1 else "are"
        return f"There {verb} only {count(shown)} {name}:"
    if hard:
        return f"{sentence_case(count(shown))} {name}:"
    close = f", closest first to “{plain(text)}”" if text else ""
    return f"Here {'is' if shown == 1 else 'are'} {count(shown)} {name}{close}:"


def described(schema: CatalogSchema, constraints: Sequence[Constraint], *, plural: bool = True) -> str:
    """Return the items that satisfy all the constraints as a noun phrase: ``French films under 90 minutes``."""
    chosen: list[tuple[AttributeSpec, str]] = []
    rest: list[Constraint] = []
    for constraint in constraints:
        spec = schema.get(constraint.attribute)
        values = values_of(constraint.value)
        if spec is not None and spec.adjectives and constraint.op in _POSITIVE and len(values) == 1:
            place = (spec, str(values[0]))
            chosen = [*chosen, place] if spec.nouns else [place, *chosen]
        else:
            rest.append(constraint)
    chosen.sort(key=lambda place: (bool(place[0].nouns), place[1] in place[0].nouns))
    name = noun_phrase(schema, chosen, plural=plural)
    conditions = [*_years(schema, rest), *(condition(c, schema, plural=plural) for c in rest if not _year(schema, c))]
    conditions.sort(key=lambda words: (words.startswith("that "), words.startswith("not ")))
    return f"{name} {join(conditions)}" if conditions else name


def _year(schema: CatalogSchema, constraint: Constraint) -> bool:
    spec = schema.get(constraint.attribute)
    return spec is not None and yearlike(spec) and constraint.op in ("lt", "le", "gt", "ge")


def _years(schema: CatalogSchema, constraints: Sequence[Constraint]) -> list[str]:
    """Word a pair of year bounds as one range: ``from 1990 to 1999``, ``from the 1990s``."""
    bounds = [constraint for constraint in constraints if _year(schema, constraint)]
    low = next((c for c in bounds if c.op == "ge"), None)
    high = next((c for c in bounds if c.op == "le"), None)
    if len(bounds) != 2 or low is None or high is None or low.attribute != high.attribute:
        return [condition(constraint, schema) for constraint in bounds]
    spec = schema.get(low.attribute)
    first, last = (amount(spec, c.value) if spec else str(c.value) for c in (low, high))
    if first[-1:] == "0" and last == f"{first[:-1]}9":
        return [f"from the {first}s"]
    return [f"from {first}" if first == last else f"from {first} to {last}"]


def constraint_words(constraint: Constraint, schema: CatalogSchema) -> str:
    """Return one condition in a few words, as it is quoted when it may be dropped: ``under 80 minutes``."""
    spec = schema.get(constraint.attribute)
    if spec is not None and spec.adjectives and constraint.op in _POSITIVE:
        names = join((spec.adjectives.get(str(v), str(v)) for v in values_of(constraint.value)), "or")
        return names if names[:1].isupper() and not spec.nouns else names.lower()
    return condition(constraint, schema).removeprefix("that ").removeprefix("of ")


def nothing_matches(
    schema: CatalogSchema, constraints: Sequence[Constraint], relaxations: Sequence[Relaxation] = ()
) -> str:
    """Say that nothing satisfies all the hard conditions, and what dropping each would bring, best first."""
    hard = [constraint for constraint in constraints if constraint.hard]
    what = described(schema, hard)
    first = f"The catalogue has no {what}."
    helpful = [relaxation for relaxation in relaxations if relaxation.would_add > 0]
    if not helpful:
        return f"{first} No single condition is to blame: dropping any one of them still leaves nothing."
    offers = [_offer(schema, relaxation, place) for place, relaxation in enumerate(helpful[:3])]
    return f"{first} {'; '.join(offers)}."


def _offer(schema: CatalogSchema, relaxation: Relaxation, place: int) -> str:
    words = constraint_words(relaxation.constraint, schema)
    found = counted(relaxation.would_add, schema) if place == 0 else f"{relaxation.would_add:,}"
    text = f"{'Dropping' if place == 0 else 'dropping'} “{words}” would leave {found}"
    spec = schema.get(relaxation.constraint.attribute)
    if spec is None or relaxation.nearest is None or spec.kind not in ("number", "date"):
        return text
    return f"{text} (the nearest has {amount(spec, relaxation.nearest)})"


def few_matches(schema: CatalogSchema, relaxations: Sequence[Relaxation]) -> str:
    """Say what dropping a condition would add when only a few items satisfy them all; empty when nothing would help."""
    helpful = [relaxation for relaxation in relaxations if relaxation.would_add > 0]
    if not helpful:
        return ""
    words = constraint_words(helpful[0].constraint, schema)
    return f"Dropping “{words}” would add {helpful[0].would_add:,} more."


def missing_titles(titles: Sequence[str]) -> str:
    """Say which titles the catalogue does not hold."""
    names = join(f"“{plain(title)}”" for title in titles)
    return f"I don't have {names} in this catalogue, so I went by your words." if titles else ""
