"""What a door refuses although nothing is broken; each error has the HTTP status that says so."""

from __future__ import annotations

from typing import ClassVar

from agent.errors import AgentError


class RefusedError(AgentError):
    """Report a request that is not done, for a reason that the caller can act on."""

    status: ClassVar[int]


class SaturatedError(RefusedError):
    """Report that too much is asked at once, or took too long; later it may be done."""

    retryable = True
    status = 503

    def __init__(self, message: str, *, hint: str = "", retry_after_s: float = 1.0) -> None:
        """Keep when it may be tried again."""
        super().__init__(message, hint=hint)
        self.retry_after_s = retry_after_s


class UnderWayError(RefusedError):
    """Report that the same request is being done already."""

    retryable = True
    status = 409


class RepeatedError(RefusedError):
    """Report a key for repetitions that was used for another request."""

    status = 422


class StaleError(RefusedError):
    """Report an edit of a state that has changed meanwhile."""

    status = 412


class TurnNotFoundError(RefusedError):
    """Report a turn that the session does not hold."""

    status = 404
