"""Draw hidden needs from the facts of a catalogue: a target, and what somebody after it would want, in words."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence

from retrieval.types import Item

from .leaks import Detector
from .types import Knowledge, Need, Source, Want
from .wants import Maker

_MOST_TRIES = 20


class NeedMaker:
    """Makes needs from items; wants whose words would give the target away are left out."""

    def __init__(self, items: Mapping[str, Item], maker: Maker, detector: Detector, mind: tuple[int, int], latent: int):
        """Take the catalogue by id and how much users have in mind."""
        self.items = items
        self._maker = maker
        self._detector = detector
        self._mind = mind
        self._latent = latent

    def need(
        self,
        target: Item,
        need_id: str,
        rng: random.Random,
        *,
        source: Source = "facts",
        liked: Sequence[str] = (),
        known_ids: Sequence[str] = (),
    ) -> Need | None:
        """Return a need with this target, or None when its facts say too little to want it by."""
        wants = [want for want in self._maker.wants(target, rng) if not self._tells(want, target)]
        count = rng.randint(*self._mind)
        if len(wants) < self._mind[0]:
            return None
        told = [title for title in liked if not self._detector.why(title, (target.id,), (target.title,))]
        knowledge = Knowledge(
            wants=tuple(wants[:count]), latent=tuple(wants[count : count + self._latent]), liked=tuple(told)
        )
        return Need(
            id=need_id,
            source=source,
            knowledge=knowledge,
            targets=(target.id,),
            titles=(target.title,),
            known_ids=tuple(known_ids),
        )

    def _tells(self, want: Want, target: Item) -> bool:
        return any(
            self._detector.why(words, (target.id,), (target.title,)) for words in (*want.wordings, want.decoy) if words
        )


def needs_from_facts(maker: NeedMaker, count: int, seed: int) -> list[Need]:
    """Return needs with targets from the whole catalogue: every other one drawn by popularity, the rest evenly.

    Args:
        maker: makes a need of a target.
        count: how many.
        seed: fixes targets and wants; more needs begin with the same ones.
    """
    items = sorted(maker.items.values(), key=lambda item: item.id)
    popularity = [item.popularity for item in items]
    needs = []
    for number in range(count):
        rng = random.Random(f"{seed}/facts/{number}")
        for _ in range(_MOST_TRIES):
            known = number % 2 == 0 and any(popularity)
            target = rng.choices(items, weights=popularity)[0] if known else rng.choice(items)
            need = maker.need(target, f"facts-{number}", rng)
            if need is not None:
                needs.append(need)
                break
    return needs
