"""How far a wish reaches and how sure it is are read from the words around it."""

from __future__ import annotations

import pytest

from agent.types import Conversation
from agent.understanding import LexicalUnderstander

EMPTY = Conversation(session_id="s")

SAID = [
    ("I generally watch thrillers, but tonight I want something funny",
     {("genres", "lasting", 1.0, False), ("moods", "now", 1.0, False)}),
    ("In general I never watch horror", {("genres", "lasting", 1.0, True)}),
    ("my wife hates westerns", {("genres", "company", 1.0, True)}),
    ("I'm watching with my mum. A comedy from the 60s please",
     {("year", "company", 1.0, True), ("genres", "company", 1.0, True)}),
    ("maybe a western", {("genres", "session", 0.5, False)}),
    ("I think it should be a western", {("genres", "session", 0.7, False)}),
    ("I think I want a western", {("genres", "session", 1.0, True)}),
    ("a western or something, from the sixties",
     {("genres", "session", 0.5, False), ("year", "session", 1.0, True)}),
    ("a western, not sure", {("genres", "session", 0.5, False)}),
    ("a crime film, no more than two hours tonight",
     {("genres", "now", 1.0, True), ("runtime", "now", 1.0, True)}),
    ("what kind of western do you have?", {("genres", "session", 1.0, True)}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), SAID)
def test_scope_and_certainty(
    understander: LexicalUnderstander, text: str, expected: set[tuple[str, str, float, bool]]
) -> None:
    update = understander.understand(text, EMPTY, "t1")
    assert {(p.attribute, p.scope, p.certainty, p.hard) for p in update.add} == expected
