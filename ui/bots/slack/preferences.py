"""Open the preferences in a modal, and do what was submitted there."""

from __future__ import annotations

import asyncio
import json
import logging
from typing import Any, NamedTuple

import aiohttp
from slack_bolt import BoltResponse
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from agent.types import PreferenceUpdate

from ...edits import to_update
from ...page.ports import Talker
from ..bot import Bot
from ..posts import data
from ..stream import Stream
from ..types import Button, Post
from .chat import SlackChat, refusal
from .modal import CALLBACK, DIAL, KEEP, UNDO, FieldError, patch_of, preferences_view

logger = logging.getLogger("palate.slack")


class Thread(NamedTuple):
    """A conversation of Slack: a thread of a channel, or all that is said in a direct message."""

    team: str
    channel: str
    place: str | None
    """Time stamp of the message that answers stand below; None where they stand by themselves."""

    @property
    def shared(self) -> bool:
        """Whether several people take part."""
        return not self.channel.startswith("D")

    @property
    def key(self) -> str:
        """Return what names the chat: one session a thread, and one a direct message."""
        return f"{self.team}:{self.channel}:{self.place}" if self.shared else f"{self.team}:{self.channel}"

    @classmethod
    def of_message(cls, team: str, event: dict[str, Any]) -> Thread:
        """Return where a message was written, which opens a thread in a channel."""
        channel, begun = str(event["channel"]), event.get("thread_ts")
        place = begun if channel.startswith("D") else begun or event["ts"]
        return cls(team, channel, None if place is None else str(place))

    @classmethod
    def of_action(cls, body: dict[str, Any]) -> Thread:
        """Return where the message stands of which a button was pressed."""
        channel, message = str(body["channel"]["id"]), body.get("message") or {}
        place = message.get("thread_ts")
        if place is None and not channel.startswith("D"):
            place = body["container"]["message_ts"]
        return cls(str(body["team"]["id"]), channel, None if place is None else str(place))


class Preferences:
    """The modal of one Slack app."""

    def __init__(self, client: AsyncWebClient, bot: Bot, recommender: Talker) -> None:
        """Take the account, the bot, and what holds the preferences."""
        self._client, self._bot, self._recommender = client, bot, recommender

    def register(self, app: AsyncApp) -> None:
        """Register the handlers of the modal."""
        app.view(CALLBACK)(self._submitted)
        app.action(UNDO)(self._undo)
        for choice in (KEEP, DIAL):
            app.action(choice)(self._chosen)

    async def open(self, thread: Thread, body: dict[str, Any]) -> None:
        """Show what is known in a thread to whoever pressed the button."""
        user = f"{thread.team}:{body['user']['id']}"
        try:
            found = await self._bot.session(thread.key, user, shared=thread.shared)
            await self._client.views_open(trigger_id=body["trigger_id"], view=self._view(found, thread))
        except (SlackClientError, aiohttp.ClientError, TimeoutError) as error:
            logger.warning("the preferences could not be shown: %s", refusal("views.open", error))

    def _view(self, conversation: Any, thread: Thread) -> dict[str, Any]:
        wording = self._bot.wording(conversation)
        return preferences_view(conversation, wording, self._recommender.dial(conversation), json.dumps(thread))

    async def _chosen(self, ack: Any) -> None:
        """Nothing happens before the view is submitted."""
        await ack()

    async def _undo(self, ack: Any, body: dict[str, Any]) -> None:
        """Take the last change back and show what holds then."""
        await ack()
        shown = body["view"]
        thread = Thread(*json.loads(shown["private_metadata"]))
        if not await self._bot.claim(f"action:{body['trigger_id']}"):
            return
        before = await self._bot.session(thread.key, f"{thread.team}:{body['user']['id']}", shared=thread.shared)
        update = PreferenceUpdate(undo=1, source="door")
        after = await self._recommender.edit(before.session_id, update)
        try:
            await self._client.views_update(view_id=shown["id"], hash=shown["hash"], view=self._view(after, thread))
        except (SlackClientError, aiohttp.ClientError, TimeoutError) as error:
            logger.warning("the preferences could not be shown again: %s", refusal("views.update", error))

    async def _submitted(self, ack: Any, body: dict[str, Any], view: dict[str, Any]) -> BoltResponse | None:
        """Make the edits, or name the field that cannot be used."""
        thread = Thread(*json.loads(view["private_metadata"]))
        found = await self._bot.session(thread.key, f"{thread.team}:{body['user']['id']}", shared=thread.shared)
        wording, dial = self._bot.wording(found), self._recommender.dial(found)
        try:
            values = view["state"]["values"]
            patch = await asyncio.to_thread(patch_of, values, found, wording, self._recommender.facts, dial)
        except FieldError as error:
            await ack(response_action="errors", errors={error.block: error.message})
            return None
        if patch is not None and await self._bot.claim(f"view:{view['id']}:{view['hash']}"):
            await self._recommender.edit(found.session_id, to_update(patch, found))
            apply = Button(label=wording.say("panel.apply"), data=data("apply"))
            changed = Post(text=wording.say("bot.changed"), choices=(apply,))
            chat = SlackChat(self._client, thread.channel, thread.place)
            self._bot.spawn(_tell(chat, changed))
        await ack()
        return None


async def _tell(chat: SlackChat, post: Post) -> None:
    await Stream(chat, post).finish(post)
