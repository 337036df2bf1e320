"""Keep a dialogue ranker in a folder: arrays in one ``.npz``, words and settings in JSON, trees as LightGBM's text.

Nothing is pickled, so a model from elsewhere can be read without running anything of it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse as sp
from pydantic import ValidationError

from ..errors import IndexMismatchError, RetrievalError
from ..types import Item, Value
from .calibration import Calibration
from .channels import Channels, Outside
from .config import DialogueConfig
from .cooccurrence import Cooccurrence
from .linear import Linear
from .model import DialogueRanker
from .popularity import Popularity
from .ridge import Ridge
from .sides import ItemSides
from .trees import Trees
from .vocabulary import Vocabulary

_ARRAYS, _FACTS, _TREES = "channels.npz", "ranker.json", "trees-{}.txt"
_PAIRS = ("together", "recommended", "rated")


class _Kept(Value):
    """What is kept as text."""

    catalogue: str
    """Fingerprint of the items' ids in order: positions mean nothing in another catalogue."""
    config: DialogueConfig
    channels: tuple[str, ...]
    words: tuple[str, ...]
    trees: int
    calibration: Calibration | None = None


def save(ranker: DialogueRanker, folder: Path) -> None:
    """Write the ranker into a folder, which is made where it is missing."""
    folder.mkdir(parents=True, exist_ok=True)
    channels = ranker.channels
    kept = _Kept(
        catalogue=catalogue_of(channels.sides.ids),
        config=ranker.config,
        channels=ranker.linear.names,
        words=tuple(channels.vocabulary.columns),
        trees=len(ranker.trees.models),
        calibration=ranker.calibration,
    )
    np.savez_compressed(folder / _ARRAYS, allow_pickle=False, **_arrays(channels, ranker.linear))
    for at, model in enumerate(ranker.trees.models):
        (folder / _TREES.format(at)).write_text(model, encoding="utf-8")
    (folder / _FACTS).write_text(kept.model_dump_json(indent=1) + "\n", encoding="utf-8")


def load(folder: Path, items: Sequence[Item]) -> DialogueRanker:
    """Read a ranker back for the catalogue that it was learnt on.

    Raises:
        IndexMismatchError: The catalogue is another one, or its items stand in another order.
        RetrievalError: The folder holds no ranker.
    """
    try:
        kept = _Kept.model_validate_json((folder / _FACTS).read_bytes())
        with np.load(folder / _ARRAYS, allow_pickle=False) as file:
            arrays = dict(file)
        models = [(folder / _TREES.format(at)).read_text(encoding="utf-8") for at in range(kept.trees)]
    except (OSError, ValidationError, ValueError, json.JSONDecodeError) as error:
        raise RetrievalError(
            f"{str(folder)!r} holds no dialogue ranker: {error}.", hint="Train one: palate train blend --out DIR."
        ) from error
    if kept.catalogue != catalogue_of([item.id for item in items]):
        raise IndexMismatchError(
            f"The dialogue ranker in {str(folder)!r} was learnt on another catalogue than these {len(items)} items.",
            hint="Train it again on this catalogue: palate train blend --out DIR.",
        )
    sides = ItemSides(items)
    channels = _channels(arrays, sides, kept)
    linear = Linear(kept.channels, arrays["linear"])
    trees = Trees(models)
    return DialogueRanker(sides, channels, linear, trees, kept.config, kept.calibration)


def catalogue_of(ids: Sequence[str]) -> str:
    """Return a fingerprint of the ids in order."""
    return hashlib.sha256("\x00".join(ids).encode()).hexdigest()[:16]


def _arrays(channels: Channels, linear: Linear) -> dict[str, Any]:
    popular, ridge, outside = channels.popularity, channels.ridge, channels.outside
    found: dict[str, Any] = {f"popularity_{name}": value for name, value in vars(popular).items()}
    for name in _PAIRS:
        pairs: Cooccurrence = getattr(channels, name)
        found[f"{name}_smoothing"] = pairs.smoothing
        found |= _sparse(f"{name}_conditional", pairs.conditional) | _sparse(f"{name}_ratios", pairs.ratios)
    found |= {"ridge_inner": ridge.inner, "ridge_outer": ridge.outer, "ridge_answered": ridge.answered}
    found |= {"rarity": channels.vocabulary.rarity, "linear": linear.weights}
    found |= _sparse("likes", outside.likes)
    if outside.vectors is not None:
        found["vectors"] = outside.vectors
    return found


def _channels(arrays: Mapping[str, Any], sides: ItemSides, kept: _Kept) -> Channels:
    popular = {name.removeprefix("popularity_"): arrays[name] for name in arrays if name.startswith("popularity_")}
    pairs = {
        name: Cooccurrence(
            _unsparse(arrays, f"{name}_conditional"), _unsparse(arrays, f"{name}_ratios"), arrays[f"{name}_smoothing"]
        )
        for name in _PAIRS
    }
    return Channels(
        sides,
        Outside(_unsparse(arrays, "likes"), arrays.get("vectors")),
        Popularity(**popular),
        pairs["together"],
        pairs["recommended"],
        pairs["rated"],
        Vocabulary({word: at for at, word in enumerate(kept.words)}, arrays["rarity"]),
        Ridge(arrays["ridge_inner"], arrays["ridge_outer"], arrays["ridge_answered"], sides.size),
        kept.config,
    )


def _sparse(name: str, matrix: sp.csr_matrix) -> dict[str, Any]:
    return {
        f"{name}_data": matrix.data,
        f"{name}_indices": matrix.indices,
        f"{name}_indptr": matrix.indptr,
        f"{name}_shape": np.array(matrix.shape),
    }


def _unsparse(arrays: Mapping[str, Any], name: str) -> sp.csr_matrix:
    parts = (arrays[f"{name}_data"], arrays[f"{name}_indices"], arrays[f"{name}_indptr"])
    return sp.csr_matrix(parts, shape=tuple(arrays[f"{name}_shape"]))
