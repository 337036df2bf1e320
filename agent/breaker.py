"""Leave a part alone that does not answer, and try it again one call at a time (a circuit breaker, Nygard 2007)."""

from __future__ import annotations

import time
from collections.abc import Callable

from pydantic import Field

from retrieval.types import Value


class BreakerConfig(Value):
    """When the language model is left alone."""

    rest_s: float = Field(15.0, gt=0.0, le=3600.0)
    """After a failure it is left alone for so long; then one turn tries it, and the others go on without."""
    longest_rest_s: float = Field(120.0, gt=0.0, le=86_400.0)
    """Each further failure in a row doubles the rest, up to this."""
    slow_turns: int = Field(3, ge=1, le=1000)
    """So many late answers in a row count as a failure."""


class Breaker:
    """Closed while calls work, open while it rests, half open while one call tries."""

    def __init__(self, config: BreakerConfig | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        """Begin closed; ``clock`` gives seconds."""
        self._config = config or BreakerConfig()
        self._clock = clock
        self._failures = 0
        self._late = 0
        self._until = 0.0

    def allows(self) -> bool:
        """Whether to call now. Half open, the first to ask may; the next one when it has reported, or after a rest."""
        if not self._failures:
            return True
        now = self._clock()
        if now < self._until:
            return False
        self._until = now + self._rest()
        return True

    def worked(self) -> None:
        """Note an answer in time."""
        self._failures = self._late = 0

    def failed(self) -> None:
        """Note that no answer came."""
        self._failures += 1
        self._late = 0
        self._until = self._clock() + self._rest()

    def late(self) -> None:
        """Note an answer that did not come in time."""
        self._late += 1
        if self._failures or self._late >= self._config.slow_turns:
            self.failed()

    def _rest(self) -> float:
        doubled = self._config.rest_s * 2.0 ** min(20, self._failures - 1)
        return min(doubled, max(self._config.rest_s, self._config.longest_rest_s))
