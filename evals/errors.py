"""Errors raised by evals, and who acts on each.

EvalError           root; every message says what happened, the value, and what to do
├── CannotScoreError  who reads the scoreboard: a row lacks what it needs, so it has no figures; that is not zero
├── DataMissingError  the machine's keeper: a data set that a benchmark needs is not there
├── PostgresMissingError  the machine's keeper: no Postgres server can be started here
├── NotRecordedError  who replays: a model is asked what was not recorded; record again
├── RecordingError    who replays: no recording, or one that cannot be replayed
├── ReportError       who compares or shows reports: not a report, or two that cannot be compared
└── SuiteError        the suite's author: unknown key, unfit value, two cases of one name, no such file
"""

from __future__ import annotations


class EvalError(Exception):
    """Say what happened, with the value, and what to do about it in ``hint``."""

    def __init__(self, message: str, *, hint: str = "") -> None:
        """Keep the message and the hint apart so that doors can show them apart."""
        super().__init__(message)
        self.hint = hint

    def __str__(self) -> str:
        """Join message and hint into one line for a terminal or a log."""
        message = super().__str__()
        return f"{message} {self.hint}" if self.hint else message


class CannotScoreError(EvalError):
    """Report a ranker that lacks what it needs on this data; its figures are absent, not zero."""


class DataMissingError(EvalError):
    """Report that a data set which a benchmark needs is not there."""


class NotRecordedError(EvalError):
    """Report a request to a language model that a recording does not hold.

    It is no ``ModelError``: the agent would adapt to that, and the run would pass for the wrong reason.
    """


class PostgresMissingError(EvalError):
    """Report that there is no Postgres server to start."""


class RecordingError(EvalError):
    """Report a recording that cannot be written, read or replayed."""


class ReportError(EvalError):
    """Report a file that is no report, or reports that must not be compared."""


class SuiteError(EvalError):
    """Report a suite that cannot be read as it stands."""
