"""Make the report of a simulation from its dialogues."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..provenance import commit, machine
from .figures import figures, ratio
from .leaks import find_leaks
from .report import SimulationReport
from .setting import Setting
from .types import Dialogue

OURS = "gain"


def gather(
    setting: Setting,
    played: Mapping[str, Sequence[Dialogue]],
    seed: int,
    *,
    command: str,
    seconds: float,
    rerank: bool,
    users: str = "agenda",
) -> SimulationReport:
    """Return the report: figures of every policy, and ours against each of the others.

    Args:
        setting: what was played.
        played: dialogues by policy.
        seed: of the bootstrap too.
        command: what runs this again.
        seconds: how long it took.
        rerank: whether the reranker ran.
        users: what worded the messages.
    """
    needs = {need.id: need for need in setting.needs}
    everything = [dialogue for dialogues in played.values() for dialogue in dialogues]
    ratios = [ratio(played[OURS], theirs, seed) for name, theirs in played.items() if OURS in played and name != OURS]
    return SimulationReport(
        command=command,
        commit=commit(),
        machine=machine(),
        catalog=setting.cast.schema.name,
        items=setting.cast.size,
        seed=seed,
        seconds=round(seconds, 1),
        rerank=rerank,
        policies=tuple(figures(dialogues, seed, setting.cast.turns) for dialogues in played.values()),
        ratios=tuple(one for one in ratios if one is not None),
        leaks=tuple(find_leaks(everything, needs, setting.detector)),
        users=users,
        replaced=sum(exchange.user.replaced for dialogue in everything for exchange in dialogue.exchanges),
        untestable=setting.untestable,
    )
