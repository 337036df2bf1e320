"""Choose where a build encodes, and give it an encoder that does so."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

from pydantic import Field

from ..types import TextEncoder, Value, Vectors


class EngineConfig(Value):
    """Say where the items of a build are encoded; the index is the same wherever that is."""

    kind: Literal["local", "ray"] = "local"
    """``ray`` encodes on a Ray cluster, for which the extra ``ray`` is needed."""
    workers: int = Field(1, ge=1, le=512)
    """Encoding processes; 1 encodes in the building process itself. Whether two are
    faster on two processors, which one uses both of, could not be told (docs/scale.md)."""
    ahead: int = Field(16, ge=1)
    """Batches (``index.batch_size``) that are encoded together where there are several workers; more of them keep the
    workers busier and lose more when the build is killed."""
    address: str | None = None
    """Of the Ray cluster, as in ``ray://head:10001`` or ``auto``; empty starts Ray on this machine."""
    gpus: float = Field(0.0, ge=0.0)
    """Accelerators that each Ray worker takes."""


Encode = Callable[[Sequence[str]], Vectors]
"""Turns texts into unit rows."""


@dataclass
class Engine:
    """An encoder whose items may be encoded elsewhere, and how many batches it wants at once."""

    name: str
    dimension: int
    ahead: int
    _query: Encode
    _items: Encode

    def encode_query(self, texts: Sequence[str]) -> Vectors:
        """Return one unit row per query."""
        return self._query(texts)

    def encode_items(self, texts: Sequence[str]) -> Vectors:
        """Return one unit row per item text."""
        return self._items(texts)


@contextmanager
def engine(config: EngineConfig, encoder: TextEncoder, make: Callable[[], TextEncoder]) -> Iterator[Engine]:
    """Give an encoder that works where the settings say, until the block is left.

    Args:
        config: where.
        encoder: says the name and the length of the vectors, and encodes where no workers do.
        make: makes an encoder like it in a worker; goes there pickled.

    Raises:
        MissingExtraError: Ray is asked for and not installed.
    """
    name, dimension = encoder.name, encoder.dimension
    if config.kind == "ray":
        from .cluster import cluster

        with cluster(config, make, dimension) as encode:
            yield Engine(name, dimension, config.ahead, encoder.encode_query, encode)
    elif config.workers > 1:
        from .processes import processes

        with processes(config.workers, make, dimension) as encode:
            yield Engine(name, dimension, config.ahead, encoder.encode_query, encode)
    else:
        yield Engine(name, dimension, 1, encoder.encode_query, encoder.encode_items)
