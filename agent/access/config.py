"""Settings of who may come in, and of how much they may ask for."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from retrieval.types import Value

from .caller import Scope


class OidcConfig(Value):
    """An identity provider whose signed tokens are taken in place of API keys; off without an issuer."""

    issuer: str = ""
    """The provider, exactly as its tokens name it in ``iss``; empty takes no tokens."""
    audience: str = ""
    """What tokens must name in ``aud``: the id under which the provider knows this service."""
    jwks_url: str = ""
    """Where the provider publishes its public keys; https, or http on this machine."""
    jwks_file: Path | None = None
    """A file with those keys, in place of the address."""
    algorithms: tuple[Literal["RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "ES512", "EdDSA"], ...] = (
        "RS256",
        "ES256",
    )
    """Signatures that count. Those with a shared secret never do."""
    subject_claim: str = "sub"
    """The claim that names the user."""
    scopes: tuple[Scope, ...] = ("chat", "read")
    """What every valid token may do."""
    scopes_claim: str = ""
    """A claim whose words (``palate:admin``) decide instead what its token may do, for example ``scope``."""
    leeway_s: float = Field(30.0, ge=0.0, le=300.0)
    """Seconds by which clocks may differ."""

    @model_validator(mode="after")
    def _whole(self) -> OidcConfig:
        if not self.issuer:
            return self
        if not self.audience:
            raise ValueError("auth.oidc.audience is missing: without it tokens meant for other services would count")
        if bool(self.jwks_url) == (self.jwks_file is not None):
            raise ValueError("set either auth.oidc.jwks_url or auth.oidc.jwks_file")
        secure = self.jwks_url.startswith(("https://", "http://127.0.0.1", "http://localhost", "http://[::1]"))
        if self.jwks_url and not secure:
            raise ValueError("auth.oidc.jwks_url must be https: whoever can change the keys can sign in as anybody")
        return self


class AuthConfig(Value):
    """Who may use the API."""

    mode: Literal["auto", "required", "off"] = "auto"
    """``auto``: nobody needs a key while Palate listens on this machine only and no key was made; ``required``:
    everybody needs one; ``off``: nobody does, on whatever address, which is for networks where all are trusted."""
    page: Literal["auto", "open"] = "auto"
    """``auto``: the page is served on this machine only, or where ``server.user_header`` names its visitors; ``open``:
    whoever reaches the address may use the page."""
    oidc: OidcConfig = OidcConfig()
    """Tokens of an identity provider."""


class ApiConfig(Value):
    """How much the API takes, from whom, and for how long."""

    allowed_hosts: tuple[str, ...] = ()
    """Host names that requests may address when Palate listens on this machine only, beside the machine's own; name
    here what a proxy in front of it passes on. It keeps web pages elsewhere from reaching it by renaming themselves."""
    cors_origins: tuple[str, ...] = ()
    """Web sites whose scripts may call the API, for example ``https://shop.example``; none by default."""
    body_kb: int = Field(256, ge=1, le=102_400)
    """Largest body of a call, in kilobytes; uploads have a limit of their own."""
    seconds: float = Field(120.0, gt=0.0, le=3600.0)
    """Longest time that one call may take until it is given up with 503."""
    resume_s: float = Field(30.0, ge=0.0, le=600.0)
    """Seconds that a streamed turn with an ``Idempotency-Key`` goes on, and stays to be read, after its reader was cut
    off. Turns without such a key end at once."""
    per_minute: int = Field(600, ge=0, le=1_000_000)
    """Calls per minute and caller (key, token or address); 0 counts none."""
    turns_per_minute: int = Field(60, ge=0, le=1_000_000)
    """Messages and searches per minute and caller; 0 counts none."""
    turns: int = Field(16, ge=1, le=1024)
    """Turns and searches that run at once in this process; more of them wait."""
    waiting: int = Field(256, ge=0, le=100_000)
    """Turns and searches that may wait; what comes then is refused with 503."""
    patience_s: float = Field(10.0, gt=0.0, le=600.0)
    """Longest wait for a place that is asked of a caller. Where the line and the length of the last turns make a longer
    one likely, the turn is refused with 503 at once, and ``Retry-After`` says when to come again."""
    keep_hours: float = Field(24.0, gt=0.0, le=720.0)
    """Hours for which a repeated ``Idempotency-Key`` is recognised."""
