"""Calls to Telegram's Bot API: JSON in, JSON out. Addresses hold the token, so they never reach a log or an error."""

from __future__ import annotations

import logging
from functools import partial
from typing import Any
from urllib.parse import quote

import httpx

from agent.errors import SettingsError

from ...pictures import MAX_BYTES
from ..types import Attachment, ChatError, SlowDownError

POLL_S = 25
"""Seconds for which Telegram holds a request for news open."""


class TelegramApi:
    """One bot's account."""

    def __init__(self, token: str, address: str) -> None:
        """Open no connection yet."""
        logging.getLogger("httpx").setLevel(logging.WARNING)  # it would log addresses, and with them the token
        self._client = httpx.AsyncClient(base_url=address.rstrip("/"), timeout=POLL_S + 15)
        self._token = token

    async def call(self, method: str, **arguments: Any) -> Any:
        """Call a method and return its result.

        Raises:
            SlowDownError: Telegram wants a pause.
            SettingsError: the token is not one of Telegram's.
            ChatError: Telegram refused, or could not be reached.
        """
        try:
            answer = await self._client.post(f"/bot{self._token}/{method}", json=arguments)
            said = answer.json()
        except (httpx.HTTPError, ValueError) as error:
            raise ChatError(f"Telegram could not be reached for {method}: {type(error).__name__}.") from None
        if said.get("ok"):
            return said["result"]
        code, why = said.get("error_code"), said.get("description", "no reason given")
        if code == 429:
            raise SlowDownError(float(said.get("parameters", {}).get("retry_after", 1)))
        if code in (401, 404):
            raise SettingsError("Telegram does not know this token.", hint="Take the one that BotFather shows.")
        raise ChatError(f"Telegram refused {method}: {why}.")

    async def file(self, file_id: str) -> bytes:
        """Fetch a file that somebody sent.

        Raises:
            ChatError: it is too large, or could not be fetched.
        """
        path = (await self.call("getFile", file_id=file_id)).get("file_path", "")
        data = bytearray()
        try:
            async with self._client.stream("GET", f"/file/bot{self._token}/{quote(path)}") as answer:
                answer.raise_for_status()
                async for piece in answer.aiter_bytes():
                    data += piece
                    if len(data) > MAX_BYTES:
                        raise ChatError(f"A file of Telegram has more than {MAX_BYTES} bytes.")
        except httpx.HTTPError as error:
            raise ChatError(f"A file of Telegram could not be fetched: {type(error).__name__}.") from None
        return bytes(data)

    async def close(self) -> None:
        """Close connections."""
        await self._client.aclose()


def files_of(message: dict[str, Any], api: TelegramApi) -> tuple[Attachment, ...]:
    """Return what was sent along with a message."""
    sent = [{"mime_type": "image/jpeg", **size} for size in message.get("photo", ())[-1:]]  # the largest comes last
    sent += [message[kind] for kind in ("document", "audio", "voice", "video") if message.get(kind)]
    return tuple(
        Attachment(
            name=one.get("file_name", ""), media_type=one.get("mime_type", ""), read=partial(api.file, one["file_id"])
        )
        for one in sent
    )
