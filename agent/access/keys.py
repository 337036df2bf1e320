"""API keys: how they look, and what is kept of them. Pure but for the randomness of a new one.

A key is ``palate_ID_SECRET``. The id is public: it is shown in lists and logs. The secret has 256 bits of chance, so
that one round of SHA-256 is enough to keep it by; slow hashes are for secrets that people think of.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from datetime import datetime

from pydantic import SecretStr

from retrieval.types import Value

from ..errors import SettingsError
from .caller import Scope

PREFIX = "palate"
_KEY = re.compile(rf"{PREFIX}_([a-z0-9]{{8}})_([\w-]{{43}})")
_SUBJECT = re.compile(r"[\w.@+-]{1,100}")


class ApiKey(Value):
    """What is kept of a key; the secret is not."""

    key_id: str
    subject: str
    """Whose it is: sessions that it begins belong to them."""
    scopes: tuple[Scope, ...]
    label: str = ""
    created_at: str
    expires_at: str | None = None
    revoked_at: str | None = None
    replaced_by: str | None = None
    """The key that it was rotated to."""
    last_used_on: str | None = None
    """Day of the last request with it."""

    @property
    def prefix(self) -> str:
        """The part that may be shown."""
        return f"{PREFIX}_{self.key_id}"

    def state(self, now: str) -> str:
        """Return ``active``, ``revoked`` or ``expired`` at a time in ISO 8601."""
        if self.revoked_at is not None:
            return "revoked"
        return "expired" if self.expires_at is not None and self.expires_at <= now else "active"


class NewKey(Value):
    """A key at the only time that its secret is known."""

    key: ApiKey
    secret: SecretStr
    """The whole key, to be handed to whoever will use it."""


def new_secret() -> tuple[str, str]:
    """Return a new key's id and the whole key."""
    alphabet = "abcdefghijklmnopqrstuvwxyz0123456789"
    key_id = "".join(secrets.choice(alphabet) for _ in range(8))
    return key_id, f"{PREFIX}_{key_id}_{secrets.token_urlsafe(32)}"


def digest(secret: str) -> str:
    """Return what is stored of a whole key."""
    return hashlib.sha256(secret.encode()).hexdigest()


def matches(secret: str, kept: str) -> bool:
    """Say whether a whole key is the one of which this digest is kept, in constant time."""
    return hmac.compare_digest(digest(secret), kept)


def key_id_of(text: str) -> str | None:
    """Return the id in a text that has the shape of a key, else None."""
    match = _KEY.fullmatch(text)
    return match[1] if match else None


def is_key_like(text: str) -> bool:
    """Say whether a text was meant to be a key of ours."""
    return text.startswith(f"{PREFIX}_")


def check_subject(subject: str) -> str:
    """Return the name if keys can be made for it.

    Raises:
        SettingsError: it holds other characters than letters, digits and ``. _ @ + -``.
    """
    if _SUBJECT.fullmatch(subject) is None:
        raise SettingsError(
            f"{subject!r} cannot own keys.", hint="Use up to 100 letters, digits, dots, dashes, underscores, @ or +."
        )
    return subject


def check_times(expires: datetime | None, now: datetime) -> None:
    """Refuse a key that would be born dead.

    Raises:
        SettingsError: the time is past.
    """
    if expires is not None and expires <= now:
        raise SettingsError(
            f"The key would expire at {expires.isoformat()}, which is past.", hint="Choose a later day."
        )
