"""Encode many texts on several cores: one single-threaded copy of the model a core, all sharing the same weights.

Torch's own threads split each multiplication and wait for each other after it. Small models gain little from that (98
texts a second on one core, about 110 on two), and lose most of it when another process wants a core (20 to 40). Copies
never wait for each other.
"""

from __future__ import annotations

import copy
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

import numpy as np

from ..types import Vectors

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

_MOST = 8
"""Copies at most; each holds the activations of a batch of its own."""


class Copies:
    """Copies of one model that encode side by side; one call at a time."""

    def __init__(self, model: SentenceTransformer, cores: int | None = None) -> None:
        """Copy everything but the weights, once a core that this process may use."""
        count = min(_MOST, cores or _cores())
        self.first = model
        self._models = [model, *(_share(model) for _ in range(count - 1))]

    def encode_items(
        self, texts: Sequence[str], batch_size: int, precision: Callable[[], AbstractContextManager[Any]]
    ) -> Vectors:
        """Return one row per text; ``precision`` is entered in every thread, since torch keeps it by thread."""
        # Dealt out by length: the copies then finish together, and batches hold texts of one length.
        order = sorted(range(len(texts)), key=lambda place: len(texts[place]))
        hands = [order[start :: len(self._models)] for start in range(len(self._models))]
        hands = [hand for hand in hands if hand]

        def encode(model: SentenceTransformer, hand: Sequence[int]) -> Any:
            import torch

            torch.set_num_threads(1)
            with precision():
                return model.encode_document(
                    [texts[place] for place in hand],
                    batch_size=batch_size,
                    show_progress_bar=False,
                    normalize_embeddings=True,
                )

        with ThreadPoolExecutor(len(hands)) as pool:
            parts = list(pool.map(encode, self._models, hands))
        rows: Vectors = np.empty((len(texts), parts[0].shape[1]), dtype=np.float32)
        for hand, part in zip(hands, parts, strict=True):
            rows[hand] = part
        return rows


def _cores() -> int:
    # Only Linux can tell the cores that this process may use from those that the machine has.
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _share(model: SentenceTransformer) -> SentenceTransformer:
    return copy.deepcopy(model, {id(tensor): tensor for tensor in [*model.parameters(), *model.buffers()]})
