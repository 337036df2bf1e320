"""Say which extra is missing, before a door is opened that needs it."""

from __future__ import annotations

from importlib.util import find_spec

from retrieval.errors import MissingExtraError


def require(extra: str, *modules: str) -> None:
    """Check that modules of an extra are installed.

    Raises:
        MissingExtraError: one is not; the hint is the command that installs it.
    """
    if any(find_spec(module) is None for module in modules):
        raise MissingExtraError(extra)
