"""Many conversations at once against a running server, each with a canary that must never appear in another."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from itertools import cycle

import httpx
from pydantic import Field

from retrieval.types import Value

from .report import LoadReport, Tally
from .talk import Talk, canary
from .watch import Watch

_TIMEOUT_S = 60.0
_READ_MEMORY_S = 10.0


class LoadPlan(Value):
    """How much to ask."""

    sessions: int = Field(200, ge=1, le=10_000)
    messages: int = Field(5, ge=1, le=100)
    """Messages in each session."""
    think_s: float = Field(20.0, ge=0.0, le=600.0)
    """Mean pause between two messages of one session, to read and type; half to one and a half of it."""
    minutes: float = Field(0.0, ge=0.0, le=1440.0)
    """How long whoever is done begins another session; 0 holds one each."""
    seed: int = 42


class RatePlan(Value):
    """How often to ask: turns arrive at random, whether or not earlier ones were answered."""

    per_second: float = Field(gt=0.0, le=1000.0)
    """Turns a second on average; the gaps between them are exponential."""
    seconds: float = Field(30.0, ge=1.0, le=3600.0)
    messages: int = Field(5, ge=1, le=100)
    """Messages in each session."""
    seed: int = 42


async def load(
    addresses: Sequence[str], plan: LoadPlan, messages: Sequence[str], pids: Sequence[int] = ()
) -> LoadReport:
    """Hold all conversations at once and return what was seen.

    Args:
        addresses: of the replicas; conversations are dealt out to them in turn, and each stays where it began, as
            with a load balancer that keeps connections.
        plan: how much to ask.
        messages: what to say; at least one.
        pids: the replicas' processes, where they run here.
    """
    chance = random.Random(plan.seed)
    tally, watch = Tally(), Watch(pids)
    until = time.perf_counter() + 60 * plan.minutes
    began = time.perf_counter()
    async with AsyncExitStack() as stack:
        clients = [await stack.enter_async_context(_client(address, plan.sessions)) for address in addresses]
        following = asyncio.create_task(watch.follow(_READ_MEMORY_S))
        seeds = [(client, chance.random()) for client, _ in zip(cycle(clients), range(plan.sessions), strict=False)]
        await asyncio.gather(*(_hold(client, plan, messages, seed, tally, until) for client, seed in seeds))
        following.cancel()
    took = time.perf_counter() - began
    return tally.report(
        plan.sessions,
        took,
        servers=len(addresses),
        processor=watch.shares(),
        memory=watch.memory() if plan.minutes else None,
    )


async def arrivals(
    addresses: Sequence[str], plan: RatePlan, messages: Sequence[str], pids: Sequence[int] = ()
) -> LoadReport:
    """Let turns arrive at a rate, in as many conversations as that takes, and return what was seen.

    Arguments are those of ``load``.
    """
    chance = random.Random(plan.seed)
    tally, watch = Tally(), Watch(pids)
    idle: list[Talk] = []
    running: set[asyncio.Task[None]] = set()
    most = 0
    began = time.perf_counter()
    async with AsyncExitStack() as stack:
        clients = cycle([await stack.enter_async_context(_client(address, 1000)) for address in addresses])

        async def turn(talk: Talk | None) -> None:
            if talk is None:
                talk = Talk(next(clients), messages, canary(chance), random.Random(chance.random()), tally)
                if not await talk.begin():
                    return
            await talk.say()
            if talk.said < plan.messages:
                idle.append(talk)
            else:
                await talk.read()

        due = began + chance.expovariate(plan.per_second)
        while due < began + plan.seconds:
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            task = asyncio.create_task(turn(idle.pop(chance.randrange(len(idle))) if idle else None))
            running.add(task)
            task.add_done_callback(running.discard)
            most = max(most, len(running))
            due += chance.expovariate(plan.per_second)
        await asyncio.gather(*running)
    took = time.perf_counter() - began
    return tally.report(most, took, servers=len(addresses), processor=watch.shares())


async def _hold(
    client: httpx.AsyncClient, plan: LoadPlan, messages: Sequence[str], seed: float, tally: Tally, until: float
) -> None:
    """Hold one conversation, and others after it for as long as the plan says."""
    chance = random.Random(f"{plan.seed}{seed}")
    await asyncio.sleep(chance.uniform(0, plan.think_s))
    while True:
        talk = Talk(client, messages, canary(chance), chance, tally)
        if await talk.begin():
            for number in range(plan.messages):
                if number:
                    await asyncio.sleep(plan.think_s * chance.uniform(0.5, 1.5))
                await talk.say()
            await talk.read()
        await asyncio.sleep(plan.think_s * chance.uniform(0.5, 1.5) if plan.minutes else 0.0)
        if time.perf_counter() >= until:
            return


def _client(address: str, connections: int) -> httpx.AsyncClient:
    limits = httpx.Limits(max_connections=connections, max_keepalive_connections=connections)
    return httpx.AsyncClient(base_url=address, timeout=_TIMEOUT_S, limits=limits)
