"""A chat of Slack, and files of Slack: calls to the Web API through Slack's own client."""

from __future__ import annotations

import logging
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from ...pictures import MAX_BYTES
from ..texts import clipped
from ..types import Attachment, ChatError, Post, SlowDownError
from . import blocks
from .mrkdwn import escape

logger = logging.getLogger(__name__)

_UPDATE_S = 1.2
"""Seconds between two edits: Slack takes about one call a second and channel for long."""
_PICTURES = ("invalid_blocks", "invalid_attachments")


class SlackChat:
    """One thread, or one direct message, of Slack."""

    interval_s = _UPDATE_S

    def __init__(
        self, client: AsyncWebClient, channel: str, thread: str | None, *, user: str = "", preferences: str = ""
    ) -> None:
        """Post into ``thread`` of ``channel``; ``user`` is who pressed a button, if that is answered."""
        self._client, self._channel, self._thread = client, channel, thread
        self._user, self._preferences = user, preferences

    async def send(self, post: Post) -> str:
        """Post a message; its time stamp names it."""
        return await self._call("chat_postMessage", post, thread_ts=self._thread)

    async def edit(self, message: str, post: Post) -> None:
        """Replace a message."""
        await self._call("chat_update", post, ts=message)

    async def toast(self, text: str) -> None:
        """Tell the one who pressed a button, and nobody else; that this fails is no harm."""
        if not text:
            return
        try:
            await self._client.chat_postEphemeral(
                channel=self._channel, user=self._user, thread_ts=self._thread, text=escape(clipped(text, 300))
            )
        except (SlackClientError, aiohttp.ClientError, TimeoutError) as error:
            logger.info("a note was not shown: %s", refusal("chat.postEphemeral", error))

    async def _call(self, method: str, post: Post, **where: Any) -> str:
        said = blocks.message(post, self._preferences)
        try:
            answer = await getattr(self._client, method)(channel=self._channel, **where, **said)
        except SlackApiError as error:
            pictures = any("accessory" in block for block in said["blocks"])
            if not pictures or code_of(error) not in _PICTURES:
                raise refusal(method, error) from None
            bare = said | {"blocks": blocks.without_pictures(said["blocks"])}
            answer = await self._again(method, bare, where)
        except (SlackClientError, aiohttp.ClientError, TimeoutError) as error:
            raise refusal(method, error) from None
        return str(answer["ts"])

    async def _again(self, method: str, said: dict[str, Any], where: dict[str, Any]) -> Any:
        try:
            return await getattr(self._client, method)(channel=self._channel, **where, **said)
        except (SlackClientError, aiohttp.ClientError, TimeoutError) as error:
            raise refusal(method, error) from None


def refusal(method: str, error: Exception) -> SlowDownError | ChatError:
    """Return what an error of Slack's client means for the bot."""
    if not isinstance(error, SlackApiError):
        return ChatError(f"Slack could not be reached for {method}: {type(error).__name__}.")
    if error.response.status_code == 429:
        headers = {str(name).lower(): value for name, value in error.response.headers.items()}
        return SlowDownError(float(headers.get("retry-after", 1)))
    return ChatError(f"Slack refused {method}: {code_of(error)}.")


def code_of(error: SlackApiError) -> str:
    """Return Slack's name of an error; a gateway on the way may have answered in its place, without any."""
    said = error.response.data
    return str(said.get("error", "no reason given")) if isinstance(said, dict) else "an answer that is not JSON"


class SlackFiles:
    """Files that people sent, fetched with the bot's token, which no other host than Slack's is ever shown."""

    def __init__(self, client: AsyncWebClient, token: str, host: str) -> None:
        """Fetch from ``host`` alone."""
        self._client, self._token, self._host = client, token, host

    def attachment(self, file: dict[str, Any]) -> Attachment:
        """Return a file of a message event; nothing is fetched yet."""

        async def read() -> bytes:
            return await self.fetch(file)

        return Attachment(name=str(file.get("name") or ""), media_type=str(file.get("mimetype") or ""), read=read)

    async def fetch(self, file: dict[str, Any]) -> bytes:
        """Return a file's bytes.

        Raises:
            ChatError: it is too large, lies elsewhere, or could not be fetched.
        """
        if "url_private_download" not in file:  # of shared channels only the id is told
            try:
                file = (await self._client.files_info(file=str(file.get("id"))))["file"]
            except (SlackClientError, aiohttp.ClientError, TimeoutError) as error:
                raise refusal("files.info", error) from None
        address = str(file.get("url_private_download") or "")
        parts = urlsplit(address)
        local = parts.hostname == "127.0.0.1" and self._host.startswith("127.0.0.1")
        if parts.netloc != self._host or (parts.scheme != "https" and not local):
            raise ChatError(f"A file of Slack lies on {parts.netloc!r}, from where nothing is fetched.")
        try:
            return await self._download(address)
        except (aiohttp.ClientError, TimeoutError) as error:
            raise ChatError(f"A file of Slack could not be fetched: {type(error).__name__}.") from None

    async def _download(self, address: str) -> bytes:
        bearer = {"Authorization": f"Bearer {self._token}"}
        timeout = aiohttp.ClientTimeout(total=30)
        # No redirects: they would carry the token to wherever they lead.
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.get(address, headers=bearer, allow_redirects=False) as answer,
        ):
            if answer.status != 200:
                raise ChatError(f"A file of Slack could not be fetched: status {answer.status}.")
            data = await answer.content.read(MAX_BYTES + 1)
            while len(data) <= MAX_BYTES and not answer.content.at_eof():
                data += await answer.content.read(MAX_BYTES + 1 - len(data))
        if len(data) > MAX_BYTES:
            raise ChatError(f"A file of Slack has more than {MAX_BYTES} bytes.")
        return data
