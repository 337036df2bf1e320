"""Fold memory events into tastes as of a day. Pure: the same events, settings and day give the same memory.

A taste's strength is one minus the product of ``1 - s * 2 ** (-age / half_life)`` over its signs: each sign fades
on its own, and signs that agree add up without ever passing 1.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import datetime

from retrieval.types import CatalogSchema, Constraint

from ..types import ITEM
from .config import MemoryConfig
from .types import ConsentGiven, ConsentWithdrawn, Memory, MemoryEvent, Taste, TasteEdited, TasteOrigin, TasteSeen

_MOST_ORIGINS = 5
_OWN_TASTES = 4
"""This many tastes of one's own halve the say of a profile from stated attributes."""
_DAY_S = 86_400.0


def recall(events: Iterable[MemoryEvent], config: MemoryConfig, schema: CatalogSchema, now: datetime) -> Memory:
    """Return what is remembered at ``now``; nothing when consent is not in force."""
    since, signs, edits = "", dict[str, list[TasteSeen]](), dict[str, TasteEdited]()
    for event in events:
        if isinstance(event, ConsentGiven):
            since = since or event.at
        elif isinstance(event, ConsentWithdrawn):
            since, signs, edits = "", {}, {}
        elif isinstance(event, TasteSeen):
            signs.setdefault(event.taste, []).append(event)
        elif isinstance(event, TasteEdited):
            edits[event.taste] = event
    if not since:
        return Memory()
    known = [(_taste(key, seen, edits.get(key), config, now), seen) for key, seen in signs.items()]
    own = sum(taste.strength >= config.floor and not _only(seen, "profile") for taste, seen in known)
    known = [(_colder(taste, own) if _only(seen, "profile") else taste, seen) for taste, seen in known]
    lasting = [taste for taste, seen in known if taste.id in edits or not _waits(seen, config)]
    pending = [taste for taste, seen in known if taste.id not in edits and _waits(seen, config)]
    kept = [taste for taste in lasting if taste.strength >= config.floor]
    faded = tuple(taste.id for taste, _ in known if taste.strength < config.floor)
    return Memory(
        consent=True,
        since=since,
        tastes=tuple(sorted(_settled(kept, schema), key=lambda taste: (-taste.strength, taste.id))),
        pending=tuple(taste for taste in pending if taste.id not in faded),
        faded=faded,
    )


def faded_strength(strength: float, seen: str, now: datetime, half_life_days: float) -> float:
    """Return what is left of a sign seen at ``seen``; a date in the future has not faded."""
    age = max(0.0, (now - datetime.fromisoformat(seen)).total_seconds() / _DAY_S)
    return strength * math.pow(0.5, age / half_life_days)


def _taste(key: str, seen: Sequence[TasteSeen], edit: TasteEdited | None, config: MemoryConfig, now: datetime) -> Taste:
    """Join the signs of one taste. The newest decides the direction, and older ones of the other no longer count."""
    last = seen[-1]
    after = [sign for sign in seen if edit is None or sign.at > edit.at]
    polarity = after[-1].polarity if after else edit.polarity if edit else last.polarity
    counted = _agreeing(after, polarity)
    held = [faded_strength(sign.strength, sign.at, now, config.half_life_days) for sign in _once(counted)]
    if edit is not None and edit.polarity == polarity and len(counted) == len(after):
        held.append(faded_strength(edit.strength, edit.at, now, config.half_life_days))
    return Taste(
        id=key,
        attribute=last.attribute,
        op=last.op,
        value=last.value,
        label=last.label,
        polarity=polarity,
        strength=round(1.0 - math.prod(1.0 - strength for strength in held), 4),
        first_seen=seen[0].at,
        last_seen=max(last.at, edit.at if edit else ""),
        times=len(seen),
        origins=_origins(seen, edit),
    )


def _agreeing(signs: Sequence[TasteSeen], polarity: str) -> list[TasteSeen]:
    """Return the signs since the taste last changed its direction."""
    found: list[TasteSeen] = []
    for sign in reversed(signs):
        if sign.polarity != polarity:
            break
        found.append(sign)
    return found[::-1]


def _once(signs: Sequence[TasteSeen]) -> list[TasteSeen]:
    """Return one sign a conversation: the strongest, the newest of equals. Saying it twice does not count twice."""
    best: dict[tuple[str, str], TasteSeen] = {}
    for sign in signs:
        key = (sign.session_id, "" if sign.session_id else sign.source)
        if key not in best or sign.strength >= best[key].strength:
            best[key] = sign
    return list(best.values())


def _origins(seen: Sequence[TasteSeen], edit: TasteEdited | None) -> tuple[TasteOrigin, ...]:
    found = [TasteOrigin(at=sign.at, source=sign.source, session_id=sign.session_id, quote=sign.quote) for sign in seen]
    if edit is not None:
        found.append(TasteOrigin(at=edit.at, source="edited"))
    return tuple(sorted(found, key=lambda origin: origin.at)[-_MOST_ORIGINS:])


def _only(seen: Sequence[TasteSeen], source: str) -> bool:
    return all(sign.source == source for sign in seen)


def _waits(seen: Sequence[TasteSeen], config: MemoryConfig) -> bool:
    """Whether a wish showed in too few conversations, all of one direction, and nothing else speaks for it."""
    if not _only(seen, "session"):
        return False
    agreeing = _agreeing(seen, seen[-1].polarity)
    return len({sign.session_id for sign in agreeing}) < config.repeat_sessions


def _colder(taste: Taste, own: int) -> Taste:
    """Let stated attributes count less, the more is known of the user's own tastes."""
    return taste.model_copy(update={"strength": round(taste.strength / (1.0 + own / _OWN_TASTES), 4)})


def _settled(tastes: Sequence[Taste], schema: CatalogSchema) -> list[Taste]:
    """Leave out what a newer taste contradicts: another bound on the same end of a number, or one that excludes it."""
    kept: list[Taste] = []
    for taste in sorted(tastes, key=lambda taste: taste.last_seen, reverse=True):
        spec = schema.get(taste.attribute)
        if taste.attribute != ITEM and spec is None:
            continue  # the catalogue has changed
        numeric = spec is not None and spec.kind in ("number", "date")
        if numeric and any(other.attribute == taste.attribute and clash(other, taste) for other in kept):
            continue
        kept.append(taste)
    return kept


def clash(one: Taste, other: Taste) -> bool:
    """Whether two conditions on one number bound the same end, or leave nothing between them."""
    first, second = one.preference().constraint(), other.preference().constraint()
    if first is None or second is None:
        return False
    ends = {_end(first), _end(second)}
    if ends != {"lower", "upper"}:
        return True
    low, high = (first, second) if _end(first) == "lower" else (second, first)
    try:
        return bool(low.value >= high.value)  # type: ignore[operator]
    except TypeError:
        return True


def _end(constraint: Constraint) -> str:
    return {"gt": "lower", "ge": "lower", "lt": "upper", "le": "upper"}.get(constraint.op, constraint.op)
