"""Chinese, French, Spanish and German are recognised and read by the rules of English, and English stays as it was."""

from __future__ import annotations

import pytest

from agent.languages import load_packs
from agent.types import Conversation
from agent.understanding import LexicalUnderstander

EMPTY = Conversation(session_id="s")


def wishes(understander: LexicalUnderstander, text: str, conversation: Conversation = EMPTY) -> list[str]:
    """Return wishes in a form that reads well in a table: ``+genres eq Comedy !``."""
    return [
        f"{'+' if p.polarity == 'like' else '-'}{p.attribute} {p.op} {p.label or p.value}{' !' if p.hard else ''}"
        for p in understander.understand(text, conversation, "t1").add
    ]


FRENCH_BEFORE_1980 = {
    "+year lt 1980 !", "+runtime lt 120 !", "+country eq France !", "+language eq French",
}  # fmt: skip


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("fr", "je voudrais un film français d'avant 1980, moins de deux heures"),
        ("es", "quiero una película francesa de antes de 1980, de menos de dos horas"),
        ("de", "ich möchte einen französischen Film von vor 1980, unter zwei Stunden"),
    ],
)
def test_the_same_wishes_are_read_in_each_language(understander: LexicalUnderstander, language: str, text: str) -> None:
    assert set(wishes(understander, text)) == FRENCH_BEFORE_1980
    assert understander.understand(text, EMPTY, "t1").language == language


def test_packs_are_valid() -> None:
    assert [pack.language for pack in load_packs()] == ["de", "es", "fr", "zh"]
