"""The gate: who comes in by which credentials, and where nobody needs any."""

from __future__ import annotations

import asyncio
import ipaddress

from ..errors import SettingsError
from .caller import NOBODY, Caller
from .config import AuthConfig
from .keys import is_key_like
from .oidc import TokenChecker
from .store import AccessStore


class Gate:
    """Tell callers by what they bring. Holds no state of its own: a key that is revoked ends with the next request."""

    def __init__(self, config: AuthConfig, store: AccessStore, *, host: str = "127.0.0.1") -> None:
        """Guard a server that listens on ``host``.

        Raises:
            MissingExtraError: tokens are to be taken, and PyJWT is not installed.
            SettingsError: the provider's keys cannot be read.
        """
        self._config = config
        self.store = store
        self._local = is_loopback(host)
        self._tokens = TokenChecker(config.oidc) if config.oidc.issuer else None

    def check_address(self, host: str, *, page: bool, visitors_named: bool) -> None:
        """Refuse to listen where anybody could come in unasked.

        Raises:
            SettingsError: the address is not this machine's own, and nothing guards the API or the page there.
        """
        if self._config.mode == "off" or is_loopback(host):
            return
        if self._tokens is None and not self.store.any_key():
            raise SettingsError(
                f"On {host} everybody who reaches this machine could use the API: there is no key yet.",
                hint="Make one: palate keys create NAME. Or set auth.mode = 'off' where all who can come are trusted.",
            )
        if page and self._config.page == "auto" and not visitors_named:
            raise SettingsError(
                f"On {host} everybody who reaches this machine could use the page, which knows no keys.",
                hint="Leave it out with --no-page; or set server.user_header behind a proxy that signs visitors in; or "
                "set auth.page = 'open' for a page that is meant for everybody.",
            )

    async def caller(self, credentials: str | None) -> Caller | None:
        """Return who brings these credentials (what follows ``Bearer``), or None when they do not count.

        Nothing in the answer tells an unknown key from a revoked or expired one.
        """
        if credentials and is_key_like(credentials):
            key = await self.store.soon(self.store.find, credentials)
            return None if key is None else Caller(subject=key.subject, scopes=frozenset(key.scopes), key_id=key.key_id)
        if credentials and self._tokens is not None:
            return await asyncio.to_thread(self._tokens.check, credentials)
        # What is no key of ours is nothing: clients made for other services always send something.
        return None if await self.closed() else NOBODY

    async def closed(self) -> bool:
        """Say whether everybody needs credentials."""
        if self._config.mode != "auto":
            return self._config.mode == "required"
        return not self._local or self._tokens is not None or await self.store.soon(self.store.any_key)


def is_loopback(host: str) -> bool:
    """Say whether only this machine can reach an address."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"
