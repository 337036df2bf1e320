"""Delete what is older than the settings keep it: once at the start of a server, and every day while it runs."""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from .errors import StoreError
from .store import SqlStore
from .store_inbox import KEPT
from .store_users import Pruned

if TYPE_CHECKING:
    from .settings import Settings

log = logging.getLogger(__name__)

DAY_S = 24 * 3600.0


async def prune(store: SqlStore, settings: Settings, now: datetime | None = None) -> Pruned:
    """Delete what is too old, and return how much that was.

    Raises:
        StoreError: the store failed; nothing was deleted.
    """
    at = now or datetime.now(UTC)
    traces = max(KEPT, timedelta(hours=settings.api.keep_hours))
    return await store.prune(
        sessions=_before(at, settings.store.retention_days),
        memories=_before(at, settings.store.memory_days),
        lists=_before(at, settings.feedback.keep_days),
        events=_iso(at - traces),
    )


async def prune_daily(store: SqlStore, settings: Settings) -> None:
    """Prune now and every day, until cancelled; a failure is logged, and the next day tries again."""
    while True:
        try:
            gone = await prune(store, settings)
        except StoreError as error:
            log.warning("what is too old was not deleted: %s", error)
        else:
            if gone.total:
                log.info("deleted what is too old: %s", gone)
        await asyncio.sleep(DAY_S)


def _before(now: datetime, days: int) -> str:
    return _iso(now - timedelta(days=days)) if days else ""


def _iso(when: datetime) -> str:
    return when.isoformat(timespec="milliseconds")
