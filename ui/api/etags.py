"""The version of a session's preferences, so that two who edit them at once do not overwrite each other."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from agent.types import Conversation

from ..refusals import StaleError
from .models import SessionState


def etag_of(conversation: Conversation) -> str:
    """Return the version of what the session knows of the user's taste; it changes when that changes."""
    state = SessionState.of(conversation).model_dump_json()
    return f'"{hashlib.sha256(state.encode()).hexdigest()[:16]}"'


def version_check(header: str | None) -> Callable[[Conversation], None] | None:
    """Return the check that a header ``If-Match`` asks for; None without one.

    The check raises:
        StaleError: the preferences are not those that the caller saw.
    """
    if header is None or header.strip() == "*":
        return None
    wanted = {part.strip() for part in header.split(",")}

    def check(conversation: Conversation) -> None:
        found = etag_of(conversation)
        if found not in wanted:
            raise StaleError(
                f"The preferences have changed; they are at {found}.",
                hint="Look at them again with GET, and send the edit with the new ETag in If-Match.",
            )

    return check
