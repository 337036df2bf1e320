"""Put items side by side: a small table, and one sentence on the difference that matters most. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from retrieval.types import AttributeSpec, AttributeValue, CatalogSchema, Constraint, Item, Value

from ..sentences import Sentence
from ..types import Evidence, Preference, Table, TableRow
from .lists import constraint_words
from .phrases import amount, article, clause, join, labels_of, plain, sentence_case, values_of
from .reasons import SPOKEN

UNKNOWN = "–"
"""Stands in a table where the catalogue does not say."""
_SHORT_LIST = 3
_MOST_ROWS = 9
_SHARES = ("%", "/100")
"""Units of marks, of which more is not simply longer or shorter."""
Satisfied = Callable[[Item, Constraint], bool]
"""Decides exactly whether an item satisfies a condition."""


class Comparison(Value):
    """Items side by side, and what to take from it."""

    sentence: Sentence
    table: Table


def compare(
    items: Sequence[Item],
    schema: CatalogSchema,
    wishes: Sequence[Preference] = (),
    satisfied: Satisfied = lambda _item, _constraint: True,
    attribute: str | None = None,
) -> Comparison:
    """Return the shown facts as a table, and the difference that matters for the wishes in one sentence.

    Args:
        items: two or more items, in the order of the columns.
        schema: their catalogue.
        wishes: the wishes in force; one that only some of the items grant matters most.
        satisfied: decides exactly whether an item satisfies a condition.
        attribute: the attribute that was asked about, which then goes before everything else.
    """
    specs = chosen_rows(items, schema, wishes, attribute)
    rows = (
        TableRow(
            label=sentence_case(spec.display),
            cells=tuple(short(spec, item) for item in items),
            attribute=spec.name,
        )
        for spec in specs
    )
    table = Table(columns=tuple(plain(item.title) for item in items), rows=tuple(rows))
    asked = [spec for spec in specs if spec.name == attribute]
    sentence = (
        _first(_apart(items, spec) for spec in asked)
        or _first(_split(items, wish, schema, satisfied) for wish in _weighty(wishes))
        or _first(_apart(items, spec) for spec in _telling(specs))
        or Sentence(text=f"The catalogue gives nothing that tells {join(plain(item.title) for item in items)} apart.")
    )
    return Comparison(sentence=sentence, table=table)


def chosen_rows(
    items: Sequence[Item], schema: CatalogSchema, wishes: Sequence[Preference], attribute: str | None
) -> list[AttributeSpec]:
    """Choose what to put side by side: what was asked about, what was wished for, then what is known of most items."""
    known = {spec.name: sum(spec.name in item.attributes for item in items) for spec in schema.attributes if spec.shown}
    wished = {wish.attribute for wish in wishes}
    specs = [spec for spec in schema.attributes if known.get(spec.name, 0) > (spec.name != attribute)]
    specs.sort(key=lambda spec: (spec.name != attribute, spec.name not in wished, not spec.headline, -known[spec.name]))
    chosen = {spec.name for spec in specs[:_MOST_ROWS]}
    ordered = [spec for spec in schema.attributes if spec.name in chosen]
    return sorted(ordered, key=lambda spec: spec.name != attribute)


def short(spec: AttributeSpec, item: Item) -> str:
    """Return a fact for a narrow cell: at most three labels, a dash when it is not known."""
    fact = item.attributes.get(spec.name)
    if fact is None:
        return UNKNOWN
    if isinstance(fact, tuple):
        return ", ".join(plain(str(one)) for one in fact[:_SHORT_LIST]) + (", …" if len(fact) > _SHORT_LIST else "")
    return ("yes" if fact else "no") if isinstance(fact, bool) else amount(spec, fact)


def _first(found: Iterable[Sentence | None]) -> Sentence | None:
    return next((one for one in found if one is not None), None)


def _weighty(wishes: Sequence[Preference]) -> list[Preference]:
    spoken = [wish for wish in wishes if wish.strength >= SPOKEN]
    return sorted(spoken, key=lambda wish: (not wish.hard, -wish.strength))


def _telling(specs: Sequence[AttributeSpec]) -> list[AttributeSpec]:
    """Order attributes by how much they say about an item: measures first, then what people can be asked about."""
    return sorted(specs, key=lambda spec: (not (spec.kind == "number" and spec.unit), -spec.askable))


def _split(items: Sequence[Item], wish: Preference, schema: CatalogSchema, satisfied: Satisfied) -> Sentence | None:
    """Say which of the items grant a wish, when some do and some do not."""
    constraint, spec = wish.constraint(), schema.get(wish.attribute)
    if constraint is None or spec is None:
        return None
    known = [item for item in items if wish.attribute in item.attributes]
    granting = [item for item in known if satisfied(item, constraint)]
    failing = [item for item in known if item not in granting]
    if not granting or not failing:
        return None
    does = join(f"{plain(item.title)} ({short(spec, item)})" for item in granting)
    fails = join(f"{plain(item.title)} ({short(spec, item)})" for item in failing)
    verb, verbs = ("does" if len(group) == 1 else "do" for group in (granting, failing))
    text = f"You asked for “{constraint_words(constraint, schema)}”: {does} {verb}, {fails} {verbs} not."
    asked = Evidence(claim=wish.quote or text, field=wish.attribute, value=wish.value, source="user")
    return Sentence(text=text, evidence=(asked, *_proofs([*granting, *failing], wish.attribute)))


def _apart(items: Sequence[Item], spec: AttributeSpec) -> Sentence | None:
    """Say how one attribute tells the items apart, or None when it does not."""
    known = [(item, item.attributes[spec.name]) for item in items if spec.name in item.attributes]
    if len(known) < 2 or len({fact for _, fact in known}) < 2:
        return None
    numbers = [(item, fact) for item, fact in known if isinstance(fact, (int, float)) and not isinstance(fact, bool)]
    if len(numbers) == len(known):
        text = _by_number(numbers, spec)
    elif spec.sentence and not isinstance(known[0][1], bool):
        text = "; ".join(f"{plain(item.title)} {clause(spec, _few(fact))}" for item, fact in known) + "."
    else:
        return None
    return Sentence(text=text, evidence=_proofs([item for item, _ in known], spec.name)) if text else None


def _by_number(known: Sequence[tuple[Item, float]], spec: AttributeSpec) -> str:
    word = next((word for word, way in spec.comparatives.items() if way == "lower" and word.isalpha()), "")
    ordered = sorted(known, key=lambda pair: pair[1])
    (less, low), (more, high) = ordered[0], ordered[-1]
    if len(known) == 2 and word and spec.unit and spec.unit not in _SHARES:
        return f"{plain(less.title)} is {word} than {plain(more.title)} by {amount(spec, high - low)}."
    if len(known) == 2 and word and spec.unit not in _SHARES:
        return f"{plain(less.title)} ({amount(spec, low)}) is {word} than {plain(more.title)} ({amount(spec, high)})."
    listed = join(f"{plain(item.title)} with {amount(spec, fact)}" for item, fact in reversed(ordered))
    return f"By {spec.display}, from high to low: {listed}."


def _few(fact: AttributeValue) -> AttributeValue:
    return labels_of(fact, _SHORT_LIST) if isinstance(fact, tuple) else fact


def _proofs(items: Sequence[Item], attribute: str) -> tuple[Evidence, ...]:
    return tuple(
        Evidence(claim=plain(item.title), field=attribute, value=one)
        for item in items
        for one in values_of(item.attributes[attribute])
    )


_END_OF_SCALE = {"higher": "highest", "lower": "lowest"}


def superlative(items: Sequence[Item], attribute: str, direction: str, schema: CatalogSchema) -> Sentence | None:
    """Say which item has the most or the least of something, and what the others have; None for what is no number."""
    spec = schema.get(attribute)
    known = [(item, fact) for item in items if isinstance(fact := item.attributes.get(attribute), (int, float))]
    if spec is None or not known or direction == "" or spec.kind != "number":
        return None
    known.sort(key=lambda pair: pair[1], reverse=direction == "higher")
    (first, best), rest = known[0], known[1:]
    ends = [item for item, fact in known if fact == best]
    others = join(f"{plain(item.title)} ({amount(spec, fact)})" for item, fact in rest[len(ends) - 1 :])
    names = join(plain(item.title) for item in ends)
    named = next((w for w, way in spec.comparatives.items() if way == direction and w.isalpha() and w[-2:] == "er"), "")
    if named:
        is_the = "is the" if len(ends) == 1 else "are the"
        text = f"{names} ({amount(spec, best)}) {is_the} {named[:-2]}est of these"
    else:
        word = ("most" if direction == "higher" else "least") if not spec.unit else _END_OF_SCALE[direction]
        text = f"{names}, with {article(spec.display)} of {amount(spec, best)}, the {word} of these"
    unknown = [plain(item.title) for item in items if item.id not in {item.id for item, _ in known}]
    text += f"; then {others}" if others else ""
    text += f". The catalogue doesn't give it for {join(unknown)}." if unknown else "."
    proofs = tuple(Evidence(claim=plain(item.title), field=attribute, value=fact) for item, fact in known)
    return Sentence(text=text, evidence=proofs, item_id=first.id)
