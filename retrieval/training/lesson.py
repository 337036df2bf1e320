"""One backward pass of the reranker: the ranking loss, and beside it hidden words and the worst small step."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any

import torch
from torch import Tensor

from .config import TrainConfig
from .losses import LOSSES, adversarial_step, ranknet
from .masking import MaskedWords, hide_words
from .network import Network, arithmetic
from .pairs import Group, PairEncoder


class Lesson:
    """Computes gradients for groups; holds the network and the head that predicts hidden words."""

    def __init__(self, network: Network, encoder: PairEncoder, config: TrainConfig) -> None:
        """Take the network as it is trained, adapters in place."""
        self._network = network
        self._encoder = encoder
        self._config = config
        table: Tensor = network.embeddings.word_embeddings.weight
        self.words = MaskedWords(table)

    def learnt(self) -> list[torch.nn.Parameter]:
        """Return the weights that learn."""
        chosen = [weight for weight in self._network.parameters() if weight.requires_grad]
        return chosen + (list(self.words.parameters()) if self._config.mask_weight else [])

    def backward(self, groups: Sequence[Group], share: int = 1) -> float:
        """Add the gradient of ``1 / share`` of the groups' loss to the weights; return that part of the clean loss."""
        inputs = self.tensors([(group.query, text) for group in groups for text in group.texts])
        mask = inputs["attention_mask"]
        with torch.no_grad():
            vectors = self._network.embed(inputs["input_ids"], inputs["token_type_ids"])
        vectors.requires_grad_(self._config.adversarial > 0)
        loss = self._ranking(vectors, mask, len(groups)) / share
        loss.backward()  # type: ignore[no-untyped-call]
        if vectors.grad is not None:
            moved = vectors.detach() + adversarial_step(vectors.grad, self._config.adversarial)
            (self._ranking(moved, mask, len(groups)) / share).backward()  # type: ignore[no-untyped-call]
        if self._config.mask_weight:
            self._hidden_words(inputs, len(groups), share)
        return float(loss.item())

    def tensors(self, pairs: Sequence[tuple[str, str]]) -> dict[str, Tensor]:
        """Return pairs as padded token rows."""
        return {name: torch.from_numpy(rows) for name, rows in self._encoder.encode(pairs).items()}

    def _ranking(self, vectors: Tensor, mask: Tensor, groups: int) -> Tensor:
        with self._precision():
            logits = self._network.score(vectors, mask)
        rows = logits.float().view(groups, -1)
        loss = LOSSES[self._config.loss](rows)
        if self._config.pairwise_weight:
            loss = loss + self._config.pairwise_weight * ranknet(rows)
        return loss

    def _hidden_words(self, inputs: dict[str, Tensor], groups: int, share: int) -> None:
        """Add the gradient of predicting hidden words in the right pair of each group."""
        size = len(inputs["input_ids"]) // groups
        right = {name: rows[::size] for name, rows in inputs.items()}
        # The global generator's state lies in the checkpoint, so that a run that goes on hides the same words.
        generator = torch.Generator().manual_seed(int(torch.randint(0, 2**31, (1,)).item()))
        hidden, labels = hide_words(right["input_ids"], generator)
        with self._precision():
            vectors = self._network.embed(hidden, right["token_type_ids"])
            loss = self.words.loss(self._network.tokens(vectors, right["attention_mask"]), labels)
        (self._config.mask_weight * loss / share).backward()  # type: ignore[no-untyped-call]

    def _precision(self) -> AbstractContextManager[Any]:
        return arithmetic(self._config.precision)
