"""Scorers of what was recommended. Facts are the catalogue's, never the reply's own account of them. Pure."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType

from agent.types import Preference
from retrieval import satisfies
from retrieval.types import CatalogSchema, Constraint, Item

from .finding import Finding, clip, holds, unscored, without
from .observed import Observed
from .types import AnyOf, Bounds, Condition, Conditions, Relative

_COMPARE: Mapping[str, Callable[[float, float], bool]] = MappingProxyType(
    {
        "lt": operator.lt,
        "le": operator.le,
        "gt": operator.gt,
        "ge": operator.ge,
        "eq": operator.eq,
        "ne": operator.ne,
    }
)
_NOTHING = "nothing was recommended"


def every(wanted: Conditions, seen: Observed) -> Iterator[Finding]:
    """Score each condition: all recommended items satisfy it."""
    for condition in wanted:
        rule = f"every {_words(condition)}"
        if not seen.items:
            yield unscored(f"{rule}: {_NOTHING}")
            continue
        yield without([_shown(item, condition) for item in seen.items if not _fits(item, condition, seen.schema)], rule)


def some(wanted: Conditions, seen: Observed) -> Iterator[Finding]:
    """Score each condition: at least one recommended item satisfies it."""
    for condition in wanted:
        rule = f"some {_words(condition)}"
        if not seen.items:
            yield unscored(f"{rule}: {_NOTHING}")
            continue
        found = any(_fits(item, condition, seen.schema) for item in seen.items)
        yield holds(found, f"{rule} among {_titles(seen.items)}")


def every_relative(wanted: Sequence[Relative], seen: Observed) -> Iterator[Finding]:
    """Score each comparison: all recommended items stand to the other item as asked.

    Where the other item is the newest, say, of all that satisfy the hard wishes, nothing can be newer: then it is
    enough that the comparison was understood and is held as a wish.
    """
    for relative in wanted:
        other = seen.resolve(relative.to)
        bound = None if other is None else other.attributes.get(relative.attribute)
        if other is None or not isinstance(bound, (int, float)):
            yield unscored(f"{relative.attribute} of the item that is pointed at is not known")
            continue
        rule = f"every {relative.attribute} {relative.op} {bound:g} ({other.title})"
        if not seen.items:
            yield unscored(f"{rule}: {_NOTHING}")
            continue
        if _at_the_end(relative, bound, seen):
            yield holds(True, f"{rule}: held as a wish, and no item of the catalogue is so")
            continue
        yield without([_number(item, relative) for item in seen.items if not _stands(item, relative, bound)], rule)


def none_of(titles: Sequence[str], seen: Observed) -> Iterator[Finding]:
    """Score whether no item of these titles was recommended."""
    unwanted = {title.casefold() for title in titles}
    yield without([item.title for item in seen.items if item.title.casefold() in unwanted], f"none of {list(titles)}")


def not_shown_again(wanted: bool, seen: Observed) -> Iterator[Finding]:
    """Score whether what earlier turns recommended stays away."""
    before = {item.id for turn in seen.earlier if turn.recommending for item in turn.items}
    if not wanted:
        return
    if not seen.items:
        yield unscored(_NOTHING)
        return
    yield without([item.title for item in seen.items if item.id in before], "nothing is shown again")


def count(wanted: int | Bounds, seen: Observed) -> Iterator[Finding]:
    """Score how many items were recommended."""
    bounds = Bounds(min=wanted, max=wanted) if isinstance(wanted, int) else wanted
    found = len(seen.items) if seen.recommending else 0
    fine = bounds.min <= found and (bounds.max is None or found <= bounds.max)
    yield holds(fine, f"{found} recommended, {bounds.min} to {'any' if bounds.max is None else bounds.max} wanted")


def sound(wanted: bool, seen: Observed) -> Iterator[Finding]:
    """Score whether the reply is well formed."""
    if wanted and seen.reply is not None:
        yield without(list(_flaws(seen)), "the reply is well formed")


def keeps_hard(wanted: bool, seen: Observed) -> Iterator[Finding]:
    """Score whether the reply obeys the hard preferences that it lists itself."""
    if not wanted or not seen.recommending or not seen.items:
        return
    rules = [(wish, rule) for wish in seen.preferences if wish.hard and (rule := wish.constraint()) is not None]
    offenders = [
        f"{item.title} against {_wish(wish)}"
        for wish, rule in rules
        for item in seen.items
        if not satisfies(item, rule, seen.schema)
    ]
    if rules:
        yield without(offenders, f"{len(rules)} hard wishes hold for {len(seen.items)} items")


def _flaws(seen: Observed) -> Iterator[str]:
    """Yield what is wrong with a reply whatever was asked."""
    assert seen.reply is not None
    reply, held = seen.reply, {item.id: item for item in seen.items}
    if not reply.text.strip():
        yield "an empty answer"
    if reply.action.kind == "recommend" and not reply.recommendations:
        yield "a recommendation of nothing"
    ids = [pick.item_id for pick in reply.recommendations]
    yield from sorted({f"{i!r} twice" for i in ids if ids.count(i) > 1})
    for rank, pick in enumerate(reply.recommendations, start=1):
        item = held.get(pick.item_id)
        if item is None:
            yield f"{pick.title!r}, which is not in the catalogue"
        elif pick.title != item.title or any(item.attributes.get(name) != v for name, v in pick.attributes.items()):
            yield f"{pick.title!r} with other facts than the catalogue's"
        if pick.rank != rank:
            yield f"rank {pick.rank} at place {rank}"
        if seen.recommending and pick.item_id in seen.barred:
            yield f"{pick.title!r}, {seen.barred[pick.item_id]}"


def _fits(item: Item, condition: Condition | AnyOf, schema: CatalogSchema) -> bool:
    choices = condition.any if isinstance(condition, AnyOf) else (condition,)
    return any(satisfies(item, choice.constraint(), schema) for choice in choices)


def _stands(item: Item, relative: Relative, bound: float) -> bool:
    value = item.attributes.get(relative.attribute)
    return isinstance(value, (int, float)) and _COMPARE[relative.op](value, bound)


def _at_the_end(relative: Relative, bound: float, seen: Observed) -> bool:
    """Whether the comparison is among the wishes, and no item satisfies it beside the hard ones."""
    asked = Constraint(attribute=relative.attribute, op=relative.op, value=bound)
    rules = [rule for wish in seen.preferences if (rule := wish.constraint()) is not None]
    held = any((rule.attribute, rule.op, rule.value) == (asked.attribute, asked.op, asked.value) for rule in rules)
    return held and seen.count is not None and seen.count([asked, *(rule for rule in rules if rule.hard)]) == 0


def _words(condition: Condition | AnyOf) -> str:
    if isinstance(condition, AnyOf):
        return " or ".join(_words(choice) for choice in condition.any)
    return f"{condition.attribute} {condition.op} {condition.value!r}"


def _shown(item: Item, condition: Condition | AnyOf) -> str:
    choices = condition.any if isinstance(condition, AnyOf) else (condition,)
    facts = ", ".join(f"{c.attribute} {clip(repr(item.attributes.get(c.attribute)))}" for c in choices)
    return f"{item.title} ({facts})"


def _number(item: Item, relative: Relative) -> str:
    return f"{item.title} ({item.attributes.get(relative.attribute)!r})"


def _titles(items: Sequence[Item]) -> str:
    return ", ".join(item.title for item in items)


def _wish(wish: Preference) -> str:
    return f"{wish.polarity} {wish.attribute} {wish.op} {wish.value!r}"
