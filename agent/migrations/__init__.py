"""Bring the tables of a store to the version that this Palate reads, by numbered steps that are never changed again.

A step is a file of ``versions``. Whoever changes the tables adds the next one, raises ``SCHEMA_VERSION`` and lets the
tests compare what the steps lead to with ``store_tables``. There is no way back: an older Palate would not know what it
must erase with a user.
"""

from __future__ import annotations

import threading
from pathlib import Path

import sqlalchemy as sa

_ONE_AT_A_TIME = threading.Lock()
"""The library hands its context to the steps by names of a module, which threads share."""

TABLE = "palate_migrations"
"""Where the library keeps the number of the last step; it stands beside ``palate_schema``, which releases before it
read."""


def climb(connection: sa.Connection, found: int) -> None:
    """Take every step above ``found`` within the open transaction.

    Raises:
        sqlalchemy.exc.SQLAlchemyError: a step failed; the caller's transaction takes all of them back.
    """
    # Importing the library takes half a second, which only a store of an older version should cost.
    from alembic import command
    from alembic.config import Config

    config = Config(attributes={"connection": connection, "version_table": TABLE})
    # The library reads "%" as the start of a variable.
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    with _ONE_AT_A_TIME:
        if not sa.inspect(connection).has_table(TABLE):
            command.stamp(config, str(found))
        command.upgrade(config, "head")
