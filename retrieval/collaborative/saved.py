"""The trained model as it lies on disk and serves: numbers for numpy, and a manifest that says what they are.

model.json      kind, settings, how many items; written last
items.json      ids of the catalogue that it was trained on, in the order of the rows
model.npz       EASE: the strongest weights of each item, and its row in the space of texts; iALS: item vectors
report.json     what training measured
model_card.md   the same for people
ndcg.svg        the same as a picture
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Literal
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from ..errors import CollaborativeError
from ..types import Value
from .als import Als, AlsConfig
from .ease import EaseConfig
from .history import HistoryConfig

VERSION = 1
"""Raised when the files change meaning, so that an old model is refused and not misread."""
_FILES = ("model.json", "items.json", "model.npz")
_TRAIN = "Train it again: palate train collaborative"

Arrays = Mapping[str, NDArray[np.generic]]


class CollaborativeManifest(Value):
    """What a trained model is."""

    version: int = VERSION
    kind: Literal["ease", "als"]
    catalog: str
    """Name of the catalogue whose ids it knows."""
    items: int
    """Items of that catalogue."""
    warm: int
    """Items that anybody had to do with."""
    users: int
    interactions: int
    history: HistoryConfig
    settings: EaseConfig | AlsConfig
    halfway: float
    """Liked items at which the model is trusted half as much as in the end."""


class CollaborativeModel:
    """Scores all items by liked and disliked ones; read-only, safe to share between threads."""

    def __init__(self, manifest: CollaborativeManifest, ids: Sequence[str], arrays: Arrays) -> None:
        """Take the parts; use ``open`` for a folder."""
        self.manifest = manifest
        self.ids = tuple(ids)
        self._row_of = {item_id: row for row, item_id in enumerate(self.ids)}
        self._scorer = _Ease(arrays) if manifest.kind == "ease" else _AlsVectors(arrays, manifest)

    @classmethod
    def open(cls, folder: Path) -> CollaborativeModel:
        """Read a folder that ``palate train collaborative`` wrote.

        Raises:
            CollaborativeError: a file is missing or damaged, or the model is of another version.
        """
        for name in _FILES:
            if not (folder / name).is_file():
                raise CollaborativeError(f"There is no {name} in {str(folder)!r}.", hint=_TRAIN)
        try:
            manifest = CollaborativeManifest.model_validate_json((folder / "model.json").read_bytes())
            if manifest.version != VERSION:
                raise CollaborativeError(
                    f"The model in {str(folder)!r} is of version {manifest.version}; this reads {VERSION}.", hint=_TRAIN
                )
            ids = json.loads((folder / "items.json").read_text("utf-8"))
            with np.load(folder / "model.npz", allow_pickle=False) as file:
                arrays = {name: file[name] for name in file.files}
            model = cls(manifest, ids, arrays)
        except (OSError, ValueError, KeyError, EOFError, BadZipFile, ValidationError) as error:
            words = " ".join(str(error).split())[:200]
            raise CollaborativeError(f"The model in {str(folder)!r} cannot be read: {words}", hint=_TRAIN) from error
        if len(model.ids) != manifest.items or model._scorer.items != manifest.items:
            raise CollaborativeError(f"The files in {str(folder)!r} do not belong together.", hint=_TRAIN)
        return model

    def save(self, folder: Path, arrays: Arrays) -> None:
        """Write the model; the manifest comes last, so that a killed run leaves nothing that opens."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "model.json").unlink(missing_ok=True)
        (folder / "items.json").write_text(json.dumps(self.ids, ensure_ascii=False), encoding="utf-8")
        np.savez_compressed(folder / "model.npz", allow_pickle=False, **arrays)
        (folder / "model.json").write_text(self.manifest.model_dump_json(indent=1) + "\n", encoding="utf-8")

    def __contains__(self, item_id: str) -> bool:
        return item_id in self._row_of

    def row(self, item_id: str) -> int:
        """Return the row of an id that is in the model."""
        return self._row_of[item_id]

    def shared(self, ids: Collection[str]) -> float:
        """Return the share of these ids that the model knows, 0 to 1."""
        return sum(item_id in self._row_of for item_id in ids) / max(1, len(ids))

    def trust(self, liked: float) -> float:
        """Return how far the model is to be trusted with so many liked items, 0 to 1; a weak like counts in part."""
        return liked / (liked + self.manifest.halfway) if liked else 0.0

    def scores(
        self, liked: Mapping[str, float], disliked: Sequence[str] = (), dislike_share: float = 0.5
    ) -> NDArray[np.float32] | None:
        """Return a score for every item, shape (items,), nan where the model can say nothing; None without history.

        Args:
            liked: weight by id, the latest last; older ones weigh less, by the half-life chosen in training.
            disliked: ids; what speaks for these speaks against an item.
            dislike_share: how much of that is taken off.
        """
        rows, weights = self._history(liked)
        if not len(rows):
            return None
        scored = self._scorer.scores(rows, weights)
        against, heavy = self._history(dict.fromkeys(disliked, 1.0))
        if len(against):
            scored = scored - dislike_share * self._scorer.scores(against, heavy)
        return scored

    def _history(self, items: Mapping[str, float]) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        known = [(self._row_of[item_id], weight) for item_id, weight in items.items() if item_id in self._row_of]
        rows = np.array([row for row, _ in known], dtype=np.int32)
        weights = np.array([weight for _, weight in known], dtype=np.float32)
        if self.manifest.history.half_life is not None:
            ages = np.arange(len(known) - 1, -1, -1, dtype=np.float32)
            weights = weights * np.float32(0.5) ** (ages / self.manifest.history.half_life)
        return rows, weights.astype(np.float32)


class _Ease:
    """The strongest weights of each row of B, and rows in the space of texts for items that nobody had to do with."""

    def __init__(self, arrays: Arrays) -> None:
        self._places = np.asarray(arrays["places"], dtype=np.int32)
        self._weights = np.asarray(arrays["weights"], dtype=np.float32)
        self._spoken = np.asarray(arrays["spoken"], dtype=bool)
        self._cold = np.flatnonzero(~self._spoken)
        self._profiles = np.asarray(arrays["profiles"], dtype=np.float32)
        self._texts = np.asarray(arrays["texts"], dtype=np.float32)
        if self._places.shape != self._weights.shape or len(self._texts) != len(self._cold):
            raise ValueError("arrays of unlike shapes")
        self.items = len(self._places)

    def scores(self, rows: NDArray[np.int32], weights: NDArray[np.float32]) -> NDArray[np.float32]:
        scored = np.zeros(self.items, dtype=np.float32)
        np.add.at(scored, self._places[rows].ravel(), (self._weights[rows] * weights[:, None]).ravel())
        if len(self._cold) and self._texts.shape[1]:
            scored[self._cold] = self._texts @ (weights @ self._profiles[rows])
        elif len(self._cold):
            scored[self._cold] = np.nan
        return scored


class _AlsVectors:
    """Item vectors, those of cold items foreseen from their texts; nan where there were no texts."""

    def __init__(self, arrays: Arrays, manifest: CollaborativeManifest) -> None:
        if not isinstance(manifest.settings, AlsConfig):
            raise ValueError("settings of another model")
        vectors = np.asarray(arrays["vectors"], dtype=np.float32)
        self._warm = np.asarray(arrays["spoken"], dtype=bool)
        self._model = Als(vectors, manifest.settings, gram_of=self._warm)
        self.items = len(vectors)

    def scores(self, rows: NDArray[np.int32], weights: NDArray[np.float32]) -> NDArray[np.float32]:
        scored: NDArray[np.float32] = self._model.vectors @ self._model.user(rows, weights)
        return scored
