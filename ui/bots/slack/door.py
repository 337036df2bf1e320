"""Slack's events, commands, presses and views become the bot's, through Slack's own framework.

What must not be done twice is claimed before Slack is told that it arrived; the answer itself comes afterwards.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
from slack_bolt import BoltResponse
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from ..bot import COMMANDS, Bot
from ..types import Heard, Pressed
from .blocks import PREFERENCES, PRESS
from .chat import SlackChat, SlackFiles
from .mrkdwn import escape, heard, shortened
from .preferences import Preferences, Thread

logger = logging.getLogger("palate.slack")

COMMAND = "/palate"
_SUBTYPES = (None, "file_share", "thread_broadcast")
"""Kinds of message that somebody wrote; the others tell of edits, joins and the like."""
_LONGEST_ECHO = 500

Next = Callable[[], Awaitable[Any]]


class SlackDoor:
    """Handlers of one Slack app."""

    def __init__(self, app: AsyncApp, client: AsyncWebClient, bot: Bot, files: SlackFiles, panel: Preferences) -> None:
        """Register the handlers."""
        self._client, self._bot, self._files, self._panel = client, bot, files, panel
        for event in ("app_mention", "message"):
            app.event(event, middleware=[self._new_message])(self._on_message)
        app.command(COMMAND, middleware=[self._new_action])(self._on_command)
        app.action(re.compile(f"^{PRESS}"), middleware=[self._new_action])(self._on_press)
        app.action(PREFERENCES, middleware=[self._new_action])(self._on_preferences)
        panel.register(app)

    # --- messages

    async def _new_message(self, body: dict[str, Any], context: Any, next: Next) -> BoltResponse | None:
        """Go on only with a message for us that nobody took yet. Slack delivers again what it is not told of."""
        found = await self._heard(body, str(context.get("bot_user_id") or ""))
        if found is None or not await self._bot.claim(found.event_id):
            return BoltResponse(status=200, body="")
        context["heard"] = found
        await next()
        return None

    async def _on_message(self, event: dict[str, Any], context: Any) -> None:
        found: Heard = context["heard"]
        thread = Thread.of_message(str(context["team_id"]), event)
        self._bot.spawn(self._bot.hear(found, self._chat(thread)))

    async def _heard(self, body: dict[str, Any], bot_user: str) -> Heard | None:
        """Return what was said to the bot: by its name, directly, or in a thread that it talks in."""
        event = body["event"]
        user, channel = event.get("user"), str(event.get("channel"))
        if event.get("bot_id") or event.get("subtype") not in _SUBTYPES or not user or "ts" not in event:
            return None
        team = str(body.get("team_id") or event.get("team"))
        thread = Thread.of_message(team, event)
        text = str(event.get("text") or "")
        named = f"<@{bot_user}" in text if bot_user else False
        if event["type"] == "message" and thread.shared and (named or not await self._bot.knows(thread.key)):
            return None  # a message with the bot's name comes as a mention, too
        return Heard(
            # Not Slack's event id: one message may come as two events.
            event_id=f"{team}:{channel}:{event['ts']}",
            chat=thread.key,
            user=f"{team}:{user}",
            text=heard(text),
            shared=thread.shared,
            files=tuple(self._files.attachment(file) for file in event.get("files") or ()),
        )

    # --- commands and buttons

    async def _new_action(self, body: dict[str, Any], next: Next) -> BoltResponse | None:
        """Go on only with what nobody did yet: a request that is sent again, by whomever, does nothing."""
        if not await self._bot.claim(f"action:{body['trigger_id']}"):
            return BoltResponse(status=200, body="")
        await next()
        return None

    async def _on_command(self, ack: Any, command: dict[str, Any], respond: Any) -> None:
        await ack()
        self._bot.spawn(self._asked(command, respond))

    async def _asked(self, command: dict[str, Any], respond: Any) -> None:
        """Post the question for all to see, and answer in its thread."""
        team, channel, user = str(command["team_id"]), str(command["channel_id"]), str(command["user_id"])
        text, direct = heard(str(command.get("text") or "")), channel.startswith("D")
        words = self._bot.wording_in().say
        bare = text if text in COMMANDS else ""
        if not text or bare in ("help", "start"):
            await self._only_to_asker(respond, self._bot.hello())
            return
        if bare and not direct:
            await self._only_to_asker(respond, words("bot.below"))
            return
        echo = words("bot.asked", who=f"<@{user}>", text=shortened(text, _LONGEST_ECHO))
        try:
            posted = await self._client.chat_postMessage(
                channel=channel, text=echo, unfurl_links=False, unfurl_media=False
            )
        except (SlackClientError, aiohttp.ClientError, TimeoutError) as error:
            logger.info("a command could not be answered in its channel: %s", error)
            await self._only_to_asker(respond, words("bot.not_here"))
            return
        thread = Thread(team, channel, None if direct else str(posted["ts"]))
        said = f"/{bare}" if bare else text
        found = Heard(str(posted["ts"]), thread.key, f"{team}:{user}", said, thread.shared)
        await self._bot.hear(found, self._chat(thread))

    async def _only_to_asker(self, respond: Any, text: str) -> None:
        try:
            await respond(text=escape(text), response_type="ephemeral")
        except (SlackClientError, aiohttp.ClientError, OSError, TimeoutError) as error:
            logger.info("a note was not shown: %s", error)

    async def _on_press(self, ack: Any, body: dict[str, Any], action: dict[str, Any]) -> None:
        await ack()
        thread = Thread.of_action(body)
        user = str(body["user"]["id"])
        pressed = Pressed(
            event_id=body["trigger_id"],
            chat=thread.key,
            user=f"{thread.team}:{user}",
            data=str(action.get("value") or ""),
            message=str(body["container"]["message_ts"]),
            shared=thread.shared,
        )
        chat = self._chat(thread, user)
        self._bot.spawn(self._bot.press(pressed, chat))

    async def _on_preferences(self, ack: Any, body: dict[str, Any]) -> None:
        await ack()
        self._bot.spawn(self._panel.open(Thread.of_action(body), body))

    def _chat(self, thread: Thread, user: str = "") -> SlackChat:
        label = self._bot.wording_in().say("bot.preferences")
        return SlackChat(self._client, thread.channel, thread.place, user=user, preferences=label)
