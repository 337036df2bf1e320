"""Scorers of what was decided, understood and said. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence

from agent.types import OPPOSITE, Preference
from retrieval.types import AttributeValue

from .finding import Finding, clip, holds, unscored, without
from .observed import Observed
from .types import Chosen, ItemRef, PreferencePattern, PreferencesExpected, Stated


def action(kinds: Sequence[str], seen: Observed) -> Iterator[Finding]:
    """Score what the reply does."""
    assert seen.reply is not None
    kind = seen.reply.action.kind
    yield holds(kind in kinds, f"{kind}, wanted {' or '.join(kinds)}")


def preferences(wanted: PreferencesExpected, seen: Observed) -> Iterator[Finding]:
    """Score the preference state."""
    held = "; ".join(show_preference(wish) for wish in seen.preferences) or "nothing"
    for pattern in wanted.has:
        yield holds(any(_like(pattern, wish) for wish in seen.preferences), f"has {_pattern(pattern)}: held {held}")
    for pattern in wanted.has_not:
        offenders = [show_preference(wish) for wish in seen.preferences if _like(pattern, wish)]
        yield without(offenders, f"has not {_pattern(pattern)}")
    if wanted.empty is not None:
        yield holds(wanted.empty is not bool(seen.preferences), f"empty is {wanted.empty}: held {held}")


def text_contains(words: Sequence[str], seen: Observed) -> Iterator[Finding]:
    """Score whether all the words are said."""
    text = _said(seen)
    yield without([repr(word) for word in words if fold(word) not in text], f"all of {list(words)} are said")


def text_any(words: Sequence[str], seen: Observed) -> Iterator[Finding]:
    """Score whether one of the words is said."""
    text = _said(seen)
    yield holds(any(fold(word) in text for word in words), f"one of {list(words)} is said")


def text_none(words: Sequence[str], seen: Observed) -> Iterator[Finding]:
    """Score whether none of the words is said."""
    text = _said(seen)
    yield without([repr(word) for word in words if fold(word) in text], f"none of {list(words)} is said")


def language(wanted: str, seen: Observed) -> Iterator[Finding]:
    """Score whether the reply says that it is in a language; in which its words are, the tests of wording tell."""
    assert seen.reply is not None
    yield holds(seen.reply.language == wanted, f"in {seen.reply.language!r}, wanted {wanted!r}")


def question(wanted: bool, seen: Observed) -> Iterator[Finding]:
    """Score whether the reply asks."""
    assert seen.reply is not None
    asks = seen.reply.question is not None
    yield holds(asks is wanted, f"asks {seen.reply.question!r}" if asks else "asks nothing")


def relaxed(wanted: bool, seen: Observed) -> Iterator[Finding]:
    """Score whether the reply says what to relax."""
    assert seen.reply is not None
    offers = [f"{offer.constraint} (+{offer.would_add})" for offer in seen.reply.relaxed]
    yield holds(bool(offers) is wanted, f"relaxations: {', '.join(offers) or 'none'}")


def missing(titles: Sequence[str], seen: Observed) -> Iterator[Finding]:
    """Score whether the reply says that the titles are not in the catalogue, by name."""
    assert seen.reply is not None
    said, listed = _said(seen), [fold(title) for title in seen.reply.missing_titles]
    for title in titles:
        known = fold(title)
        fine = known in said and any(known in one or one in known for one in listed)
        yield holds(fine, f"{title!r} is said to be missing: listed {list(seen.reply.missing_titles)}")


def answer_names(wanted: Sequence[ItemRef], seen: Observed) -> Iterator[Finding]:
    """Score whether the answer says which items it is about."""
    for ref in wanted:
        item = seen.resolve(ref)
        if item is None:
            yield unscored("the item that is pointed at was not shown")
            continue
        yield holds(fold(item.title) in _said(seen), f"{item.title!r} is named")


def answer_states(wanted: Sequence[Stated], seen: Observed) -> Iterator[Finding]:
    """Score whether the answer states facts as the catalogue has them."""
    for stated in wanted:
        item = seen.resolve(stated.item)
        value = None if item is None else item.attributes.get(stated.attribute)
        if item is None or value is None:
            yield unscored(f"{stated.attribute} of the item that is pointed at is not known")
            continue
        yield holds(states(_said(seen), value), f"{stated.attribute} of {item.title} is {clip(repr(value))}")


def answer_picks(wanted: Chosen, seen: Observed) -> Iterator[Finding]:
    """Score whether the answer names the right item; where it names others too, it must state their facts."""
    items = [item for ref in wanted.among if (item := seen.resolve(ref)) is not None]
    values = {item.title: v for item in items if isinstance(v := item.attributes.get(wanted.attribute), (int, float))}
    if len(values) < len(wanted.among):
        yield unscored(f"{wanted.attribute} of the items that are pointed at is not known")
        return
    text = _said(seen)
    right = (min if wanted.best == "lowest" else max)(values, key=lambda title: values[title])
    others = [title for title in values if title != right and fold(title) in text]
    fine = fold(right) in text and all(states(text, values[title]) for title in (right, *others) if others)
    yield holds(fine, f"{wanted.best} {wanted.attribute} is {right!r} of {values}")


def states(text: str, value: AttributeValue) -> bool:
    """Return whether folded text states a fact: a number in digits, a label or one of several by name."""
    if isinstance(value, bool):
        return True
    if isinstance(value, (int, float)):
        return any(abs(number - value) < 0.05 for number in numbers(text))
    values = value if isinstance(value, tuple) else (value,)
    return any(fold(str(one)) in text for one in values)


def numbers(text: str) -> list[float]:
    """Return the numbers in a text: ``1,234``, ``7.5``, ``2.1 million``, ``1990s`` (as 1990)."""
    found = []
    for digits, scale in re.findall(r"(\d[\d,]*(?:\.\d+)?)(?:\s*(million|billion))?", text.casefold()):
        number = float(digits.replace(",", "") or 0)
        found.append(number * {"million": 1e6, "billion": 1e9}.get(scale, 1.0))
    return found


def fold(text: str) -> str:
    """Return text without case, accents and doubled spaces, quotes straightened, for comparing wording."""
    if text.isascii():
        return " ".join(text.casefold().split())
    plain = unicodedata.normalize("NFKD", text.replace("’", "'").replace("“", '"').replace("”", '"'))
    return " ".join("".join(c for c in plain if not unicodedata.combining(c)).casefold().split())


def show_preference(wish: Preference) -> str:
    """Return a preference in a few words."""
    return f"{wish.polarity} {wish.attribute} {wish.op} {wish.label or wish.value}{' (must)' if wish.hard else ''}"


def _said(seen: Observed) -> str:
    """Return all that the reply says, the table beside its text included."""
    assert seen.reply is not None
    table = seen.reply.table
    cells = [*table.columns, *(text for row in table.rows for text in (row.label, *row.cells))] if table else []
    return fold(" ".join([seen.reply.text, *cells]))


def _like(pattern: PreferencePattern, wish: Preference) -> bool:
    if pattern.attribute != wish.attribute or pattern.hard not in (None, wish.hard):
        return False
    if pattern.value is not None and not _covers(pattern.value, wish):
        return False
    if pattern.op is None:
        return pattern.polarity is None or _effective(pattern.polarity, "eq") == _effective(wish.polarity, _sign(wish))
    return _effective(pattern.polarity or "like", pattern.op) == _effective(wish.polarity, wish.op)


def _effective(polarity: str, op: str) -> str:
    """Return the operator with the polarity worked in: disliking ``eq`` is liking ``ne``."""
    return op if polarity == "like" else OPPOSITE[op]  # type: ignore[index]


def _sign(wish: Preference) -> str:
    return "ne" if wish.op in ("ne", "not_in", "outside") else "eq"


def _covers(value: AttributeValue, wish: Preference) -> bool:
    held = wish.value if isinstance(wish.value, tuple) else (wish.value, wish.label)
    wanted = value if isinstance(value, tuple) else (value,)
    return {_key(one) for one in wanted} <= {_key(one) for one in held}


def _key(value: str | int | float | bool) -> str | float:
    return fold(value) if isinstance(value, str) else float(value)


def _pattern(pattern: PreferencePattern) -> str:
    return ", ".join(f"{name} {value!r}" for name, value in pattern.model_dump(exclude_none=True).items())
