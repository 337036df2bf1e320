"""Everything that is held about a user, in the database and in files: a copy of it, and its end."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Iterator
from typing import Any

from retrieval.types import Value

from .types import Store
from .uploads import UploadKeeper


class Erased(Value):
    """How much of a user was deleted."""

    sessions: int
    uploads: int
    """Pictures and sounds."""


async def export_everything(store: Store, uploads: UploadKeeper, user_id: str) -> dict[str, Any]:
    """Return all that is held about a user as plain JSON data, the files that they sent in base64.

    Raises:
        StoreError: the database failed.
    """
    held = await store.export_user(user_id)
    return held | {"uploads": await asyncio.to_thread(_copies, uploads, held, user_id)}


async def erase_everything(store: Store, uploads: UploadKeeper, user_id: str) -> Erased:
    """Delete all that is held about a user, beyond recovery.

    Files go first: should the database fail after them, another attempt still knows what is theirs.

    Raises:
        StoreError: the database failed, or a file cannot be deleted.
    """
    held = await store.export_user(user_id)
    files = await asyncio.to_thread(uploads.forget, _sessions(held), subject=user_id, ids=set(_mentioned(held)))
    return Erased(sessions=await store.erase_user(user_id), uploads=files)


def _copies(uploads: UploadKeeper, held: dict[str, Any], user_id: str) -> list[dict[str, str]]:
    found = uploads.held(_sessions(held), subject=user_id, ids=set(_mentioned(held)))
    copies = ((upload, uploads.read(upload)) for upload in found)
    return [
        {"id": upload.id, "kind": upload.kind, "data": base64.b64encode(data).decode()}
        for upload, data in copies
        if data is not None
    ]


def _sessions(held: dict[str, Any]) -> list[str]:
    return [str(session["session_id"]) for session in held["sessions"]]


def _mentioned(held: dict[str, Any]) -> Iterator[str]:
    """Yield the ids of files that came with a message: on the page they belong to nobody until they are sent."""
    for session in held["sessions"]:
        for event in session["events"]:
            for upload in event.get("uploads") or ():
                yield str(upload["id"])
