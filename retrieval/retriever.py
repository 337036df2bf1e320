"""Search one index: the facade that the agent uses. Knows nothing of conversations."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace

import numpy as np
from threadpoolctl import threadpool_limits

from .candidates import Finder, Pool, Search, Taste
from .chroma import ChromaIndex
from .collaborative import CollaborativeModel
from .collaborative.channel import Companions, open_channel
from .encoders import load_encoder
from .errors import CollaborativeError, EncoderError, IndexFailedError, IndexMismatchError
from .facts import Facts
from .fingerprint import check_manifest
from .graph import Connections, GraphSource, SharedFact
from .index import BUILD, IndexFolder, Manifest
from .lexical import TantivyIndex
from .modalities.known import encoders_for
from .modalities.opening import open_senses
from .modalities.searching import Searcher, Sensed
from .modalities.types import Encoders
from .planner import SearchConfig
from .ranking import Ranked, Ranker
from .relax import relaxations
from .rerank import load_reranker
from .settings import RetrievalSettings
from .texts import constraint_text, unexplained
from .timing import Stopwatch
from .types import CatalogSchema, Query, Reranker, SearchResult, TextEncoder, Vectors
from .variety import VarietyConfig, resolved
from .variety.bounds import check_bounds
from .vectors import VectorTable

log = logging.getLogger(__name__)


class Retriever:
    """Finds and orders items; safe to share between threads."""

    def __init__(
        self,
        manifest: Manifest,
        finder: Finder,
        ranker: Ranker,
        encoder: TextEncoder,
        *,
        variety: VarietyConfig | None = None,
        collaborative: CollaborativeModel | None = None,
        graph: GraphSource | None = None,
        senses: Searcher | None = None,
        degraded: Sequence[str] = (),
        resources: ExitStack | None = None,
    ) -> None:
        """Take opened parts; use ``open`` for an index on disk."""
        self.manifest = manifest
        self.facts: Facts = finder.facts
        self.schema: CatalogSchema = finder.facts.schema
        self._finder = finder
        self._ranker = ranker
        self._encoder = encoder
        self.variety = variety or VarietyConfig()
        self._collaborative = collaborative
        self._graph = graph
        self.senses = senses or Searcher({}, finder.config.senses.weight)
        self._degraded = tuple(degraded)
        self._resources = resources or ExitStack()

    @classmethod
    def open(
        cls,
        settings: RetrievalSettings,
        *,
        encoder: TextEncoder | None = None,
        reranker: Reranker | None = None,
        media: Encoders | None = None,
    ) -> Retriever:
        """Open the index that serves; loads no model but the reranker's.

        Args:
            settings: where the index lies, and what it must have been built from.
            encoder: stands in for the one in the settings.
            media: encoders of pictures, sounds and films that stand in for those in the settings.
            reranker: stands in for the one in the settings; a reranker that cannot be loaded degrades every search.

        Raises:
            IndexMissingError: there is no index.
            IndexMismatchError: it was built from another catalogue, schema or encoder.
            EncoderError: the encoder is not installed.
            ConstraintError: the safety rules or the bounds on exposure do not fit the catalogue.
        """
        _limit_blas()
        generation = IndexFolder(settings.index).current()
        manifest = generation.read()
        encoder = encoder or load_encoder(settings.index.encoder)
        media = encoders_for(settings.catalog, settings.index, media)
        check_manifest(manifest, settings, encoder, media)
        degraded = []
        try:
            reranker = reranker or load_reranker(settings.rerank)
        except EncoderError as error:
            degraded.append(f"rerank: {error}")
        with ExitStack() as stack:
            facts = Facts.open(generation.facts, settings.safety)
            stack.callback(facts.close)
            # How values are written is no part of the index, so it comes from the settings as they are now.
            facts.schema = settings.catalog.schema()
            vectors = ChromaIndex.open(generation.vector_place, generation.collection)
            stack.callback(vectors.close)
            table = VectorTable.open(generation.folder)
            if not table.ids.same_as(facts.order()):
                raise IndexMismatchError(
                    f"Facts and vectors of the index at {str(generation.folder)!r} differ.", hint=f"Rebuild it: {BUILD}"
                )
            table.ids = facts.order()  # one copy in memory
            collaborative = None
            if settings.collaborative.model is not None:
                try:
                    collaborative = open_channel(settings.collaborative.model, table.ids)
                except CollaborativeError as error:
                    degraded.append(f"collaborative: {error}")
            senses = open_senses(
                manifest.modalities,
                media,
                encoder,
                generation.folder,
                generation.media_place,
                generation.collection,
                table.ids,
                stack,
            )
            finder = Finder(facts, table, vectors, TantivyIndex.open(generation.lexical), settings.search)
            check_bounds(settings.variety.bounds, facts.schema)
            ranker = Ranker(facts.schema, table, settings.search, settings.rerank, reranker, settings.variety)
            return cls(
                manifest,
                finder,
                ranker,
                encoder,
                variety=settings.variety,
                collaborative=collaborative,
                graph=GraphSource(facts, generation.folder, settings.search.graph),
                senses=Searcher(senses, settings.search.senses.weight),
                degraded=degraded,
                resources=stack.pop_all(),
            )

    def varied(self, variety: VarietyConfig) -> Retriever:
        """Return a retriever over the same open parts with other settings of variety; only the first is to be closed.

        Raises:
            ConstraintError: the bounds do not fit the catalogue.
        """
        check_bounds(variety.bounds, self.schema)
        ranker = replace(self._ranker, variety=variety)
        return Retriever(
            self.manifest,
            self._finder,
            ranker,
            self._encoder,
            variety=variety,
            collaborative=self._collaborative,
            graph=self._graph,
            senses=self.senses,
            degraded=self._degraded,
        )

    def searching(self, search: SearchConfig) -> Retriever:
        """Return a retriever over the same open parts that weighs its channels otherwise; close only the first.

        How far the graph reaches stays as it was opened.
        """
        return Retriever(
            self.manifest,
            replace(self._finder, config=search),
            replace(self._ranker, config=search),
            self._encoder,
            variety=self.variety,
            collaborative=self._collaborative,
            graph=self._graph,
            senses=self.senses.weighed(search.senses.weight),
            degraded=self._degraded,
        )

    def vectors(self, item_ids: Sequence[str]) -> Vectors:
        """Return the unit rows of items, shape (n, dimension); ids that are not in the index are left out."""
        return self._finder.table.vectors(item_ids)

    def warm(self) -> None:
        """Load the models now, so that the first search is as fast as the next."""
        self.search(Query(text="anything", k=1))

    def search(self, query: Query) -> SearchResult:
        """Return the best k items; blocking, for tens of milliseconds plus the reranker.

        Every hit satisfies every hard constraint and is none of the excluded, liked or disliked items. A part that
        fails is named in ``degraded`` and the search goes on without it.

        Raises:
            ConstraintError: a constraint does not fit the schema.
            IndexFailedError: the facts, which nothing can stand in for, cannot be read.
            MediaError: the query's picture or sound cannot be read.
        """
        clock = Stopwatch()
        query = resolved(query, self.variety)
        degraded = list(self._degraded)
        hard = tuple(constraint for constraint in query.constraints if constraint.hard)
        with clock("plan"):
            eligible = self.facts.count(hard)
            search = Search(self._finder, query)
            plan = search.plan(self.manifest.items, eligible)
            hints = relaxations(self.facts, hard) if eligible < query.k else ()
        if plan.kind == "empty":
            return SearchResult(
                hits=(),
                eligible=0,
                plan="empty",
                relaxations=hints,
                timings_ms=clock.milliseconds(),
                degraded=(*degraded, *search.problems),
            )
        with clock("collaborative"):
            companions = self._companions(query)
        with clock("graph"):
            connections = None if self._graph is None else self._graph.connections(query)
        pool = self._pool(query, search, companions, connections, clock, degraded)
        degraded += search.problems
        liked = self.facts.get(query.like_ids)
        ranked = self._ranker.rank(query, pool, liked, clock)
        return SearchResult(
            hits=tuple(ranked.hits[: query.k]),
            spare=tuple(ranked.hits[query.k :]),
            wording=ranked.wording,
            pool=tuple(ranked.pool),
            eligible=eligible,
            plan=plan.kind,
            relaxations=hints,
            leaned=self._leaned(ranked, companions),
            missed_bounds=ranked.missed_bounds,
            calibrated=ranked.calibrated,
            timings_ms=clock.milliseconds(),
            degraded=(*degraded, ranked.problem) if ranked.problem else tuple(degraded),
        )

    def similar(self, item_ids: Sequence[str], k: int) -> list[tuple[str, float]]:
        """Return up to k other items nearest to the mean of these, with cosines; unknown ids are ignored."""
        liked = self._finder.table.vectors(item_ids)
        if len(liked) == 0:
            return []
        mean = liked.mean(axis=0)
        toward, size = (mean / np.linalg.norm(mean)).astype(np.float32), k + len(liked)
        try:
            found = self._finder.vectors.query(toward, size)
        except IndexFailedError as error:
            log.warning("comparing all items one by one: %s", error)
            table = self._finder.table
            rows, scores = table.nearest(toward, np.ones(len(table), dtype=np.bool_), size)
            found = list(zip(table.ids.at(rows), scores.tolist(), strict=True))
        shown = {item.id for item in self.facts.get([item_id for item_id, _ in found])}
        return [(item_id, score) for item_id, score in found if item_id in shown.difference(item_ids)][:k]

    def shared(self, item_ids: Sequence[str], liked_ids: Sequence[str]) -> dict[str, tuple[SharedFact, ...]]:
        """Return the facts that each item shares with liked ones, the rarest first; unknown ids share nothing."""
        return {} if self._graph is None else self._graph.shared(item_ids, liked_ids)

    def close(self) -> None:
        """Release files and connections."""
        self._resources.close()

    def _companions(self, query: Query) -> Companions | None:
        if self._collaborative is None:
            return None
        return Companions(self._collaborative, query, self._finder.config.dislike_share) or None

    def _leaned(self, ranked: Ranked, companions: Companions | None) -> tuple[str, ...]:
        owed = () if companions is None else companions.owed([hit.item.id for hit in ranked.hits])
        return tuple(dict.fromkeys((*ranked.leaned, *owed)))

    def _pool(
        self,
        query: Query,
        search: Search,
        companions: Companions | None,
        connections: Connections | None,
        clock: Stopwatch,
        degraded: list[str],
    ) -> Pool:
        pool = Pool()
        taste = self._finder.taste(query)
        vector = self._search_text(query, search, pool, clock, degraded)
        with clock("senses"):
            sensed = self.senses.search(query, query.text.strip(), vector, search)
            pool.channels |= {name: found for name, found in sensed.channels.items() if found}
            pool.trust |= sensed.trust
            degraded += sensed.degraded
        with clock("like"):
            if found := search.tasteful(taste):
                pool.channels["like"] = found
        ids = dict.fromkeys(item_id for scores in pool.channels.values() for item_id in scores)
        for name, one in (("collaborative", companions), ("graph", connections)):
            if one is not None:
                with clock(name):
                    ids |= dict.fromkeys(search.allowed(one.best()))
        with clock("facts"):
            if len(ids) < query.k:
                ids |= dict.fromkeys(search.known())
            ids |= dict.fromkeys(search.bounded(self.variety.bounds))
            if search.soft:
                ids |= dict.fromkeys(search.wished())
            if query.leanings and not query.asks:
                ids |= dict.fromkeys(search.leaned())
            pool.items = search.items(ids)
        with clock("like"):
            self._score_taste(pool, taste)
        if sensed.probes:
            with clock("senses"):
                sensed.rescore(list(pool.items))
                pool.channels |= {name: found for name, found in sensed.channels.items() if found}
                pool.background = sensed.background | self._usual(vector, taste, sensed)
                if vector is not None:
                    self._score_texts(pool, vector)
        _score_company(pool, companions, connections)
        return pool

    def _search_text(
        self, query: Query, search: Search, pool: Pool, clock: Stopwatch, degraded: list[str]
    ) -> Vectors | None:
        """Search by meaning and by word; return the words as a vector, None where there are none or no encoder."""
        text = query.text.strip()
        if not text:
            return None
        vector: Vectors | None = None
        meaning = ". ".join([text, *(constraint_text(wish, self.schema) for wish in search.soft)])
        try:
            with clock("encode"):
                vector = self._encoder.encode_query([meaning])[0]
        except (EncoderError, OSError, RuntimeError, ValueError) as error:
            log.warning("searching without the encoder: %s", error)
            degraded.append(f"dense: {error}")
        else:
            with clock("dense"):
                pool.channels["dense"] = search.near(vector)
        with clock("lexical"):
            if words := unexplained(text, search.hard):
                pool.channels["lexical"] = search.worded(words)
        return vector

    def _score_texts(self, pool: Pool, vector: Vectors) -> None:
        """Let meaning speak about every candidate, also those that only their picture or sound brought."""
        ids = [item_id for item_id in pool.items if item_id in self._finder.table]
        scores = self._finder.table.vectors(ids) @ vector
        pool.channels["dense"] = dict(zip(ids, scores.tolist(), strict=True))

    def _usual(self, vector: Vectors | None, taste: Taste, sensed: Sensed) -> dict[str, tuple[float, float]]:
        """Return mean and spread of what any item scores in the channels that compare texts."""
        asked = {probe.channel: probe.vector for probe in sensed.probes if probe.space is None}
        if vector is not None:
            asked["dense"] = vector
        rows = self._finder.table.cohort()
        scores = {channel: rows @ one for channel, one in asked.items()}
        if taste:
            scores["like"] = taste.scores(rows)
        return {channel: (float(some.mean()), float(some.std())) for channel, some in scores.items()}

    def _score_taste(self, pool: Pool, taste: Taste) -> None:
        """Let likes and dislikes speak about every candidate, whichever channel found it."""
        if not taste:
            return
        ids = [item_id for item_id in pool.items if item_id in self._finder.table]
        scores = taste.scores(self._finder.table.vectors(ids))
        pool.channels["like"] = dict(zip(ids, scores.tolist(), strict=True))


def _score_company(pool: Pool, companions: Companions | None, connections: Connections | None) -> None:
    """Let who liked what, and what has what in common, speak about every candidate."""
    if companions is not None:
        pool.channels["collaborative"] = companions.of(pool.items)
        pool.trust["collaborative"] = companions.trust
    if connections is not None:
        pool.channels["graph"] = connections.of(pool.items)


def _limit_blas() -> None:
    """Keep numpy's linear algebra on one thread in this process.

    A search multiplies matrices for about ten milliseconds. A second thread saves little of that on an idle machine; on
    one busy with a language model the wait for it took 1.5 s where one thread took 0.05.
    """
    threadpool_limits(limits=1, user_api="blas")
