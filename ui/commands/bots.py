"""``palate telegram`` and ``palate slack``: answer where people chat already."""

from __future__ import annotations

import typer

from ..options import Config

app = typer.Typer()


@app.command()
def telegram(config: Config = None) -> None:
    """Answer as a Telegram bot, until stopped. Needs telegram.token."""
    from agent import Recommender, Settings
    from agent.errors import SettingsError

    from ..bots.bot import Bot
    from ..bots.running import DRAIN_S, run
    from ..bots.telegram import TelegramApi, TelegramDoor

    settings = Settings.load(config)
    token = settings.telegram.token.get_secret_value()
    if not token:
        raise SettingsError(
            "No Telegram bot is set up: telegram.token is empty.",
            hint="Talk to @BotFather, then set PALATE_TELEGRAM__TOKEN.",
        )

    async def door(bot: Bot) -> None:
        api = TelegramApi(token, settings.telegram.api_url)
        try:
            await TelegramDoor(api, bot).run()
        finally:
            await bot.drain(DRAIN_S)  # answers under way still need the connection
            await api.close()

    typer.echo("Palate answers on Telegram (stop with Ctrl-C)")
    run(Recommender.from_settings(settings), "telegram", door)


@app.command()
def slack(config: Config = None) -> None:
    """Answer as a Slack app, until stopped. Needs slack.bot_token, and slack.app_token or slack.signing_secret."""
    from agent import Recommender, Settings

    from ..bots.bot import Bot
    from ..bots.running import run
    from ..extras import require

    require("slack", "slack_bolt", "aiohttp")
    from ..bots import slack as door_of_slack

    settings = Settings.load(config)
    door_of_slack.check(settings.slack)
    recommender = Recommender.from_settings(settings)

    async def door(bot: Bot) -> None:
        def ready(where: str) -> None:
            typer.echo(f"Palate answers on Slack {where} (stop with Ctrl-C)")

        await door_of_slack.run(settings.slack, settings.server.host, bot, recommender, ready)

    run(recommender, "slack", door)
