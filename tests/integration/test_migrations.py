"""Stores of earlier releases are brought to today's tables, whole or not at all, by one of those who open them."""

from __future__ import annotations

import asyncio
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from agent.errors import StoreError
from agent.memory.types import ConsentGiven
from agent.migrations import TABLE
from agent.store import SqlStore
from agent.store_schema import SCHEMA_VERSION, STEPS, TABLES, schema_version
from agent.store_tables import METADATA, open_engine
from agent.types import FeedbackGiven, MessageReceived, ReplyGiven

STORES = Path(__file__).parents[1] / "unit" / "data" / "stores"
RELEASES = ["0.1.0"]
"""Each has a dump per database: its tables, and rows in all of them."""


def restore(url: str, release: str) -> None:
    """Write the dump of a release into an empty database."""
    engine = sa.create_engine(url)
    text = (STORES / f"{release}.{engine.dialect.name.replace('postgresql', 'postgres')}.sql").read_text("utf-8")
    raw = engine.raw_connection()
    if engine.dialect.name == "sqlite":
        raw.driver_connection.executescript(text)
    else:
        raw.driver_connection.execute(text)
    raw.commit()
    raw.close()
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "postgres":
        return str(request.getfixturevalue("postgres"))
    return f"sqlite:///{tmp_path / 'palate.db'}"


def rows(url: str) -> dict[str, list[tuple[object, ...]]]:
    """All rows of all tables but those that hold the version."""
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        names = set(sa.inspect(connection).get_table_names()) - {"palate_schema", TABLE}
        found = {n: sorted(map(repr, connection.execute(sa.text(f'SELECT * FROM "{n}"')))) for n in names}
    engine.dispose()
    return {name: lines for name, lines in found.items() if lines}


def differences(url: str) -> list[object]:
    """What separates the tables in the database from those that the code describes."""
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        found = compare_metadata(MigrationContext.configure(connection, opts={"version_table": TABLE}), METADATA)
    engine.dispose()
    return [change for change in found if not (change[0] == "add_table" and change[1] is STEPS)]


@pytest.mark.parametrize("release", RELEASES)
async def test_a_released_store_opens_with_all_that_it_held(url: str, release: str) -> None:
    restore(url, release)
    before = rows(url)
    assert {"sessions", "events", "memory_events", "impressions"} <= set(before)
    store = SqlStore(url)
    assert rows(url) == before
    message, reply, liked, _ = await store.events("a1")
    assert isinstance(message, MessageReceived) and message.text == "crime, or comédie \U0001f3ac"
    assert isinstance(reply, ReplyGiven) and reply.reply.text == "Voilà — 7 films."
    assert isinstance(liked, FeedbackGiven) and liked.propensity == 0.25
    assert isinstance((await store.memory("ada"))[0], ConsentGiven)
    assert (await store.impressions("ada"))[0][1][0].seed == 2**47 + 1
    await store.append("a1", [liked])
    assert len(await store.events("a1")) == 5
    assert await store.erase_user("ada") == 1
    assert "ada" not in str(rows(url)) and "bob" in str(rows(url))
    await store.close()
    assert differences(url) == []


async def test_every_step_leads_to_the_tables_that_the_code_describes(url: str) -> None:
    """From the first version on: a table, column or index that is added without a step fails here."""
    engine = open_engine(url)
    with engine.begin() as connection:
        for name in ("palate_schema", "sessions", "events"):
            METADATA.tables[name].create(connection)
        connection.execute(sa.text("DROP INDEX ix_events_kind_created_at"))  # version 7 brought it
        connection.execute(sa.text("INSERT INTO palate_schema VALUES (1)"))
    engine.dispose()
    await SqlStore(url).close()
    assert differences(url) == []


async def test_counting_reactions_reads_an_index(url: str) -> None:
    """The operator's page counts them on every visit, in a table that holds every conversation."""
    restore(url, RELEASES[0])
    await SqlStore(url).close()
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        found = {i["name"]: i["column_names"] for i in sa.inspect(connection).get_indexes("events")}
    engine.dispose()
    assert found["ix_events_kind_created_at"] == ["kind", "created_at"]


async def test_an_empty_database_gets_the_same_tables_as_an_upgraded_one(url: str) -> None:
    await SqlStore(url).close()
    assert differences(url) == []
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        assert connection.execute(sa.select(STEPS.c.version_num)).scalars().all() == [str(SCHEMA_VERSION)]
        assert set(sa.inspect(connection).get_table_names()) == {t.name for t in (*TABLES, STEPS)}
    engine.dispose()


@pytest.mark.parametrize("old", [True, False])
def test_of_several_that_open_a_store_at_once_one_prepares_it(url: str, old: bool) -> None:
    if old:
        restore(url, RELEASES[0])
    with ThreadPoolExecutor(6) as pool:
        stores = list(pool.map(SqlStore, [url] * 6))
    for store in stores:
        asyncio.run(store.close())
    assert differences(url) == []


async def test_a_step_that_fails_leaves_the_store_as_it_was(url: str) -> None:
    restore(url, RELEASES[0])
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE turn_leases (mine INTEGER)"))  # the last step creates it
    before = rows(url)
    with pytest.raises(StoreError, match="turn_leases"):
        SqlStore(url)
    assert rows(url) == before and schema_version(engine) == 3
    assert "bot_chats" not in sa.inspect(engine).get_table_names()
    with engine.begin() as connection:
        connection.execute(sa.text("DROP TABLE turn_leases"))
    engine.dispose()
    await SqlStore(url).close()
    assert differences(url) == []


async def test_an_older_store_can_be_left_alone_until_somebody_upgrades_it(url: str) -> None:
    restore(url, RELEASES[0])
    with pytest.raises(StoreError, match="schema version 3") as caught:
        SqlStore(url, upgrade=False)
    assert "palate store upgrade" in caught.value.hint
    engine = sa.create_engine(url)
    assert schema_version(engine) == 3
    engine.dispose()


async def test_a_release_before_this_one_refuses_the_upgraded_store(tmp_path: Path) -> None:
    """Release 0.1.0 reads the greatest number in ``palate_schema`` and refuses whatever is above 3."""
    url = f"sqlite:///{tmp_path / 'palate.db'}"
    restore(url, "0.1.0")
    await SqlStore(url).close()
    with sqlite3.connect(tmp_path / "palate.db") as raw:
        assert raw.execute("SELECT MAX(version) FROM palate_schema").fetchone() == (SCHEMA_VERSION,)
        assert SCHEMA_VERSION > 3
    raw.close()
