"""Requests that may be repeated: with a header ``Idempotency-Key`` they are done once, however often they come."""

from __future__ import annotations

import asyncio
import hashlib
import uuid
from collections.abc import AsyncGenerator, AsyncIterator
from datetime import timedelta
from typing import Annotated, NamedTuple

from fastapi import Depends, Header, Request
from pydantic import BaseModel

from agent.access import AccessStore, ApiConfig
from agent.types import StreamEvent

from ..refusals import RepeatedError
from .callers import access_of
from .context import config_of

_LONGEST = 255
KeyHeader = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=_LONGEST,
        pattern=r"^[\x21-\x7e]+$",
        description="Any text of your own, new for each message: the same request may then be sent again and is done "
        "once. Another body under the same key is refused with 422; while the first is under way, 409.",
    ),
]


class Once(NamedTuple):
    """A request, the turn that it is, and where it is claimed."""

    session_id: str
    turn_id: str
    key: str | None
    access: AccessStore
    config: ApiConfig

    async def claim(self, body: BaseModel) -> bool:
        """Claim the request; return whether it may be under way already.

        Raises:
            RepeatedError: the key belongs to another request.
        """
        if self.key is None:
            return False
        claim = await self.access.soon(
            self.access.claim,
            self.session_id,
            self.key,
            _digest(body),
            self.turn_id,
            lease=timedelta(seconds=self.config.seconds + self.config.resume_s),
            keep=timedelta(hours=self.config.keep_hours),
        )
        if claim.state == "other":
            raise RepeatedError(
                "The Idempotency-Key was used for another request in this session.", hint="Choose a new key."
            )
        return claim.state == "running"

    async def guarded(self, events: AsyncIterator[StreamEvent]) -> AsyncGenerator[StreamEvent]:
        """Yield a turn's events; when it fails or is cut off, let a repetition do it again: nothing of it was kept."""
        try:
            async for event in events:
                yield event
        except BaseException:
            await self.release()
            raise

    async def release(self) -> None:
        """Let a repetition do the request again."""
        if self.key is not None:
            await asyncio.shield(self.access.soon(self.access.release, self.session_id, self.key))


async def _once(request: Request, session_id: str, key: KeyHeader = None) -> Once:
    if key is None:
        turn_id = uuid.uuid4().hex[:12]
    else:
        # The turn's id follows from the key: a repetition finds the turn whoever ran it, also after a crash.
        turn_id = hashlib.sha256(f"{session_id}\n{request.url.path}\n{key}".encode()).hexdigest()[:24]
    return Once(session_id, turn_id, key, access_of(request.app), config_of(request))


OnceOf = Annotated[Once, Depends(_once)]
"""The request by its ``Idempotency-Key``, if it has one."""


def _digest(body: BaseModel) -> str:
    kind = type(body).__name__
    return hashlib.sha256(f"{kind}\n{body.model_dump_json(exclude={'stream'})}".encode()).hexdigest()
