"""Order a catalogue by scores and measure where the right items stand. Metrics are ranx's (Bassani, ECIR 2022)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib.util import find_spec
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retrieval.errors import MissingExtraError

Positions = NDArray[np.int64]

METRICS = ("recall@1", "recall@5", "recall@10", "recall@20", "recall@50", "ndcg@10", "mrr")
CUTS = (1, 5, 10, 20, 50)


def best_first(scores: NDArray[np.float32], gone: Sequence[int], shuffled: Positions) -> Positions:
    """Return all positions, best first, ties in the order of ``shuffled``; those in ``gone`` stand last."""
    keys = -scores.astype(np.float64)
    if len(gone):
        keys[list(gone)] = np.nan  # sorts behind everything, even behind what a row would never recommend
    order: Positions = shuffled[np.argsort(keys[shuffled], kind="stable")]
    return order


def measure(orders: Sequence[Positions], right: Sequence[Sequence[int]]) -> NDArray[np.float64]:
    """Return every metric for every ranking, shape (rankings, metrics).

    Args:
        orders: Positions, best first, the whole catalogue each.
        right: The right positions of each ranking, at least one.

    Raises:
        MissingExtraError: ranx is not installed.
    """
    evaluate = _evaluate()
    places = np.arange(len(orders[0]), dtype=np.float64)
    runs = np.empty((len(orders), len(places), 2))
    # Judgements of one request fill a row; what pads it is relevant to nobody.
    most = max(len(one) for one in right)
    judged = np.zeros((len(orders), most, 2))
    judged[:, :, 0] = -1
    for row, (order, wanted) in enumerate(zip(orders, right, strict=True)):
        runs[row, :, 0], runs[row, :, 1] = order, -places
        judged[row, : len(wanted), 0], judged[row, : len(wanted), 1] = wanted, 1
    found = evaluate(judged, runs, list(METRICS), return_mean=False)
    return np.stack([np.asarray(found[metric], dtype=np.float64) for metric in METRICS], axis=1)


def check_libraries() -> None:
    """Raise now what would otherwise come after all the work.

    Raises:
        MissingExtraError: ranx or matplotlib is not installed.
    """
    if any(find_spec(name) is None for name in ("ranx", "matplotlib")):
        raise MissingExtraError("train")


def _evaluate() -> Callable[..., Mapping[str, Any]]:
    try:
        from ranx import evaluate
    except ModuleNotFoundError as error:
        raise MissingExtraError("train") from error
    found: Callable[..., Mapping[str, Any]] = evaluate
    return found
