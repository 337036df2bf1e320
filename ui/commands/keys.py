"""``palate keys``: who may use the API."""

from __future__ import annotations

import json as jsonlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..options import Config, Json

if TYPE_CHECKING:
    from agent.access import AccessStore, ApiKey, NewKey

app = typer.Typer()
group = typer.Typer(help="Keys for the API: make, list, revoke, rotate.", no_args_is_help=True)
app.add_typer(group, name="keys")

KeyId = Annotated[str, typer.Argument(help="The key's id: the eight characters after palate_.")]
Days = Annotated[
    int | None, typer.Option("--days", min=1, max=3650, help="Days until it expires; else never.", show_default=False)
]


@group.command()
def create(
    subject: Annotated[str, typer.Argument(help="Whose key it is; sessions begun with it belong to them.")],
    scopes: Annotated[
        str,
        typer.Option(
            help="What it may do, with commas between: read (the catalogue), chat (own sessions), users (speak for "
            "users of one's own, as the backend of a site does), admin (everything)."
        ),
    ] = "chat,read",
    days: Days = None,
    label: Annotated[str, typer.Option(help="What it is for, as a reminder.")] = "",
    json: Json = False,
    config: Config = None,
) -> None:
    """Make a key and print it; it cannot be shown again, for only its hash is kept."""
    with _opened(config) as store:
        made = store.create_key(subject, _scopes(scopes), label=label, expires=_expiry(days))
    _tell_new(made, json)


@group.command("list")
def list_keys(
    subject: Annotated[
        str | None, typer.Option("--of", help="Only the keys of this owner.", show_default=False)
    ] = None,
    json: Json = False,
    config: Config = None,
) -> None:
    """Show the keys that there are, without their secrets."""
    with _opened(config) as store:
        found = store.keys(subject)
    now = datetime.now(UTC).isoformat(timespec="milliseconds")
    if json:
        typer.echo(jsonlib.dumps([_plain(key, now) for key in found], indent=1))
        return
    for key in found:
        until = f", until {key.expires_at[:10]}" if key.expires_at else ""
        used = f", used {key.last_used_on}" if key.last_used_on else ", never used"
        label = f"  {key.label}" if key.label else ""
        typer.echo(f"{key.prefix}  {key.state(now)}  {key.subject}  {','.join(key.scopes)}{until}{used}{label}")
    if not found:
        typer.echo("There are no keys. Make one: palate keys create NAME")


@group.command()
def revoke(key_id: KeyId, json: Json = False, config: Config = None) -> None:
    """End a key at once."""
    with _opened(config) as store:
        key = store.revoke(key_id.removeprefix("palate_"))
    now = datetime.now(UTC).isoformat(timespec="milliseconds")
    typer.echo(jsonlib.dumps(_plain(key, now), indent=1) if json else f"{key.prefix} of {key.subject} is revoked.")


@group.command()
def rotate(
    key_id: KeyId,
    overlap_hours: Annotated[
        float, typer.Option(min=0, max=24 * 90, help="Hours for which the old key goes on working.")
    ] = 24.0,
    days: Days = None,
    json: Json = False,
    config: Config = None,
) -> None:
    """Make a key in place of another, with the same owner and scopes, and let the old one run out."""
    with _opened(config) as store:
        identity = key_id.removeprefix("palate_")
        made = store.rotate(identity, overlap=timedelta(hours=overlap_hours), expires=_expiry(days))
    _tell_new(made, json)


@contextmanager
def _opened(config: Path | None) -> Iterator[AccessStore]:
    import asyncio

    from agent import Settings, open_store
    from agent.access import AccessStore

    store = open_store(Settings.load(config))
    try:
        yield AccessStore(store)
    finally:
        asyncio.run(store.close())


def _scopes(text: str) -> tuple[Any, ...]:
    from agent.access import ALL_SCOPES
    from agent.errors import SettingsError

    words = dict.fromkeys(word.strip() for word in text.split(",") if word.strip())
    for word in words:
        if word not in ALL_SCOPES:
            raise SettingsError(f"{word!r} is no scope.", hint=f"Scopes are {', '.join(ALL_SCOPES)}.")
    return tuple(words)


def _expiry(days: int | None) -> datetime | None:
    return None if days is None else datetime.now(UTC) + timedelta(days=days)


def _tell_new(made: NewKey, json: bool) -> None:
    secret = made.secret.get_secret_value()
    if json:
        typer.echo(jsonlib.dumps(made.key.model_dump(mode="json") | {"secret": secret}, indent=1))
        return
    typer.echo(secret)
    until = f", until {made.key.expires_at[:10]}" if made.key.expires_at else ""
    typer.echo(f"For {made.key.subject}, to {', '.join(made.key.scopes)}{until}. It is not shown again.", err=True)


def _plain(key: ApiKey, now: str) -> dict[str, Any]:
    return key.model_dump(mode="json") | {"state": key.state(now)}
