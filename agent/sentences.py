"""One sentence of a reply with what it rests on."""

from __future__ import annotations

from typing import Literal

from retrieval.types import Value

from .types import Evidence


class Sentence(Value):
    """Words to show, the proof of each claim in them, and the item they are about."""

    text: str
    evidence: tuple[Evidence, ...] = ()
    item_id: str | None = None
    memory: bool = False
    """Whether it names tastes remembered from earlier conversations."""
    source: Literal["template", "model", "repaired"] = "template"
