"""The modal in which preferences are seen and edited: Slack's view out, the edit that it means in. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from agent.errors import MessageError
from agent.types import Conversation, Preference
from retrieval.types import Constraint

from ... import view
from ...api.models import ChangedPreference, PreferencesPatch
from ...page.panel import parse
from ...page.ports import Catalogue
from ..posts import Wording
from ..texts import clipped
from .mrkdwn import plain, shortened

CALLBACK = "palate_preferences"
KEEP, VALUE, DIAL, UNDO = "palate_keep", "palate_value", "palate_dial", "palate_undo"
"""Actions of the modal; those of a wish stand in blocks named ``KIND:ID OF THE WISH``."""
MOST_WISHES = 40
"""Two blocks each; a view takes a hundred."""
_STEPS = (0, 25, 50, 75, 100)
_LONGEST_VALUE = 500
_LONGEST_TITLE = 24


class FieldError(Exception):
    """Report a field of the modal that cannot be used, by its block."""

    def __init__(self, block: str, message: str) -> None:
        """Name the block and say what is wrong."""
        super().__init__(message)
        self.block, self.message = block, message


def preferences_view(conversation: Conversation, wording: Wording, dial: float, metadata: str) -> dict[str, Any]:
    """Return the view; ``metadata`` comes back with what was submitted."""
    blocks: list[dict[str, Any]] = []
    for wish in view.preferences(conversation.preferences, wording.schema, wording.words)[:MOST_WISHES]:
        blocks += _wish(wish, wording)
    if not blocks:
        blocks.append(_section(plain(wording.say("panel.empty"))))
    blocks.append(_dial(dial, wording))
    if conversation.undo_stack:
        undo = {"type": "button", "text": _plain(wording.say("panel.undo"), 75), "action_id": UNDO}
        blocks.append({"type": "actions", "block_id": UNDO, "elements": [undo]})
    return {
        "type": "modal",
        "callback_id": CALLBACK,
        "private_metadata": metadata,
        "title": _plain(wording.say("bot.preferences"), _LONGEST_TITLE),
        "submit": _plain(wording.say("panel.save"), _LONGEST_TITLE),
        "close": _plain(wording.say("bot.close"), _LONGEST_TITLE),
        "blocks": blocks,
    }


def _wish(wish: view.PreferenceView, wording: Wording) -> list[dict[str, Any]]:
    quote = f"\n“{shortened(wish.quote, 300)}”" if wish.quote else ""
    section = _section(f"*{shortened(wish.label, 100)}*: {shortened(wish.words, 1000)}{quote}")
    strengths = [("must", wording.say("panel.musts"))] if wish.strict else []
    options = [*strengths, ("nice", wording.say("panel.wishes")), ("gone", wording.say("bot.remove"))]
    section["block_id"] = f"{KEEP}:{wish.id}"
    section["accessory"] = _select(KEEP, options, "must" if wish.hard else "nice")
    if not wish.editable:
        return [section]
    field = {
        "type": "plain_text_input",
        "action_id": VALUE,
        "initial_value": wish.raw[:_LONGEST_VALUE],
        "max_length": _LONGEST_VALUE,
    }
    label = _plain(wording.say("panel.new_value", label=wish.label), 2000)
    return [section, {"type": "input", "block_id": f"{VALUE}:{wish.id}", "label": label, "element": field}]


def _dial(dial: float, wording: Wording) -> dict[str, Any]:
    familiar, adventurous = wording.say("dial.familiar"), wording.say("dial.adventurous")
    names = {0: f"0 · {familiar}", 100: f"100 · {adventurous}"}
    options = [(str(step), names.get(step, str(step))) for step in _STEPS]
    section = _section(f"*{plain(wording.say('dial.title'))}*")
    return section | {"block_id": DIAL, "accessory": _select(DIAL, options, str(_nearest(dial)))}


def _nearest(dial: float) -> int:
    return min(_STEPS, key=lambda step: abs(step - 100 * dial))


def patch_of(
    values: Mapping[str, Mapping[str, Any]],
    conversation: Conversation,
    wording: Wording,
    facts: Catalogue,
    dial: float,
) -> PreferencesPatch | None:
    """Return the edit that a submitted view means, or None when nothing was changed.

    Args:
        values: the view's state, by block and action.
        conversation: the session as it is now; wishes that have gone meanwhile are passed over.
        wording: the words that the view was written in.
        facts: what values there are.
        dial: where the dial stands.

    Raises:
        FieldError: a value does not fit.
    """
    changes, gone = [], []
    for wish in conversation.preferences:
        keep = _chosen(values, f"{KEEP}:{wish.id}", KEEP)
        if keep == "gone":
            gone.append(wish.id)
            continue
        changed: dict[str, Any] = {}
        if keep is not None and (keep == "must") != wish.hard:
            changed["hard"] = keep == "must"
        value = _value(values, wish, wording, facts)
        if value is not None:
            changed["value"] = value
        if changed:
            changes.append(ChangedPreference(id=wish.id, **changed))
    step = _chosen(values, DIAL, DIAL)
    chosen = next((one for one in _STEPS if str(one) == step), _nearest(dial))
    adventure = None if chosen == _nearest(dial) else chosen / 100
    if not changes and not gone and adventure is None:
        return None
    return PreferencesPatch(change=tuple(changes), remove=tuple(gone), adventure=adventure)


def _value(values: Mapping[str, Mapping[str, Any]], wish: Preference, wording: Wording, facts: Catalogue) -> Any:
    """Return the new value of a wish, or None when it is the old one."""
    block = f"{VALUE}:{wish.id}"
    if block not in values:
        return None
    shown, typed = view.preference(wish, wording.schema, wording.words), values[block].get(VALUE, {}).get("value") or ""
    if typed == shown.raw[:_LONGEST_VALUE]:
        return None
    try:
        value = parse(typed, wording.schema.get(wish.attribute), wish, wording.words)
    except MessageError as error:
        raise FieldError(block, f"{error.args[0]} {error.hint}".strip()) from error
    if facts.count((Constraint(attribute=wish.attribute, op=wish.op, value=value),)) == 0:
        said = wording.say("panel.unknown", label=shown.label, value=typed)
        raise FieldError(block, f"{said} {wording.say('panel.kept')}")
    return value


def _chosen(values: Mapping[str, Mapping[str, Any]], block: str, action: str) -> str | None:
    option = values.get(block, {}).get(action, {}).get("selected_option")
    return None if option is None else str(option.get("value"))


def _select(action: str, options: Sequence[tuple[str, str]], chosen: str) -> dict[str, Any]:
    shown = [{"text": _plain(label, 75), "value": value} for value, label in options]
    initial = next((option for option in shown if option["value"] == chosen), shown[0])
    return {"type": "static_select", "action_id": action, "options": shown, "initial_option": initial}


def _section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": True}}


def _plain(text: str, limit: int) -> dict[str, Any]:
    return {"type": "plain_text", "text": clipped(text, limit), "emoji": False}
