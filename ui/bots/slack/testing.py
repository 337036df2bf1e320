"""A stand-in of Slack: Web API, file host, socket mode and signed requests, over real HTTP and websockets on loopback.

Blocks and views are read by the models of Slack's own SDK, which hold Slack's published limits; what they refuse is
refused as Slack does.
"""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlencode

import httpx
from slack_sdk.signature import SignatureVerifier
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from ..testing import serving
from .testing_shapes import initial_values, valid_blocks, valid_view

BOT_TOKEN, APP_TOKEN, SECRET = "xoxb-test", "xapp-test", "signing-secret"
TEAM, APP, BOT_USER, BOT = "T1", "A1", "UBOT", "B1"
_LONGEST_TEXT = 40_000
_MOST_BLOCKS = 50


class SlackStandIn:
    """Keeps what was posted and shown; delivers events as Slack does."""

    def __init__(self) -> None:
        """Begin with an empty workspace."""
        self.address = ""
        self.messages: dict[str, dict[str, Any]] = {}
        """Messages of the bot as they stand now, by time stamp."""
        self.states: dict[str, int] = {}
        """How often each message was written."""
        self.ephemeral: list[dict[str, Any]] = []
        self.views: list[dict[str, Any]] = []
        """Views as they were opened or replaced."""
        self.files: dict[str, dict[str, Any]] = {}
        self.bytes: dict[str, bytes] = {}
        self.file_requests: list[str] = []
        """Credentials that came with requests for files."""
        self.refuse: dict[str, list[tuple[int, dict[str, Any], dict[str, str]]]] = {}
        """By method: status, body and headers of the next answers."""
        self.acknowledged: list[dict[str, Any]] = []
        self.responses: list[dict[str, Any]] = []
        """What was sent to response URLs."""
        self.bad_pictures = False
        self._numbers = itertools.count(1)
        self._socket: WebSocket | None = None

    @asynccontextmanager
    async def open(self) -> AsyncIterator[SlackStandIn]:
        """Listen on loopback while the block runs."""
        routes = [
            Route("/api/{method}", self._called, methods=["POST", "GET"]),
            Route("/files/{name}", self._file),
            Route("/response/{name}", self._responded, methods=["POST"]),
            WebSocketRoute("/link", self._link),
        ]
        async with serving(Starlette(routes=routes)) as self.address:
            yield self

    # --- what happens in the workspace

    def event(self, kind: str, text: str, channel: str = "C1", user: str = "U1", **more: Any) -> dict[str, Any]:
        """Return an envelope of the Events API."""
        number = next(self._numbers)
        ts = more.pop("ts", f"1700000000.{number:06d}")
        inner = {"type": kind, "user": user, "text": text, "ts": ts, "channel": channel, "event_ts": ts, "team": TEAM}
        if kind == "message":
            inner["channel_type"] = "im" if channel.startswith("D") else "channel"
            inner["client_msg_id"] = f"m{number}"
        return {
            "token": "unused",
            "team_id": TEAM,
            "api_app_id": APP,
            "event": inner | more,
            "type": "event_callback",
            "event_id": f"Ev{number}",
            "event_time": 1_700_000_000 + number,
            "authorizations": [{"team_id": TEAM, "user_id": BOT_USER, "is_bot": True, "is_enterprise_install": False}],
            "is_ext_shared_channel": False,
            "event_context": f"4-{number}",
        }

    def press(self, ts: str, action: dict[str, Any], channel: str = "C1", user: str = "U1") -> dict[str, Any]:
        """Return the payload of a pressed button below a message of the bot."""
        held = self.messages[ts]
        message = {"type": "message", "user": BOT_USER, "ts": ts, "text": held["text"], "blocks": held["blocks"]}
        if held.get("thread_ts"):
            message["thread_ts"] = held["thread_ts"]
        return self._interaction(user) | {
            "type": "block_actions",
            "container": {"type": "message", "message_ts": ts, "channel_id": channel, "is_ephemeral": False},
            "channel": {"id": channel, "name": "general"},
            "message": message,
            "actions": [{**action, "block_id": "b", "action_ts": "1700000001.000000"}],
            "response_url": f"{self.address}/response/press",
        }

    def submit(self, values: dict[str, dict[str, Any]], user: str = "U1") -> dict[str, Any]:
        """Return the payload of the latest view, submitted with these values over those that it began with."""
        shown = self.views[-1]
        state = {"values": initial_values(shown) | values}
        return self._interaction(user) | {"type": "view_submission", "view": {**shown, "state": state}}

    def view_press(self, action: dict[str, Any], user: str = "U1") -> dict[str, Any]:
        """Return the payload of a button pressed in the latest view."""
        return self._interaction(user) | {
            "type": "block_actions",
            "container": {"type": "view", "view_id": self.views[-1]["id"]},
            "view": {**self.views[-1], "state": {"values": initial_values(self.views[-1])}},
            "actions": [{**action, "action_ts": "1700000001.000000"}],
        }

    def command(self, text: str, channel: str = "C1", user: str = "U1") -> dict[str, Any]:
        """Return the payload of the slash command."""
        return {
            "token": "unused",
            "api_app_id": APP,
            "team_id": TEAM,
            "team_domain": "test",
            "channel_id": channel,
            "channel_name": "directmessage" if channel.startswith("D") else "general",
            "user_id": user,
            "user_name": "ada",
            "command": "/palate",
            "text": text,
            "response_url": f"{self.address}/response/command",
            "trigger_id": f"trigger.{next(self._numbers)}",
        }

    def _interaction(self, user: str) -> dict[str, Any]:
        return {
            "team": {"id": TEAM, "domain": "test"},
            "user": {"id": user, "username": "ada", "name": "ada", "team_id": TEAM},
            "api_app_id": APP,
            "token": "unused",
            "trigger_id": f"trigger.{next(self._numbers)}",
        }

    # --- delivery

    async def deliver(
        self, to: str, payload: dict[str, Any], *, retry: int = 0, secret: str = SECRET, age_s: int = 0, **headers: str
    ) -> httpx.Response:
        """Send a signed request, as Slack does to the address that the app named."""
        if payload.get("type") == "event_callback":
            body, kind = json.dumps(payload), "application/json"
        else:
            form = payload if "command" in payload else {"payload": json.dumps(payload)}
            body, kind = urlencode(form), "application/x-www-form-urlencoded"
        at = str(int(time.time()) - age_s)
        signed = SignatureVerifier(secret).generate_signature(timestamp=at, body=body)
        sent = {"Content-Type": kind, "X-Slack-Request-Timestamp": at, "X-Slack-Signature": str(signed)}
        sent |= {"X-Slack-Retry-Num": str(retry), "X-Slack-Retry-Reason": "http_timeout"} if retry else {}
        async with httpx.AsyncClient(timeout=30) as client:
            return await client.post(to, content=body, headers=sent | headers)

    async def push(self, payload: dict[str, Any], *, retry: int = 0) -> str:
        """Send an envelope through the open websocket and return its id."""
        assert self._socket is not None, "the app has not connected"
        kind = "events_api" if payload.get("type") == "event_callback" else "interactive"
        kind = "slash_commands" if "command" in payload else kind
        envelope: dict[str, Any] = {"envelope_id": f"e{next(self._numbers)}", "payload": payload, "type": kind}
        envelope["accepts_response_payload"] = kind != "events_api"
        if kind == "events_api":
            envelope |= {"retry_attempt": retry, "retry_reason": "timeout" if retry else ""}
        await self._socket.send_json(envelope)
        return str(envelope["envelope_id"])

    @property
    def connected(self) -> bool:
        """Whether the app holds a websocket open."""
        return self._socket is not None

    async def _link(self, socket: WebSocket) -> None:
        await socket.accept()
        self._socket = socket
        hello = {"type": "hello", "num_connections": 1, "connection_info": {"app_id": APP}}
        await socket.send_json(hello | {"debug_info": {"host": "test", "approximate_connection_time": 3600}})
        try:
            while True:
                self.acknowledged.append(await socket.receive_json())
        except (WebSocketDisconnect, RuntimeError):
            self._socket = None

    # --- the Web API

    async def _called(self, request: Request) -> Response:
        method = request.path_params["method"]
        if self.refuse.get(method):
            status, body, headers = self.refuse[method].pop(0)
            return JSONResponse(body, status, headers=headers)
        json_sent = request.headers.get("content-type", "").startswith("application/json")
        given = await request.json() if json_sent else {**request.query_params, **await request.form()}
        bearer = request.headers.get("authorization", "").removeprefix("Bearer ") or given.get("token")
        if bearer != (APP_TOKEN if method == "apps.connections.open" else BOT_TOKEN):
            return JSONResponse({"ok": False, "error": "invalid_auth"})
        answers: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
            "auth.test": self._auth,
            "apps.connections.open": lambda _: {"url": self.address.replace("http", "ws") + "/link"},
            "chat.postMessage": self._post,
            "chat.update": self._update,
            "chat.postEphemeral": self._whisper,
            "views.open": self._open_view,
            "views.update": self._update_view,
            "files.info": lambda sent: {"file": self.files[sent["file"]]},
        }
        if method not in answers:
            return JSONResponse({"ok": False, "error": "unknown_method"})
        found = answers[method](given)
        return JSONResponse({"ok": "error" not in found, **found})

    def _auth(self, given: dict[str, Any]) -> dict[str, Any]:
        who = {"url": "https://test.slack.com/", "team": "Test", "user": "palate", "team_id": TEAM}
        return who | {"user_id": BOT_USER, "bot_id": BOT, "is_enterprise_install": False}

    def _post(self, given: dict[str, Any]) -> dict[str, Any]:
        if wrong := self._wrong(given):
            return {"error": wrong}
        ts = f"1800000000.{next(self._numbers):06d}"
        self.messages[ts], self.states[ts] = given, 1
        return {"channel": given["channel"], "ts": ts, "message": self._message(ts, given)}

    def _update(self, given: dict[str, Any]) -> dict[str, Any]:
        ts = given["ts"]
        wrong = "message_not_found" if ts not in self.messages else self._wrong(given)
        if wrong:
            return {"error": wrong}
        # What is not given anew stays, above all the thread.
        self.messages[ts] = self.messages[ts] | given
        self.states[ts] += 1
        return {"channel": given["channel"], "ts": ts, "text": given["text"], "message": self._message(ts, given)}

    def _message(self, ts: str, given: dict[str, Any]) -> dict[str, Any]:
        kept: dict[str, Any] = {key: given[key] for key in ("text", "blocks", "thread_ts") if key in given}
        return kept | {"type": "message", "user": BOT_USER, "bot_id": BOT, "app_id": APP, "team": TEAM, "ts": ts}

    def _wrong(self, given: dict[str, Any]) -> str:
        if given["channel"] == "COUT":
            return "not_in_channel"
        if not given.get("text") and not given.get("blocks"):
            return "no_text"
        if len(given.get("text", "")) > _LONGEST_TEXT:
            return "msg_too_long"
        blocks = given.get("blocks") or []
        if self.bad_pictures and any("accessory" in block for block in blocks):
            return "invalid_blocks"
        return "" if len(blocks) <= _MOST_BLOCKS and valid_blocks(blocks) else "invalid_blocks"

    def _whisper(self, given: dict[str, Any]) -> dict[str, Any]:
        self.ephemeral.append(given)
        return {"message_ts": f"1800000000.{next(self._numbers):06d}"}

    def _open_view(self, given: dict[str, Any]) -> dict[str, Any]:
        return self._show(given["view"]) if given.get("trigger_id") else {"error": "invalid_arguments"}

    def _update_view(self, given: dict[str, Any]) -> dict[str, Any]:
        held = next((view for view in self.views if view["id"] == given["view_id"]), None)
        if held is None:
            return {"error": "not_found"}
        if given.get("hash") not in (None, self.views[-1]["hash"]):
            return {"error": "hash_conflict"}
        return self._show(given["view"], held["id"])

    def _show(self, view: Any, identity: str = "") -> dict[str, Any]:
        view = json.loads(view) if isinstance(view, str) else view
        if not valid_blocks(view["blocks"]) or not valid_view(view):
            return {"error": "invalid_arguments", "response_metadata": {"messages": ["view"]}}
        number = next(self._numbers)
        self.views.append({**view, "id": identity or f"V{number}", "hash": f"{number}.h", "team_id": TEAM})
        return {"view": self.views[-1]}

    async def _file(self, request: Request) -> Response:
        self.file_requests.append(request.headers.get("authorization", ""))
        return Response(self.bytes[request.path_params["name"]])

    async def _responded(self, request: Request) -> Response:
        self.responses.append(await request.json())
        return Response("ok")
