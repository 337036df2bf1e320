"""Who may come in, and what is theirs: API keys, tokens of an identity provider, owners of sessions."""

from __future__ import annotations

from .caller import ALL_SCOPES, NOBODY, Caller, Scope
from .config import ApiConfig, AuthConfig, OidcConfig
from .gate import Gate, is_loopback
from .keys import ApiKey, NewKey
from .store import AccessStore, Claim, Database

__all__ = [
    "ALL_SCOPES",
    "NOBODY",
    "AccessStore",
    "ApiConfig",
    "ApiKey",
    "AuthConfig",
    "Caller",
    "Claim",
    "Database",
    "Gate",
    "NewKey",
    "OidcConfig",
    "Scope",
    "is_loopback",
]
