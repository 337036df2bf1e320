"""Answer questions about several items at once: which of them, how many, is it the same. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from retrieval.types import CatalogSchema, Constraint, Facet, Item

from ..sentences import Sentence
from ..types import Evidence
from .comparing import Satisfied, short
from .lists import constraint_words, described
from .phrases import MOST_VALUES, clause, counted, join, labels_of, plain, plural_verb, sentence_case, values_of

_FEW_LABELS = 3


def which(
    items: Sequence[Item], constraints: Sequence[Constraint], schema: CatalogSchema, satisfied: Satisfied
) -> Sentence:
    """Say which of the items satisfy all the conditions, with the facts, and for which the catalogue does not say."""
    names = list(dict.fromkeys(constraint.attribute for constraint in constraints))
    unknown = [item for item in items if any(name not in item.attributes for name in names)]
    known = [item for item in items if item not in unknown]
    fitting = [item for item in known if all(satisfied(item, constraint) for constraint in constraints)]
    asked = join(f"“{constraint_words(constraint, schema)}”" for constraint in constraints)
    if fitting:
        told = join(f"{plain(item.title)} ({_facts(item, names, schema)})" for item in fitting)
        text = f"{asked}: {told}."
    elif known:
        told = "; ".join(f"{plain(item.title)}: {_facts(item, names, schema)}" for item in known)
        text = f"None of these is {asked}, as far as the catalogue says. {told}."
    else:
        text = ""
    if unknown:
        missing = join(plain(item.title) for item in unknown)
        text = f"{text} The catalogue doesn't say for {missing}, so I don't know.".strip()
    shown = fitting or known
    proofs = [
        Evidence(claim=plain(item.title), field=name, value=one)
        for item in shown
        for name in names
        for one in values_of(item.attributes[name])
    ]
    return Sentence(text=sentence_case(text), evidence=tuple(proofs))


def _facts(item: Item, names: Sequence[str], schema: CatalogSchema) -> str:
    specs = [spec for name in names if (spec := schema.get(name)) is not None]
    return ", ".join(short(spec, item) for spec in specs)


def how_many(number: int, constraints: Sequence[Constraint], schema: CatalogSchema) -> Sentence:
    """Say how many items of the catalogue satisfy the conditions."""
    if not constraints:
        text = f"The catalogue has {counted(number, schema)}."
    else:
        name = described(schema, constraints, plural=number != 1)
        text = f"The catalogue has {number:,} {name}." if number else f"The catalogue has no {name}."
    proofs = tuple(Evidence(claim=text, field=c.attribute, value=c.value, source="user") for c in constraints)
    total = Evidence(claim=text, field="count", value=number, source="search")
    return Sentence(text=text, evidence=(*proofs, total))


def held_values(
    attribute: str, held: Sequence[Facet], constraints: Sequence[Constraint], schema: CatalogSchema
) -> Sentence:
    """List the values of an attribute, most frequent first, with how many items have each; a long list is cut."""
    spec = schema.get(attribute)
    name = spec.display if spec else attribute.replace("_", " ")
    among = f" among {described(schema, constraints)}" if constraints else ""
    if not held:
        return Sentence(text=f"The catalogue gives no {name}{among}.")
    listed = [f"{plain(str(facet.value))} ({facet.count:,})" for facet in held[:MOST_VALUES]]
    rest = len(held) - len(listed)
    parts = [*listed, f"{rest:,} more"] if rest else listed
    text = f"By {name}{among}: {join(parts)}."
    proofs = (Evidence(claim=text, field=attribute, value=facet.value, source="search") for facet in held[:MOST_VALUES])
    return Sentence(text=text, evidence=tuple(proofs))


def same(items: Sequence[Item], attribute: str, schema: CatalogSchema) -> Sentence:
    """Say whether items have the same value of an attribute, with the values."""
    spec = schema.get(attribute)
    unknown = [item for item in items if attribute not in item.attributes]
    if spec is None or unknown:
        name = spec.display if spec else attribute.replace("_", " ")
        missing = join(plain(item.title) for item in unknown or items)
        return Sentence(text=f"The catalogue doesn't give the {name} of {missing}, so I don't know.")
    shared = _shared(items, attribute)
    titles = join(plain(item.title) for item in items)
    proofs = tuple(
        Evidence(claim=plain(item.title), field=attribute, value=one)
        for item in items
        for one in (shared or values_of(item.attributes[attribute]))
    )
    if shared:
        told = plural_verb(clause(spec, shared))
        return Sentence(text=f"Yes: {titles} {told}.", evidence=proofs)
    told = "; ".join(
        f"{plain(item.title)} {clause(spec, labels_of(item.attributes[attribute], _FEW_LABELS))}" for item in items
    )
    return Sentence(text=f"No: {told}.", evidence=proofs)


def _shared(items: Sequence[Item], attribute: str) -> tuple[str, ...]:
    """Return the values that all the items have, as text, in the first one's order."""
    first, *rest = (labels_of(item.attributes[attribute]) for item in items)
    return tuple(value for value in first if all(value in other for other in rest))
