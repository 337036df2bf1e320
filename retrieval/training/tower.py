"""The text encoder as torch trains it: the bundled MiniLM, mean over tokens, unit length.

Its lower layers stay as they are, so what they make of a text is worked out once and kept; only the upper layers learn.
"""

from __future__ import annotations

import copy
import os
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer
from torch import Tensor, nn

from ..encoders import half_precision
from .adapters import merge_adapters
from .network import encoder_folder, run_layer


class Tower(nn.Module):
    """Map token ids to unit vectors; queries and items share it."""

    def __init__(self, bert: Any, frozen: int) -> None:
        """Take a BERT without its pooler; freeze its word vectors and its first ``frozen`` layers."""
        super().__init__()
        self.embeddings = bert.embeddings.requires_grad_(False).eval()
        self.lower = nn.ModuleList(bert.encoder.layer[:frozen]).requires_grad_(False).eval()
        self.upper = nn.ModuleList(bert.encoder.layer[frozen:])
        self.heads: int = bert.config.num_attention_heads
        self.width: int = bert.config.hidden_size

    def train(self, mode: bool = True) -> Tower:
        """Switch dropout on or off in the upper layers; the lower ones never have any."""
        self.training = mode
        self.upper.train(mode)
        return self

    def embed(self, input_ids: Tensor) -> Tensor:
        """Return the word vectors as the first layer reads them, shape (rows, tokens, width)."""
        hidden: Tensor = self.embeddings(input_ids=input_ids)
        return hidden

    @torch.no_grad()
    def below(self, hidden: Tensor, mask: Tensor) -> Tensor:
        """Return the lower layers' output for word vectors."""
        for layer in self.lower:
            hidden = run_layer(layer, hidden, hidden, _bias(mask), self.heads)
        return hidden

    def tokens(self, hidden: Tensor, mask: Tensor) -> Tensor:
        """Return the last layer's output for the lower layers' output, shape (rows, tokens, width)."""
        for layer in self.upper:
            hidden = run_layer(layer, hidden, hidden, _bias(mask), self.heads)
        return hidden

    def forward(self, hidden: Tensor, mask: Tensor) -> Tensor:
        """Return float32 unit vectors, shape (rows, width), for the lower layers' output."""
        last, weight = self.tokens(hidden, mask).float(), mask.unsqueeze(-1).float()
        return nn.functional.normalize((last * weight).sum(1) / weight.sum(1), dim=-1)


def _bias(mask: Tensor) -> Tensor:
    return (1.0 - mask[:, None, None, :].float()) * -1e4


def load_tower(frozen: int) -> Tower:
    """Return the bundled MiniLM as a tower."""
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    from transformers import BertModel
    from transformers.utils import logging

    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    return Tower(BertModel.from_pretrained(encoder_folder()), frozen)


class Texts:
    """Texts as the lower layers leave them, bfloat16, made on first use and kept."""

    def __init__(self, tower: Tower, tokenizer: Tokenizer, length: int) -> None:
        """Take a tokenizer without padding; ``length`` is the most tokens a text keeps, markers counted."""
        self._tower = tower
        self._tokenizer = tokenizer
        self._length = length
        self._kept: dict[str, Tensor] = {}

    def ids(self, text: str) -> list[int]:
        """Return the tokens of a text with its markers, cut at the length."""
        ids: list[int] = self._tokenizer.encode(text).ids
        return ids if len(ids) <= self._length else [*ids[: self._length - 1], ids[-1]]

    def add(self, texts: Sequence[str], size: int = 64) -> None:
        """Run texts through the lower layers ahead of their use."""
        new = {text: self.ids(text) for text in dict.fromkeys(texts) if text not in self._kept}
        order = sorted(new, key=lambda text: len(new[text]))
        for start in range(0, len(order), size):
            batch = order[start : start + size]
            rows, mask = _padded([new[text] for text in batch])
            with torch.no_grad(), half_precision("auto"):
                hidden = self._tower.below(self._tower.embed(rows), mask).to(torch.bfloat16)
            for text, row in zip(batch, hidden, strict=True):
                self._kept[text] = row[: len(new[text])].clone()

    def padded(self, texts: Sequence[str]) -> tuple[Tensor, Tensor]:
        """Return the tokens, padded, and their mask, each of shape (rows, tokens)."""
        return _padded([self.ids(text) for text in texts])

    def batch(self, texts: Sequence[str]) -> tuple[Tensor, Tensor]:
        """Return the lower layers' output, padded, shape (rows, tokens, width), and its mask."""
        self.add(texts)
        rows = [self._kept[text] for text in texts]
        hidden = nn.utils.rnn.pad_sequence(rows, batch_first=True).float()
        mask = torch.zeros(hidden.shape[:2], dtype=torch.long)
        for at, row in enumerate(rows):
            mask[at, : len(row)] = 1
        return hidden, mask

    def by_length(self, texts: Sequence[str], size: int) -> Iterator[list[int]]:
        """Yield places in ``texts`` in batches of like length."""
        self.add(texts)
        order = sorted(range(len(texts)), key=lambda at: len(self._kept[texts[at]]))
        for start in range(0, len(order), size):
            yield order[start : start + size]


def _padded(rows: Sequence[list[int]]) -> tuple[Tensor, Tensor]:
    width = max(len(row) for row in rows)
    ids = torch.tensor([row + [0] * (width - len(row)) for row in rows])
    mask = torch.tensor([[1] * len(row) + [0] * (width - len(row)) for row in rows])
    return ids, mask


def encode_all(tower: Tower, texts: Sequence[str], rows: Texts, size: int = 64) -> NDArray[np.float32]:
    """Return one unit vector a text, shape (n, width)."""
    found = np.zeros((len(texts), tower.width), dtype=np.float32)
    # A copy with the adapters merged: their own small products would cost a third of the time.
    merged = copy.deepcopy(tower).eval()
    merge_adapters(merged)
    with torch.inference_mode(), half_precision("auto"):
        for places in rows.by_length(texts, size):
            found[places] = merged(*rows.batch([texts[at] for at in places])).numpy()
    return found
