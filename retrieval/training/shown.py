"""Let the reranker learn from lists that were shown: what was liked better against what stood beside it.

`palate train reranker --from-feedback LOG`. Lists count by the weight of what was liked in them, one over its chance to
stand where it stood (see ``retrieval.feedback``): they are drawn that much oftener.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence

import numpy as np

from ..exploration import FeedbackError, Logged
from ..feedback import FeedbackConfig, FeedbackGroup, reranker_groups
from ..types import Item
from .corpus import Corpus, Task
from .pairs import Candidates, Domain, Group

NAME = "feedback"
_TUNE, _TEST = (0,), (1, 2)
"""Of each ten sessions, those to tune on and those to report."""
_SESSIONS = 10
_DRAWS = 4
"""Times as many draws as there are lists, so that weights are told apart."""


class ShownLists(Domain):
    """Requests of a log with the items shown for them; knows no other pool."""

    def __init__(
        self, lines: Sequence[Logged], texts: Mapping[str, str], seed: int, config: FeedbackConfig | None = None
    ) -> None:
        """Split the lists by session into parts to learn from, to tune on and to report.

        Args:
            lines: the log.
            texts: item texts by id; items without one are left out.
            seed: of the split and the draws.
            config: how lists are weighted.

        Raises:
            FeedbackError: the log has too few lists.
        """
        popular = {one.item_id: one.features for line in lines for one in line.impression.candidates}
        ids = sorted(set(texts) & set(popular))
        self._at = {item_id: at for at, item_id in enumerate(ids)}
        self.texts = [texts[item_id] for item_id in ids]
        self._popularity = [popular[item_id].get("popularity", 0.0) for item_id in ids]
        self._rng = random.Random(seed)
        self._shown: dict[Task, FeedbackGroup] = {}
        for group in reranker_groups(lines, config):
            task = self._task(group)
            if task is not None:
                self._shown[task] = group
        items = [
            Item(id=item_id, title=item_id, popularity=popularity)
            for item_id, popularity in zip(ids, self._popularity, strict=True)
        ]
        self.corpus = Corpus(NAME, items, self._parts())

    def answerable(self, part: str) -> list[Candidates]:
        """Return the lists of a part, each as often as its weight says."""
        found = self.candidates(part)
        if part != "train" or not found:
            return found
        weights = [max(self._weights(one.task)) for one in found]
        return self._rng.choices(found, weights, k=_DRAWS * len(found))

    def draw(self, found: Candidates, size: int, rng: random.Random) -> Group | None:
        """Return a liked item, what was liked less beside it, and items of the log at random to fill up."""
        task = found.task
        right = sorted(task.positives)
        wrong = [at for at in found.at if at not in task.positives]
        picked = rng.sample(wrong, min(len(wrong), size - 1))
        others = [at for at in range(len(self.texts)) if at not in found.at]
        if not picked or len(others) < size - 1 - len(picked):
            return None
        picked += rng.sample(others, size - 1 - len(picked))
        chosen = [rng.choices(right, self._weights(task))[0], *picked]
        return Group(task.query, tuple(self.texts[at] for at in chosen))

    def _candidates(self, task: Task, depth: int) -> Candidates:
        at = tuple(self._at[item_id] for item_id in self._shown[task].item_ids if item_id in self._at)[:depth]
        priors = {one: float(np.log1p(self._popularity[one])) for one in at}
        # In the order shown: what the reported figures call the fused order.
        return Candidates(task, at, tuple(1.0 / place for place in range(1, len(at) + 1)), priors)

    def _task(self, group: FeedbackGroup) -> Task | None:
        known = [(self._at[i], label) for i, label in zip(group.item_ids, group.labels, strict=True) if i in self._at]
        best = max((label for _, label in known), default=0)
        liked = frozenset(at for at, label in known if label == best)
        if not best or len(liked) == len(known):
            return None
        return Task(domain=NAME, group=group.session, query=group.query, positives=liked, turns=(group.turn,))

    def _weights(self, task: Task) -> list[float]:
        """Return the weights of what was liked, in the order of its positions."""
        group = self._shown[task]
        by_at = {self._at[i]: weight for i, weight in zip(group.item_ids, group.weights, strict=True) if i in self._at}
        return [weight for at, weight in sorted(by_at.items()) if at in task.positives]

    def _parts(self) -> dict[str, list[Task]]:
        sessions = sorted({task.group for task in self._shown})
        if len(sessions) < _SESSIONS:
            raise FeedbackError(
                f"The log has usable lists of {len(sessions)} sessions; {_SESSIONS} are needed to learn and to report.",
                hint="Collect more, and open the index that the log came from, so that its items have texts.",
            )
        self._rng.shuffle(sessions)
        place = {session: at % 10 for at, session in enumerate(sessions)}
        parts: dict[str, list[Task]] = {"train": [], "tune": [], "test": []}
        for task in self._shown:
            at = place[task.group]
            parts["tune" if at in _TUNE else "test" if at in _TEST else "train"].append(task)
        return parts
