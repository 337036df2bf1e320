"""One turn at a time in a session, over several stores on one database, as replicas have them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from agent import store_turns
from agent.errors import SessionBusyError
from agent.store import SqlStore
from agent.store_tables import TURNS
from agent.types import MessageReceived, PreferenceUpdate


def message(text: str) -> MessageReceived:
    return MessageReceived(turn_id=text, text=text, update=PreferenceUpdate())


@pytest.fixture(params=["sqlite", "postgres"])
async def stores(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[tuple[SqlStore, SqlStore]]:
    url = f"sqlite:///{tmp_path / 'palate.db'}"
    if request.param == "postgres":
        url = request.getfixturevalue("postgres")
    both = SqlStore(url, turn_wait_s=20), SqlStore(url, turn_wait_s=20)
    yield both
    for store in both:
        await store.close()


def set_end(store: SqlStore, seconds_from_now: float) -> None:
    """Move the end of every lease, as time or a clock that was set would."""
    with store.engine.begin() as connection:
        now = store_turns._clock(connection)
        connection.execute(TURNS.update().values(expires_at=now + seconds_from_now))


async def test_turns_of_one_session_wait_for_each_other_and_see_each_other(stores: tuple[SqlStore, SqlStore]) -> None:
    """Each turn reads how many events there are and writes that number: two at once would write the same."""
    await stores[0].create_session("s")

    async def turn(store: SqlStore) -> None:
        async with store.turn("s") as held:
            seen = len(await store.events("s"))
            await asyncio.sleep(0.001)
            await store.append("s", [message(f"{seen}"), message(f"{seen + 1}")], turn=held)

    await asyncio.gather(*(turn(stores[n % 2]) for n in range(12)))
    assert [event.turn_id for event in await stores[0].events("s")] == [f"{n}" for n in range(24)]


async def test_sessions_do_not_wait_for_each_other(stores: tuple[SqlStore, SqlStore]) -> None:
    async with stores[0].turn("a"), stores[1].turn("b"):
        pass


async def test_a_session_that_is_held_for_too_long_is_refused(stores: tuple[SqlStore, SqlStore]) -> None:
    stores[1]._wait_s = 0.1
    async with stores[0].turn("s"):
        with pytest.raises(SessionBusyError, match=r"0\.1 s") as caught:
            async with stores[1].turn("s"):
                pytest.fail("two held it")
    assert caught.value.retryable
    async with stores[1].turn("s"):
        pass


async def test_the_session_of_a_dead_process_is_free_after_a_while(stores: tuple[SqlStore, SqlStore]) -> None:
    async with stores[0].turn("s"):
        set_end(stores[0], -1)
        async with stores[1].turn("s"):
            pass


async def test_a_clock_that_was_set_back_does_not_hold_a_session_for_ever(stores: tuple[SqlStore, SqlStore]) -> None:
    async with stores[0].turn("s"):
        set_end(stores[0], 3600)
        async with stores[1].turn("s"):
            pass


async def test_a_process_that_lost_its_hold_can_write_nothing(stores: tuple[SqlStore, SqlStore]) -> None:
    """It was frozen while another answered: its answer knows nothing of that, so it must not follow it."""
    await stores[0].create_session("s")
    async with stores[0].turn("s") as frozen:
        set_end(stores[0], -1)
        async with stores[1].turn("s") as held:
            await stores[1].append("s", [message("other")], turn=held)
            with pytest.raises(SessionBusyError):
                await stores[0].append("s", [message("frozen")], turn=frozen)
        with pytest.raises(SessionBusyError):
            await stores[0].append("s", [message("frozen")], turn=frozen)
    assert [event.turn_id for event in await stores[0].events("s")] == ["other"]
    async with stores[0].turn("s"):
        pass


async def test_a_hold_is_renewed_while_the_turn_lasts(
    stores: tuple[SqlStore, SqlStore], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_turns, "RENEW_S", 0.01)
    async with stores[0].turn("s"):
        set_end(stores[0], 1)
        ends = sa.select(TURNS.c.expires_at)
        for _ in range(200):
            await asyncio.sleep(0.01)
            with stores[0].engine.begin() as connection:
                left = connection.execute(ends).scalar_one() - store_turns._clock(connection)
            if left > 2:
                return
    pytest.fail("the hold was never renewed")


async def test_a_cancelled_turn_gives_its_session_back(stores: tuple[SqlStore, SqlStore]) -> None:
    held = asyncio.Event()

    async def turn() -> None:
        async with stores[0].turn("s"):
            held.set()
            await asyncio.sleep(60)

    running = asyncio.create_task(turn())
    await held.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    stores[1]._wait_s = 0.0
    async with stores[1].turn("s"):
        pass


async def test_erasing_a_user_ends_what_is_held(stores: tuple[SqlStore, SqlStore]) -> None:
    await stores[0].create_session("s", "ada")
    async with stores[0].turn("s") as held:
        await stores[1].erase_user("ada")
        with stores[0].engine.begin() as connection:
            assert connection.execute(TURNS.select()).all() == []
        await stores[0].create_session("s", "bob")
        with pytest.raises(SessionBusyError):
            await stores[0].append("s", [message("ada's")], turn=held)
