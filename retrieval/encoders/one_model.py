"""Look or listen with a sentence-transformers model that takes pictures or sounds beside texts, in one space.

With the same name under ``index.encoder``, words and files share one space and no alignment is needed. Such a model is
told from one of transformers alone by its ``modules.json``. Films are not given to it.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np

from ..errors import EncoderError
from ..types import Vectors

_RATE = 16_000
"""Samples a second that models hear with which do not say otherwise."""


def is_sentence_model(source: str) -> bool:
    """Return whether a folder or a name on the hub is a sentence-transformers model.

    Raises:
        OSError: the hub cannot be asked.
    """
    from sentence_transformers.util import is_sentence_transformer_model

    return is_sentence_transformer_model(source, local_files_only=Path(source).is_dir())


class SentenceModel:
    """One loaded sentence-transformers model that takes a modality; one call at a time."""

    def __init__(self, source: str, modality: Literal["image", "audio"], device: str) -> None:
        """Load the model.

        Raises:
            EncoderError: it cannot be loaded, or does not take this modality.
        """
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging

        # A bar for a load of a tenth of a second would land in the middle of a chat in the terminal.
        logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        try:
            self._model: Any = SentenceTransformer(source, device=device, local_files_only=Path(source).is_dir())
        except (OSError, ValueError, RuntimeError, ImportError) as error:
            raise EncoderError(
                f"The {modality} encoder {source!r} could not be loaded: {error}",
                hint="Check the name and the connection, or leave the setting empty for the bundled one.",
            ) from error
        takes = [one for one in self._model.modalities if isinstance(one, str)]
        if modality not in takes:
            raise EncoderError(
                f"{source!r} takes {', '.join(takes)} as it is installed here, and no {modality}.",
                hint="Some models need torchvision to look and torchcodec to listen; or name another model.",
            )
        self._modality = modality
        self._lock = threading.Lock()

    @property
    def sampling_rate(self) -> int:
        """Samples a second that it hears with."""
        extractor = getattr(self._model[0].processor, "feature_extractor", None)
        return int(getattr(extractor, "sampling_rate", _RATE))

    def media(self, some: Sequence[Any]) -> Vectors:
        """Return one row per picture, or per sound at the model's sampling rate."""
        if self._modality == "image":
            return self._encoded(self._model.encode, list(some))
        rate = self.sampling_rate
        return self._encoded(self._model.encode, [{"array": one, "sampling_rate": rate} for one in some])

    def words(self, texts: Sequence[str]) -> Vectors:
        """Return one row per text that is searched with."""
        return self._encoded(self._model.encode_query, list(texts))

    def _encoded(self, encode: Any, some: list[Any]) -> Vectors:
        with self._lock:
            rows = encode(some, show_progress_bar=False, convert_to_numpy=True)
        return np.asarray(rows, dtype=np.float32)
