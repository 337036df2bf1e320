"""The bot behind every chat platform, over a scripted recommender: order, edits, buttons, commands, failures."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from typing import Any

import pytest

from agent.errors import MessageError, StoreError
from agent.types import (
    AskAction,
    Conversation,
    DoneEvent,
    ErrorEvent,
    ItemsEvent,
    Preference,
    RecommendAction,
    Recommendation,
    Relaxed,
    Reply,
    SentenceEvent,
    StateEvent,
    StreamEvent,
)
from retrieval.types import AttributeSpec, CatalogSchema, Item
from ui.bots.bot import Bot, command_of
from ui.bots.lines import MOST_WAITING
from ui.bots.testing import ListedInbox
from ui.bots.types import Attachment, ChatError, Heard, Post, Pressed, SlowDownError
from ui.language import english, load_words
from ui.testing import ScriptedRecommender

SCHEMA = CatalogSchema(
    name="films",
    noun="film",
    noun_plural="films",
    attributes=(AttributeSpec(name="year", kind="number"), AttributeSpec(name="genres", kind="categories")),
)
ITEMS = (
    Item(id="a", title="Alien", attributes={"year": 1979}, image="https://covers.example/a.jpg"),
    Item(id="b", title="Brazil", attributes={"year": 1985}),
)
WISH = Preference(id="p1", attribute="genres", value="Horror", hard=True, turn_id="t1", quote="scary")


def script(text: str, before: Conversation) -> Sequence[StreamEvent]:
    if text == "too long":
        raise MessageError("That message is too long.", hint="Send a shorter one.")
    if text == "crash":
        raise StoreError("The store at SECRET-HOST failed.")
    if text == "error":
        return [ErrorEvent(message="No answer.", hint="Try again.")]
    picks = tuple(Recommendation(item_id=i.id, title=i.title, rank=n) for n, i in enumerate(ITEMS, start=1))
    told = tuple(pick.model_copy(update={"reason": f"Since {pick.title}."}) for pick in picks)
    ask = AskAction(attribute="genres", question="Which genre?", options=("Crime", "Horror"), escapes=("Any",))
    turn_id = f"t{len(before.turns)}"
    reply = Reply(
        session_id=before.session_id,
        turn_id=turn_id,
        text=f"For {text}: Which genre?",
        question="Which genre?",
        action=RecommendAction(k=2, question=ask),
        recommendations=told,
        preferences=(WISH,),
        relaxed=(Relaxed(constraint="Horror", would_add=3, preference_id="p1"),),
        degraded=("no model",),
    )
    sentences = [SentenceEvent(text=f"Since {pick.title}.", item_id=pick.item_id) for pick in picks]
    said = SentenceEvent(text=f"For {text}:")
    return [StateEvent(preferences=()), ItemsEvent(recommendations=picks), said, *sentences, DoneEvent(reply=reply)]


class FakeChat:
    """Remembers what was shown; refuses where a test says so."""

    def __init__(self, interval_s: float = 0.0) -> None:
        self.interval_s = interval_s
        self.shown: dict[str, list[Post]] = {}
        self.toasts: list[str] = []
        self.refuse: list[Exception] = []

    async def send(self, post: Post) -> str:
        if self.refuse:
            raise self.refuse.pop(0)
        name = f"m{len(self.shown)}"
        self.shown[name] = [post]
        return name

    async def edit(self, message: str, post: Post) -> None:
        if self.refuse:
            raise self.refuse.pop(0)
        self.shown.setdefault(message, []).append(post)

    async def toast(self, text: str) -> None:
        self.toasts.append(text)

    @property
    def last(self) -> Post:
        return list(self.shown.values())[-1][-1]


def bot_of(pause_s: float = 0.0, **more: Any) -> tuple[Bot, ScriptedRecommender, ListedInbox]:
    recommender = ScriptedRecommender(ITEMS, SCHEMA, script, pause_s)
    inbox = ListedInbox(recommender)
    return Bot(recommender, inbox, "test", **more), recommender, inbox


def heard(text: str, chat: str = "c", **more: Any) -> Heard:
    return Heard(event_id=text, chat=chat, user="ada", text=text, **more)


def pressed(data: str, message: str = "m0") -> Pressed:
    return Pressed(event_id=data, chat="c", user="ada", data=data, message=message)


async def test_an_answer_ends_with_facts_reasons_answers_and_buttons_and_grows_in_one_message() -> None:
    bot, _, _ = bot_of(pause_s=0.001)
    chat = FakeChat()
    await bot.hear(heard("something scary"), chat)
    (grown,) = chat.shown.values()
    assert [post.done for post in grown] == [False] * (len(grown) - 1) + [True]
    last = grown[-1]
    assert last.text == "For something scary:"
    assert last.question == "Which genre?"
    assert [(card.shown.title, card.shown.reason) for card in last.cards] == [
        ("Alien", "Since Alien."),
        ("Brazil", "Since Brazil."),
    ]
    assert [button.label for button in last.choices] == ["Crime", "Horror", "Any", "Drop “Horror”"]
    assert [button.data.partition(":")[0] for button in last.cards[0].buttons] == ["like", "dislike", "seen", "more"]
    assert any("3 more films" in note for note in last.notes) and "no model" in last.notes


async def test_edits_are_no_faster_than_the_platform_allows_and_only_the_newest_state_is_sent() -> None:
    bot, _, _ = bot_of(pause_s=0.002)
    chat = FakeChat(interval_s=0.2)
    await bot.hear(heard("x"), chat)
    (grown,) = chat.shown.values()
    assert len(grown) == 2, "five events came within one interval: the first state and the last are shown"


@pytest.mark.parametrize("error", [SlowDownError(0.01), ChatError("refused")])
async def test_a_platform_that_refuses_while_an_answer_grows_still_gets_the_whole_answer(error: Exception) -> None:
    bot, _, _ = bot_of(pause_s=0.01)
    chat = FakeChat()
    chat.refuse = [error]
    await bot.hear(heard("x"), chat)
    assert chat.last.done and chat.last.cards[0].buttons


async def test_the_last_state_waits_as_the_platform_asks() -> None:
    bot, _, _ = bot_of()
    chat = FakeChat()
    chat.refuse = [SlowDownError(0.01), SlowDownError(0.01)]
    await bot.hear(heard("/prefs"), chat)
    assert chat.last.text.startswith("What you ask for collects here")


async def test_messages_of_one_chat_are_answered_in_their_order_and_chats_do_not_wait_for_each_other() -> None:
    bot, recommender, inbox = bot_of(pause_s=0.002)
    chat, other = FakeChat(), FakeChat()
    texts = [f"n{n}" for n in range(5)]
    for text in texts:
        bot.spawn(bot.hear(heard(text), chat))
    bot.spawn(bot.hear(heard("elsewhere", chat="d"), other))
    await bot.drain(10)
    session = await inbox.session_of("test", "c")
    assert session is not None
    assert [turn.user for turn in (await recommender.conversation(session)).turns] == texts
    assert [posts[-1].text for posts in chat.shown.values()] == [f"For {text}:" for text in texts]
    assert other.last.text == "For elsewhere:"
    assert not bot._lines._locks, "queues that are empty take no room"


async def test_a_flood_in_one_chat_is_turned_away_kindly() -> None:
    bot, _, _ = bot_of(pause_s=0.001)
    chat = FakeChat()
    for n in range(MOST_WAITING + 3):
        bot.spawn(bot.hear(heard(f"n{n}"), chat))
    await bot.drain(10)
    told = [posts[-1].text for posts in chat.shown.values()]
    assert sum("still answering" in text for text in told) == 2


async def test_answers_that_outlast_the_shutdown_are_cancelled_and_leave_no_turn() -> None:
    bot, recommender, inbox = bot_of(pause_s=30)
    bot.spawn(bot.hear(heard("x"), FakeChat()))
    await asyncio.sleep(0.01)
    await bot.drain(0.05)
    session = await inbox.session_of("test", "c")
    assert session is not None
    assert (await recommender.conversation(session)).turns == ()


async def test_a_message_is_claimed_once() -> None:
    bot, _, _ = bot_of()
    assert [await bot.claim("e"), await bot.claim("e"), await bot.claim("f")] == [True, False, True]


async def test_a_session_belongs_to_the_one_who_wrote_and_new_begins_another() -> None:
    bot, _, inbox = bot_of()
    chat = FakeChat()
    await bot.hear(heard("x"), chat)
    first = await inbox.session_of("test", "c")
    await bot.hear(heard("/new"), chat)
    assert "fresh start" in chat.last.text
    second = await inbox.session_of("test", "c")
    assert first != second
    assert inbox.owners == {first: "test:ada", second: "test:ada"}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("too long", f"{english().say('failures.message')} {english().say('failures.message_hint')}"),
        ("error", english().say("turn.broken")),
        ("", "Tell me what you feel like"),
        ("/help", "I know 2 films"),
        ("/start", "I know 2 films"),
        ("/prefs@palate_bot", "collects here"),
    ],
)
async def test_what_goes_wrong_and_what_was_asked_for_is_said_in_words(text: str, shown: str) -> None:
    bot, _, _ = bot_of()
    chat = FakeChat()
    await bot.hear(heard(text), chat)
    assert shown in chat.last.text


async def test_a_failure_of_ours_reveals_nothing_but_a_reference() -> None:
    bot, _, _ = bot_of()
    chat = FakeChat()
    await bot.hear(heard("crash"), chat)
    assert chat.last.text.startswith(english().say("failures.store"))
    assert re.search(r"\([0-9a-f]{8}\)$", chat.last.text)
    assert "SECRET-HOST" not in chat.last.text


async def test_what_fails_is_told_in_the_language_of_the_talk() -> None:
    bot, recommender, inbox = bot_of()
    chat = FakeChat()
    await bot.hear(heard("hello"), chat)
    session = await inbox.session_of("test", "c")
    assert session is not None
    spoken = await recommender.conversation(session)
    recommender._sessions[session] = spoken.model_copy(update={"language": "de"})
    await bot.hear(heard("too long"), chat)
    assert chat.last.text.startswith(load_words()["de"].say("failures.message"))


async def test_a_platform_that_takes_nothing_breaks_nothing() -> None:
    bot, _, _ = bot_of()
    chat = FakeChat()
    chat.refuse = [ChatError("gone")] * 10
    await bot.hear(heard("x"), chat)
    chat.refuse = []
    await bot.hear(heard("y"), chat)
    assert chat.last.text == "For y:"


async def test_files_are_not_passed_over_in_silence() -> None:
    async def read() -> bytes:
        raise AssertionError("nothing looks at it")

    bot, _, _ = bot_of()
    chat = FakeChat()
    await bot.hear(heard("", files=(Attachment("a.png", "image/png", read),)), chat)
    assert [posts[-1].text[:19] for posts in chat.shown.values()] == ["I cannot look at pi"]


async def test_reactions_are_recorded_shown_and_taken_back() -> None:
    bot, recommender, inbox = bot_of()
    chat = FakeChat()
    await bot.hear(heard("x"), chat)
    await bot.press(pressed("like:t0:1"), chat)
    assert chat.toasts == ["Noted: you like Alien."]
    assert [button.on for button in chat.last.cards[0].buttons] == [True, False, False, False]
    await bot.press(pressed("like:t0:1"), chat)
    assert chat.toasts[-1] == "Taken back: Alien."
    assert not any(button.on for button in chat.last.cards[0].buttons)
    await bot.press(pressed("seen:t0:2"), chat)
    session = await inbox.session_of("test", "c")
    assert session is not None
    assert (await recommender.conversation(session)).seen_ids == ("b",)


@pytest.mark.parametrize(
    ("data", "said"), [("more:t0:2", "More like Brazil"), ("say:t0:1", "Crime"), ("say:t0:3", "Any")]
)
async def test_a_button_that_says_something_is_a_turn(data: str, said: str) -> None:
    bot, _, _ = bot_of()
    chat = FakeChat()
    await bot.hear(heard("x"), chat)
    await bot.press(pressed(data), chat)
    assert chat.last.text == f"For {said}:"


async def test_a_condition_that_gives_way_is_dropped_and_the_search_done_again() -> None:
    bot, _, _ = bot_of()
    chat = FakeChat()
    await bot.hear(heard("x"), chat)
    await bot.press(pressed("drop:t0:1"), chat)
    assert chat.last.text == "For Show me what fits now:"


async def test_wishes_are_listed_and_can_be_taken_back_and_undone() -> None:
    bot, _, _ = bot_of()
    chat = FakeChat()
    await bot.hear(heard("x"), chat)
    await bot.hear(heard("/prefs"), chat)
    assert chat.last.text == "• genres: Horror (must hold) “scary”"
    assert [button.data for button in chat.last.choices] == ["forget:p1"]
    await bot.press(pressed("forget:p1", "m1"), chat)
    assert chat.last.text.startswith("What you ask for collects here")
    assert [button.data for button in chat.last.choices] == ["undo"]
    await bot.press(pressed("undo", "m1"), chat)
    assert chat.last.text.startswith("• genres: Horror")
    await bot.press(pressed("forget:gone", "m1"), chat)
    assert "earlier conversation" in chat.toasts[-1]


@pytest.mark.parametrize(
    "data", ["", "like", "like:", "like:t0:", "like:t0:9", "like:t0:0", "like:t0:x", "like:t9:1", "say:t0:99", "none",
             "drop:t0:7", "evil:t0:1", "like:t0:1:1", "like:t0:²"]
)  # fmt: skip
async def test_a_button_that_nobody_made_does_nothing(data: str) -> None:
    bot, recommender, inbox = bot_of()
    chat = FakeChat()
    await bot.hear(heard("x"), chat)
    session = await inbox.session_of("test", "c")
    assert session is not None
    before = await recommender.conversation(session)
    await bot.press(pressed(data), chat)
    assert await recommender.conversation(session) == before
    assert len(chat.shown) == 1


async def test_pictures_have_an_address_only_where_everybody_can_reach_one() -> None:
    for public, expected in (("", [None, None]), ("https://p.example", ["https://covers.example/a.jpg", None])):
        bot, _, _ = bot_of(public_url=public)
        chat = FakeChat()
        await bot.hear(heard("x"), chat)
        assert [card.cover for card in chat.last.cards] == expected


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("/prefs", "prefs"),
        (" /new ", "new"),
        ("/undo@bot", "undo"),
        ("/prefs please", ""),
        ("prefs", ""),
        ("/evil", ""),
    ],
)
def test_commands_are_whole_messages(text: str, command: str) -> None:
    assert command_of(text) == command
