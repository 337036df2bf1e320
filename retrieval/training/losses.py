"""What a reranker can learn from a group: one right answer against several wrong ones."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import torch
from torch import Tensor
from torch.nn import functional

Ranking = Literal["listwise", "ranknet", "margin"]


def listwise(logits: Tensor) -> Tensor:
    """Return the softmax loss of the first of each row, shape (groups, texts)."""
    return functional.cross_entropy(logits, torch.zeros(len(logits), dtype=torch.long))


def ranknet(logits: Tensor) -> Tensor:
    """Return the logistic loss of the first of each row against each other (Burges et al. 2005)."""
    loss: Tensor = functional.softplus(logits[:, 1:] - logits[:, :1]).mean()
    return loss


def margin(logits: Tensor, gap: float = 1.0) -> Tensor:
    """Return by how much the first of each row fails to lead each other by ``gap``."""
    return functional.relu(gap + logits[:, 1:] - logits[:, :1]).mean()


LOSSES: dict[Ranking, Callable[[Tensor], Tensor]] = {"listwise": listwise, "ranknet": ranknet, "margin": margin}


def adversarial_step(gradient: Tensor, size: float) -> Tensor:
    """Return the worst small step of each row's word vectors (Miyato, Dai and Goodfellow 2017).

    Args:
        gradient: of the loss by the word vectors, shape (rows, tokens, width).
        size: length of the step over all of a row's tokens.
    """
    lengths = gradient.flatten(1).norm(dim=1).clamp_min(1e-12)
    step: Tensor = size * gradient / lengths[:, None, None]
    return step
