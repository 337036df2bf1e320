"""Sharpen a linear map by contrast: each row must lie nearer to its own text than to the others', and the other way.

The loss is InfoNCE in both directions (van den Oord et al. 2018; Radford et al. 2021). It starts from a regression and
is pulled back to it, since a few hundred pairs can be learnt by heart. How long it learns is decided on held-out parts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from ..modalities.types import Linear
from ..types import Vectors

_TEMPERATURE = 0.07
_PULL = 1.0
"""Weight of the mean squared way from the regression, in its own mean squares."""
_STRIDE = 0.02
"""Length of a step, in the regression's root mean square."""
_BATCH = 1024


def sharpened(
    start: Linear,
    rows: Vectors,
    texts: Vectors,
    named: Vectors | None,
    share: float,
    steps: Sequence[int],
    seed: int,
) -> Iterator[Linear]:
    """Yield the map after each number of steps, which must rise.

    Args:
        start: where to begin.
        rows: shape (n, dimension of rows).
        texts: unit rows that they should find and be found by, shape (n, dimension of texts).
        named: what names of classes say of the rows, shape (n, dimension of texts), or None.
        share: weight of that beside what is learnt.
        steps: when to yield.
        seed: of the batches.
    """
    import torch
    from torch.nn.functional import cross_entropy, normalize

    centre, spread = rows.mean(axis=0), rows.std(axis=0)
    spread = spread + 0.01 * spread.mean() + 1e-12
    seen = torch.from_numpy(((rows - centre) / spread).astype(np.float32))
    wanted = torch.from_numpy(texts.astype(np.float32))
    also = torch.from_numpy((named * np.float32(share)).astype(np.float32)) if named is not None else None
    first = torch.from_numpy((start.weights * spread[:, None]).astype(np.float32))
    shift = centre @ start.weights
    offsets = [torch.from_numpy((one + shift).astype(np.float32)) for one in (start.offset, start.asking)]
    weights = first.clone().requires_grad_()
    square = first.square().mean()
    optimizer = torch.optim.Adam([weights], lr=_STRIDE * float(square.sqrt()))
    draws = np.random.default_rng(seed)
    for step in range(max(steps) + 1):
        if step in steps:
            found = weights.detach().numpy() / spread[:, None]
            moved = [(one.numpy() - centre @ found).astype(np.float32) for one in offsets]
            yield Linear(found.astype(np.float32), *moved)
        some = torch.from_numpy(draws.permutation(len(seen))[:_BATCH])
        mapped = [normalize(seen[some] @ weights + one, dim=1) for one in offsets]
        if also is not None:
            mapped = [normalize(one + also[some], dim=1) for one in mapped]
        found_by, asking = (one @ wanted[some].T / _TEMPERATURE for one in mapped)
        right = torch.arange(len(some))
        loss = (cross_entropy(found_by.T, right) + cross_entropy(asking, right)) / 2
        loss = loss + _PULL * (weights - first).square().mean() / square
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
