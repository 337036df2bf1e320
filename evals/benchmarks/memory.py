"""Measure what a returning user gains when lasting tastes are remembered, and whether it ever costs a stated wish.

palate bench memory

Each user says in one conversation what they love and reacts to a few items; a second conversation asks for nothing in
particular. What they came to like afterwards should stand high in the list. A third and a fourth ask for something
definite, and memory must not cost any of it.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence, Set
from typing import Protocol

import numpy as np

from agent.memory import MemoryKeeper
from agent.types import Conversation, FeedbackKind, PreferenceUpdate, Reply, SessionInfo
from retrieval import satisfies
from retrieval.types import CatalogSchema, Constraint, Item, Value

from ..observed import Catalog
from ..provenance import commit, machine
from .memory_data import Returning

K = 10
_REACTIONS = 3
_VAGUE = "Just recommend something, no questions please"


class Listed(Catalog, Protocol):
    """Facts that can also list every item."""

    def ids(self, constraints: Sequence[Constraint] = ()) -> list[str]:
        """Return the ids of the items that satisfy the constraints, most popular first."""
        ...


class Remembered(Protocol):
    """What is measured: ``agent.Recommender`` with memory enabled."""

    memory: MemoryKeeper | None

    @property
    def schema(self) -> CatalogSchema:
        """The catalogue's attributes."""
        ...

    @property
    def facts(self) -> Listed:
        """The catalogue's facts."""
        ...

    async def new_session(self, user_id: str | None = None, session_id: str | None = None) -> SessionInfo:
        """Begin a session."""
        ...

    async def reply(self, text: str, session: str, *, k: int | None = None) -> Reply:
        """Answer one message."""
        ...

    async def edit(self, session_id: str, update: PreferenceUpdate) -> Conversation:
        """Change preferences by hand."""
        ...

    async def feedback(self, session_id: str, item_id: str, kind: FeedbackKind) -> Conversation:
        """Record a reaction."""
        ...


class Figure(Value):
    """One way of making the list."""

    name: str
    ndcg: float
    """nDCG@10, mean over users."""
    recall: float
    """Recall@10 of what was liked later, out of at most ten."""
    gain: float = 0.0
    """nDCG@10 above the same conversations without memory."""
    low: float = 0.0
    """Lower end of the 95 % interval of ``gain``, by bootstrap over users."""
    high: float = 0.0


class Harm(Value):
    """What memory cost where something definite was asked for."""

    requests: int
    hard_missed: int
    """Picks that break a hard wish."""
    soft_lost: int
    """Requests that were granted fewer soft wishes with memory than without."""
    moved: int
    """Requests whose list memory changed at all."""


class MemoryBenchmark(Value):
    """Figures over returning users."""

    machine: str
    commit: str
    half: str
    users: int
    weight: float
    figures: tuple[Figure, ...]
    said: int
    """Vague requests whose reply said that memory was used."""
    harm: Harm


async def measure(
    talker: Remembered,
    users: Sequence[Returning],
    *,
    half: str,
    weight: float,
    seed: int = 42,
    on_user: Callable[[int], None] = lambda done: None,
) -> MemoryBenchmark:
    """Play the conversations of all users and return the figures."""
    rows: dict[str, list[tuple[float, float]]] = {name: [] for name in _NAMES}
    costs: list[Harm] = []
    said = 0
    every = list(talker.facts.ids())
    draw = random.Random(seed)
    for done, user in enumerate(users, start=1):
        await _teach(talker, user)
        early, right = frozenset(user.early), frozenset(user.later) - frozenset(user.early)
        off, on = await _vague(talker, user, None), await _vague(talker, user, user.user_id)
        said += bool(on.remembered)
        lists = {
            "random": draw.sample([item_id for item_id in every if item_id not in early], K),
            "popularity": [item_id for item_id in every if item_id not in early][:K],
            "label": [item_id for item_id in _labelled(talker, user) if item_id not in early][:K],
            "off": [pick.item_id for pick in off.recommendations],
            "on": [pick.item_id for pick in on.recommendations],
        }
        for name, ranked in lists.items():
            rows[name].append((ndcg(ranked, right), recall(ranked, right)))
        costs += [await _cost(talker, user, text) for text in _requests(user, talker)]
        on_user(done)
    return MemoryBenchmark(
        machine=machine(),
        commit=commit(),
        half=half,
        users=len(users),
        weight=weight,
        figures=tuple(_figure(name, values, rows["off"]) for name, values in rows.items()),
        said=said,
        harm=Harm(**{name: sum(getattr(cost, name) for cost in costs) for name in Harm.model_fields}),
    )


def ndcg(ranked: Sequence[str], right: Set[str]) -> float:
    """Return nDCG@10 with binary gains (Järvelin and Kekäläinen 2002), 0 to 1."""
    gains = sum(1 / math.log2(place + 2) for place, item_id in enumerate(ranked[:K]) if item_id in right)
    best = sum(1 / math.log2(place + 2) for place in range(min(K, len(right))))
    return gains / best if best else 0.0


def recall(ranked: Sequence[str], right: Set[str]) -> float:
    """Return the share of the right items in the first ten, out of at most ten that could be there."""
    return len(right & set(ranked[:K])) / min(K, len(right)) if right else 0.0


def interval(values: Sequence[float], seed: int = 0, draws: int = 2000) -> tuple[float, float]:
    """Return the 95 % interval of the mean, by drawing users with replacement (Efron 1979)."""
    held = np.array(values)
    picks = np.random.default_rng(seed).integers(0, len(held), size=(draws, len(held)))
    low, high = np.percentile(held[picks].mean(axis=1), [2.5, 97.5])
    return float(low), float(high)


def render(benchmark: MemoryBenchmark) -> str:
    """Return the figures as text."""
    harm = benchmark.harm
    lines = [
        f"Machine: {benchmark.machine}   Commit: {benchmark.commit or 'unknown'}",
        f"{benchmark.users} returning users of the {benchmark.half} half; memory.weight = {benchmark.weight:g}",
        "",
        f"{'list':<19}{'nDCG@10':>9}{'recall@10':>11}{'gain':>9}   95 % interval",
    ]
    for figure in benchmark.figures:
        gain = f"{figure.gain:>+9.4f}   {figure.low:+.4f} to {figure.high:+.4f}" if figure.name != "off" else ""
        lines.append(f"{_NAMES[figure.name]:<19}{figure.ndcg:>9.4f}{figure.recall:>11.4f}{gain}")
    lines += [
        "",
        f"Said that it leaned on memory: {benchmark.said} of {benchmark.users} vague requests",
        f"Definite requests: {harm.requests}; lists changed by memory: {harm.moved}; picks that break a hard wish: "
        f"{harm.hard_missed}; requests granted fewer wishes than without memory: {harm.soft_lost}",
    ]
    return "\n".join(lines)


_NAMES = {
    "random": "random",
    "popularity": "popularity",
    "label": "popular, as loved",
    "off": "memory off",
    "on": "memory on",
}
"""Ways of making the list. The third is the trivial use of memory: the best known of the one kind that was said."""


def _labelled(talker: Remembered, user: Returning) -> list[str]:
    return talker.facts.ids((Constraint(attribute=user.attribute, op="eq", value=user.label),))


def _figure(name: str, values: Sequence[tuple[float, float]], base: Sequence[tuple[float, float]]) -> Figure:
    gains = [mine[0] - theirs[0] for mine, theirs in zip(values, base, strict=True)]
    low, high = interval(gains)
    return Figure(
        name=name,
        ndcg=round(float(np.mean([ndcg for ndcg, _ in values])), 4),
        recall=round(float(np.mean([recall for _, recall in values])), 4),
        gain=round(float(np.mean(gains)), 4),
        low=round(low, 4),
        high=round(high, 4),
    )


async def _teach(talker: Remembered, user: Returning) -> None:
    """Say in a first conversation what the user loves, and react to a few items."""
    assert talker.memory is not None
    await talker.memory.consent(user.user_id, True)
    session = (await talker.new_session(user.user_id)).session_id
    await talker.reply(f"Remember that I love {user.label} {talker.schema.noun_plural}", session)
    for item_id in user.likes[:_REACTIONS]:
        await talker.feedback(session, item_id, "like")
    for item_id in user.dislikes[:1]:
        await talker.feedback(session, item_id, "dislike")


async def _vague(talker: Remembered, user: Returning, user_id: str | None) -> Reply:
    return await _ask(talker, user, user_id, _VAGUE)


async def _ask(talker: Remembered, user: Returning, user_id: str | None, text: str) -> Reply:
    """Ask in a fresh conversation that knows what the user has met already, and nothing of how they liked it."""
    session = (await talker.new_session(user_id)).session_id
    await talker.edit(session, PreferenceUpdate(seen_ids=user.early, source="door"))
    return await talker.reply(text, session, k=K)


def _requests(user: Returning, talker: Remembered) -> list[str]:
    """Return two definite requests, one strict and one soft, that the first later like would satisfy."""
    wanted = talker.facts.get([next(item_id for item_id in user.later)])[0]
    noun = talker.schema.noun_plural
    labels = next((v for v in wanted.attributes.values() if isinstance(v, tuple) and v), (user.label,))
    other = next((str(label) for label in labels if str(label) != user.label), str(labels[0]))
    return [f"Just show me {other} {noun}, no questions", f"Ideally something {other}, no questions please"]


async def _cost(talker: Remembered, user: Returning, text: str) -> Harm:
    plain, leaned = await _ask(talker, user, None, text), await _ask(talker, user, user.user_id, text)
    picks = talker.facts.get([pick.item_id for pick in leaned.recommendations])
    before = talker.facts.get([pick.item_id for pick in plain.recommendations])
    return Harm(
        requests=1,
        hard_missed=_missed(picks, leaned, talker.schema),
        soft_lost=int(_granted(picks, leaned, talker.schema) < _granted(before, plain, talker.schema)),
        moved=int([item.id for item in picks] != [item.id for item in before]),
    )


def _missed(picks: Sequence[Item], reply: Reply, schema: CatalogSchema) -> int:
    hard = [held for wish in reply.preferences if (held := wish.constraint()) is not None and held.hard]
    return sum(not satisfies(item, held, schema) for item in picks for held in hard)


def _granted(picks: Sequence[Item], reply: Reply, schema: CatalogSchema) -> int:
    soft = [held for wish in reply.preferences if (held := wish.constraint()) is not None and not held.hard]
    return sum(satisfies(item, held, schema) for item in picks for held in soft)
