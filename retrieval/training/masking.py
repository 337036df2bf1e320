"""Masked words (Devlin et al. 2019): hide some tokens of a text and predict them; the term beside a ranking loss."""

from __future__ import annotations

import torch
from torch import Tensor, nn

RATE = 0.15
"""Share of a text's tokens that are hidden."""
MASK_ID = 103
"""MiniLM's token for a hidden word."""
FIRST_WORD = 999
"""Tokens before this one are markers and unused places."""
_IGNORED = -100


class MaskedWords(nn.Module):
    """Predict hidden words; the last map is the frozen table of word vectors itself."""

    def __init__(self, words: Tensor) -> None:
        """Take the table of word vectors, shape (vocabulary, width)."""
        super().__init__()
        width = words.shape[1]
        self.register_buffer("words", words.detach(), persistent=False)
        self.dense = nn.Linear(width, width)
        self.norm = nn.LayerNorm(width)
        self.bias = nn.Parameter(torch.zeros(words.shape[0]))

    def loss(self, hidden: Tensor, labels: Tensor) -> Tensor:
        """Return the cross-entropy of the hidden words, 0 where none is hidden.

        Args:
            hidden: the last layer's output, shape (rows, tokens, width).
            labels: what ``hide_words`` gave, shape (rows, tokens).
        """
        asked = labels != _IGNORED
        if not bool(asked.any()):
            return hidden.sum() * 0.0
        inner = self.norm(nn.functional.gelu(self.dense(hidden[asked]).float()))
        words: Tensor = self.words  # type: ignore[assignment]
        return nn.functional.cross_entropy((inner @ words.T + self.bias).float(), labels[asked])


def hide_words(ids: Tensor, generator: torch.Generator, rate: float = RATE) -> tuple[Tensor, Tensor]:
    """Return the ids with words hidden, and labels that are -100 wherever nothing was asked.

    Of the words asked for, eight in ten are hidden, one is swapped for another and one stands as it is.
    """
    asked = (torch.rand(ids.shape, generator=generator) < rate) & (ids >= FIRST_WORD)
    labels = torch.where(asked, ids, torch.full_like(ids, _IGNORED))
    draw = torch.rand(ids.shape, generator=generator)
    other = torch.randint(FIRST_WORD, 30_000, ids.shape, generator=generator)
    hidden = torch.where(asked & (draw < 0.8), torch.full_like(ids, MASK_ID), ids)
    hidden = torch.where(asked & (draw >= 0.8) & (draw < 0.9), other, hidden)
    return hidden, labels
