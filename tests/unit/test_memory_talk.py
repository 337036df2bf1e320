"""What messages say about being remembered, and what they leave alone."""

from __future__ import annotations

import pytest

from agent.types import MemoryWish, Preference, PreferenceUpdate, Removal
from agent.understanding.memory_talk import memory_wish, with_memory_talk

HORROR = Preference(id="p", attribute="genres", value="Horror", polarity="dislike", turn_id="t", quote="hate horror")


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("What do you remember about me?", "show"),
        ("what have you learned about my taste", "show"),
        ("show me what you know", "show"),
        ("Don't use my history today", "off"),
        ("ignore what you know about me please", "off"),
        ("without my profile this time", "off"),
        ("you can use my history again", "on"),
        ("remember my tastes", "consent"),
        ("Yes, please remember me", "consent"),
        ("stop remembering me", "withdraw"),
        ("Don't remember anything about me", "withdraw"),
        ("remember that I hate horror", "remember"),
        ("Please keep in mind I never watch musicals", "remember"),
        ("don't forget that I love Westerns", "remember"),
        ("forget that I like horror", "forget"),
        ("stop thinking I like musicals", "forget"),
        ("forget that", "forget_last"),
        ("Oh, forget it.", "forget_last"),
        ("forget everything you know about me", "clear"),
        ("delete my history", "clear"),
        ("a film about history", None),
        ("I remember liking Alien", None),
        ("forget everything", None),
        ("something unforgettable", None),
        ("what do you know about Alien", None),
        ("a film where nobody remembers him", None),
        ("undo", None),
    ],
)
def test_wordings_about_memory(text: str, wish: MemoryWish | None) -> None:
    assert memory_wish(text) == wish


def test_what_is_to_be_remembered_holds_in_general() -> None:
    update = with_memory_talk("remember that I hate horror", PreferenceUpdate(add=(HORROR,)))
    assert [wish.scope for wish in update.add] == ["lasting"]
    for_others = HORROR.model_copy(update={"scope": "company"})
    kept = with_memory_talk("remember that my kids hate horror", PreferenceUpdate(add=(for_others,)))
    assert [wish.scope for wish in kept.add] == ["company"]


def test_what_is_to_be_forgotten_is_no_wish_of_the_conversation() -> None:
    read = PreferenceUpdate(add=(HORROR,), undo=1, intents=("undo",))
    update = with_memory_talk("forget that I hate horror", read)
    assert (update.add, update.undo, update.intents) == ((), 0, ())
    assert update.remove == (Removal(attribute="genres", value="Horror"),)
    assert update.memory is not None and update.memory.about == update.remove


def test_leaving_history_out_keeps_the_wishes_said_with_it() -> None:
    update = with_memory_talk("don't use my history today, I want a comedy", PreferenceUpdate(add=(HORROR,)))
    assert (update.use_memory, update.add) == (False, (HORROR,))


def test_other_messages_stay_as_they_were() -> None:
    update = PreferenceUpdate(add=(HORROR,), undo=1)
    assert with_memory_talk("no horror", update) is update


def test_the_words_about_memory_are_no_wishes() -> None:
    history = HORROR.model_copy(update={"value": "History"})
    update = with_memory_talk("don't use my history today, no horror", PreferenceUpdate(add=(history, HORROR)))
    assert update.add == (HORROR,)
    noise = HORROR.model_copy(update={"attribute": "text", "value": "remember"})
    assert len(with_memory_talk("remember that I hate horror", PreferenceUpdate(add=(noise, HORROR))).add) == 1
