"""Score items by how often they stand in the same dialogue as those mentioned."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Scores = NDArray[np.float32]


class CoMentions:
    """Score items by how often they stand in the same training dialogue as those mentioned, one's own left out."""

    def __init__(self, members: Mapping[str, Iterable[int]], items: int, damping: float = 0.3) -> None:
        """Count pairs over the training dialogues.

        Args:
            members: Positions of the items named in each dialogue.
            items: How many items the catalogue has.
            damping: Power of an item's count that its score is divided by; 0 leaves the well-known ones on top.
        """
        self._damping = damping
        self._members = {group: np.array(sorted(set(at)), dtype=np.int64) for group, at in members.items()}
        rows = [row for row, at in enumerate(self._members.values()) for _ in at]
        columns = [int(at) for group in self._members.values() for at in group]
        incidence = sparse.csr_matrix(
            (np.ones(len(rows), dtype=np.float32), (rows, columns)), shape=(len(members), items)
        )
        self._pairs = (incidence.T @ incidence).tocsr()
        self._counts = np.asarray(incidence.sum(axis=0), dtype=np.float32).ravel()

    @property
    def groups(self) -> frozenset[str]:
        """The dialogues counted."""
        return frozenset(self._members)

    def score(self, mentions: Sequence[int], group: str = "") -> Scores:
        """Return one score per item; what was counted in the dialogue ``group`` itself does not count."""
        total = np.zeros(self._counts.size, dtype=np.float32)
        own = self._members.get(group)
        for at in mentions:
            row = np.asarray(self._pairs[at].todense(), dtype=np.float32).ravel()
            count = self._counts[at]
            if own is not None and at in own:
                row[own] -= 1
                count -= 1
            total += row / np.sqrt(count + 1.0)
        return np.asarray(total / np.power(self._counts + 1.0, self._damping), dtype=np.float32)
