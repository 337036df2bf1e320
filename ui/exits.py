"""What the command line says when something fails, and the status it leaves with. Pure."""

from __future__ import annotations

from typing import NamedTuple

CALLER = 2
"""The caller's mistake: a wrong option, file, setting or id."""
FAILURE = 3
"""Something else failed."""
INTERRUPTED = 130

_CALLERS = frozenset(
    {
        "CatalogError",
        "ConstraintError",
        "FeedbackError",
        "InteractionsError",
        "MediaError",
        "ItemNotFoundError",
        "MessageError",
        "MissingExtraError",
        "PreferenceNotFoundError",
        "RecordingError",
        "ReportError",
        "SessionNotFoundError",
        "SettingsError",
        "SuiteError",
        "SupportError",
        "UploadError",
        "UploadNotFoundError",
    }
)


class Failure(NamedTuple):
    """One line for people, what to do about it, and the exit status."""

    message: str
    hint: str
    status: int


def failure_of(error: BaseException) -> Failure:
    """Describe any error; one that nobody foresaw is told with its type, and how to see where it came from."""
    if isinstance(error, KeyboardInterrupt):
        return Failure("Interrupted.", "", INTERRUPTED)
    hint = getattr(error, "hint", None)
    if isinstance(hint, str):
        # Errors of ours join message and hint in str(); here they stand on lines of their own.
        caller = any(kind.__name__ in _CALLERS for kind in type(error).__mro__)
        return Failure(Exception.__str__(error), hint, CALLER if caller else FAILURE)
    words = " ".join(str(error).split()) or "no message"
    return Failure(f"{type(error).__name__}: {words}", "Set PALATE_DEBUG=1 to see where it happened.", FAILURE)
