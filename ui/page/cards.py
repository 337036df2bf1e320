"""Choices about cards that are not markup: addresses of covers, a stand-in's tint, names of later parts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote
from zlib import crc32

from .. import view

TINTS = 6
"""Stand-in covers the style sheet knows, ``tint-0`` up."""


def item_url(item_id: str) -> str:
    """Return the address of an item's cover."""
    return f"v1/items/{quote(item_id, safe='')}/cover"


def tint(item_id: str) -> int:
    """Return a stand-in's tint: the same for the same item, always."""
    return crc32(item_id.encode()) % TINTS


def why_slot(item_id: str) -> str:
    """Name the part of a card that says why."""
    return f"why:{item_id}"


def evidence_slot(item_id: str) -> str:
    """Name the part of a card that lists its evidence."""
    return f"evidence:{item_id}"


def cards_context(cards: Sequence[view.CardView]) -> dict[str, Any]:
    """Return what the cards' template needs."""
    return {"cards": [(card, why_slot(card.item_id), evidence_slot(card.item_id)) for card in cards]}


def claims(evidence: Sequence[view.EvidenceView]) -> list[tuple[str, list[view.EvidenceView]]]:
    """Return each claim once, with everything that it rests on; a value that the claim itself names is left out."""
    found: dict[str, list[view.EvidenceView]] = {}
    for one in evidence:
        named = one.value.casefold() in one.claim.casefold()
        basis = one.model_copy(update={"value": ""}) if named else one
        held = found.setdefault(one.claim, [])
        if basis not in held:
            held.append(basis)
    return list(found.items())
