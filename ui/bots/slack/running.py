"""Connect the Slack app: by a connection of its own (socket mode), or by listening for Slack's signed requests."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import aiohttp
import uvicorn
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.adapter.starlette.async_handler import to_async_bolt_request, to_starlette_response
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from agent import SlackConfig
from agent.errors import SettingsError

from ...page.ports import Talker
from ...serve import listen
from ..bot import Bot
from .chat import SlackFiles, code_of, refusal
from .door import SlackDoor
from .preferences import Preferences

logger = logging.getLogger("palate.slack")

PATH = "/slack/events"
_MOST_BYTES = 1024 * 1024
_FAILURES = (SlackClientError, aiohttp.ClientError, TimeoutError)


def check(config: SlackConfig) -> None:
    """Refuse settings with which no Slack app could work.

    Raises:
        SettingsError: a token or the secret is missing.
    """
    needed = {"slack.bot_token": config.bot_token}
    needed |= {"slack.app_token": config.app_token} if config.mode == "socket" else {}
    needed |= {"slack.signing_secret": config.signing_secret} if config.mode == "http" else {}
    missing = [name for name, secret in needed.items() if not secret.get_secret_value()]
    if missing:
        variables = ", ".join(f"PALATE_{name.replace('.', '__').upper()}" for name in missing)
        raise SettingsError(
            f"The Slack app is not set up for mode {config.mode!r}: {', '.join(missing)} is empty.",
            hint=f"Set {variables}; docs/slack.md says where Slack shows them.",
        )


def client_of(config: SlackConfig) -> AsyncWebClient:
    """Return Slack's client; it never repeats a call by itself, for that could post twice."""
    return AsyncWebClient(token=config.bot_token.get_secret_value(), base_url=config.api_url, retry_handlers=[])


def app_of(config: SlackConfig, client: AsyncWebClient, bot: Bot, recommender: Talker) -> AsyncApp:
    """Return the app with all its handlers."""
    app = AsyncApp(
        client=client,
        # Socket mode signs nothing: the connection itself is Slack's.
        signing_secret=config.signing_secret.get_secret_value() or "socket mode",
        request_verification_enabled=config.mode == "http",
        logger=logger,
    )
    files = SlackFiles(client, config.bot_token.get_secret_value(), config.file_host)
    SlackDoor(app, client, bot, files, Preferences(client, bot, recommender))
    return app


async def run(config: SlackConfig, host: str, bot: Bot, recommender: Talker, on_ready: Callable[[str], None]) -> None:
    """Answer until cancelled; ``on_ready`` gets a line that says where.

    Raises:
        SettingsError: Slack does not take the token.
        AddressError: the port is taken.
    """
    client = client_of(config)
    try:
        who = await client.auth_test()
    except SlackApiError as error:
        raise SettingsError(
            f"Slack does not take slack.bot_token: {code_of(error)}.", hint="See docs/slack.md."
        ) from None
    app = app_of(config, client, bot, recommender)
    name = f"as {who['user']} in {who['team']}"
    if config.mode == "http":
        await _listen(http_app(app), host, config.port, lambda address: on_ready(f"{name} at {address}{PATH}"))
        return
    handler = AsyncSocketModeHandler(app, config.app_token.get_secret_value(), web_client=client)
    try:
        await handler.connect_async()  # type: ignore[no-untyped-call]
        on_ready(f"{name} by socket mode")
        await asyncio.Event().wait()
    except SlackApiError as error:
        raise SettingsError(
            f"Slack does not take slack.app_token: {code_of(error)}.", hint="See docs/slack.md."
        ) from None
    finally:
        await handler.close_async()  # type: ignore[no-untyped-call]


def _unusable(setting: str, error: Exception) -> Exception:
    """Return what to tell whoever starts the app: that a token is wrong, or that Slack is out of reach."""
    if isinstance(error, SlackApiError) and isinstance(error.response.data, dict):
        return SettingsError(f"Slack does not take {setting}: {code_of(error)}.", hint="See docs/slack.md.")
    return refusal("the start", error)


def http_app(app: AsyncApp) -> ASGIApp:
    """Return the ASGI app that takes Slack's signed requests."""

    async def events(request: Request) -> Response:
        if not request.headers.get("x-slack-request-timestamp", "").isdecimal():
            return Response(status_code=401)  # what no number is has no signature either
        body = bytearray()
        async for piece in request.stream():
            body += piece
            if len(body) > _MOST_BYTES:
                return Response(status_code=413)
        try:
            asked = to_async_bolt_request(request, bytes(body))
        except UnicodeDecodeError:
            return Response(status_code=400)
        return to_starlette_response(await app.async_dispatch(asked))

    return Starlette(routes=[Route(PATH, events, methods=["POST"])])


class _Server(uvicorn.Server):
    """A server that leaves signals to whoever runs it."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def _listen(app: Any, host: str, port: int, on_ready: Callable[[str], None]) -> None:
    with listen(host, port) as listener:
        listener.listen()
        server = _Server(uvicorn.Config(app, log_level="warning", lifespan="off", server_header=False))
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        on_ready(f"http://{host}:{listener.getsockname()[1]}")
        try:
            await asyncio.shield(serving)
        finally:
            server.should_exit = True
            with suppress(asyncio.CancelledError):
                await serving
