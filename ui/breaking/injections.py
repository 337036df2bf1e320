"""What can go wrong with each part that a turn calls, as contexts in which it does."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

from agent.testing import Behaviour

from .clocks import shifted, sqlite_shifted
from .stand import Stand

Injection = Callable[[Stand], AbstractContextManager[None]]


def model(behaviour: Behaviour) -> Injection:
    """Let the language model answer like this."""

    @contextmanager
    def inject(stand: Stand) -> Iterator[None]:
        stand.model = behaviour
        yield
        stand.model = None

    return inject


def raising(part: str) -> Injection:
    """Let every call of a part of the search raise the library's error."""

    @contextmanager
    def inject(stand: Stand) -> Iterator[None]:
        breaker = stand.breakers[part]
        breaker.broken = True
        yield
        breaker.broken = False
        if not breaker.struck:
            raise RuntimeError(f"nothing called {part!r}, so nothing was tried")

    return inject


def slow(part: str, seconds: float) -> Injection:
    """Let every call of a part of the search take longer."""

    @contextmanager
    def inject(stand: Stand) -> Iterator[None]:
        breaker = stand.breakers[part]
        breaker.delay_s = seconds
        yield
        breaker.delay_s = 0.0
        if not breaker.struck:
            raise RuntimeError(f"nothing called {part!r}, so nothing was tried")

    return inject


def locked(seconds: float) -> Injection:
    """Let another process hold SQLite's write lock: for so long, or while the fault lasts, if that is shorter."""

    @contextmanager
    def inject(stand: Stand) -> Iterator[None]:
        done, held = threading.Event(), threading.Event()

        def hold() -> None:
            other = sqlite3.connect(str(stand.engine.url.database), isolation_level=None)
            other.execute("BEGIN IMMEDIATE")
            held.set()
            done.wait(seconds)
            other.execute("ROLLBACK")
            other.close()

        with stand.connecting():
            thread = threading.Thread(target=hold)
            thread.start()
            held.wait()
            yield
            done.set()
            thread.join()

    return inject


def pragma(text: str) -> Injection:
    """Set a pragma of SQLite on every connection to the store."""
    return lambda stand: stand.connecting(text)


def full_disk(stand: Stand) -> AbstractContextManager[None]:
    """Let SQLite find no room for another page, which is how it sees a full disk."""
    pages = _value(stand, "PRAGMA page_count")
    return stand.connecting(f"max_page_count={pages}")


def clock(seconds: float) -> Injection:
    """Set the clock of Palate and of its database."""

    @contextmanager
    def inject(stand: Stand) -> Iterator[None]:
        with shifted(seconds), stand.connecting(do=sqlite_shifted):
            yield

    return inject


@contextmanager
def uploads_gone(stand: Stand) -> Iterator[None]:
    """Delete the folder of uploads while the server runs."""
    shutil.rmtree(stand.settings.data_dir / "uploads", ignore_errors=True)
    yield


@contextmanager
def uploads_in_the_way(stand: Stand) -> Iterator[None]:
    """Put a file where the folder of uploads should be."""
    place = stand.settings.data_dir / "uploads"
    shutil.rmtree(place, ignore_errors=True)
    place.touch()
    yield
    place.unlink()


@contextmanager
def uploads_full(_stand: Stand) -> Iterator[None]:
    """Let the disk be full when an upload is written."""
    full = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    with mock.patch.object(Path, "write_bytes", side_effect=full):
        yield


def _value(stand: Stand, query: str) -> Any:
    with stand.engine.connect() as connection:
        return connection.exec_driver_sql(query).scalar()
