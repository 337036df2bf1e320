"""The preference panel: what it shows, and how a change made in it becomes an update."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from agent.errors import MessageError
from agent.memory import Memory
from agent.types import Conversation, Preference, PreferenceUpdate, Removal
from retrieval.types import AttributeSpec, AttributeValue, CatalogSchema

from .. import view
from ..api_models import ChangedPreference, PreferencesPatch
from ..edits import find, to_update
from ..words import is_range
from .frames import Edit

_DASH = re.compile(r"\s*[–—]\s*|\s+(?:-|to)\s+|(?<=\d)-(?=\d)")


def panel_context(
    wishes: Sequence[Preference], schema: CatalogSchema, can_undo: bool, choices: dict[str, list[str]]
) -> dict[str, Any]:
    """Return what the panel's template needs; ``choices`` are values to pick from, by attribute."""
    views = view.preferences(wishes, schema)
    shown = {wish.attribute for wish in views if wish.editable}
    return {
        "groups": [
            ("Must hold", [wish for wish in views if wish.hard]),
            ("Would be nice", [wish for wish in views if not wish.hard]),
        ],
        "count": len(views),
        "can_undo": can_undo,
        "choices": {name: values for name, values in choices.items() if name in shown},
    }


def memory_context(memory: Memory | None, schema: CatalogSchema) -> dict[str, Any]:
    """Return what the panel's template needs of the long memory; None hides that part."""
    if memory is None:
        return {"memory": None}
    return {"memory": {"on": memory.consent, "tastes": [view.taste(taste, schema) for taste in memory.tastes]}}


def update_for(edit: Edit, conversation: Conversation, schema: CatalogSchema) -> PreferenceUpdate:
    """Return the update that a change in the panel means.

    Raises:
        PreferenceNotFoundError: the preference is gone, for example changed in another tab.
        MessageError: the new value does not fit the attribute.
    """
    if edit.do == "clear":
        # Not a reset, which would forget what was shown and what can be undone: clearing can itself be undone.
        every = tuple(Removal(attribute=wish.attribute, value=wish.value) for wish in conversation.preferences)
        return PreferenceUpdate(remove=every, source="door")
    if edit.do == "undo":
        return to_update(PreferencesPatch(undo=1), conversation)
    if edit.do == "remove":
        return to_update(PreferencesPatch(remove=(edit.id,)), conversation)
    wish = find(conversation, edit.id)
    if edit.do == "toggle":
        change = ChangedPreference(id=wish.id, hard=not wish.hard)
    else:
        change = ChangedPreference(id=wish.id, value=parse(edit.value, schema.get(wish.attribute), wish))
    return to_update(PreferencesPatch(change=(change,)), conversation)


def parse(text: str, spec: AttributeSpec | None, wish: Preference) -> AttributeValue:
    """Read a typed value as the attribute's kind asks.

    Raises:
        MessageError: it is empty or not of that kind.
    """
    text = text.strip()
    if not text:
        raise MessageError("The new value is empty.", hint="Type a value, or remove the preference.")
    if is_range(wish.value):
        low, high = _range(text, spec)
        return (low, high)
    if spec is not None and spec.kind == "number":
        return _number(text, spec)
    if isinstance(wish.value, tuple):
        return tuple(part.strip() for part in text.split(",") if part.strip())
    return text


def _number(text: str, spec: AttributeSpec | None) -> float:
    unit = spec.unit if spec else ""
    try:
        number = float(text.replace(",", "").removesuffix(unit).removeprefix(unit).strip())
    except ValueError as error:
        raise MessageError(f"{text!r} is not a number.", hint="Type digits, for example 90.") from error
    return int(number) if number.is_integer() else number


def _range(text: str, spec: AttributeSpec | None) -> tuple[float, float]:
    ends = [_number(part, spec) for part in _DASH.split(text)]
    if len(ends) != 2 or ends[0] > ends[1]:
        raise MessageError(f"{text!r} is not a range.", hint="Type two numbers, for example 90 - 120.")
    return ends[0], ends[1]
