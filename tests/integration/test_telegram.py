"""The Telegram door over the real recommender, against a stand-in that speaks the Bot API over HTTP."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from agent import Recommender
from agent.errors import SettingsError
from ui.bots.bot import Bot
from ui.bots.telegram import TelegramApi, TelegramDoor
from ui.bots.telegram.testing import TOKEN, TelegramStandIn
from ui.bots.testing import until

SIX_TURNS = (
    "I love crime films from before 1990, no questions please",
    "not too long, under two hours",
    "more like the second one",
    "I have seen the first one",
    "undo that",
    "anything but horror, and show me three",
)


@asynccontextmanager
async def answering(recommender: Recommender, telegram: TelegramStandIn) -> AsyncIterator[Bot]:
    assert recommender.inbox is not None
    bot = Bot(recommender, recommender.inbox, "telegram")
    api = TelegramApi(TOKEN, telegram.address)
    polling = asyncio.create_task(TelegramDoor(api, bot).run())
    try:
        yield bot
    finally:
        polling.cancel()
        with suppress(asyncio.CancelledError):
            await polling
        await bot.drain(10)
        await api.close()


def buttons(message: dict[str, Any]) -> list[str]:
    return [key["callback_data"] for row in message["reply_markup"]["inline_keyboard"] for key in row]


async def answered(telegram: TelegramStandIn, number: int) -> dict[str, Any]:
    """Wait for a message of the bot that has its buttons: they come last."""
    await until(lambda: number in telegram.messages and buttons(telegram.messages[number]))
    return telegram.messages[number]


async def test_a_chat_ends_in_the_same_state_as_the_same_words_anywhere(recommender: Recommender) -> None:
    async with TelegramStandIn().open() as telegram, answering(recommender, telegram):
        for text in SIX_TURNS:
            telegram.say(text)
        await answered(telegram, 6)
        assert recommender.inbox is not None
        session = await recommender.inbox.session_of("telegram", "7")
        assert session is not None
    for text in SIX_TURNS:
        await recommender.reply(text, "plain")
    typed, plain = [await recommender.conversation(one) for one in (session, "plain")]
    assert [turn.user for turn in typed.turns] == list(SIX_TURNS)
    assert [_state(turn.reply) for turn in typed.turns] == [_state(turn.reply) for turn in plain.turns]
    assert (await recommender.transcript(session))[0].user_id == "telegram:70"


def _state(reply: Any) -> Any:
    wishes = [(p.attribute, p.op, str(p.value), p.polarity, p.hard) for p in reply.preferences]
    return wishes, [pick.item_id for pick in reply.recommendations]


async def test_cards_are_escaped_pressed_and_answered_once(recommender: Recommender) -> None:
    async with TelegramStandIn().open() as telegram, answering(recommender, telegram):
        update = telegram.say("crime films before 1990 <b>&no</b> questions please")
        message = await answered(telegram, 1)
        assert message["text"].startswith("<b>1. ") or "\n\n<b>1. " in message["text"]
        like = next(data for data in buttons(message) if data.startswith("like:"))
        telegram.press(like, 1)
        await until(lambda: telegram.toasts)
        assert telegram.toasts[0].startswith("Noted: you like ")
        keys = telegram.messages[1]["reply_markup"]["inline_keyboard"][0]
        assert [key["text"] for key in keys] == ["1 ✓👍", "1 👎", "1 👁", "1 ➕"]
        telegram.repeat(update)
        telegram.say("/prefs")
        prefs = await answered(telegram, 2)
        assert "&lt;b&gt;&amp;no&lt;/b&gt;" in prefs["text"] or "1990" in prefs["text"]
        assert len(telegram.messages) == 2, "a message that came twice is answered once"


async def test_a_platform_that_is_in_a_hurry_gets_its_pause_and_the_answer(recommender: Recommender) -> None:
    async with TelegramStandIn().open() as telegram, answering(recommender, telegram):
        telegram.slow = [1]
        telegram.say("/help")
        await until(lambda: telegram.messages)
        assert "Tell me what you feel like" in telegram.messages[1]["text"]


async def test_in_a_group_only_what_is_meant_for_the_bot_is_answered_and_nobody_is_remembered(
    recommender: Recommender,
) -> None:
    group = {"chat": -5, "kind": "group"}
    async with TelegramStandIn().open() as telegram, answering(recommender, telegram):
        telegram.say("what shall we watch?", **group)
        telegram.say("@palate_bot crime films, no questions please", **group)
        await answered(telegram, 1)
        assert len(telegram.messages) == 1
        assert recommender.inbox is not None
        session = await recommender.inbox.session_of("telegram", "-5")
        assert session is not None
        state = await recommender.conversation(session)
        assert [turn.user for turn in state.turns] == ["crime films, no questions please"]
        assert not state.use_memory


async def test_a_wrong_token_is_a_clear_error_that_does_not_show_it(recommender: Recommender) -> None:
    assert recommender.inbox is not None
    bot = Bot(recommender, recommender.inbox, "telegram")
    async with TelegramStandIn().open() as telegram:
        api = TelegramApi("1:SECRET", telegram.address)
        with pytest.raises(SettingsError) as caught:
            await TelegramDoor(api, bot).run()
        assert "SECRET" not in str(caught.value)
        await api.close()


async def test_as_a_program_it_answers_until_it_is_told_to_stop_and_finishes_what_it_began(
    demo_environment: dict[str, str], tmp_path: Path
) -> None:
    async with TelegramStandIn().open() as telegram:
        own = {
            "PALATE_DATA_DIR": str(tmp_path),
            "PALATE_TELEGRAM__TOKEN": TOKEN,
            "PALATE_TELEGRAM__API_URL": telegram.address,
            "OMP_NUM_THREADS": "1",
        }
        command = [sys.executable, "-c", "from ui.cli import main; main(['telegram'])"]
        program = await asyncio.create_subprocess_exec(
            *command, env=os.environ | demo_environment | own, stderr=asyncio.subprocess.PIPE
        )
        telegram.say("crime films before 1990, no questions please")
        await until(lambda: telegram.messages, 120)
        program.send_signal(signal.SIGTERM)
        _, errors = await asyncio.wait_for(program.communicate(), 60)
        assert program.returncode == 0, errors.decode()
        assert TOKEN not in errors.decode()
        assert buttons(telegram.messages[1]), "the answer that was under way is whole"
