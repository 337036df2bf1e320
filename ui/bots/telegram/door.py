"""Telegram's messages and presses become the bot's, and its posts become Telegram's. All that is Telegram is here."""

from __future__ import annotations

import asyncio
import html
import logging
from typing import Any

from agent.errors import StoreError

from ..bot import Bot
from ..texts import Markup, clipped, text_of
from ..types import Button, ChatError, Heard, Post, Pressed, SlowDownError
from .api import POLL_S, TelegramApi, files_of

logger = logging.getLogger(__name__)

_HTML = Markup(
    escape=lambda text: html.escape(text, quote=False), bold=lambda t: f"<b>{t}</b>", dim=lambda t: f"<i>{t}</i>"
)
_LONGEST = 4096
_SIGNS = {"like": "👍", "dislike": "👎", "seen": "👁", "more": "➕"}
_BACK_OFF_S = 3.0
_KINDS = ["message", "callback_query"]


class TelegramChat:
    """One chat of Telegram; ``query`` is the press that is being answered, if one is."""

    def __init__(self, api: TelegramApi, where: dict[str, Any], *, shared: bool, query: str = "") -> None:
        """Say where posts go, as arguments of ``sendMessage``."""
        self._api, self._where, self._query = api, where, query
        self.interval_s = 3.0 if shared else 1.0  # twenty messages a minute in groups, one a second elsewhere

    async def send(self, post: Post) -> str:
        """Post a message."""
        return str((await self._api.call("sendMessage", **self._where, **_message(post)))["message_id"])

    async def edit(self, message: str, post: Post) -> None:
        """Replace a message; one that would not change is fine."""
        try:
            place = {"chat_id": self._where["chat_id"], "message_id": int(message)}
            await self._api.call("editMessageText", **place, **_message(post))
        except ChatError as error:
            if "message is not modified" not in str(error):
                raise

    async def toast(self, text: str) -> None:
        """Answer the press, which also ends the button's waiting sign."""
        if self._query:
            query, self._query = self._query, ""
            try:
                await self._api.call("answerCallbackQuery", callback_query_id=query, text=clipped(text, 200))
            except (ChatError, SlowDownError) as error:
                logger.info("a press was not answered: %s", error)


class TelegramDoor:
    """Poll for news and hand them to the bot."""

    def __init__(self, api: TelegramApi, bot: Bot) -> None:
        """Take the account and what answers."""
        self._api, self._bot, self._name = api, bot, ""

    async def run(self) -> None:
        """Answer until cancelled.

        Raises:
            SettingsError: the token is not one of Telegram's.
            ChatError: Telegram cannot be reached at the start.
        """
        self._name = str((await self._api.call("getMe"))["username"])
        offset = 0
        while True:
            try:
                for update in await self._api.call("getUpdates", offset=offset, timeout=POLL_S, allowed_updates=_KINDS):
                    await self.take(update)
                    offset = int(update["update_id"]) + 1
            except SlowDownError as error:
                await asyncio.sleep(error.after_s)
            except (ChatError, StoreError) as error:
                logger.warning("no news from Telegram: %s", error)
                await asyncio.sleep(_BACK_OFF_S)

    async def take(self, update: dict[str, Any]) -> None:
        """Take one piece of news, and answer it beside the next.

        Raises:
            StoreError: nobody can say whether it was taken before.
        """
        event_id, query = str(update["update_id"]), update.get("callback_query")
        message = update.get("message") or (query or {}).get("message")
        if not message or not (query or self._is_for_us(message)) or not await self._bot.claim(event_id):
            return
        shared, sender = message["chat"]["type"] != "private", (query or message).get("from", {}).get("id")
        where = {"chat_id": message["chat"]["id"]}
        if message.get("is_topic_message"):
            where["message_thread_id"] = message["message_thread_id"]
        place: Any = {
            "event_id": event_id,
            "chat": ":".join(str(part) for part in where.values()),
            "user": None if sender is None else str(sender),
            "shared": shared,
        }
        chat = TelegramChat(self._api, where, shared=shared, query=query["id"] if query else "")
        if query:
            pressed = Pressed(data=query.get("data", ""), message=str(message["message_id"]), **place)
            self._bot.spawn(self._press(pressed, chat))
        else:
            text = (message.get("text") or message.get("caption") or "").replace(f"@{self._name}", "")
            self._bot.spawn(self._bot.hear(Heard(text=text, files=files_of(message, self._api), **place), chat))

    async def _press(self, pressed: Pressed, chat: TelegramChat) -> None:
        await self._bot.press(pressed, chat)
        await chat.toast("")

    def _is_for_us(self, message: dict[str, Any]) -> bool:
        """In groups only what is said to the bot: a command, its name, or an answer to it."""
        text = message.get("text") or message.get("caption") or ""
        answered = message.get("reply_to_message", {}).get("from", {}).get("username")
        return (
            message["chat"]["type"] == "private"
            or text.startswith("/")
            or f"@{self._name}" in text
            or answered == self._name
        )


def _message(post: Post) -> dict[str, Any]:
    text = text_of(post, _HTML, _LONGEST, size=lambda part: len(part.encode("utf-16-le")) // 2)
    rows = [[_key(button, card.shown.rank) for button in card.buttons] for card in post.cards if card.buttons]
    rows += [[_key(button)] for button in post.choices]
    looks = {"parse_mode": "HTML", "link_preview_options": {"is_disabled": True}}
    return {"text": text, "reply_markup": {"inline_keyboard": rows}, **looks}


def _key(button: Button, rank: int = 0) -> dict[str, str]:
    sign = _SIGNS.get(button.data.partition(":")[0], button.label)
    return {
        "text": clipped(f"{f'{rank} ' if rank else ''}{'✓' if button.on else ''}{sign}", 64),
        "callback_data": button.data,
    }
