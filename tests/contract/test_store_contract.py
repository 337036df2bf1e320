"""What every conversation store promises, run against SQLite and a real Postgres."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from agent.errors import SessionNotFoundError
from agent.memory.types import ConsentGiven, ConsentWithdrawn, TasteEdited, TasteForgotten, TasteSeen
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
from retrieval.exploration import Candidate, Impression


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


NOW = "2026-01-01T00:00:00+00:00"


def sign(taste: str, quote: str = "I love it") -> TasteSeen:
    """A sign of one taste, with values that JSON could blur."""
    return TasteSeen(
        at=NOW, taste=taste, attribute="genres", op="in", value=("Crime", "Comédie"), strength=0.5, source="lasting",
        session_id="a1", quote=quote,
    )  # fmt: skip


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

    async def test_memory_comes_back_equal_and_in_order(self, store: SqlStore) -> None:
        edited = TasteEdited(at=NOW, taste="t1", polarity="dislike", strength=0.25)
        assert await store.remember("ada", [ConsentGiven(at=NOW)])
        assert await store.remember("ada", [sign("t1"), edited])
        assert await store.memory("ada") == [ConsentGiven(at=NOW), sign("t1"), edited]
        assert await store.memory("nobody") == []

    async def test_nothing_is_remembered_without_consent(self, store: SqlStore) -> None:
        assert not await store.remember("ada", [sign("t1")])
        assert not await store.remember("ada", [ConsentGiven(at=NOW), sign("t1")])
        await store.remember("bob", [ConsentGiven(at=NOW)])
        assert not await store.remember("ada", [sign("t1")])
        assert await store.memory("ada") == []

    async def test_a_turn_that_is_done_again_teaches_a_taste_once(self, store: SqlStore) -> None:
        """A process died between learning and storing the turn; the repeated request must not count double."""
        await store.remember("ada", [ConsentGiven(at="2026-01-01")])
        first, other = (sign("noir").model_copy(update={"turn_id": turn}) for turn in ("t1", "t2"))
        for signs in ([first], [first, sign("war").model_copy(update={"turn_id": "t1"})], [other], [sign("noir")]):
            assert await store.remember("ada", signs)
        held = [(e.taste, e.turn_id) for e in await store.memory("ada") if isinstance(e, TasteSeen)]
        assert held == [("noir", "t1"), ("war", "t1"), ("noir", "t2"), ("noir", "")]
        assert await store.remember("bob", [ConsentGiven(at="2026-01-01")]) and await store.remember("bob", [first])
        assert len(await store.memory("bob")) == 2

    async def test_withdrawn_consent_deletes_what_was_learnt_and_lets_nothing_in(self, store: SqlStore) -> None:
        await store.remember("ada", [ConsentGiven(at=NOW)])
        await store.remember("ada", [sign("t1"), sign("t2")])
        assert await store.forget("ada", None, ConsentWithdrawn(at=NOW)) == 3
        assert await store.memory("ada") == [ConsentWithdrawn(at=NOW)]
        assert not await store.remember("ada", [sign("t1")])
        assert await store.forget("nobody", None, ConsentWithdrawn(at=NOW)) == 0
        assert await store.memory("nobody") == []

    async def test_learning_at_the_same_time_as_withdrawing_leaves_nothing(self, store: SqlStore) -> None:
        await store.remember("ada", [ConsentGiven(at=NOW)])
        learning = [store.remember("ada", [sign(f"t{n}")]) for n in range(10)]
        await asyncio.gather(*learning[:5], store.forget("ada", None, ConsentWithdrawn(at=NOW)), *learning[5:])
        assert await store.memory("ada") == [ConsentWithdrawn(at=NOW)]

    async def test_forgetting_deletes_one_taste_and_keeps_the_others(self, store: SqlStore) -> None:
        await store.remember("ada", [ConsentGiven(at=NOW)])
        await store.remember("ada", [sign("t1"), sign("t2"), sign("t1")])
        note = TasteForgotten(at=NOW, tastes=1)
        assert await store.forget("ada", ["t1"], note) == 2
        assert await store.memory("ada") == [ConsentGiven(at=NOW), sign("t2"), note]
        assert await store.forget("ada", None, note) == 1
        assert await store.memory("ada") == [ConsentGiven(at=NOW), note, note]

    async def test_users_do_not_see_or_forget_each_others_memory(self, store: SqlStore) -> None:
        for user in ("ada", "bob"):
            await store.remember(user, [ConsentGiven(at=NOW)])
            await store.remember(user, [sign("t1", f"{user} loves it")])
        await store.forget("ada", ["t1"], TasteForgotten(at=NOW, tastes=1))
        assert await store.memory("bob") == [ConsentGiven(at=NOW), sign("t1", "bob loves it")]
        assert "bob" not in str(await store.export_user("ada"))

    async def test_forgetting_takes_what_was_said_from_memory_out_of_replies(self, store: SqlStore) -> None:
        wish = Preference(id="t1", attribute="genres", value="Crime", turn_id="", quote="secret", origin="memory")
        said = "You like crime."
        reply = Reply(
            session_id="a1", turn_id="t", text=f"Three films.\n{said}", action=AnswerAction(), remembered=(wish,),
            remembered_text=said,
        )  # fmt: skip
        for session, user in (("a1", "ada"), ("b1", "bob")):
            await store.create_session(session, user)
            await store.append(session, [ReplyGiven(turn_id="t", reply=reply)])
            await store.remember(user, [ConsentGiven(at=NOW)])
            await store.remember(user, [sign("t1"), sign("t2")])
        note = TasteForgotten(at=NOW, tastes=1)
        await store.forget("ada", ["t2"], note)
        assert await store.events("a1") == [ReplyGiven(turn_id="t", reply=reply)]
        await store.forget("ada", ["t1"], note)
        clean = reply.model_copy(update={"remembered": (), "remembered_text": "", "text": "Three films."})
        assert await store.events("a1") == [ReplyGiven(turn_id="t", reply=clean)]
        assert await store.events("b1") == [ReplyGiven(turn_id="t", reply=reply)]

    async def test_export_and_erasure_cover_memory_in_every_table(self, store: SqlStore) -> None:
        for user in ("ada", "bob"):
            await store.create_session(f"{user}1", user)
            await store.append(f"{user}1", one_of_each("t1", f"{user}1"))
            await store.remember(user, [ConsentGiven(at=NOW)])
            await store.remember(user, [sign("t1", f"{user} loves it")])
        exported = (await store.export_user("ada"))["memory"]
        assert [(event["seq"], event["kind"]) for event in exported] == [(1, "consent"), (2, "seen")]
        assert exported[1]["quote"] == "ada loves it"
        assert await store.erase_user("ada") == 1
        left = rows_of_every_table(store)
        assert "bob" in left and "ada" not in left
        assert await store.memory("ada") == []

    async def test_a_user_with_memory_and_no_session_is_erased(self, store: SqlStore) -> None:
        await store.remember("ada", [ConsentGiven(at=NOW)])
        assert await store.erase_user("ada") == 0
        assert "ada" not in rows_of_every_table(store)

    async def test_logged_lists_come_back_equal_and_by_session(self, store: SqlStore) -> None:
        for session, user in (("a1", "ada"), ("b1", "bob"), ("n1", None), ("a2", "ada")):
            await store.create_session(session, user)
            await store.log_impression(shown(session, "t1"), "", consented=False)
        await store.log_impression(shown("a1", "t2", "i9"), "", consented=False)
        found = await store.impressions("ada")
        assert [info.session_id for info, _ in found] == ["a1", "a2"]
        assert found[0][1] == [shown("a1", "t1"), shown("a1", "t2", "i9")]
        assert len(await store.impressions()) == 4
        assert await store.shown_in("a1", "i2") == shown("a1", "t1")
        assert await store.shown_in("a1", "i1") == shown("a1", "t2", "i9")
        assert await store.shown_in("b1", "i9") is None
        with pytest.raises(SessionNotFoundError, match="nobody"):
            await store.log_impression(shown("nobody", "t1"), "", consented=False)

    async def test_old_lists_go_and_others_are_erased_with_their_user(self, store: SqlStore) -> None:
        for session, user in (("a1", "ada"), ("b1", "bob")):
            await store.create_session(session, user)
        await store.log_impression(shown("a1", "t0", at="2025-01-01T00:00:00+00:00"), "", consented=False)
        for session in ("a1", "b1"):
            await store.log_impression(shown(session, "t1"), "2025-06-01T00:00:00+00:00", consented=False)
        assert [one.turn_id for _, lists in await store.impressions() for one in lists] == ["t1", "t1"]
        assert len((await store.export_user("ada"))["sessions"][0]["impressions"]) == 1
        assert await store.erase_impressions("ada") == 1
        assert [info.session_id for info, _ in await store.impressions()] == ["b1"]
        assert await store.session("a1") is not None
        await store.erase_user("bob")
        assert "b1" not in rows_of_every_table(store)
        assert await store.erase_impressions() == 0

    async def test_lists_that_need_consent_are_kept_only_while_it_is_in_force(self, store: SqlStore) -> None:
        await store.create_session("a1", "ada")
        await store.create_session("n1", None)
        assert not await store.log_impression(shown("a1", "t1"), "", consented=True)
        assert not await store.log_impression(shown("n1", "t1"), "", consented=True)
        await store.remember("ada", [ConsentGiven(at=NOW)])
        assert await store.log_impression(shown("a1", "t2"), "", consented=True)
        await store.forget("ada", None, ConsentWithdrawn(at=NOW))
        assert not await store.log_impression(shown("a1", "t3"), "", consented=True)
        assert await store.impressions() == []

    async def test_a_message_is_taken_once_by_one_platform(self, store: SqlStore) -> None:
        taken = await asyncio.gather(*(store.inbox.claim("slack", "Ev1") for _ in range(8)))
        assert sorted(taken) == [False] * 7 + [True]
        assert await store.inbox.claim("telegram", "Ev1")

    async def test_a_chat_stays_in_its_session_until_a_fresh_one_is_begun(self, store: SqlStore) -> None:
        assert await store.inbox.session_of("slack", "C1") is None
        begun = await asyncio.gather(*(store.inbox.begin("slack", "C1", f"s{n}", "ada", fresh=False) for n in range(4)))
        assert len(set(begun)) == 1
        assert await store.inbox.session_of("slack", "C1") == begun[0]
        assert await store.inbox.session_of("slack", "C2") is None
        assert [s["session_id"] for s in (await store.export_user("ada"))["sessions"]] == [begun[0]]
        assert await store.inbox.begin("slack", "C1", "new", "ada", fresh=True) == "new"
        assert await store.inbox.session_of("slack", "C1") == "new"

    async def test_the_chats_of_a_user_are_exported_and_erased(self, store: SqlStore) -> None:
        await store.inbox.begin("slack", "CHAT-OF-ADA", "a1", "ada", fresh=False)
        (session,) = (await store.export_user("ada"))["sessions"]
        assert [(chat["platform"], chat["chat"]) for chat in session["chats"]] == [("slack", "CHAT-OF-ADA")]
        await store.erase_user("ada")
        assert "CHAT-OF-ADA" not in rows_of_every_table(store)


def shown(session: str, turn: str, second: str = "i2", at: str = NOW) -> Impression:
    """A logged list of two items, with values that JSON could blur."""
    candidates = tuple(
        Candidate(item_id=item, features={"final": 0.1 + 0.2, "dense": -1e-9}, chances=(1 / 3, 2 / 3))
        for item in ("i1", second)
    )
    return Impression(
        session_id=session, turn_id=turn, at=at, policy="plackett_luce", seed=2**47 + 1, query="Voilà — noir",
        candidates=candidates, shown=("i1", second), propensities=(1 / 3, 2 / 3), list_chance=1 / 3,
    )  # fmt: skip


def rows_of_every_table(store: SqlStore) -> str:
    """All rows of all tables that the database really has, whatever the code knows of them."""
    with store._engine.begin() as connection:
        names = sa.inspect(connection).get_table_names()
        return str([connection.execute(sa.text(f'SELECT * FROM "{name}"')).all() for name in names])


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


class TestPostgres(StoreContract):
    @pytest.fixture
    async def store(self, postgres: str) -> AsyncIterator[SqlStore]:
        store = SqlStore(postgres)
        yield store
        await store.close()
