"""Score a query against item texts jointly with a cross-encoder; does not find items and does not fuse stages.

The bundled model runs int8 in onnxruntime, so serving imports neither torch nor transformers. `palate train reranker`
writes such a folder: ``model.onnx``, ``tokenizer.json`` and ``reranker.json`` (the token budget it was trained with).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, ValidationError

from .errors import EncoderError
from .types import Reranker, Value

if TYPE_CHECKING:
    from tokenizers import Tokenizer

BUNDLED = "bundled"
_HUB_NAME = re.compile(r"[\w.-]+/[\w.-]+")
_LEAST_SPREAD = 0.25
"""Deviation of logits below which they are told apart by less than their size suggests."""
_FURTHEST = 2.5
"""Largest standard score of the cross-encoder that counts, either way."""


class RerankConfig(Value):
    """Say which cross-encoder reorders the head of the candidates, and how much it counts."""

    enabled: bool = True
    """Off leaves the fused order alone."""
    model: str = BUNDLED
    """``bundled``, a folder with ``model.onnx`` and ``tokenizer.json``, or the hub name of any cross-encoder."""
    depth: int = Field(50, ge=1, le=500)
    """How many candidates, best first, are reranked; the cost is linear in it."""
    weight: float = Field(0.5, ge=0.0)
    """Weight of the cross-encoder's standard score against the fused one's 1."""
    popularity_weight: float = Field(0.0, ge=0.0)
    """Weight of the standard score of log(1 + popularity)."""
    threads: int = Field(2, ge=1)
    """Threads that one call may use."""
    batch_size: int = Field(16, ge=1)
    """Pairs scored at once; texts are sorted by length first, so small batches waste little padding."""
    cache_size: int = Field(20_000, ge=0)
    """Item texts whose tokens are kept, about half a kilobyte each."""


class TokenBudget(Value):
    """Say how many tokens a model was trained to read; kept in ``reranker.json`` beside the weights."""

    name: str = "cross-encoder"
    max_length: int = Field(128, ge=8)
    """Tokens of query, text and markers together."""
    query_length: int = Field(48, ge=2)
    """Tokens of the query; a longer one keeps its end, where a dialogue says what is wanted now."""
    text_length: int | None = Field(None, ge=2)
    """Tokens of the text at most; None for as many as the query leaves of ``max_length``."""


class PairTemplate:
    """Join the tokens of a query and a text the way the tokenizer's own post-processor would."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        """Learn the markers from one probe pair, so that any tokenizer's template works."""
        probe = tokenizer.encode("a", "b")
        sides = probe.sequence_ids
        first = [at for at, side in enumerate(sides) if side == 0]
        second = [at for at, side in enumerate(sides) if side == 1]
        if not first or not second:
            raise EncoderError("The tokenizer gave no tokens for a plain pair.", hint="Use the model's own tokenizer.")
        self._head = probe.ids[: first[0]]
        self._middle = probe.ids[first[-1] + 1 : second[0]]
        self._tail = probe.ids[second[-1] + 1 :]
        self._types = (probe.type_ids[first[0]], probe.type_ids[second[0]])
        self.overhead = len(self._head) + len(self._middle) + len(self._tail)

    def join(self, query: Sequence[int], text: Sequence[int]) -> tuple[list[int], list[int]]:
        """Return the ids and the segment ids of one pair."""
        left = [*self._head, *query, *self._middle]
        right = [*text, *self._tail]
        return left + right, [self._types[0]] * len(left) + [self._types[1]] * len(right)


class CrossEncoder:
    """Serve an exported cross-encoder with onnxruntime; safe to call from several threads."""

    def __init__(self, folder: Path, config: RerankConfig, weights: str = "model.onnx") -> None:
        """Load the folder's model; raise EncoderError where files are missing or unusable."""
        missing = [name for name in (weights, "tokenizer.json") if not (folder / name).is_file()]
        if missing:
            raise EncoderError(
                f"Reranker folder {str(folder)!r} lacks {missing!r}.",
                hint="Train one with `palate train reranker --out DIR`, or set rerank.enabled = false.",
            )
        self.budget = read_budget(folder)
        self.name = self.budget.name
        self._batch_size = config.batch_size
        self._tokenizer = _open_tokenizer(folder / "tokenizer.json")
        self._template = PairTemplate(self._tokenizer)
        self._session = _open_session(folder / weights, config.threads)
        self._inputs = {entry.name for entry in self._session.get_inputs()}
        self._text_tokens = lru_cache(maxsize=config.cache_size)(self._encode_text)

    def score(self, query: str, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return one logit per text, shape (n,), in the order given; higher is better."""
        scores = np.empty(len(texts), dtype=np.float32)
        words = self._encode_query(query)
        pairs = [self._template.join(words, self._fit(self._text_tokens(text), len(words))) for text in texts]
        order = sorted(range(len(pairs)), key=lambda at: len(pairs[at][0]))
        for start in range(0, len(order), self._batch_size):
            rows = order[start : start + self._batch_size]
            scores[rows] = self._run([pairs[at] for at in rows])
        return scores

    def _encode_query(self, query: str) -> list[int]:
        tokens: list[int] = self._tokenizer.encode(query, add_special_tokens=False).ids
        return tokens[-self.budget.query_length :]

    def _encode_text(self, text: str) -> tuple[int, ...]:
        return tuple(self._tokenizer.encode(text, add_special_tokens=False).ids[: self.budget.max_length])

    def _fit(self, text: tuple[int, ...], query_length: int) -> tuple[int, ...]:
        left = self.budget.max_length - self._template.overhead - query_length
        return text[: min(left, self.budget.text_length or left)]

    def _run(self, pairs: Sequence[tuple[list[int], list[int]]]) -> NDArray[np.float32]:
        width = max(len(ids) for ids, _ in pairs)
        arrays = {name: np.zeros((len(pairs), width), dtype=np.int64) for name in _MODEL_INPUTS}
        for row, (ids, types) in enumerate(pairs):
            arrays["input_ids"][row, : len(ids)] = ids
            arrays["attention_mask"][row, : len(ids)] = 1
            arrays["token_type_ids"][row, : len(ids)] = types
        logits = self._session.run(None, {name: rows for name, rows in arrays.items() if name in self._inputs})[0]
        return np.asarray(logits, dtype=np.float32).reshape(len(pairs))


_MODEL_INPUTS = ("input_ids", "attention_mask", "token_type_ids")


class HubCrossEncoder:
    """Serve any cross-encoder by its hub name through sentence-transformers; slower, loads torch."""

    def __init__(self, config: RerankConfig) -> None:
        """Load the model from the local cache or the hub."""
        from sentence_transformers import CrossEncoder as TorchCrossEncoder

        try:
            self._model = TorchCrossEncoder(config.model, device="cpu")
        except (OSError, ValueError) as error:
            raise EncoderError(
                f"Cross-encoder {config.model!r} could not be loaded: {error}",
                hint="Check the name and the connection, or set rerank.model = 'bundled'.",
            ) from error
        self.name = config.model
        self._batch_size = config.batch_size

    def score(self, query: str, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return one score per text, shape (n,); higher is better."""
        if not texts:
            return np.empty(0, dtype=np.float32)
        pairs = [(query, text) for text in texts]
        scores = self._model.predict(pairs, batch_size=self._batch_size, show_progress_bar=False)
        return np.asarray(scores, dtype=np.float32).reshape(len(pairs))


def load_reranker(config: RerankConfig) -> Reranker | None:
    """Return the reranker the settings name, or None when it is switched off.

    Raises:
        EncoderError: The files are missing, unreadable or not a cross-encoder.
    """
    if not config.enabled:
        return None
    folder = model_folder(config.model)
    if folder.is_dir():
        return CrossEncoder(folder, config)
    if _HUB_NAME.fullmatch(config.model):
        return HubCrossEncoder(config)
    raise EncoderError(
        f"Reranker {config.model!r} is neither 'bundled', a folder nor a hub name.",
        hint="Set rerank.model to one of these; a hub name reads like 'owner/model'.",
    )


def blend(
    fused: Sequence[float], logits: Sequence[float], popularity: Sequence[float], config: RerankConfig
) -> NDArray[np.float32]:
    """Return the score to order the reranked head by: the weighted sum of standard scores within this head.

    Standard scores (zero mean, unit deviation) make reciprocal ranks, logits and counts comparable for any query. On
    texts of a kind that it was not trained on, the cross-encoder says the same of all items but for noise, or finds one
    unlike all others; so its spread counts as 0.25 at least (0.7 to 1.5 on the demo's films, 0.003 on the words of
    pictures), and its scores are cut off at 2.5.
    """
    parts = (
        standard(fused),
        config.weight * standard_logits(logits),
        config.popularity_weight * standard(np.log1p(np.asarray(popularity, dtype=np.float64))),
    )
    return np.asarray(sum(parts), dtype=np.float32)


def standard_logits(logits: Sequence[float] | NDArray[np.floating[Any]]) -> NDArray[np.float64]:
    """Return a cross-encoder's scores as ``blend`` counts them: standard scores, cut off either way."""
    return np.clip(standard(logits, least=_LEAST_SPREAD), -_FURTHEST, _FURTHEST)


def standard(values: Sequence[float] | NDArray[np.floating[Any]], *, least: float = 0.0) -> NDArray[np.float64]:
    """Return the values with zero mean and unit deviation, which is taken as ``least`` at least; zeros if all equal."""
    numbers = np.asarray(values, dtype=np.float64)
    if numbers.size == 0:
        return numbers
    deviation = max(float(numbers.std()), least)
    return (numbers - numbers.mean()) / deviation if deviation > 0 else np.zeros_like(numbers)


def model_folder(model: str) -> Path:
    """Return the folder of weights that a setting names: the shipped ones, or the folder itself."""
    if model == BUNDLED:
        return Path(str(resources.files(__package__).joinpath("models", "reranker")))
    return Path(model).expanduser()


def query_text(words: str, liked: Sequence[str] = (), wishes: Sequence[str] = ()) -> str:
    """Write the query the way the bundled model was trained: what is liked, what was settled, the latest words last.

    The end is what survives when the budget is short.
    """
    parts = []
    if liked:
        parts.append(f"Likes {', '.join(liked)}.")
    if wishes:
        parts.append(f"Wants {', '.join(wishes)}.")
    return " ".join([*parts, words.strip()]).strip()


def read_budget(folder: Path) -> TokenBudget:
    """Return the token budget beside the weights, or the defaults where the folder has none."""
    path = folder / "reranker.json"
    if not path.is_file():
        return TokenBudget()
    try:
        return TokenBudget.model_validate_json(path.read_bytes())
    except ValidationError as error:
        raise EncoderError(
            f"Reranker file {str(path)!r} is not valid: {error}", hint="Train again, or delete the file for defaults."
        ) from error


def _open_tokenizer(path: Path) -> Tokenizer:
    from tokenizers import Tokenizer

    try:
        tokenizer = Tokenizer.from_file(str(path))
    except Exception as error:  # the binding raises nothing narrower for an unreadable file
        raise EncoderError(
            f"Tokenizer {str(path)!r} cannot be read: {error}", hint="Copy the model's files again."
        ) from error
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


def _open_session(path: Path, threads: int) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    # Idle threads must not spin: the language model needs the same cores.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # the binding raises many unrelated types for an unusable file
        raise EncoderError(
            f"Model {str(path)!r} cannot be loaded: {error}", hint="Copy the model's files again."
        ) from error
