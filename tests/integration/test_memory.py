"""Long memory in real conversations: with consent, across sessions and restarts, said when used, forgotten for good."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import sqlalchemy as sa

from agent import Recommender, Settings
from agent.memory import MemoryConfig, MemoryKeeper
from agent.types import Reply

VAGUE = "Just recommend something, no questions"


@pytest.fixture
def settings(demo_settings: Settings) -> Settings:
    return demo_settings.model_copy(update={"memory": MemoryConfig(enabled=True)})


@pytest.fixture
async def recommender(settings: Settings) -> AsyncIterator[Recommender]:
    recommender = Recommender.from_settings(settings)
    yield recommender
    await recommender.aclose()


@pytest.fixture
def memory(recommender: Recommender) -> MemoryKeeper:
    assert recommender.memory is not None
    return recommender.memory


async def say(recommender: Recommender, text: str, session: str, user: str | None = "ada") -> Reply:
    return await recommender.reply(text, session, user=user)


def genres(reply: Reply) -> list[bool]:
    return ["Western" in str(pick.attributes.get("genres")) for pick in reply.recommendations]


async def teach(recommender: Recommender, memory: MemoryKeeper, user: str = "ada") -> Reply:
    await memory.consent(user, True)
    return await say(recommender, "Remember that I love Westerns", f"first-{user}", user)


async def test_what_was_said_to_hold_in_general_leans_on_the_next_conversation(
    recommender: Recommender, memory: MemoryKeeper
) -> None:
    cold = await say(recommender, VAGUE, "cold", None)
    taught = await teach(recommender, memory)
    assert "remember that you like westerns" in taught.text
    again = await say(recommender, VAGUE, "second")
    assert sum(genres(again)) > sum(genres(cold))
    assert [wish.value for wish in again.remembered] == ["Western"]
    assert again.remembered[0].origin == "memory"
    assert again.remembered_text in again.text
    assert "I also leaned on what I remember of you: you like" in again.text
    assert again.preferences == (), "what is remembered is no wish of this conversation"


async def test_why_this_tells_of_memory(recommender: Recommender, memory: MemoryKeeper) -> None:
    await teach(recommender, memory)
    shown = await say(recommender, VAGUE, "second")
    place = genres(shown).index(True)
    why = await say(recommender, f"Why the {('first', 'second', 'third', 'fourth', 'fifth')[place]} one?", "second")
    assert "what I remember of you" in why.text
    assert [wish.value for wish in why.remembered] == ["Western"]


async def test_nothing_is_kept_or_used_without_consent_a_user_or_the_setting(
    recommender: Recommender, memory: MemoryKeeper, settings: Settings
) -> None:
    reply = await say(recommender, "Remember that I love Westerns", "s1")
    assert "unless you allow it" in reply.text
    assert (await recommender.store.export_user("ada"))["memory"] == []
    await say(recommender, "Remember that I love Westerns", "s2", None)
    off = Recommender.from_settings(settings.model_copy(update={"memory": MemoryConfig()}))
    await teach(recommender, memory)
    assert (await say(off, VAGUE, "s3")).remembered == ()
    await off.aclose()
    assert (await say(recommender, VAGUE, "s4", None)).remembered == ()


async def test_the_conversations_own_wishes_are_never_overruled(recommender: Recommender, memory: MemoryKeeper) -> None:
    await teach(recommender, memory)
    for text in ("Comedies from the nineties, no questions", "No Westerns please, just show me something old"):
        plain = await say(recommender, text, f"plain {text}", None)
        leaned = await say(recommender, text, f"leaned {text}")
        hard = [wish for wish in leaned.preferences if wish.hard]
        assert hard and hard == [
            wish.model_copy(update={"id": mine.id, "turn_id": mine.turn_id})
            for wish, mine in zip([wish for wish in plain.preferences if wish.hard], hard, strict=True)
        ]
        if text.startswith("No Westerns"):
            assert not any(genres(leaned))
        else:
            assert all("Comedy" in str(pick.attributes["genres"]) for pick in leaned.recommendations)
            assert all(1990 <= int(str(pick.attributes["year"])) < 2000 for pick in leaned.recommendations)


async def test_not_today_leaves_history_out_of_this_conversation_only(
    recommender: Recommender, memory: MemoryKeeper
) -> None:
    await teach(recommender, memory)
    told = await say(recommender, "Don't use my history today", "second")
    assert "out of this conversation" in told.text
    assert (await say(recommender, VAGUE, "second")).remembered == ()
    await say(recommender, "remember that I love musicals", "second")
    assert (await say(recommender, VAGUE, "third")).remembered


async def test_what_is_remembered_is_shown_and_forgotten_on_request(
    recommender: Recommender, memory: MemoryKeeper
) -> None:
    await teach(recommender, memory)
    shown = await say(recommender, "What do you remember about me?", "second")
    assert "you like westerns" in shown.text
    gone = await say(recommender, "Forget that I like Westerns", "second")
    assert "no longer remember" in gone.text
    assert (await memory.recall("ada")).tastes == ()
    _, transcript = await recommender.transcript("second")
    first = transcript.turns[0].reply
    assert first is not None and "western" not in first.text and first.remembered == ()


async def test_undo_unlearns_what_it_takes_back(recommender: Recommender, memory: MemoryKeeper) -> None:
    await teach(recommender, memory)
    await say(recommender, "forget that", "first-ada")
    assert (await memory.recall("ada")).tastes == ()


async def test_consent_can_be_given_and_withdrawn_in_words(recommender: Recommender, memory: MemoryKeeper) -> None:
    await say(recommender, "Remember my tastes", "s1")
    assert (await memory.recall("ada")).consent
    await say(recommender, "remember that I love Westerns", "s1")
    assert (await memory.recall("ada")).tastes
    await say(recommender, "Stop remembering me", "s1")
    assert not (await memory.recall("ada")).consent


async def test_reactions_teach_and_repeated_wishes_become_tastes(
    recommender: Recommender, memory: MemoryKeeper
) -> None:
    await memory.consent("ada", True)
    for number in range(3):
        reply = await say(recommender, "a comedy, no questions", f"s{number}")
        formed = [taste for taste in (await memory.recall("ada")).tastes if taste.attribute == "genres"]
        assert bool(formed) == (number == 2)
    liked = reply.recommendations[0]
    await recommender.feedback("s2", liked.item_id, "like")
    tastes = {(taste.attribute, taste.value) for taste in (await memory.recall("ada")).tastes}
    assert ("genres", "Comedy") in tastes
    assert ("item", liked.item_id) in tastes


async def test_two_users_and_a_restart(settings: Settings, recommender: Recommender, memory: MemoryKeeper) -> None:
    await teach(recommender, memory)
    await memory.consent("bob", True)
    later = Recommender.from_settings(settings)
    try:
        assert (await say(later, VAGUE, "of ada")).remembered
        assert (await say(later, VAGUE, "of bob", "bob")).remembered == ()
        told = await say(later, "What do you remember about me?", "of bob", "bob")
        assert "western" not in told.text
    finally:
        await later.aclose()


async def test_withdrawn_consent_leaves_no_trace_of_what_was_learnt_in_any_table(
    recommender: Recommender, memory: MemoryKeeper, settings: Settings
) -> None:
    """The taste was stated by the integrator, so no message of the user's own holds it."""
    await memory.consent("ada", True)
    info = await recommender.new_session("ada")
    reply = await say(recommender, VAGUE, info.session_id)
    stated = await memory.state_profile("ada", {"genres": ["Western"]})
    await memory.edit("ada", stated.tastes[0].id, strength=1.0)
    leaned = await say(recommender, VAGUE, "second")
    assert leaned.remembered and reply.remembered == ()
    await memory.consent("ada", False)
    engine = sa.create_engine(settings.store.address(settings.data_dir))
    with engine.connect() as connection:
        for table in sa.inspect(connection).get_table_names():
            rows = str(connection.execute(sa.text(f'SELECT * FROM "{table}"')).all())
            assert "you like western" not in rows, table
            assert leaned.remembered[0].id not in rows, table
    engine.dispose()
