"""Set a simulation up: draw needs, and build the cast for one catalogue."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, NamedTuple

from retrieval.types import CatalogSchema, Item

from .config import load_users
from .leaks import Detector
from .needs import NeedMaker, needs_from_facts
from .ratings import data_folder, needs_from_ratings, read_likes
from .run import Cast
from .types import MAX_TURNS, Need
from .wants import Maker
from .wording import load_phrases


class Setting(NamedTuple):
    """Everything a run needs besides the systems."""

    cast: Cast
    needs: list[Need]
    detector: Detector

    @property
    def untestable(self) -> int:
        """How many needs have a title that could be named without anybody telling."""
        return sum(not all(self.detector.testable(title) for title in need.titles) for need in self.needs)


def set_up(
    schema: CatalogSchema,
    items: Iterable[Item],
    count: int,
    seed: int,
    source: Literal["facts", "ratings", "both"],
    volunteer: float | None = None,
    turns: int = MAX_TURNS,
) -> Setting:
    """Return needs and cast.

    Args:
        schema: the catalogue's attributes.
        items: all its items.
        count: how many needs to draw; with ``both``, half from each source.
        seed: fixes everything that is drawn.
        source: where needs come from.
        volunteer: how often users say unasked what is wrong or missing, 0 to 1; None keeps each type's own rate.
        turns: after which every dialogue ends.

    Raises:
        DataMissingError: ratings are asked for and not there.
    """
    by_id = {item.id: item for item in items}
    users, phrases = load_users(volunteer), load_phrases()
    detector = Detector(schema, phrases)
    common = users.common
    maker = NeedMaker(by_id, Maker(schema, by_id.values(), common), detector, common.mind, common.latent)
    needs: list[Need] = []
    if source in ("facts", "both"):
        needs += needs_from_facts(maker, count if source == "facts" else count - count // 2, seed)
    if source in ("ratings", "both"):
        likes = read_likes(data_folder(), by_id.values())
        needs += needs_from_ratings(maker, likes, count if source == "ratings" else count // 2, seed)
    return Setting(Cast(schema, by_id, users, phrases, turns), needs, detector)
