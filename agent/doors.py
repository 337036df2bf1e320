"""Settings of the doors that sign in somewhere: chat platforms, and other agents over HTTP."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, SecretStr

from retrieval.types import Value

_NONE = SecretStr("")


class SlackConfig(Value):
    """The Slack app; see docs/slack.md."""

    mode: Literal["socket", "http"] = "socket"
    """``socket`` opens a connection to Slack and needs no public address; ``http`` listens for Slack's signed
    requests."""
    bot_token: SecretStr = _NONE
    """Token of the bot, ``xoxb-...``."""
    app_token: SecretStr = _NONE
    """App-level token, ``xapp-...``, for mode ``socket``."""
    signing_secret: SecretStr = _NONE
    """Signing secret, for mode ``http``."""
    port: int = Field(3000, ge=0, le=65535)
    """Port to listen on in mode ``http``; 0 takes any free one. The address is that of ``server.host``."""
    api_url: str = "https://slack.com/api/"
    """Address of Slack's Web API."""
    file_host: str = "files.slack.com"
    """The only host from which files are fetched, and to which the bot's token is shown for that."""


class TelegramConfig(Value):
    """The Telegram bot; see docs/bots.md."""

    token: SecretStr = _NONE
    """Token that BotFather gave."""
    api_url: str = "https://api.telegram.org"
    """Address of the Bot API."""


class McpConfig(Value):
    """The server for other agents over HTTP; see docs/mcp.md. Its address and its keys are those of the API."""

    port: int = Field(7870, ge=0, le=65535)
    """Port of ``palate mcp --http``; 0 takes any free one."""
