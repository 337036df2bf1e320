"""Everything of a server but its socket, over parts that can be made to fail, with a language model on loopback."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import sqlalchemy as sa

from agent import Recommender, Settings, open_gate, open_store
from agent.testing import Behaviour, FakeServer
from retrieval import Retriever
from retrieval.testing import Breaker, WordReranker, break_parts

from ..api.app import create_app

MODEL_S = 3.0
TIMES = {"timeout_s": MODEL_S, "first_token_timeout_s": MODEL_S, "connect_timeout_s": MODEL_S}
"""How long the model may take here, so that slow ones are found out soon."""
CALL_S = 30.0
"""How long a call of the API may take here."""
BUSY_MS = 300
"""How long a writer waits for SQLite's lock here."""


@dataclass
class Stand:
    """The parts of one server, and a client of its API."""

    settings: Settings
    recommender: Recommender
    client: httpx.AsyncClient
    breakers: dict[str, Breaker]
    model: Behaviour | None = None
    """How the language model misbehaves; None while it is well."""
    pragmas: list[str] = field(default_factory=list)
    """What is set on each new connection to the store."""
    connected: list[Callable[[Any], None]] = field(default_factory=list)
    """What is done to each new connection to the store."""

    @property
    def engine(self) -> sa.Engine:
        """The conversations' database."""
        store: Any = self.recommender.store
        engine: sa.Engine = store.engine
        return engine

    @contextmanager
    def connecting(self, pragma: str = "", *, do: Callable[[Any], None] | None = None) -> Iterator[None]:
        """Open all connections to the store anew under a pragma, or with something done to them; undo it afterwards."""
        if pragma:
            self.pragmas.append(pragma)
        if do is not None:
            self.connected.append(do)
        self.engine.dispose()
        try:
            yield
        finally:
            self.pragmas = [one for one in self.pragmas if one != pragma]
            self.connected = [one for one in self.connected if one is not do]
            self.engine.dispose()

    def answer(self, body: dict[str, Any]) -> Behaviour:
        """Say how the model answers."""
        if self.model is not None:
            return self.model
        if "response_format" in body:
            return Behaviour(pieces=[json.dumps({"intent": "inform"})])
        return Behaviour(pieces=["1. A story.\n", "2. A story.\n"])


@asynccontextmanager
async def standing(settings: Settings) -> AsyncIterator[Stand]:
    """Open a server's parts over these settings; nothing is wrong with them yet."""
    holder: list[Stand] = []
    async with FakeServer(lambda body: holder[0].answer(body)).serving() as server:
        own = {
            "llm": server.config.model_copy(update=TIMES),
            "understanding": settings.understanding.model_copy(update={"use_model": "always", "timeout_s": MODEL_S}),
            "compose": settings.compose.model_copy(update={"timeout_s": MODEL_S}),
            "api": settings.api.model_copy(update={"seconds": CALL_S}),
        }
        settings = settings.model_copy(update=own)
        retriever = Retriever.open(settings.retrieval())
        breakers = break_parts(retriever, WordReranker())
        store = open_store(settings)
        recommender = Recommender(
            settings, retriever, store, open_gate(settings), memory=store, log=store, inbox=store.inbox
        )
        app = create_app(recommender, config=settings.api)
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://palate", timeout=60) as client:
            stand = Stand(settings, recommender, client, breakers, pragmas=[f"busy_timeout={BUSY_MS}"])
            holder.append(stand)
            _listen(stand)
            await recommender.warm(wait=True)
            try:
                yield stand
            finally:
                for breaker in breakers.values():
                    breaker.broken, breaker.delay_s = False, 0.0
                await recommender.aclose()


def _listen(stand: Stand) -> None:
    @sa.event.listens_for(stand.engine, "connect")
    def _connected(connection: Any, _record: object) -> None:
        for pragma in stand.pragmas:
            connection.execute(f"PRAGMA {pragma}")
        for do in stand.connected:
            do(connection)

    stand.engine.dispose()
