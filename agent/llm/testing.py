"""A tiny OpenAI-compatible server on loopback that answers from a function, and misbehaves when asked to.

It speaks just enough HTTP for a client to be tested against real sockets: late, broken and refused answers included.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from .config import LlmConfig

Body = dict[str, Any]


@dataclass
class Behaviour:
    """How the server answers one chat request."""

    pieces: list[str] = field(default_factory=lambda: ["Hello", " there"])
    status: int = 200
    wait_s: float = 0.0
    """Before the first piece."""
    pause_s: float = 0.0
    """Before every later piece."""
    drop: bool = False
    """Close the connection without a word."""
    break_after: int | None = None
    """Close the connection after this many pieces."""
    finish: str = "stop"
    garbled: bool = False
    """Send something that is not JSON."""


class FakeServer:
    """Counts what it is asked and notices clients that leave."""

    def __init__(self, behave: Callable[[Body], Behaviour], model: str = "fake") -> None:
        """Take the function that decides how each request body is answered."""
        self.model = model
        self.requests: list[Body] = []
        self.keys: list[str] = []
        self.left_early = 0
        self.pieces_sent = 0
        self.port = 0
        self._behave = behave

    @property
    def config(self) -> LlmConfig:
        """Settings that point at this server."""
        return LlmConfig(engine="endpoint", base_url=f"http://127.0.0.1:{self.port}/v1", model=self.model)

    @asynccontextmanager
    async def serving(self, port: int = 0) -> AsyncIterator[FakeServer]:
        """Serve while the context is open; ``port`` 0 takes a free one."""
        server = await asyncio.start_server(self._handle, "127.0.0.1", port)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()

    async def _handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._respond(reader, writer)
        except ConnectionError:
            self.left_early += 1
        finally:
            writer.close()

    async def _respond(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        headers = dict(line.split(": ", 1) for line in head.strip().splitlines()[1:])
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        self.keys.append(headers.get("authorization", ""))
        if head.startswith("get"):
            self._send(writer, 200, json.dumps({"object": "list", "data": [{"id": self.model, "object": "model"}]}))
            return
        self.requests.append(json.loads(body))
        how = self._behave(self.requests[-1])
        if how.drop:
            return
        if how.status != 200:
            self._send(writer, how.status, json.dumps({"error": {"message": "no"}}))
            return
        await self._stream(how, reader, writer)

    def _send(self, writer: asyncio.StreamWriter, status: int, text: str) -> None:
        writer.write(
            f"HTTP/1.1 {status} X\r\ncontent-type: application/json\r\nconnection: close\r\n\r\n{text}".encode()
        )

    async def _stream(self, how: Behaviour, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n")
        for number, piece in enumerate(how.pieces):
            if number == how.break_after:
                return
            await self._pause(how.pause_s if number else how.wait_s, reader)
            writer.write(b"data: {nonsense\n\n" if how.garbled else self._event({"content": piece}))
            await writer.drain()
            self.pieces_sent += 1
        writer.write(self._event({}, how.finish))
        usage = {"prompt_tokens": 7, "completion_tokens": len(how.pieces), "total_tokens": 7 + len(how.pieces)}
        writer.write(self._line({"choices": [], "usage": usage}) + b"data: [DONE]\n\n")
        await writer.drain()

    async def _pause(self, seconds: float, reader: asyncio.StreamReader) -> None:
        """Wait; a client that closes its side meanwhile has left."""
        if not seconds:
            return
        try:
            async with asyncio.timeout(seconds):
                await reader.read(1)
        except TimeoutError:
            return
        raise ConnectionResetError

    def _event(self, delta: Body, finish: str | None = None) -> bytes:
        return self._line({"choices": [{"index": 0, "delta": delta, "finish_reason": finish}]})

    def _line(self, fields: Body) -> bytes:
        event = {"id": "1", "object": "chat.completion.chunk", "created": 0, "model": self.model} | fields
        return f"data: {json.dumps(event)}\n\n".encode()
