"""The preference panel: what it shows, and how a change made in it becomes an update."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from agent.errors import MessageError, PreferenceNotFoundError
from agent.types import Conversation, Preference, PreferenceUpdate, Removal
from retrieval.types import AttributeSpec, AttributeValue, CatalogSchema

from .. import view
from .frames import Edit


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


def update_for(edit: Edit, conversation: Conversation, schema: CatalogSchema) -> PreferenceUpdate:
    """Return the update that a change in the panel means.

    Raises:
        PreferenceNotFoundError: the preference is gone, for example changed in another tab.
        MessageError: the new value does not fit the attribute.
    """
    if edit.do == "undo":
        return PreferenceUpdate(undo=1, source="door")
    if edit.do == "clear":
        return PreferenceUpdate(reset=True, source="door")
    wish = _find(edit.id, conversation)
    removal = (Removal(attribute=wish.attribute, value=wish.value),)
    if edit.do == "remove":
        return PreferenceUpdate(remove=removal, source="door")
    if edit.do == "toggle":
        return PreferenceUpdate(remove=removal, add=(wish.model_copy(update={"hard": not wish.hard}),), source="door")
    changed = wish.model_copy(update={"value": parse(edit.value, schema.get(wish.attribute), wish), "label": ""})
    return PreferenceUpdate(remove=removal, add=(changed,), source="door")


def parse(text: str, spec: AttributeSpec | None, wish: Preference) -> AttributeValue:
    """Read a typed value as the attribute's kind asks.

    Raises:
        MessageError: it is empty or not of that kind.
    """
    text = text.strip()
    if not text:
        raise MessageError("The new value is empty.", hint="Type a value, or remove the preference.")
    if spec is not None and spec.kind == "number":
        try:
            number = float(text.replace(",", "").removesuffix(spec.unit).strip())
        except ValueError as error:
            raise MessageError(f"{text!r} is not a number.", hint=f"{spec.display} takes a number.") from error
        return int(number) if number.is_integer() else number
    if isinstance(wish.value, tuple):
        return tuple(part.strip() for part in text.split(",") if part.strip())
    return text


def _find(wish_id: str, conversation: Conversation) -> Preference:
    for wish in conversation.preferences:
        if wish.id == wish_id:
            return wish
    raise PreferenceNotFoundError(f"No preference {wish_id!r} in this conversation.", hint="Reload the page.")
