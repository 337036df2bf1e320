"""Map rows of one modality into the space of texts: by a learnt linear map, by names of classes, or by both.

By names is ConSE (Norouzi et al., "Zero-Shot Learning by Convex Combination of Semantic Embeddings", ICLR 2014) over
all classes: the vectors of the names, weighted by the probabilities. It needs no pairs. Both together are the sum of
two unit vectors: what was learnt knows the catalogue's own words, the names know the world's.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import ValidationError

from ..errors import EncoderError
from ..types import MediaEncoder, Modality, Value, Vectors
from .types import Classifier, Linear

TENSORS = "alignment.safetensors"
ABOUT = "alignment.json"
_AGAIN = "Train it again: palate train alignment"
_COMMON = 0.5
"""Share of the mean of all names that is taken away: what every name has in common tells nothing apart."""


class MapRecord(Value):
    """What a map is and between which spaces."""

    modality: Modality
    encoder: str
    """Name of the encoder whose rows it takes."""
    texts: str
    """Name of the text encoder into whose space it leads."""
    dimension: int
    """Length of the vectors of texts."""
    kind: str
    """How it was made, for people: ``names``, ``ridge + names``."""
    share: float = 0.0
    """Weight of the names beside what was learnt, which weighs 1."""


class SpaceMap:
    """A map between two spaces; safe to share between threads."""

    def __init__(
        self,
        record: MapRecord,
        encoder: MediaEncoder,
        *,
        linear: Linear | None = None,
        names: Vectors | None = None,
    ) -> None:
        """Take the parts, of which there is at least one.

        Args:
            record: what it is.
            encoder: whose rows are mapped; it gives the probabilities of classes.
            linear: what was learnt; None for names alone.
            names: unit vectors of the names of classes, shape (classes, dimension of texts); None without them.
        """
        self.record = record
        self._encoder = encoder
        self._linear, self._names = linear, names
        self.name = f"{record.kind.replace(' ', '')}@{self._digest()}"

    def project(self, rows: Vectors) -> Vectors:
        """Return one unit row of the space of texts per row, for words to find; shape (n, dimension of texts)."""
        return joined(self._linear, rows, self._named(rows), self.record.share)

    def ask(self, rows: Vectors) -> Vectors:
        """Return one unit row of the space of texts per row, to find texts with; of the same shape."""
        return joined(self._linear, rows, self._named(rows), self.record.share, asking=True)

    def save(self, folder: Path) -> None:
        """Write the map into a folder, from which ``read_map`` reads it."""
        from safetensors.numpy import save_file

        folder.mkdir(parents=True, exist_ok=True)
        save_file(self._tensors(), folder / TENSORS)
        (folder / ABOUT).write_text(self.record.model_dump_json(indent=1) + "\n", encoding="utf-8")

    def _named(self, rows: Vectors) -> Vectors | None:
        return by_names(self._encoder, self._names, rows) if self._names is not None else None

    def _tensors(self) -> dict[str, Vectors]:
        linear = self._linear
        parts = {
            "weights": linear.weights if linear else None,
            "offset": linear.offset if linear else None,
            "asking": linear.asking if linear else None,
            "names": self._names,
        }
        return {name: np.ascontiguousarray(part, np.float32) for name, part in parts.items() if part is not None}

    def _digest(self) -> str:
        digest = hashlib.sha256(self.record.model_dump_json().encode())
        for name, part in self._tensors().items():
            digest.update(name.encode() + part.tobytes())
        return digest.hexdigest()[:12]


def read_map(folder: Path, encoder: MediaEncoder, texts: str) -> SpaceMap:
    """Read what ``SpaceMap.save`` wrote.

    Raises:
        EncoderError: there is none, it is damaged, or it is of another encoder.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    try:
        record = MapRecord.model_validate_json((folder / ABOUT).read_bytes())
        parts = load_file(folder / TENSORS)
    except (OSError, ValueError, ValidationError, SafetensorError) as error:
        raise EncoderError(f"The alignment in {str(folder)!r} cannot be read: {error}", hint=_AGAIN) from error
    for what, theirs, ours in (("encoder", record.encoder, encoder.name), ("text encoder", record.texts, texts)):
        if theirs != ours:
            raise EncoderError(
                f"The alignment in {str(folder)!r} was learnt for {what} {theirs!r}, not for {ours!r}.", hint=_AGAIN
            )
    learnt = [parts[name] for name in ("weights", "offset", "asking") if name in parts]
    linear = Linear(*learnt) if len(learnt) == 3 else None
    names = parts.get("names")
    if (linear is None and names is None) or (linear is not None and len(linear.weights) != encoder.dimension):
        raise EncoderError(f"The alignment in {str(folder)!r} does not fit {encoder.name!r}.", hint=_AGAIN)
    return SpaceMap(record, encoder, linear=linear, names=names)


def joined(
    linear: Linear | None, rows: Vectors, named: Vectors | None, share: float, *, asking: bool = False
) -> Vectors:
    """Return rows in the space of texts: what was learnt, plus a share of what the names say.

    Args:
        linear: what was learnt, or None.
        rows: unit rows of the encoder.
        named: what the names say of the rows, or None; alone it counts in full.
        share: its weight beside what was learnt.
        asking: whether the rows are to find texts, and not to be found by them.

    Raises:
        ValueError: there is neither.
    """
    if linear is None:
        if named is None:
            raise ValueError("a map needs a linear part or names")
        return named
    own = unit(rows @ linear.weights + (linear.asking if asking else linear.offset))
    return own if named is None else unit(own + np.float32(share) * named)


def by_names(encoder: MediaEncoder, names: Vectors, rows: Vectors) -> Vectors:
    """Return unit vectors of texts for rows, by the names of the classes that they may show.

    Raises:
        EncoderError: the encoder knows no classes.
    """
    if not isinstance(encoder, Classifier):
        raise EncoderError(f"Encoder {encoder.name!r} knows no classes by name.", hint=_AGAIN)
    scores = encoder.class_scores(rows)
    likely = np.exp(scores - scores.max(axis=1, keepdims=True))
    likely /= likely.sum(axis=1, keepdims=True)
    return unit(likely @ names - np.float32(_COMMON) * names.mean(axis=0))


def unit(rows: Any) -> Vectors:
    """Return rows at unit length; a row of zeros stays."""
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    scaled: Vectors = (rows / np.maximum(lengths, 1e-12)).astype(np.float32)
    return scaled
