"""What each call sends and how its answer is read: the part that the two clients share. Pure."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import quote

from pydantic import TypeAdapter

from agent.types import DoneEvent, FeedbackKind, Reply, StreamEvent

from ..api.models import NewFeedback, NewMessage, NewSession, PreferencesPatch, RecommendRequest

_EVENT: TypeAdapter[StreamEvent] = TypeAdapter(StreamEvent)


class Call(NamedTuple):
    """One request."""

    method: str
    path: str
    body: Any = None
    headers: Mapping[str, str] = {}
    params: Mapping[str, Any] = {}

    def sent(self) -> dict[str, Any]:
        """Return it as the arguments of a request."""
        return {
            "method": self.method,
            "url": self.path,
            "json": self.body,
            "headers": dict(self.headers),
            "params": dict(self.params) or None,
        }


class SentEvent(NamedTuple):
    """One server-sent event."""

    id: str
    name: str
    data: str

    def read(self) -> StreamEvent:
        """Return the event of the turn."""
        if self.name == "done":
            return DoneEvent(reply=Reply.model_validate_json(self.data))
        return _EVENT.validate_json(self.data)


class EventReader:
    """Gather lines into events."""

    def __init__(self) -> None:
        """Begin before the first line."""
        self._fields: dict[str, list[str]] = {}

    def feed(self, line: str) -> SentEvent | None:
        """Take a line without its end; return the event that it completes, if any."""
        if line:
            name, _, value = line.partition(":")
            if name:
                self._fields.setdefault(name, []).append(value.removeprefix(" "))
            return None
        fields, self._fields = self._fields, {}
        if "data" not in fields:
            return None
        return SentEvent(fields.get("id", [""])[-1], fields.get("event", ["message"])[-1], "\n".join(fields["data"]))


def new_key() -> str:
    """Return a key under which a request may be repeated."""
    return uuid.uuid4().hex


def start(user_id: str | None, catalog: str | None) -> Call:
    """Begin a session."""
    return Call("POST", "/v1/sessions", _json(NewSession(user_id=user_id, catalog=catalog)))


def session(session_id: str, rest: str = "") -> str:
    """Return the address of something of a session."""
    return f"/v1/sessions/{quote(session_id, safe='')}{rest}"


def message(session_id: str, body: NewMessage, key: str) -> Call:
    """Say something."""
    return Call("POST", session(session_id, "/messages"), _json(body), {"Idempotency-Key": key})


def resume(address: str, last_event_id: str) -> Call:
    """Read on in a turn."""
    return Call("GET", address, headers={"Last-Event-ID": last_event_id} if last_event_id else {})


def edit(session_id: str, patch: PreferencesPatch, if_match: str | None) -> Call:
    """Edit preferences."""
    headers = {} if if_match is None else {"If-Match": if_match}
    return Call("PATCH", session(session_id, "/preferences"), _json(patch), headers)


def feedback(session_id: str, item_id: str, kind: FeedbackKind, key: str) -> Call:
    """React to an item."""
    body = NewFeedback(item_id=item_id, kind=kind)
    return Call("POST", session(session_id, "/feedback"), _json(body), {"Idempotency-Key": key})


def recommend(body: RecommendRequest) -> Call:
    """Search without a dialogue."""
    return Call("POST", "/v1/recommend", _json(body))


def item(item_id: str) -> str:
    """Return the address of an item."""
    return f"/v1/items/{quote(item_id, safe='')}"


def user(user_id: str, rest: str = "") -> str:
    """Return the address of something of a user."""
    return f"/v1/users/{quote(user_id, safe='')}{rest}"


def _json(body: Any) -> Any:
    return json.loads(body.model_dump_json(exclude_unset=True))
