"""What Slack takes, by the models of its own SDK, and the state that its clients send of a view."""

from __future__ import annotations

from typing import Any

from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

_MOST_VIEW_BLOCKS = 100


def initial_values(view: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the state of a view that nobody touched."""
    values: dict[str, dict[str, Any]] = {}
    for block in view["blocks"]:
        element = block.get("element") or block.get("accessory")
        if element is None:
            continue
        held: dict[str, Any] = {"type": element["type"]}
        if element["type"] == "plain_text_input":
            held["value"] = element.get("initial_value")
        else:
            held["selected_option"] = element.get("initial_option")
        values[block["block_id"]] = {element["action_id"]: held}
    return values


def limited(retry_after: int) -> tuple[int, dict[str, Any], dict[str, str]]:
    """Return Slack's answer to too many calls."""
    return 429, {"ok": False, "error": "ratelimited"}, {"Retry-After": str(retry_after)}


def valid_blocks(blocks: list[dict[str, Any]]) -> bool:
    """Say whether Slack's models take the blocks as they are: known kinds, within the limits, with unique ids."""
    try:
        for block in blocks:
            read = Block.parse(block)
            if read is None:
                return False
            read.to_dict()
    except SlackObjectFormationError:
        return False
    texts = [block["text"]["text"] for block in blocks if block.get("type") == "section" and "text" in block]
    unique = all(
        len({element["action_id"] for element in block["elements"]}) == len(block["elements"])
        for block in blocks
        if block["type"] == "actions"
    )
    return unique and all(1 <= len(text) <= 3000 for text in texts)


def valid_view(view: dict[str, Any]) -> bool:
    """Say whether Slack's models take a view."""
    if len(view["blocks"]) > _MOST_VIEW_BLOCKS or len(view.get("private_metadata", "")) > 3000:
        return False
    try:
        View(**view).to_dict()
    except SlackObjectFormationError:
        return False
    return True
