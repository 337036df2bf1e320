"""Play learners against users with hidden tastes and add up what they missed.

palate bench bandit

Regret is how many more acceptances the best list would have brought than the one shown, in expectation. How fast a
learner's grows is told by the exponent of its growth over the last nine tenths: 1 grows for ever at the same pace, 0.5
like a square root.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from pydantic import Field

from retrieval.types import Item, Value

from ..provenance import commit, machine
from .learners import CHOICES, NAMES, Learner, Name
from .world import SHOWN, Numbers, Requests, World, film_table, make_world

REQUESTS: tuple[Requests, ...] = ("same request", "changing requests")
_POINTS = 40


class BanditBenchConfig(Value):
    """How much is simulated."""

    users: int = Field(40, ge=5)
    """Users, each with a taste and a learner of their own."""
    tuning_users: int = Field(10, ge=2)
    """Other users, by whom the amount of exploration is chosen."""
    rounds: int = Field(2000, ge=20)
    """Requests of each user."""
    seed: int = 2026


class Curve(Value):
    """One learner on one kind of request."""

    requests: str
    learner: str
    amount: float
    """How much it explores, chosen on other users."""
    rounds: tuple[int, ...]
    mean: tuple[float, ...]
    """Regret so far, mean over users."""
    low: tuple[float, ...]
    """Ends of its 95 % interval, by bootstrap over users."""
    high: tuple[float, ...]
    exponent: tuple[float, float, float]
    """Growth over the last nine tenths, with its 95 % interval."""
    late: tuple[float, float, float]
    """Regret a round over the last tenth, with its 95 % interval."""
    accepted: float
    """Items accepted a list, mean over users and rounds, of five."""


class BanditBench(Value):
    """All curves."""

    machine: str
    commit: str
    command: str
    items: int
    features: int
    config: BanditBenchConfig
    curves: tuple[Curve, ...]


def measure(
    items: Sequence[Item],
    config: BanditBenchConfig,
    command: str = "",
    on_step: Callable[[str], None] = lambda line: None,
) -> BanditBench:
    """Choose how much each learner explores on some users, then play it with others."""
    table = film_table(items)
    curves = []
    for number, requests in enumerate(REQUESTS):
        tuning = make_world(table, requests, config.tuning_users, config.rounds, config.seed + 1000 + number)
        world = make_world(table, requests, config.users, config.rounds, config.seed + number)
        for name in NAMES:
            amount = _amount(name, tuning, config.seed)
            regret, accepted = play(world, name, amount, config.seed)
            curves.append(_curve(requests, name, amount, regret, accepted, config.seed))
            on_step(f"{requests}, {name}: regret {curves[-1].mean[-1]:.1f}")
    return BanditBench(
        machine=machine(),
        commit=commit(),
        command=command,
        items=len(items),
        features=len(table.names),
        config=config,
        curves=tuple(curves),
    )


def play(world: World, name: Name, amount: float, seed: int) -> tuple[Numbers, float]:
    """Return the regret of each round, shape (rounds, users), and the items accepted a list."""
    rounds, users, _ = world.heads.shape
    learner = Learner(name, amount, users, world.table.features.shape[1], seed)
    chance = np.random.default_rng(seed + 1)
    regret, accepted = np.zeros((rounds, users)), 0.0
    for at in range(rounds):
        offered, worth = world.table.features[world.heads[at]], world.chances(at)
        shown = learner.choose(offered)
        brought = np.take_along_axis(worth, shown, axis=1)
        best = np.sort(worth, axis=1)[:, -SHOWN:]
        regret[at] = best.sum(axis=1) - brought.sum(axis=1)
        taken = (chance.random(brought.shape) < brought).astype(np.float64)
        accepted += float(taken.sum(axis=1).mean())
        learner.learn(np.take_along_axis(offered, shown[:, :, None], axis=1), taken)
    return regret, accepted / rounds


def _amount(name: Name, world: World, seed: int) -> float:
    choices = CHOICES[name]
    if len(choices) == 1:
        return choices[0]
    return min(choices, key=lambda amount: float(play(world, name, amount, seed)[0].sum()))


def _curve(requests: str, name: Name, amount: float, regret: Numbers, accepted: float, seed: int) -> Curve:
    rounds, users = regret.shape
    total = np.cumsum(regret, axis=0)
    at = np.unique(np.linspace(0, rounds - 1, _POINTS).astype(int))
    picks = np.random.default_rng(seed).integers(0, users, size=(1000, users))
    means = total[at][:, picks].mean(axis=2)
    low, high = np.quantile(means, (0.025, 0.975), axis=1)
    return Curve(
        requests=requests,
        learner=name,
        amount=amount,
        rounds=tuple((at + 1).tolist()),
        mean=tuple(total[at].mean(axis=1).tolist()),
        low=tuple(low.tolist()),
        high=tuple(high.tolist()),
        exponent=_exponent(total, picks),
        late=_late(regret, picks),
        accepted=accepted,
    )


def _exponent(total: Numbers, picks: np.ndarray) -> tuple[float, float, float]:
    """Return the slope of the logarithm of mean regret against that of time."""
    rounds = len(total)
    at = np.unique(np.geomspace(max(1, rounds // 10), rounds - 1, 20).astype(int))
    time = np.log(at + 1.0)

    def slope(curves: Numbers) -> Numbers:
        logs = np.log(np.maximum(curves, 1e-9))
        centred = time - time.mean()
        return np.asarray((centred @ (logs - logs.mean(axis=0))) / (centred @ centred))

    drawn = slope(total[at][:, picks].mean(axis=2))
    low, high = np.quantile(drawn, (0.025, 0.975))
    return float(slope(total[at].mean(axis=1)[:, None])[0]), float(low), float(high)


def _late(regret: Numbers, picks: np.ndarray) -> tuple[float, float, float]:
    last = regret[-max(1, len(regret) // 10) :].mean(axis=0)
    low, high = np.quantile(last[picks].mean(axis=1), (0.025, 0.975))
    return float(last.mean()), float(low), float(high)
