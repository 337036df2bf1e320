"""Open the language model of a run that is recorded or replayed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from agent import Settings
    from agent.types import ChatModel
    from evals import RecordingModel

ModelOpener = Callable[["Settings"], "ChatModel"]
_LONG_S = 600.0
UNHURRIED: dict[str, Any] = {
    "understanding": {"timeout_s": _LONG_S},
    "compose": {"timeout_s": _LONG_S},
    "llm": {"timeout_s": _LONG_S, "first_token_timeout_s": _LONG_S},
}
"""Settings of such runs, and of judging: which answers come in time must not depend on the machine."""


class Recording:
    """A file that a run writes, or reads, or neither."""

    def __init__(self, record: Path | None, replay: Path | None, *, no_model: bool) -> None:
        """Take the files that the options name.

        Raises:
            typer.BadParameter: both, or one of them with ``--no-model``.
        """
        if (record is not None) + (replay is not None) + no_model > 1:
            raise typer.BadParameter("Give at most one of --record, --replay and --no-model.")
        self._record, self._replay = record, replay
        self._made: RecordingModel | None = None

    @property
    def opener(self) -> ModelOpener | None:
        """How to open the model; None leaves that to the settings."""
        return self._open if self._record or self._replay else None

    @property
    def settings(self) -> dict[str, Any]:
        """Settings that the run needs."""
        return UNHURRIED if self.opener is not None else {}

    def tell(self) -> bool:
        """Say on stderr what was recorded; return whether that can be replayed."""
        if self._made is None:
            return True
        typer.echo(f"Recorded {self._made.kept} answers in {self._record}.", err=True)
        if self._made.lost:
            typer.echo(f"{self._made.lost} requests were not answered, so this cannot be replayed.", err=True)
        return not self._made.lost

    def _open(self, settings: Settings) -> ChatModel:
        from evals import RecordingModel, ReplayedModel

        if self._replay is not None:
            return ReplayedModel(self._replay)
        assert self._record is not None, "a run without a recording opens its model by itself"
        self._made = RecordingModel(model_of(settings), self._record)
        return self._made


def model_of(settings: Settings) -> ChatModel:
    """Return the language model that the settings name.

    Raises:
        EvalError: they name none, or it is not there.
    """
    from agent import open_gate
    from evals import EvalError

    gate = open_gate(settings)
    if gate.model is None:
        raise EvalError(f"There is no language model: {gate.reason}.", hint="See 'palate models', or set llm.base_url.")
    return gate.model
