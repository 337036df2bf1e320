"""The last turns of this process: what was done and how long each stage took; no words of users, and no ids."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from datetime import UTC, datetime

from agent.types import Reply
from retrieval.types import Value

KEPT = 200


class TurnSeen(Value):
    """One turn, as an operator may see it."""

    at: datetime
    action: str
    picks: int
    degraded: tuple[str, ...]
    timings_ms: dict[str, float]
    """Milliseconds by stage, and ``cards`` and ``first_sentence`` since the message arrived."""

    @property
    def total_ms(self) -> float:
        """Milliseconds from the message to the end of the last stage."""
        return sum(self.stages().values())

    def stages(self) -> dict[str, float]:
        """Return the stages that follow each other, in their order, with milliseconds."""
        return {name: self.timings_ms[name] for name in STAGES if name in self.timings_ms}


STAGES = ("guard", "understand", "understand_model", "decide", "retrieve", "question", "compose", "talk")
"""The steps of a turn, in their order."""


class Recent:
    """Keep the last turns in memory, newest first; a restart forgets them."""

    def __init__(self, kept: int = KEPT) -> None:
        """Begin with none."""
        self._turns: deque[TurnSeen] = deque(maxlen=kept)

    def add(self, reply: Reply) -> None:
        """Note one answered turn."""
        seen = TurnSeen(
            at=datetime.now(UTC),
            action=reply.action.kind,
            picks=len(reply.recommendations),
            degraded=reply.degraded,
            timings_ms=reply.run.timings_ms,
        )
        self._turns.appendleft(seen)

    def turns(self) -> Sequence[TurnSeen]:
        """Return the turns kept, newest first."""
        return tuple(self._turns)
