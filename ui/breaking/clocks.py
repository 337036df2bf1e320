"""Set the clock that Palate reads, in Python and in SQLite, forwards or back; timers are left alone."""

from __future__ import annotations

import datetime as datetimes
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

_OURS = ("agent", "retrieval", "ui")
_JULIAN_EPOCH = 2440587.5
_DAY_S = 86_400.0


@contextmanager
def shifted(seconds: float) -> Iterator[None]:
    """Let all modules of ours read the time so many seconds from the true one."""
    moved = datetimes.timedelta(seconds=seconds)
    true = time.time

    class Shifted(datetimes.datetime):
        @classmethod
        def now(cls, tz: datetimes.tzinfo | None = None) -> Any:
            return datetimes.datetime.now(tz) + moved

    modules = [m for name, m in list(sys.modules.items()) if name.split(".")[0] in _OURS and m is not None]
    holders = [m for m in modules if getattr(m, "datetime", None) is datetimes.datetime]
    with mock.patch.object(time, "time", lambda: true() + seconds):
        for module in holders:
            module.datetime = Shifted  # type: ignore[attr-defined]
        try:
            yield
        finally:
            for module in holders:
                module.datetime = datetimes.datetime  # type: ignore[attr-defined]


def sqlite_shifted(connection: Any) -> None:
    """Let a connection to SQLite read the shifted time, too."""
    connection.create_function("julianday", 1, lambda _now: _JULIAN_EPOCH + time.time() / _DAY_S)
