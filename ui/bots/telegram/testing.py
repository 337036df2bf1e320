"""A stand-in of Telegram's Bot API: the same addresses, envelopes and errors, over real HTTP on loopback."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ..testing import serving

TOKEN = "12345:TEST-token"
_LONGEST = 4096
_KEY_BYTES = 64


class TelegramStandIn:
    """Keeps what was posted; gives out what tests put in."""

    def __init__(self) -> None:
        """Begin with nothing posted and no news."""
        self.address = ""
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.messages: dict[int, dict[str, Any]] = {}
        """Messages of the bot as they stand now, by id."""
        self.toasts: list[str] = []
        self.slow: list[int] = []
        """Pauses that the next calls of methods that post are answered with."""
        self.files: dict[str, bytes] = {}
        self._updates: list[dict[str, Any]] = []
        self._news = asyncio.Event()
        self._last = 0

    def give(self, **update: Any) -> dict[str, Any]:
        """Put news in the queue."""
        self._last += 1
        given = {"update_id": self._last, **update}
        self.repeat(given)
        return given

    def repeat(self, update: dict[str, Any]) -> None:
        """Put news in the queue that were there before."""
        self._updates.append(update)
        self._news.set()

    def say(self, text: str, chat: int = 7, user: int = 70, kind: str = "private", **more: Any) -> dict[str, Any]:
        """Let somebody write."""
        sender = {"id": user, "is_bot": False, "first_name": "Ada"}
        where = {"id": chat, "type": kind}
        self._last += 1
        message = {"message_id": 1000 + self._last, "date": 1, "chat": where, "from": sender, "text": text, **more}
        return self.give(message=message)

    def press(self, data: str, message: int, chat: int = 7, user: int = 70) -> dict[str, Any]:
        """Let somebody press a button below a message of the bot."""
        held = {"message_id": message, "date": 1, "chat": {"id": chat, "type": "private"}}
        sender = {"id": user, "is_bot": False, "first_name": "Ada"}
        query = {"id": f"q{self._last}", "from": sender, "message": held, "chat_instance": "1", "data": data}
        return self.give(callback_query=query)

    @asynccontextmanager
    async def open(self) -> AsyncIterator[TelegramStandIn]:
        """Listen on loopback while the block runs."""
        routes = [
            Route("/bot{token}/{method}", self._called, methods=["GET", "POST"]),
            Route("/file/bot{token}/{path:path}", self._file),
        ]
        async with serving(Starlette(routes=routes)) as self.address:
            yield self

    async def _file(self, request: Request) -> Response:
        return Response(self.files.get(request.path_params["path"], b""))

    async def _called(self, request: Request) -> JSONResponse:
        if request.path_params["token"] != TOKEN:
            return _error(401, "Unauthorized")
        method, given = request.path_params["method"], await request.json()
        self.calls.append((method, given))
        if method in ("sendMessage", "editMessageText") and self.slow:
            pause = self.slow.pop(0)
            return _error(429, f"Too Many Requests: retry after {pause}", {"retry_after": pause})
        answer = getattr(self, f"_{method}", None)
        return _error(404, "Not Found") if answer is None else await answer(given)

    async def _getMe(self, given: dict[str, Any]) -> JSONResponse:
        return _ok({"id": 12345, "is_bot": True, "first_name": "Palate", "username": "palate_bot"})

    async def _getUpdates(self, given: dict[str, Any]) -> JSONResponse:
        offset = given.get("offset", 0)
        self._updates = [update for update in self._updates if update["update_id"] >= offset]
        if not self._updates:
            self._news.clear()
            try:
                await asyncio.wait_for(self._news.wait(), min(given.get("timeout", 0), 0.5))
            except TimeoutError:
                return _ok([])
        return _ok(self._updates)

    async def _getFile(self, given: dict[str, Any]) -> JSONResponse:
        return _ok({"file_id": given["file_id"], "file_unique_id": "u", "file_path": given["file_id"]})

    async def _sendMessage(self, given: dict[str, Any]) -> JSONResponse:
        if wrong := _wrong(given):
            return _error(400, f"Bad Request: {wrong}")
        number = len(self.messages) + 1
        self.messages[number] = given
        return _ok({"message_id": number, "date": 1, "chat": {"id": given["chat_id"], "type": "private"}})

    async def _editMessageText(self, given: dict[str, Any]) -> JSONResponse:
        held = self.messages.get(given["message_id"])
        wrong = "message to edit not found" if held is None else _wrong(given)
        if held is not None and all(held.get(key) == given.get(key) for key in ("text", "reply_markup")):
            wrong = "message is not modified: specified new message content and reply markup are exactly the same"
        if wrong:
            return _error(400, f"Bad Request: {wrong}")
        self.messages[given["message_id"]] = given
        return _ok({"message_id": given["message_id"], "date": 1, "chat": {"id": given["chat_id"], "type": "private"}})

    async def _answerCallbackQuery(self, given: dict[str, Any]) -> JSONResponse:
        if given.get("text"):
            self.toasts.append(given["text"])
        return _ok(True)


def _wrong(given: dict[str, Any]) -> str:
    """Return why Telegram would refuse a message, or nothing."""
    keys = [key for row in given.get("reply_markup", {}).get("inline_keyboard", ()) for key in row]
    if not given.get("text"):
        return "message text is empty"
    if len(given["text"].encode("utf-16-le")) // 2 > _LONGEST:
        return "message is too long"
    if any(not 1 <= len(key["callback_data"].encode()) <= _KEY_BYTES for key in keys):
        return "BUTTON_DATA_INVALID"
    return ""


def _ok(result: Any) -> JSONResponse:
    return JSONResponse({"ok": True, "result": result})


def _error(code: int, description: str, parameters: dict[str, Any] | None = None) -> JSONResponse:
    said = {"ok": False, "error_code": code, "description": description}
    return JSONResponse(said | ({"parameters": parameters} if parameters else {}), status_code=code)
