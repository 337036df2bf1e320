"""Open the conversation store that the settings name, or look at it as it is."""

from __future__ import annotations

from .settings import Settings
from .store import SqlStore
from .store_schema import StoreState, describe
from .store_tables import open_engine
from .uploads import UploadKeeper


def open_store(settings: Settings) -> SqlStore:
    """Open the store.

    Raises:
        StoreError: it cannot be opened, or its version is another that may not be changed.
    """
    config = settings.store
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    return SqlStore(
        config.address(settings.data_dir),
        threads=config.threads,
        turn_wait_s=config.turn_wait_s,
        upgrade=config.upgrade == "auto",
    )


def open_uploads(settings: Settings) -> UploadKeeper:
    """Open the folder of pictures and sounds that users sent; it need not exist."""
    return UploadKeeper(settings.data_dir / "uploads", settings.uploads)


def describe_store(settings: Settings) -> StoreState:
    """Look at a store of whatever version; no table is changed.

    Raises:
        StoreError: it cannot be opened.
    """
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    engine = open_engine(settings.store.address(settings.data_dir))
    try:
        return describe(engine)
    finally:
        engine.dispose()
