"""Whoever makes a request: what they may do, and what is theirs. Pure."""

from __future__ import annotations

from typing import Literal, get_args

from retrieval.types import Value

Scope = Literal["chat", "read", "users", "admin"]
"""``read`` the catalogue; ``chat`` in sessions of one's own; speak for ``users`` of one's own; ``admin``: all."""

ALL_SCOPES: tuple[Scope, ...] = get_args(Scope)


class Caller(Value):
    """Somebody who was let in."""

    subject: str | None
    """Who it is; None for whoever comes without a key where that is allowed."""
    scopes: frozenset[Scope] = frozenset()
    key_id: str = ""
    """The API key that they came with, if any."""

    def may(self, scope: Scope) -> bool:
        """Say whether the caller may do this."""
        return scope in self.scopes or "admin" in self.scopes

    def reaches(self, owner: str | None) -> bool:
        """Say whether a session of this owner is theirs; sessions begun without a key have none."""
        return owner == self.subject or ("admin" in self.scopes and self.subject is not None)

    def stored(self, user: str | None) -> str | None:
        """Return the id under which a user that the caller names is stored.

        A key of one person speaks for that person alone. A key with the scope ``users`` speaks for users of its own:
        the same name under another key is somebody else.

        Raises:
            PermissionError: the user is not theirs.
        """
        if self.subject is None or "admin" in self.scopes:
            return user
        if "users" in self.scopes:
            return None if user is None else f"{self.subject}/{user}"
        if user in (None, self.subject):
            return self.subject
        raise PermissionError(user)

    def shown(self, user: str) -> str:
        """Return the name by which the caller knows a stored user."""
        named = self.subject is not None and "users" in self.scopes and "admin" not in self.scopes
        return user.removeprefix(f"{self.subject}/") if named else user


NOBODY = Caller(subject=None, scopes=frozenset(ALL_SCOPES))
"""Whoever comes without a key where none is needed."""
