"""Order candidates: fuse the channels, rerank the head, then choose a varied list. Does not find or filter items."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from .candidates import Pool, Scores
from .errors import RetrievalError
from .filters import satisfies
from .fusion import RRF_K, best_first, calibrated_fusion, reciprocal_rank_fusion
from .grants import grants
from .leanings import UNASKED, Leanings, even_steps, within_reach
from .modalities.searching import CHANNELS
from .planner import SearchConfig, pool_size
from .rerank import RerankConfig, blend, query_text
from .texts import constraint_text, item_text
from .timing import Stopwatch
from .types import CatalogSchema, Constraint, Hit, Item, Query, Reranker
from .variety import VarietyConfig
from .variety.calibrate import Shares
from .variety.choose import Candidates, choose
from .variety.dial import explored
from .variety.tastes import target_mix
from .vectors import VectorTable

_FIRST_PLACE = 1.0 / (RRF_K + 1)
_STEP = 1e-3
"""How far items behind the reranked ones lie apart; only their order means anything."""


log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Ranked:
    """A varied list, and what was special about making it."""

    hits: list[Hit]
    """Best first; behind the k that were asked for, the spare ones."""
    pool: list[Item]
    """All candidates, in the order that the channels gave them."""
    problem: str = ""
    """Why the reranker did not run; empty when it did or is switched off."""
    leaned: tuple[str, ...] = ()
    """Ids of the leanings that changed the list."""
    missed_bounds: tuple[str, ...] = ()
    """Bounds on exposure that the list does not keep."""
    calibrated: bool = False
    """Whether the list was chosen to keep a mix of tastes."""
    wording: str = ""
    """What the cross-encoder is asked."""


@dataclass(frozen=True)
class _List:
    """Ids with scores, best first, and the bounds that they do not keep."""

    picks: list[tuple[str, float]]
    missed: tuple[str, ...]


@dataclass(frozen=True)
class Ranker:
    """Orders pools of one index; holds no state of its own, so threads may share it."""

    schema: CatalogSchema
    table: VectorTable
    config: SearchConfig
    rerank: RerankConfig
    reranker: Reranker | None
    variety: VarietyConfig = field(default_factory=VarietyConfig)

    def rank(self, query: Query, pool: Pool, liked: Sequence[Item], clock: Stopwatch) -> Ranked:
        """Return the pool's best, in order."""
        wishes = tuple(constraint for constraint in query.constraints if not constraint.hard)
        with clock("fuse"):
            shares = self._shares(pool, wishes)
            fused = self._with_wishes(self._fused(query, pool), shares)
            head = best_first(fused)[: max(self.rerank.depth, pool_size(query.k, self.config))]
        stages: dict[str, Scores] = {**pool.channels, "fused": fused}
        if wishes:
            stages["wishes"] = shares
        depth = self.rerank.depth if query.depth is None else query.depth
        with clock("rerank"):
            logits, problem = self._reranked(query, [pool.items[i] for i in head[:depth]], liked)
        final = {item_id: fused[item_id] for item_id in head}
        if logits:
            stages["rerank"] = logits
            final = self._blended(query, pool, final, logits)
            final = {item_id: score + self.config.wish_say * shares[item_id] for item_id, score in final.items()}
        with clock("diversify"):
            final = explored(final, query.exploration, query.seed)
            target = target_mix(query, liked, self.variety, self.schema)
            chosen = self._chosen(query, pool, final, target)
        leaned: tuple[str, ...] = ()
        if query.leanings:
            with clock("lean"):
                chosen, leaned = self._leaned(query, pool, final, shares, chosen, target)
        hits = [
            Hit(
                item=pool.items[item_id],
                rank=rank,
                score=score,
                stages={name: scores[item_id] for name, scores in stages.items() if item_id in scores},
                unmet=tuple(wish for wish in wishes if not satisfies(pool.items[item_id], wish, self.schema)),
            )
            for rank, (item_id, score) in enumerate(chosen.picks, start=1)
        ]
        candidates = [pool.items[item_id] for item_id in best_first(fused)]
        wording = self._wording(query, liked)
        return Ranked(hits, candidates, problem, leaned, chosen.missed, bool(target), wording)

    def _leaned(
        self,
        query: Query,
        pool: Pool,
        scores: Scores,
        shares: Mapping[str, float],
        chosen: _List,
        target: Shares,
    ) -> tuple[_List, tuple[str, ...]]:
        """Return the list as leanings would have it, and those it is owed to; the old list if a wish lost by it."""
        leanings = Leanings(query.leanings, self.schema, self.table)
        weight = query.leaning_weight
        if not query.asks:
            # Fame is all there is to go by, and its reciprocal ranks fall too steeply for anything to move.
            scores, weight = even_steps(scores), weight * UNASKED
        spread = float(np.std(list(scores.values()))) if scores else 0.0
        shifts = leanings.shifts({item_id: pool.items[item_id] for item_id in scores}, spread, weight)
        shifted = within_reach(scores, shifts, query.k, asked=query.asks)
        moved = self._chosen(query, pool, shifted, target)
        old, new = chosen.picks[: query.k], moved.picks[: query.k]
        if sum(shares[item_id] for item_id, _ in new) < sum(shares[item_id] for item_id, _ in old):
            return chosen, ()
        owed = leanings.owed([pool.items[i] for i, _ in old], [pool.items[i] for i, _ in new])
        return (moved, owed) if owed else (chosen, ())

    def _fused(self, query: Query, pool: Pool) -> Scores:
        weights = {
            "dense": self.config.dense_weight,
            "lexical": self.config.lexical_weight,
            "like": self.config.like_weight,
            "collaborative": self.config.collaborative_weight * pool.trust.get("collaborative", 1.0),
            "graph": self._graph_weight(pool),
        }
        senses = [name for name in CHANNELS if name in pool.channels]
        weights |= {name: self.config.senses.weight(name) * pool.trust.get(name, 1.0) for name in senses}
        rankings = {name: best_first(pool.channels[name]) for name in weights if name in pool.channels}
        fame = self._fame(query, searched=bool(rankings))
        # Where all are as well known, as in a catalogue without such a column, their order would only be that of ids.
        if not rankings or len({item.popularity for item in pool.items.values()}) > 1:
            known = sorted(pool.items, key=lambda item_id: (-pool.items[item_id].popularity, item_id))
            rankings["popularity"] = known if fame >= 0 else known[::-1]
        if senses and self.config.senses.fusion == "calibrated":
            named = {name: pool.channels[name] for name in weights if name in pool.channels}
            fused = calibrated_fusion(named, pool.background, weights)
            famed = reciprocal_rank_fusion({"popularity": rankings.get("popularity", [])}, {"popularity": abs(fame)})
            fused = {item_id: fused.get(item_id, 0.0) + famed.get(item_id, 0.0) for item_id in pool.items}
        else:
            fused = reciprocal_rank_fusion(rankings, weights | {"popularity": abs(fame)})
        return {item_id: fused.get(item_id, 0.0) for item_id in pool.items}

    def _graph_weight(self, pool: Pool) -> float:
        # What people liked together says all that shared facts say, and more, once enough likes are known.
        trusted = pool.trust.get("collaborative", 1.0) if "collaborative" in pool.channels else 0.0
        return self.config.graph.weight * (1.0 - min(1.0, self.config.collaborative_weight * trusted))

    def _fame(self, query: Query, *, searched: bool) -> float:
        # With nothing to search by, the pool is a stretch of the order of fame already, placed by the novelty dial.
        return self.config.popularity_weight - self.config.novelty_weight * query.novelty if searched else 1.0

    def _shares(self, pool: Pool, wishes: Sequence[Constraint]) -> Scores:
        """Return how far each item grants the soft wishes, 0 to 1; 0 where there are none."""
        tests = [grants(wish, self.schema) for wish in wishes]
        count = max(1, len(tests))
        return {item_id: sum(test(item) for test in tests) / count for item_id, item in pool.items.items()}

    def _with_wishes(self, scores: Scores, shares: Mapping[str, float]) -> Scores:
        bonus = self.config.wish_weight * _FIRST_PLACE
        return {item_id: score + bonus * shares[item_id] for item_id, score in scores.items()}

    def _reranked(self, query: Query, items: Sequence[Item], liked: Sequence[Item]) -> tuple[Scores, str]:
        wording = self._wording(query, liked)
        if self.reranker is None or not wording or not items:
            return {}, ""
        try:
            logits = self.reranker.score(wording, [item_text(item, self.schema) for item in items])
        except (RetrievalError, RuntimeError, ValueError, OSError) as error:
            log.warning("searching without the reranker: %s", error)
            return {}, f"rerank: {error}"
        return {item.id: float(logit) for item, logit in zip(items, logits, strict=True)}, ""

    def _wording(self, query: Query, liked: Sequence[Item]) -> str:
        wishes = [constraint_text(constraint, self.schema) for constraint in query.constraints]
        return query_text(query.text, [item.title for item in liked], wishes)

    def _blended(self, query: Query, pool: Pool, fused: Scores, logits: Scores) -> Scores:
        """Return one score per item of the head; what was not reranked follows, in its fused order."""
        # Whoever asks for little-known items gets no bonus for fame.
        fame = self.rerank.popularity_weight * (1.0 - 2.0 * max(0.0, query.novelty))
        ids = list(logits)
        scores = blend(
            [fused[item_id] for item_id in ids],
            [logits[item_id] for item_id in ids],
            [pool.items[item_id].popularity for item_id in ids],
            self.rerank.model_copy(update={"popularity_weight": fame}),
        )
        blended = dict(zip(ids, scores.tolist(), strict=True))
        last = min(blended.values())
        rest = [item_id for item_id in fused if item_id not in blended]
        return blended | {item_id: last - _STEP * place for place, item_id in enumerate(rest, start=1)}

    def _chosen(self, query: Query, pool: Pool, scores: Scores, target: Shares) -> _List:
        ranked = best_first(scores)
        ordered = [item_id for item_id, place in zip(ranked, self.table.ids.places(ranked), strict=True) if place >= 0]
        candidates = Candidates(
            [pool.items[item_id] for item_id in ordered],
            self.table.vectors(ordered),
            np.array([scores[item_id] for item_id in ordered], dtype=np.float32),
        )
        # Bounds hold for a list of k; with further items behind it they would be those of a longer one.
        wanted = query.k if self.variety.bounds else query.k + query.spare
        picks, missed = choose(candidates, wanted, query.diversity, self.variety, self.schema, target)
        return _List([(ordered[place], score) for place, score in picks], missed)
