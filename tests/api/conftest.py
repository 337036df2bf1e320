"""The API over a recommender that echoes: sessions, events and keys are real, in a SQLite file; answers are not."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
import uvicorn

from agent.access import AccessStore, ApiConfig, AuthConfig, Gate, Scope
from agent.conversation import advance, fold
from agent.shedding import LoadConfig, Shedder
from agent.store import SqlStore
from agent.tracing import Tracing
from agent.types import (
    Conversation,
    DoneEvent,
    FeedbackGiven,
    ItemsEvent,
    MessageReceived,
    Preference,
    PreferencesEdited,
    PreferenceUpdate,
    RecommendAction,
    Recommendation,
    Reply,
    ReplyGiven,
    RunRecord,
    SentenceEvent,
    SessionInfo,
    StateEvent,
    StreamEvent,
)
from agent.uploads import UploadConfig, UploadKeeper
from retrieval.types import AttributeSpec, CatalogSchema, Hit, Item, Query, SearchResult
from ui.api.app import create_app

ITEMS = {
    "a/1": Item(id="a/1", title="Alien", attributes={"year": 1979, "genres": ("Horror",)}, popularity=9),
    "b": Item(id="b", title="Arrival & more", attributes={"year": 2016}),
    "c": Item(id="c", title="Brazil", image="https://pictures.example/c.jpg"),
}
SCHEMA = CatalogSchema(
    name="films",
    noun="film",
    attributes=(AttributeSpec(name="year", kind="number"), AttributeSpec(name="genres", kind="categories")),
)


class Facts:
    def get(self, ids: Any) -> list[Item]:
        return [ITEMS[i] for i in ids if i in ITEMS]

    def ids(self, constraints: Any = (), limit: int | None = None) -> list[str]:
        return list(ITEMS)[:limit]

    def search_title(self, text: str, limit: int = 20, offset: int = 0) -> list[Item]:
        return [i for i in ITEMS.values() if text.lower() in i.title.lower()][offset : offset + limit]


class Retriever:
    manifest = SimpleNamespace(built_at="2026-01-01T00:00:00+00:00")

    def search(self, query: Query) -> SearchResult:
        hits = tuple(Hit(item=item, rank=n, score=1 / n) for n, item in enumerate(ITEMS.values(), start=1))
        return SearchResult(hits=hits[: query.k], eligible=3, plan="exact", timings_ms={"dense": 1.0})


class Echo:
    """Say again what was said. ``turns`` counts turns that began; ``pause`` is between the cards and the sentence."""

    memory = None

    def __init__(self, store: SqlStore) -> None:
        self.store = store
        self.schema = SCHEMA
        self.facts = Facts()
        self.retriever = Retriever()
        self.uploads = UploadKeeper(Path("absent"), UploadConfig())
        self.pause = 0.0
        self.failure: Exception | None = None
        self.turns = 0
        self.cancelled = asyncio.Event()
        self.watchers: list[Callable[[Reply], None]] = []
        self.tracing = Tracing()
        self.load = Shedder(LoadConfig())

    def watch(self, seen: Callable[[Reply], None]) -> None:
        self.watchers.append(seen)

    async def stream(
        self, text: str, session: str, *, turn_id: str = "", update: PreferenceUpdate | None = None, **_: Any
    ) -> AsyncIterator[StreamEvent]:
        self.turns += 1
        turn = turn_id or f"turn{self.turns}"
        try:
            before = await self.conversation(session)
            yield StateEvent(preferences=before.preferences)
            if self.failure is not None:
                raise self.failure
            pick = Recommendation(item_id="b", title="Arrival & more", rank=1, attributes={"year": 2016})
            yield ItemsEvent(recommendations=(pick,))
            await asyncio.sleep(self.pause)
            yield SentenceEvent(text=f"You said: {text}")
            reply = Reply(
                session_id=session,
                turn_id=turn,
                text=f"You said: {text}",
                action=RecommendAction(),
                recommendations=(pick.model_copy(update={"reason": f"You said: {text}"}),),
                preferences=before.preferences,
                run=RunRecord(timings_ms={"retrieve": 12.0}),
            )
            message = MessageReceived(turn_id=turn, text=text, update=PreferenceUpdate())
            await self.store.append(session, [message, ReplyGiven(turn_id=turn, reply=reply)])
            for seen in self.watchers:
                seen(reply)
            yield DoneEvent(reply=reply)
        except asyncio.CancelledError:
            self.cancelled.set()
            raise

    async def reply(self, text: str, session: str, **given: Any) -> Reply:
        async for event in self.stream(text, session, **given):
            if isinstance(event, DoneEvent):
                return event.reply
        raise AssertionError

    async def new_session(self, user_id: str | None = None, session_id: str | None = None) -> SessionInfo:
        count = hashlib.sha256(f"{session_id}{user_id}{asyncio.get_running_loop().time()}".encode()).hexdigest()[:16]
        return await self.store.create_session(session_id or count, user_id)

    async def search(self, query: Query) -> SearchResult:
        return self.retriever.search(query)

    async def transcript(self, session_id: str) -> tuple[SessionInfo, Conversation]:
        info = await self.store.session(session_id)
        assert info is not None
        return info, await self.conversation(session_id)

    async def conversation(self, session_id: str) -> Conversation:
        return fold(session_id, await self.store.events(session_id), self.schema)

    async def edit(self, session_id: str, update: PreferenceUpdate, *, check: Any = None) -> Conversation:
        event = PreferencesEdited(turn_id="hand", update=update)
        before = await self.conversation(session_id)
        if check is not None:
            check(before)
        await self.store.append(session_id, [event])
        return advance(before, event, self.schema)

    async def feedback(self, session_id: str, item_id: str, kind: Any, *, turn_id: str | None = None) -> Conversation:
        event = FeedbackGiven(turn_id=turn_id or "f", item_id=item_id, feedback=kind)
        events = await self.store.events(session_id)
        for count, one in enumerate(events, start=1):
            if isinstance(one, FeedbackGiven) and one.turn_id == turn_id:
                return fold(session_id, events[:count], self.schema)
        before = fold(session_id, events, self.schema)
        await self.store.append(session_id, [event])
        return advance(before, event, self.schema)

    async def health(self) -> dict[str, str]:
        return {"index": "ok", "store": "ok", "model": "no file at /secret/place"}

    async def warm(self) -> None:
        pass

    async def aclose(self) -> None:
        pass


def crime() -> Preference:
    return Preference(id="p1", attribute="genres", value="Crime", hard=True, turn_id="t1", quote="crime")


@pytest.fixture
async def echo(tmp_path: Path) -> AsyncIterator[Echo]:
    store = SqlStore(f"sqlite:///{tmp_path / 'palate.db'}")
    yield Echo(store)
    await store.close()


@pytest.fixture
def access(echo: Echo) -> AccessStore:
    return AccessStore(echo.store)


Door = Callable[..., Awaitable[httpx.AsyncClient]]


@pytest.fixture
async def door(echo: Echo, access: AccessStore) -> AsyncIterator[Door]:
    """Return a maker of clients: ``await door("ada", "chat,read")`` comes with a key, ``await door()`` without."""
    async with AsyncExitStack() as stack:
        apps: dict[str, Any] = {}

        async def make(
            subject: str | None = None,
            scopes: tuple[Scope, ...] = ("chat", "read"),
            *,
            auth: AuthConfig | None = None,
            config: ApiConfig | None = None,
            host: str = "127.0.0.1",
            secret: str | None = None,
            hosts: Any = (),
        ) -> httpx.AsyncClient:
            identity = repr((auth, config, host, hosts))
            if identity not in apps:
                gate = Gate(auth or AuthConfig(), access, host=host)
                apps[identity] = create_app(echo, gate, config, hosts=hosts)
            if subject is not None:
                secret = access.create_key(subject, scopes).secret.get_secret_value()
            headers = {"Authorization": f"Bearer {secret}"} if secret else {}
            transport = httpx.ASGITransport(apps[identity])
            client = httpx.AsyncClient(transport=transport, base_url="http://api", headers=headers)
            return await stack.enter_async_context(client)

        yield make


@asynccontextmanager
async def served(app: Any) -> AsyncIterator[str]:
    """Serve an app on a free port: only there can a client hang up."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", lifespan="on"))
    task = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    await task


@pytest.fixture
def serving() -> Any:
    return served
