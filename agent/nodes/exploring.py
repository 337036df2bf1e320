"""Leave part of the order of a list to chance, where it is logged and the settings want it."""

from __future__ import annotations

from retrieval.exploration import Explorer, seed_of
from retrieval.types import Hit, Query, SearchResult

from ..feedback import Shown
from ..feedback.keeper import features_of
from ..settings import Settings
from ..turn import TurnState


class Exploring:
    """Draw the order of what a search found; a list that is not logged is never touched."""

    def __init__(self, settings: Settings) -> None:
        """Read the policy.

        Raises:
            FeedbackError: the bandit's state is missing or cannot be read.
        """
        self._explorer = Explorer(settings.exploration)

    def asking(self, query: Query, state: TurnState) -> Query:
        """Return the query with as many further items as a draw needs.

        A logged list has no other chance in it, such as that of the adventurous end of the dial: its chances would not
        be known.
        """
        if not state.get("logs"):
            return query
        return query.model_copy(update={"spare": self._explorer.spare(query.k), "seed": ""})

    def drawn(self, result: SearchResult, state: TurnState) -> tuple[SearchResult, Shown | None]:
        """Return the search with its hits in the order drawn, and what the log is to keep of it."""
        if not state.get("logs") or not result.hits:
            return result, None
        config, hits = self._explorer.config, (*result.hits, *result.spare)
        if not self._explorer.on:
            return result, Shown(config.mode, self._explorer.digest, 0, hits, None)
        seed = seed_of(state["session_id"], state["turn_id"])
        draw = self._explorer.draw([features_of(hit) for hit in hits], len(result.hits), seed)
        shown = tuple(_at(hits[candidate], rank) for rank, candidate in enumerate(draw.order, start=1))
        trial = Shown(config.mode, self._explorer.digest, seed, hits, draw)
        return result.model_copy(update={"hits": shown}), trial


def _at(hit: Hit, rank: int) -> Hit:
    return hit.model_copy(update={"rank": rank})
