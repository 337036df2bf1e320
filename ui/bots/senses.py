"""Take in what people send to search by: pictures and sounds, checked and kept as everywhere else."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from typing import Protocol

from agent.errors import AgentError
from agent.types import StreamEvent, UploadRef
from agent.uploads import UploadKeeper

from .types import Attachment, ChatError

logger = logging.getLogger(__name__)


class Seeing(Protocol):
    """A recommender that searches by pictures and sounds, too."""

    def stream(self, text: str, session: str, *, uploads: Sequence[UploadRef]) -> AsyncIterator[StreamEvent]:
        """Answer a message that came with files."""
        ...


class UnfetchedError(AgentError):
    """Report a file that the platform did not hand over."""


async def take_in(files: Sequence[Attachment], keeper: UploadKeeper, session_id: str) -> tuple[UploadRef, ...]:
    """Fetch and keep the last picture and the last sound of a message.

    Raises:
        UnfetchedError: one could not be fetched.
        UploadError: one is neither a picture nor a sound that can be read.
        StoreError: it could not be kept.
    """
    taken: dict[str, UploadRef] = {}
    for file in files[-keeper.config.per_message :]:
        try:
            kept = await asyncio.to_thread(keeper.add, await file.read(), session_id)
        except ChatError as error:
            logger.warning("a file was not fetched: %s", error)
            raise UnfetchedError(str(error)) from error
        taken[kept.kind] = kept
    return tuple(taken.values())
