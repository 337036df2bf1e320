"""Foresee the collaborative vectors of items that nobody had to do with, from what the items say of themselves.

Ridge regression from text vectors to the vectors of a collaborative model (Gantner et al., ICDM 2010, map attributes to
factors so). EASE has no item vectors; there the map goes to its item-to-item columns: a history then has a vector in
the space of the texts, and a new item is worth its own text's product with it, on the scale of EASE's scores.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from ..types import Value, Vectors
from .als import Factors


class ColdConfig(Value):
    """Settings of the map from texts."""

    size: int = Field(128, ge=1)
    """Principal components of the text vectors that are used."""
    regularisation: float = Field(1.0, gt=0.0)
    """Weight of the map's size against the fit, in standardised components."""


@dataclass(frozen=True)
class TextSpace:
    """Text vectors reduced to their principal components, each of unit deviation."""

    rows: Factors
    """Shape (items, size)."""

    @classmethod
    def of(cls, vectors: Vectors, size: int) -> TextSpace:
        """Reduce unit vectors, shape (items, dimension)."""
        centred = np.asarray(vectors, dtype=np.float64)
        centred = centred - centred.mean(axis=0)
        values, axes = np.linalg.eigh(centred.T @ centred / max(1, len(centred)))
        kept = np.argsort(-values)[:size]
        scale = np.sqrt(np.maximum(values[kept], 1e-12))
        return cls((centred @ axes[:, kept] / scale).astype(np.float32))

    def solver(self, warm: NDArray[np.bool_], regularisation: float) -> Factors:
        """Return S of shape (warm items, size) such that ``targets @ S`` maps texts to those targets.

        Args:
            warm: whether an item may be learnt from, shape (items,).
            regularisation: ridge penalty.
        """
        known = self.rows[warm].astype(np.float64)
        gram = known.T @ known + regularisation * len(known) / 100 * np.eye(known.shape[1])
        return np.linalg.solve(gram, known.T).T.astype(np.float32)


def foresee_vectors(vectors: Factors, texts: TextSpace, warm: NDArray[np.bool_], regularisation: float) -> Factors:
    """Return item vectors with those of cold items foreseen from their texts, shape (items, factors).

    Args:
        vectors: item vectors of iALS; rows of cold items are not read.
        texts: of all items, in the same order.
        warm: whether the item's own vector was learnt.
        regularisation: ridge penalty.
    """
    mean = vectors[warm].mean(axis=0)
    weights = (vectors[warm] - mean).T @ texts.solver(warm, regularisation)
    full: Factors = vectors.copy()
    full[~warm] = mean + texts.rows[~warm] @ weights.T
    return full
