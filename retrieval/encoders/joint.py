"""Look or listen with a model that reads words too: any CLIP, SigLIP or CLAP by name, through transformers.

Radford et al. 2021 (CLIP), Zhai et al. 2023 (SigLIP), Wu et al. 2023 (CLAP). Words find pictures in such a space
without any alignment. A sentence-transformers model goes its own way (``one_model.py``). The model is loaded on first
use; a folder needs no network.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal, Protocol

import numpy as np

from ..errors import EncoderError
from ..media.pictures import open_picture
from ..media.sounds import open_sound
from ..types import Modality, TextEncoder, Vectors
from .media_base import DecodingEncoder, unit_media
from .media_config import torch_device
from .one_model import SentenceModel, is_sentence_model
from .text import identity

_LONGEST = 768
"""Pixels of a picture's longest side that are kept until the model's own processor shrinks it."""
_WORDS = 32


class _Loaded(Protocol):
    """A model that takes files of one modality, and words."""

    @property
    def sampling_rate(self) -> int:
        """Samples a second that it hears with."""
        ...

    def media(self, some: Sequence[Any]) -> Vectors:
        """Return one row per decoded file."""
        ...

    def words(self, texts: Sequence[str]) -> Vectors:
        """Return one row per text."""
        ...


class _Later:
    """A model that is loaded when it is first asked for."""

    def __init__(self, source: str, modality: Literal["image", "audio"], device: str) -> None:
        self._source, self._modality, self._device = source, modality, device
        self._model: _Loaded | None = None
        self._lock = threading.Lock()

    def loaded(self) -> _Loaded:
        """Return the model.

        Raises:
            EncoderError: it cannot be loaded, or does not take this modality and words.
        """
        with self._lock:
            if self._model is None:
                self._model = self._load()
            return self._model

    def _load(self) -> _Loaded:
        try:
            whole = is_sentence_model(self._source)
        except OSError as error:
            raise _not_loaded(self._modality, self._source, error) from error
        if whole:
            return SentenceModel(self._source, self._modality, torch_device(self._device))
        return _Model(self._source, self._modality, self._device)


def _not_loaded(modality: str, source: str, error: Exception) -> EncoderError:
    return EncoderError(
        f"The {modality} encoder {source!r} could not be loaded: {error}",
        hint="Check the name and the connection, or leave the setting empty for the bundled one.",
    )


class _Model:
    """One model of transformers with what prepares its input; one call at a time."""

    def __init__(self, source: str, modality: Literal["image", "audio"], device: str) -> None:
        self._source, self._modality = source, modality
        self._parts = self._load(torch_device(device))
        self._lock = threading.Lock()

    @property
    def sampling_rate(self) -> int:
        return int(self._parts[1].sampling_rate)

    def media(self, some: Sequence[Any]) -> Vectors:
        model, prepare, _, device = self._parts
        if self._modality == "image":
            ready = prepare(images=list(some), return_tensors="pt")
            return self._run(model.get_image_features, ready, device)
        ready = prepare(list(some), sampling_rate=prepare.sampling_rate, return_tensors="pt")
        return self._run(model.get_audio_features, ready, device)

    def words(self, texts: Sequence[str]) -> Vectors:
        model, _, tokenizer, device = self._parts
        # SigLIP was taught on texts filled up to its full length; the others do not mind.
        limits = {"padding": "max_length", "truncation": True, "max_length": self._length()}
        ready = tokenizer(list(texts), return_tensors="pt", **limits)
        ready.pop("token_type_ids", None)
        return self._run(model.get_text_features, ready, device)

    def _load(self, device: str) -> tuple[Any, Any, Any, str]:
        """Return the model, what prepares files, the tokenizer and the device."""
        from transformers import AutoFeatureExtractor, AutoImageProcessor, AutoModel, AutoTokenizer

        local = Path(self._source).is_dir()
        try:
            model = AutoModel.from_pretrained(self._source, local_files_only=local)
            prepares: Any = AutoImageProcessor if self._modality == "image" else AutoFeatureExtractor
            prepare = prepares.from_pretrained(self._source, local_files_only=local)
            tokenizer = AutoTokenizer.from_pretrained(self._source, local_files_only=local)
        except (OSError, ValueError, RuntimeError, ImportError) as error:
            raise _not_loaded(self._modality, self._source, error) from error
        for wanted in (f"get_{self._modality}_features", "get_text_features"):
            if not hasattr(model, wanted):
                raise EncoderError(
                    f"{self._source!r} is a {type(model).__name__}, which takes no {self._modality} beside words.",
                    hint="Name a CLIP or SigLIP model for pictures, a CLAP model for sounds.",
                )
        return model.eval().to(device), prepare, tokenizer, device

    def _length(self) -> int:
        config = self._parts[0].config.text_config
        # Roberta, which CLAP reads with, keeps the first places of its table for itself.
        return int(min(config.max_position_embeddings - 2, 77 if config.model_type != "siglip_text_model" else 64))

    def _run(self, forward: Any, ready: Any, device: str) -> Vectors:
        import torch

        with self._lock, torch.inference_mode():
            found = forward(**{name: part.to(device) for name, part in ready.items()})
            rows = getattr(found, "pooler_output", found)
            vectors: Vectors = rows.float().cpu().numpy()
        return vectors


class JointWords:
    """The side of a joint model that reads words."""

    def __init__(self, model: _Later, name: str) -> None:
        """Share a model."""
        self._model = model
        self.name = name

    @property
    def dimension(self) -> int:
        """Length of the vectors."""
        return int(self._model.loaded().words(["a"]).shape[1])

    def encode_query(self, texts: Sequence[str]) -> Vectors:
        """Return one unit row per text."""
        if not texts:
            return np.empty((0, self.dimension), dtype=np.float32)
        starts = range(0, len(texts), _WORDS)
        return unit_media(
            np.concatenate([self._model.loaded().words(texts[start : start + _WORDS]) for start in starts]), self.name
        )

    def encode_items(self, texts: Sequence[str]) -> Vectors:
        """Return one unit row per text."""
        return self.encode_query(texts)


class JointEncoder(DecodingEncoder):
    """The side of a joint model that looks or listens."""

    def __init__(
        self, model: str, modality: Literal["image", "audio"], device: str = "auto", batch_size: int = 32
    ) -> None:
        """Name the model; nothing is loaded yet.

        Args:
            model: a folder, or a name on the hub.
            modality: what it looks at or listens to.
            device: where it runs.
            batch_size: files encoded at once.
        """
        folder = Path(model).expanduser()
        source = str(folder) if folder.is_dir() else model
        self.modality: Modality = modality
        self.name = identity(model, source)
        self._model = _Later(source, modality, device)
        self._batch_size = batch_size
        self._words = JointWords(self._model, self.name)

    @property
    def dimension(self) -> int:
        """Length of the vectors; loads the model."""
        return self._words.dimension

    @property
    def text_side(self) -> TextEncoder | None:
        """The encoder of words in the same space."""
        return self._words

    def decode(self, source: bytes | Path) -> Any:
        """Read a picture, or the first half minute of a sound.

        Raises:
            MediaError: it cannot be read.
        """
        if self.modality == "image":
            return open_picture(source, _LONGEST)
        return open_sound(source, self._model.loaded().sampling_rate)

    def encode(self, decoded: Sequence[Any]) -> Vectors:
        """Return one unit row per file."""
        if not decoded:
            return np.empty((0, self.dimension), dtype=np.float32)
        starts = range(0, len(decoded), self._batch_size)
        rows = [self._model.loaded().media(decoded[start : start + self._batch_size]) for start in starts]
        return unit_media(np.concatenate(rows), self.name)
