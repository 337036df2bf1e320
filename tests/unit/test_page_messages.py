"""What the page's buttons say for the visitor is understood as what they promise, in every language."""

from __future__ import annotations

import pytest

from agent.types import Conversation, Preference, ShownList
from agent.understanding import LexicalUnderstander
from agent.voices import Voices
from retrieval import demo
from ui.language import load_words

LANGUAGES = tuple(load_words())
VOICES = Voices(demo.schema())
WISHES = (
    Preference(id="1", attribute="runtime", op="lt", value=98, hard=True, turn_id="t0", quote="short"),
    Preference(id="2", attribute="genres", value="Crime", hard=True, turn_id="t0", quote="crime"),
    Preference(id="3", attribute="year", op="between", value=(1970.0, 1979.0), hard=True, turn_id="t0", quote="70s"),
    Preference(id="4", attribute="country", value="France", hard=True, turn_id="t0", quote="French"),
)


def talk(language: str) -> Conversation:
    shown = (ShownList(turn_id="t0", item_ids=("tt0078748",)),)
    return Conversation(session_id="s", language=language, preferences=WISHES, shown=shown)


@pytest.mark.parametrize("language", LANGUAGES)
def test_dropping_a_condition_takes_it_back(understander: LexicalUnderstander, language: str) -> None:
    for wish in WISHES:
        constraint = wish.constraint()
        assert constraint is not None
        words = VOICES.of(language).constraint_words(constraint)
        said = load_words()[language].say("said.never_mind", constraint=words)
        update = understander.understand(said, talk(language), "t1")
        # "French" leans to the language as well; what nobody wished for may be let go of too.
        held = {one.attribute for one in WISHES}
        assert held & {removal.attribute for removal in update.remove} == {wish.attribute}, said
        assert not update.add, said


@pytest.mark.parametrize("language", LANGUAGES)
def test_asking_for_more_asks_for_more(understander: LexicalUnderstander, language: str) -> None:
    said = load_words()[language].say("said.more")
    update = understander.understand(said, talk(language), "t1")
    assert "more" in update.intents and not update.add and update.language in (language, "")


@pytest.mark.parametrize("language", LANGUAGES)
def test_more_like_an_item_likes_it(understander: LexicalUnderstander, language: str) -> None:
    said = load_words()[language].say("said.more_like", title="Alien")
    update = understander.understand(said, talk(language), "t1")
    assert [(wish.attribute, wish.label, wish.polarity) for wish in update.add] == [("item", "Alien", "like")]
    assert update.language in (language, "")
