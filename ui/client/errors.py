"""What a call of the API may end in, and which of it is worth another try. Pure."""

from __future__ import annotations

import httpx
import tenacity
from pydantic import ValidationError

from ..problems import Problem

RETRIED = frozenset({409, 429, 502, 503, 504})
"""Statuses that may pass: the same request is under way, too many calls, a part that is not ready."""
_LONGEST_S = 30.0


class ApiError(Exception):
    """Report a problem that the API told; ``problem`` has its type, detail, hint and request id."""

    def __init__(self, problem: Problem, retry_after_s: float | None = None) -> None:
        """Keep the problem, and the seconds after which the API wants to be asked again."""
        super().__init__(f"{problem.status} {problem.title}: {problem.detail} {problem.hint}".strip())
        self.problem = problem
        self.retry_after_s = retry_after_s

    @property
    def status(self) -> int:
        """The HTTP status."""
        return self.problem.status

    @property
    def hint(self) -> str:
        """What to do about it."""
        return self.problem.hint


class ConnectionFailedError(Exception):
    """Report an API that could not be reached, or a stream that broke off and could not be resumed."""


def raise_for(response: httpx.Response) -> None:
    """Raise what a response tells, if it is not one of success; its body must have been read."""
    if response.is_success:
        return
    try:
        problem = Problem.model_validate_json(response.content)
    except ValidationError:
        phrase = response.reason_phrase or "Unknown answer"
        problem = Problem(
            type="about:blank",
            title=phrase,
            status=response.status_code,
            detail=f"{response.request.url} answered {response.status_code}.",
            request_id=response.headers.get("x-request-id", ""),
        )
    raise ApiError(problem, _seconds(response.headers.get("retry-after")))


def worth_another_try(error: BaseException) -> bool:
    """Say whether a call that may be repeated could go well the next time."""
    if isinstance(error, ApiError):
        passing = error.status in RETRIED and error.problem.type.rpartition(":")[2] not in ("consent", "memory-off")
        return passing
    return isinstance(error, httpx.TransportError)


def wait_for(error: BaseException | None, attempt: int) -> float:
    """Return the seconds to wait before the next try: what the API says, else twice as long each time."""
    if isinstance(error, ApiError) and error.retry_after_s is not None:
        return min(error.retry_after_s, _LONGEST_S)
    return min(0.2 * 2.0 ** (attempt - 1), _LONGEST_S)


def wait_state(state: tenacity.RetryCallState) -> float:
    """Return the same for tenacity."""
    return wait_for(state.outcome.exception() if state.outcome is not None else None, state.attempt_number)


def _seconds(header: str | None) -> float | None:
    try:
        return None if header is None else max(0.0, float(header))
    except ValueError:
        return None
