"""A dialogue in each language, from the message to the reply: understood, answered and asked in it."""

from __future__ import annotations

import re

import pytest

from agent import Recommender
from agent.types import AskAction, RecommendAction, Reply

TALKS = {
    "fr": ("bonjour", "un thriller de moins de deux heures", "pourquoi le premier ?", "annule", "merci"),
    "es": ("hola", "un thriller de menos de dos horas", "¿por qué la primera?", "deshacer", "gracias"),
    "de": ("hallo", "einen Thriller unter zwei Stunden", "warum der erste?", "rückgängig", "danke"),
    "zh": ("你好", "两小时以内的惊悚片", "为什么推荐第一个？", "撤销", "谢谢"),
}
ENGLISH = re.compile(r"\b(the|and|is|are|you|your|with|for|under|because|film is|asked)\b", re.IGNORECASE)


def question(reply: Reply) -> AskAction | None:
    action = reply.action
    return action if isinstance(action, AskAction) else action.question if isinstance(action, RecommendAction) else None


def words(reply: Reply) -> str:
    """Return what the reply says, without titles and names, which stay as they are in every language."""
    text = reply.text
    for pick in reply.recommendations:
        text = text.replace(pick.title, "")
        for value in pick.attributes.values():
            for name in value if isinstance(value, tuple) else ():
                text = text.replace(str(name), "")
    return text


@pytest.mark.parametrize("language", TALKS)
async def test_a_dialogue_stays_in_its_language(recommender: Recommender, language: str) -> None:
    replies = [await recommender.reply(message, language) for message in TALKS[language]]
    assert {reply.language for reply in replies} == {language}
    assert [reply.action.kind for reply in replies] == ["ask", "recommend", "answer", "answer", "close"]
    for reply in replies:
        assert not ENGLISH.search(words(reply)), reply.text
    for pick in replies[1].recommendations:
        assert "Thriller" in tuple(pick.attributes["genres"]) and float(str(pick.attributes["runtime"])) <= 120  # type: ignore[arg-type]
        assert pick.evidence


async def test_a_message_that_is_refused_is_refused_in_its_language(recommender: Recommender) -> None:
    reply = await recommender.reply("je voudrais un film avec beaucoup de mots " * 1000, "long")
    assert (reply.action.kind, reply.language) == ("refuse", "fr")
    assert reply.text.startswith("Ce message est trop long")


@pytest.mark.parametrize("language", TALKS)
async def test_a_pressed_answer_is_understood(recommender: Recommender, language: str) -> None:
    session = f"press-{language}"
    asked = question(await recommender.reply(TALKS[language][0], session))
    assert asked is not None and asked.options
    answered = await recommender.reply(asked.options[0], session)
    assert answered.language == language
    assert [(wish.attribute, wish.value) for wish in answered.preferences] == [(asked.attribute, asked.values[0])]
    again = question(answered)
    if again is not None:
        out = await recommender.reply(again.escapes[0], session)
        assert out.language == language and len(out.preferences) == 1
