"""An answer pressed as it was offered is read in every language, and changes nothing about the language spoken."""

from __future__ import annotations

import pytest

from agent.templates import ESCAPES
from agent.types import AskAction, Conversation
from agent.understanding import LexicalUnderstander
from agent.voices import Voices
from retrieval import demo

LANGUAGES = ("de", "en", "es", "fr", "zh")
VOICES = Voices(demo.schema())
GENRES = AskAction(
    attribute="genres",
    question="What kind?",
    options=("Comedy", "Sci-Fi", "Crime"),
    values=("Comedy", "Sci-Fi", "Crime"),
    escapes=ESCAPES,
)
YEARS = AskAction(
    attribute="year",
    question="When?",
    options=("Before 1960", "1960 to 1979", "1980 or later"),
    values=((-1e15, 1959.0), (1960.0, 1979.0), (1980.0, 1e15)),
    escapes=ESCAPES,
)
TITLES = AskAction(
    attribute="item",
    question="?",
    options=("Alien", "Amélie"),
    values=("a", "b"),
    escapes=ESCAPES,
    style="contrast",
)


def asked(language: str, action: AskAction) -> Conversation:
    question = VOICES.of(language).question(action)
    return Conversation(session_id="s", language=language, pending_question=question)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("action", [GENRES, YEARS, TITLES])
def test_every_option_is_read_as_what_it_stands_for(
    understander: LexicalUnderstander, action: AskAction, language: str
) -> None:
    conversation = asked(language, action)
    assert conversation.pending_question is not None
    for place, option in enumerate(conversation.pending_question.options):
        expected = understander.understand(action.options[place], asked("en", action), "t").add
        update = understander.understand(option, conversation, "t")
        assert [(w.attribute, w.op, w.value, w.origin) for w in update.add] == [
            (w.attribute, w.op, w.value, w.origin) for w in expected
        ]
        assert len(update.add) == 1 and update.add[0].origin in ("answer", "contrast")
        assert update.language == ""


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_way_out_is_read_as_in_english(understander: LexicalUnderstander, language: str) -> None:
    conversation = asked(language, GENRES)
    assert conversation.pending_question is not None
    for place, escape in enumerate(conversation.pending_question.escapes):
        expected = understander.understand(ESCAPES[place], asked("en", GENRES), "t")
        update = understander.understand(escape, conversation, "t")
        assert set(update.intents) == set(expected.intents) and not update.add
        assert {"dont_know", "no_questions"} & set(update.intents)
        assert update.language == ""
