"""Encode with Ray Data on a cluster, or on a Ray of this machine. The only file that knows ray."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import MissingExtraError
from ..types import TextEncoder, Vectors

if TYPE_CHECKING:
    from .engine import EngineConfig

_BATCH = 256
"""Texts that a worker is given at a time."""


class _Worker:
    """One encoder in a process of the cluster, loaded once."""

    def __init__(self, make: Callable[[], TextEncoder]) -> None:
        self._encoder = make()

    def __call__(self, batch: Mapping[str, Any]) -> dict[str, Any]:
        rows = self._encoder.encode_items([str(text) for text in batch["text"]])
        return {"place": batch["place"], "row": rows}


@contextmanager
def cluster(
    config: EngineConfig, make: Callable[[], TextEncoder], dimension: int
) -> Iterator[Callable[[Sequence[str]], Vectors]]:
    """Give a function that encodes texts on the cluster; rows find their places by number, in whatever order they come.

    Raises:
        MissingExtraError: Ray is not installed.
    """
    try:
        import ray
        import ray.data
    except ModuleNotFoundError as error:
        raise MissingExtraError("ray") from error

    ours = not ray.is_initialized()
    if ours:
        here: dict[str, Any] = {"num_cpus": config.workers, "include_dashboard": False}
        ray.init(address=config.address, log_to_driver=False, **(here if config.address is None else {}))
    context = ray.data.DataContext.get_current()
    context.enable_progress_bars = False

    def encode(texts: Sequence[str]) -> Vectors:
        rows = np.empty((len(texts), dimension), dtype=np.float32)
        if not texts:
            return rows
        # One block a batch at least, or one worker would get everything.
        data = ray.data.from_items(
            [{"place": place, "text": text} for place, text in enumerate(texts)],
            override_num_blocks=max(1, -(-len(texts) // _BATCH)),
        ).map_batches(
            _Worker,
            fn_constructor_kwargs={"make": make},
            batch_size=_BATCH,
            compute=ray.data.ActorPoolStrategy(size=config.workers),
            num_gpus=config.gpus or None,
        )
        for batch in data.iter_batches(batch_format="numpy", batch_size=None):
            rows[batch["place"]] = np.stack(list(batch["row"]))
        return rows

    try:
        yield encode
    finally:
        if ours:
            ray.shutdown()
