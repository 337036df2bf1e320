"""Check tokens that an identity provider signed; the one place of PyJWT."""

from __future__ import annotations

from typing import Any

from retrieval.errors import MissingExtraError

from ..errors import SettingsError
from .caller import ALL_SCOPES, Caller, Scope
from .config import OidcConfig

SUBJECT = "oidc:"
"""Starts the subject of whoever came with a token; keys cannot be made for such a name."""


class TokenChecker:
    """Tell who a token speaks of, or nobody."""

    def __init__(self, config: OidcConfig) -> None:
        """Read the provider's keys where they are a file; an address is asked when the first token comes.

        Raises:
            MissingExtraError: PyJWT is not installed.
            SettingsError: the file cannot be used.
        """
        try:
            import jwt
        except ModuleNotFoundError as error:
            raise MissingExtraError("oidc") from error
        self._jwt = jwt
        self._config = config
        self._remote = jwt.PyJWKClient(config.jwks_url, timeout=5) if config.jwks_url else None
        self._keys = {} if config.jwks_file is None else self._read()

    def check(self, token: str) -> Caller | None:
        """Return whoever the token speaks of; None for one that is not valid here. May ask the provider for its keys.

        Signature, algorithm, issuer, audience and times are checked, and a subject must be there.
        """
        config = self._config
        try:
            claims: dict[str, Any] = self._jwt.decode(
                token,
                self._key_of(token),
                algorithms=list(config.algorithms),
                audience=config.audience,
                issuer=config.issuer,
                leeway=config.leeway_s,
                options={"require": ["exp", "iss", "aud"]},
            )
        except (self._jwt.PyJWTError, KeyError, ValueError):
            return None
        subject = claims.get(config.subject_claim)
        if not isinstance(subject, str) or not 0 < len(subject) <= 200:
            return None
        return Caller(subject=SUBJECT + subject, scopes=frozenset(self._scopes(claims)))

    def _key_of(self, token: str) -> Any:
        if self._remote is not None:
            return self._remote.get_signing_key_from_jwt(token).key
        name = self._jwt.get_unverified_header(token).get("kid")
        if name is None and len(self._keys) == 1:
            return next(iter(self._keys.values()))
        return self._keys[name]

    def _read(self) -> dict[str | None, Any]:
        path = self._config.jwks_file
        assert path is not None
        try:
            found = self._jwt.PyJWKSet.from_json(path.read_text(encoding="utf-8"))
        except (OSError, ValueError, self._jwt.PyJWTError) as error:
            raise SettingsError(
                f"The keys in {str(path)!r} cannot be used: {error}.",
                hint="auth.oidc.jwks_file is a JSON Web Key Set: the document at the provider's jwks_uri.",
            ) from error
        return {key.key_id: key.key for key in found.keys}

    def _scopes(self, claims: dict[str, Any]) -> tuple[Scope, ...]:
        if not self._config.scopes_claim:
            return self._config.scopes
        held = claims.get(self._config.scopes_claim, ())
        words = held.split() if isinstance(held, str) else held if isinstance(held, list) else ()
        return tuple(scope for scope in ALL_SCOPES if f"palate:{scope}" in words)
