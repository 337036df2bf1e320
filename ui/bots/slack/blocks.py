"""Posts as Block Kit, within Slack's limits. Pure."""

from __future__ import annotations

from typing import Any

from ..texts import LONGEST_REASON, Markup, clipped, text_of
from ..types import Button, Card, Post
from .mrkdwn import escape, plain, shortened

MOST_BLOCKS = 50
LONGEST_TEXT = 3000
LONGEST_BUTTON = 75
LONGEST_ALT = 2000
MOST_IN_A_ROW = 5
"""Buttons beside each other; Slack takes more and then breaks the row anywhere."""

_FIXED = 8
"""Blocks kept free of cards: the words, a table, the question, its answers, notes and the way to the preferences."""
_MARKUP = Markup(escape=escape, bold=lambda text: text, dim=lambda text: text)

PREFERENCES = "palate_preferences"
"""Action of the button that opens the preferences; every other button's begins with ``PRESS``."""
PRESS = "palate_press"


def message(post: Post, preferences: str = "") -> dict[str, Any]:
    """Return the arguments of ``chat.postMessage`` and ``chat.update`` that show a post.

    Args:
        post: what is shown.
        preferences: label of the button that opens the preferences; without one there is none.
    """
    text = text_of(post, _MARKUP, LONGEST_TEXT)
    return {
        "text": text,
        "blocks": blocks(post, preferences),
        "unfurl_links": False,
        "unfurl_media": False,
        "parse": "none",
        "link_names": False,
    }


def blocks(post: Post, preferences: str = "") -> list[dict[str, Any]]:
    """Return a post's blocks, at most ``MOST_BLOCKS``."""
    found: list[dict[str, Any]] = []
    if post.text:
        found.append(_section(shortened(post.text, LONGEST_TEXT)))
    if post.table is not None:
        found.append(_table(post))
    for card in post.cards[: (MOST_BLOCKS - _FIXED) // 2]:
        found += _card(card)
    if post.question:
        found.append(_section(f"*{shortened(post.question, LONGEST_TEXT - 2)}*"))
    found += _rows(post.choices, 3)
    if post.notes:
        found.append(_context([shortened(note, 500) for note in post.notes[:10]]))
    if preferences and post.done and post.cards:
        button = {"type": "button", "text": _label(preferences), "action_id": PREFERENCES}
        found.append({"type": "actions", "elements": [button]})
    return found or [_section("…")]


def _card(card: Card) -> list[dict[str, Any]]:
    shown = card.shown
    lines = [f"*{shown.rank}. {shortened(shown.title, 300)}*"]
    if shown.headline:
        lines.append(shortened(" · ".join(shown.headline), 600))
    if shown.reason:
        lines.append(shortened(shown.reason, 2 * LONGEST_REASON))
    section = _section("\n".join(lines))
    if card.cover:
        alt = clipped(shown.title, LONGEST_ALT)
        section["accessory"] = {"type": "image", "image_url": card.cover, "alt_text": alt}
    return [section, *_rows(card.buttons, 1)]


def _table(post: Post) -> dict[str, Any]:
    assert post.table is not None
    columns = post.table.columns
    lines = []
    for row in post.table.rows:
        cells = (f"{plain(title)}: {plain(cell)}" for title, cell in zip(columns, row.cells, strict=False))
        lines.append(f"*{plain(row.label)}*: {' · '.join(cells)}")
    text = ""
    for line in lines:
        if len(text) + len(line) + 1 > LONGEST_TEXT:
            break
        text += ("\n" if text else "") + line
    return _section(text or "…")


def _rows(buttons: tuple[Button, ...], most: int) -> list[dict[str, Any]]:
    rows = [buttons[start : start + MOST_IN_A_ROW] for start in range(0, len(buttons), MOST_IN_A_ROW)][:most]
    return [{"type": "actions", "elements": [_button(button, n) for n, button in enumerate(row)]} for row in rows]


def _button(button: Button, place: int) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "type": "button",
        "text": _label(button.label),
        # Ids must differ within a block; what is pressed is told by the value.
        "action_id": f"{PRESS}_{place}",
        "value": button.data,
    }
    return shown | {"style": "primary"} if button.on else shown


def _label(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": clipped(text, LONGEST_BUTTON), "emoji": False}


def _section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": _mrkdwn(text)}


def _context(texts: list[str]) -> dict[str, Any]:
    return {"type": "context", "elements": [_mrkdwn(text) for text in texts]}


def _mrkdwn(text: str) -> dict[str, Any]:
    # Verbatim: Slack shall not make links or mentions out of plain words.
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def without_pictures(blocks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return blocks without pictures, for when Slack could not fetch one and refuses the whole message."""
    return [{key: value for key, value in block.items() if key != "accessory"} for block in blocks]
