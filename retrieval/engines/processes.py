"""Encode in several processes of this machine."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager

import numpy as np

from ..types import TextEncoder, Vectors

_CHUNK = 256
"""Texts that a process is given at a time."""

_encoders: list[TextEncoder] = []
"""The one encoder of a worker process, put there when it starts."""


@contextmanager
def processes(
    count: int, make: Callable[[], TextEncoder], dimension: int
) -> Iterator[Callable[[Sequence[str]], Vectors]]:
    """Give a function that encodes texts in so many processes."""
    # A forked child of a process with threads may hang; libraries under the encoder and the store have threads.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(count, context, initializer=_start, initargs=(make, count)) as pool:

        def encode(texts: Sequence[str]) -> Vectors:
            chunks = [texts[start : start + _CHUNK] for start in range(0, len(texts), _CHUNK)]
            rows = list(pool.map(_encode, chunks))
            return np.concatenate(rows) if rows else np.empty((0, dimension), dtype=np.float32)

        yield encode


def _start(make: Callable[[], TextEncoder], count: int) -> None:
    _encoders.append(make())


def _encode(texts: Sequence[str]) -> Vectors:
    return _encoders[0].encode_items(list(texts))
