"""The preference panel: what it shows, and how a change made in it becomes an update."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from agent.memory import Memory
from agent.types import Conversation, Preference, PreferenceUpdate, Removal
from retrieval.types import AttributeSpec, AttributeValue, CatalogSchema

from .. import tastes, view
from ..api.models import ChangedPreference, PreferencesPatch
from ..edits import find, to_update
from ..failures import WordedError
from ..language import Words, english
from ..words import is_range
from .frames import Edit

_DASH = re.compile(r"\s*[–—]\s*|\s+(?:-|to)\s+|(?<=\d)-(?=\d)")


def panel_context(
    wishes: Sequence[Preference],
    schema: CatalogSchema,
    can_undo: bool,
    choices: dict[str, list[str]],
    words: Words,
) -> dict[str, Any]:
    """Return what the panel's template needs; ``choices`` are values to pick from, by attribute."""
    views = view.preferences(wishes, schema, words)
    shown = {wish.attribute for wish in views if wish.editable}
    return {
        "groups": [
            (words.say("panel.musts"), [wish for wish in views if wish.hard]),
            (words.say("panel.wishes"), [wish for wish in views if not wish.hard]),
        ],
        "count": len(views),
        "can_undo": can_undo,
        "choices": {name: values for name, values in choices.items() if name in shown},
    }


def memory_context(memory: Memory | None, schema: CatalogSchema, words: Words) -> dict[str, Any]:
    """Return what the panel's template needs of the long memory; None hides that part."""
    if memory is None:
        return {"memory": None}
    return {"memory": {"on": memory.consent, "tastes": [tastes.taste(taste, schema, words) for taste in memory.tastes]}}


def update_for(
    edit: Edit, conversation: Conversation, schema: CatalogSchema, words: Words | None = None
) -> PreferenceUpdate:
    """Return the update that a change in the panel means.

    Raises:
        PreferenceNotFoundError: the preference is gone, for example changed in another tab.
        WordedError: the new value does not fit the attribute.
    """
    if edit.do == "clear":
        # Not a reset, which would forget what was shown and what can be undone: clearing can itself be undone.
        every = tuple(Removal(attribute=wish.attribute, value=wish.value) for wish in conversation.preferences)
        return PreferenceUpdate(remove=every, source="door")
    if edit.do == "dial":
        return PreferenceUpdate(adventure=_dial(edit.value, words or english()), source="door")
    if edit.do == "undo":
        return to_update(PreferencesPatch(undo=1), conversation)
    if edit.do == "remove":
        return to_update(PreferencesPatch(remove=(edit.id,)), conversation)
    wish = find(conversation, edit.id)
    if edit.do == "toggle":
        change = ChangedPreference(id=wish.id, hard=not wish.hard)
    else:
        value = parse(edit.value, schema.get(wish.attribute), wish, words)
        change = ChangedPreference(id=wish.id, value=value)
    return to_update(PreferencesPatch(change=(change,)), conversation)


def _dial(text: str, words: Words) -> float:
    if not (text.isascii() and text.isdecimal()) or int(text) > 100:
        raise WordedError(words.say("panel.not_number", text=repr(text)), hint=words.say("panel.number_hint"))
    return int(text) / 100


def parse(text: str, spec: AttributeSpec | None, wish: Preference, words: Words | None = None) -> AttributeValue:
    """Read a typed value as the attribute's kind asks.

    Raises:
        WordedError: it is empty or not of that kind.
    """
    words, text = words or english(), text.strip()
    if not text:
        raise WordedError(words.say("panel.empty_value"), hint=words.say("panel.empty_hint"))
    if is_range(wish.value):
        low, high = _range(text, spec, words)
        return (low, high)
    if spec is not None and spec.kind == "number":
        return _number(text, spec, words)
    if isinstance(wish.value, tuple):
        return tuple(_catalogued(part.strip(), spec) for part in text.split(",") if part.strip())
    return _catalogued(text, spec)


def _catalogued(text: str, spec: AttributeSpec | None) -> str:
    """Return the catalogue's own value for one that was typed as the page writes it."""
    written = spec.written if spec else {}
    return next((value for value, shown in written.items() if shown.casefold() == text.casefold()), text)


def _number(text: str, spec: AttributeSpec | None, words: Words) -> float:
    unit = spec.unit if spec else ""
    try:
        digits = text.replace(",", "." if words.patterns["language.decimal"] == "," else "")
        number = float(digits.removesuffix(unit).removeprefix(unit).strip())
    except ValueError as error:
        raise WordedError(
            words.say("panel.not_number", text=repr(text)), hint=words.say("panel.number_hint")
        ) from error
    return int(number) if number.is_integer() else number


def _range(text: str, spec: AttributeSpec | None, words: Words) -> tuple[float, float]:
    ends = [_number(part, spec, words) for part in _DASH.split(text)]
    if len(ends) != 2 or ends[0] > ends[1]:
        raise WordedError(words.say("panel.not_range", text=repr(text)), hint=words.say("panel.range_hint"))
    return ends[0], ends[1]
