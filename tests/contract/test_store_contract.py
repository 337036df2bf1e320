"""What every conversation store promises, run against SQLite always and against Postgres where one is given."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from agent.errors import SessionNotFoundError
from agent.store import SqlStore
from agent.types import (
    AnswerAction,
    Event,
    FeedbackGiven,
    MessageReceived,
    Preference,
    PreferencesEdited,
    PreferenceUpdate,
    Reply,
    ReplyGiven,
    Store,
)


def one_of_each(turn: str, session: str) -> list[Event]:
    """Events of all four kinds, with values that JSON could blur: tuples, floats, accents, quotes."""
    wish = Preference(
        id="p1", attribute="genres", op="in", value=("Crime", "Comédie"), strength=0.5, turn_id=turn, quote='"noir"\n'
    )
    reply = Reply(session_id=session, turn_id=turn, text="Voilà — 7 films.", action=AnswerAction(), preferences=(wish,))
    return [
        MessageReceived(turn_id=turn, text="crime, or comédie \U0001f3ac", update=PreferenceUpdate(add=(wish,))),
        ReplyGiven(turn_id=turn, reply=reply),
        FeedbackGiven(turn_id=turn, item_id="tt1", title="Alien", feedback="like", propensity=0.25),
        PreferencesEdited(turn_id=turn, update=PreferenceUpdate(undo=1, source="door")),
    ]


class StoreContract:
    """Subclasses give a ``store`` fixture."""

    async def test_events_come_back_equal_and_in_order(self, store: Store) -> None:
        await store.create_session("s")
        first, second = one_of_each("t1", "s"), one_of_each("t2", "s")
        await store.append("s", first)
        await store.append("s", second)
        assert await store.events("s") == first + second

    async def test_a_new_session_has_no_events(self, store: Store) -> None:
        info = await store.create_session("s", "ada")
        assert (info.session_id, info.user_id) == ("s", "ada")
        assert await store.session("s") == info
        assert await store.events("s") == []

    async def test_creating_again_returns_the_first_registration(self, store: Store) -> None:
        first = await store.create_session("s", "ada")
        assert await store.create_session("s", "bob") == first

    async def test_creating_at_once_from_many_sides_gives_one_registration(self, store: Store) -> None:
        infos = await asyncio.gather(*(store.create_session("s", f"user{n}") for n in range(12)))
        assert len(set(infos)) == 1

    async def test_unknown_sessions_are_reported(self, store: Store) -> None:
        assert await store.session("nobody") is None
        with pytest.raises(SessionNotFoundError, match="nobody"):
            await store.events("nobody")
        with pytest.raises(SessionNotFoundError, match="nobody"):
            await store.append("nobody", one_of_each("t", "nobody"))

    async def test_concurrent_appends_to_one_session_lose_nothing_and_stay_whole(self, store: Store) -> None:
        await store.create_session("s")
        await asyncio.gather(*(store.append("s", one_of_each(f"t{n}", "s")) for n in range(20)))
        turns = [event.turn_id for event in await store.events("s")]
        blocks = [turns[i : i + 4] for i in range(0, len(turns), 4)]
        assert all(len(set(block)) == 1 for block in blocks), "events of one append were torn apart"
        assert {block[0] for block in blocks} == {f"t{n}" for n in range(20)}

    async def test_sessions_do_not_see_each_other(self, store: Store) -> None:
        await store.create_session("a")
        await store.create_session("b")
        await store.append("a", one_of_each("t1", "a"))
        assert await store.events("b") == []

    async def test_export_holds_everything_of_one_user_and_nothing_of_another(self, store: Store) -> None:
        for session, user in (("a1", "ada"), ("a2", "ada"), ("b1", "bob")):
            await store.create_session(session, user)
            await store.append(session, one_of_each("t1", session))
        export = await store.export_user("ada")
        assert [s["session_id"] for s in export["sessions"]] == ["a1", "a2"]
        assert [e["kind"] for e in export["sessions"][0]["events"]] == ["message", "reply", "feedback", "edit"]
        assert [e["seq"] for e in export["sessions"][0]["events"]] == [1, 2, 3, 4]
        assert "b1" not in str(export)

    async def test_export_of_an_unknown_user_is_empty(self, store: Store) -> None:
        assert (await store.export_user("nobody"))["sessions"] == []

    async def test_erasing_removes_everything_of_one_user_only(self, store: Store) -> None:
        for session, user in (("a1", "ada"), ("a2", "ada"), ("b1", "bob"), ("none", None)):
            await store.create_session(session, user)
            await store.append(session, one_of_each("t1", session))
        assert await store.erase_user("ada") == 2
        assert await store.session("a1") is None
        assert (await store.export_user("ada"))["sessions"] == []
        with pytest.raises(SessionNotFoundError):
            await store.append("a1", one_of_each("t2", "a1"))
        assert len(await store.events("b1")) == 4
        assert len(await store.events("none")) == 4
        assert await store.erase_user("ada") == 0


class TestSqliteFile(StoreContract):
    @pytest.fixture
    async def store(self, tmp_path: Path) -> AsyncIterator[SqlStore]:
        store = SqlStore(f"sqlite:///{tmp_path / 'palate.db'}")
        yield store
        await store.close()


class TestSqliteInMemory(StoreContract):
    @pytest.fixture
    async def store(self) -> AsyncIterator[SqlStore]:
        store = SqlStore("sqlite://")
        yield store
        await store.close()


POSTGRES = os.environ.get("PALATE_TEST_POSTGRES", "")


@pytest.mark.skipif(
    not POSTGRES,
    reason="needs a Postgres server: set PALATE_TEST_POSTGRES to the address of an empty database",
)
class TestPostgres(StoreContract):
    @pytest.fixture
    async def store(self) -> AsyncIterator[SqlStore]:
        from sqlalchemy import create_engine

        from agent.store_tables import METADATA

        engine = create_engine(POSTGRES)
        METADATA.drop_all(engine)
        engine.dispose()
        store = SqlStore(POSTGRES)
        yield store
        await store.close()
