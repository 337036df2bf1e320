"""The parts that the steps of a turn work with, opened once and shared by all sessions."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np

from retrieval import Facts, Retriever, everyday_words
from retrieval.types import CatalogSchema, Constraint, Item, Query, SearchResult

from .breaker import Breaker
from .elicitation import share_behind, weigh
from .guard_items import told
from .policy import Choice
from .settings import Settings
from .shedding import LEFT_OUT, LoadConfig, Shedder, depth
from .types import ChatModel, Conversation
from .understanding import LexicalUnderstander, ModelUnderstander, Vocabulary
from .uploads import UploadKeeper
from .voices import Voices

Result = TypeVar("Result")
_SAMPLE = 250
"""Items, beside those that a search chose from, that questions are weighed by; reading them takes about 15 ms."""


@dataclass
class ModelGate:
    """The language model, if there is one and it answers."""

    model: ChatModel | None
    why_none: str = ""
    """Kind of degradation to report when there is no model: ``model_off`` or ``model_down``."""
    breaker: Breaker = field(default_factory=Breaker)

    def open(self) -> ChatModel | None:
        """Return the model, or None while it is absent or resting after a failure."""
        return self.model if self.model is not None and self.breaker.allows() else None

    @property
    def reason(self) -> str:
        """Why ``open`` returns None."""
        return self.why_none or "model_down"


def _threads(config: LoadConfig | None = None) -> ThreadPoolExecutor:
    return ThreadPoolExecutor((config or LoadConfig()).pool_size(), thread_name_prefix="palate-search")


@dataclass
class Parts:
    """Everything that a turn needs; nothing here belongs to one session."""

    settings: Settings
    retriever: Retriever
    gate: ModelGate
    lexical: LexicalUnderstander
    reader: ModelUnderstander
    voices: Voices
    """Languages that replies are written in."""
    uploads: UploadKeeper
    """Pictures and sounds that users sent."""
    coverage: Mapping[str, float] = field(default_factory=dict)
    """Share of all items that have an attribute."""
    pool: ThreadPoolExecutor = field(default_factory=_threads)
    load: Shedder = field(default_factory=lambda: Shedder(LoadConfig()))
    """How long calls wait for the pool, and what is left out then."""

    @property
    def schema(self) -> CatalogSchema:
        """The catalogue's attributes."""
        return self.retriever.schema

    @property
    def facts(self) -> Facts:
        """The catalogue's facts."""
        return self.retriever.facts

    def items(self, ids: Sequence[str]) -> list[Item]:
        """Return items as readers may be told of them; unknown ids are skipped."""
        return [told(item) for item in self.facts.get(ids)]

    def choice(self, result: SearchResult, hard: Sequence[Constraint]) -> Choice:
        """Return what the policy weighs questions by: what a search chose from, and what else fits its conditions.

        The pool leans to the best known; whoever is not served by it looks for something further down. So items from
        the best to the least known, evenly spaced, stand for all the others.
        """
        order, fitting = self.facts.order(), self.facts.mask(hard)
        ranked = order.places([item.id for item in result.pool])
        fitting[ranked[ranked >= 0]] = False
        others = np.flatnonzero(fitting)
        step = max(1, -(-len(others) // _SAMPLE))
        sample = self.facts.get(order.at(others[::step]))
        return Choice(weigh(result.pool, others=sample, share=share_behind(len(ranked), len(others))), self.coverage)

    def search(self, query: Query) -> SearchResult:
        """Search as thoroughly as the load allows; blocking. What was left out stands in ``degraded``."""
        usual = self.settings.rerank
        doing = self.load.rank(usual.threads)
        if not usual.enabled or doing not in LEFT_OUT:
            return self.retriever.search(query)
        found = self.retriever.search(query.model_copy(update={"depth": depth(doing, self.load.config, usual.depth)}))
        return found.model_copy(update={"degraded": (*found.degraded, LEFT_OUT[doing])})

    def looking(self, query: Query, conversation: Conversation) -> Query:
        """Return the query with the picture and the sound that are searched by; blocking. Expired ones are left out."""
        data = {upload.kind: self.uploads.read(upload) for upload in conversation.uploads}
        return query.model_copy(update={"image": data.get("image"), "audio": data.get("audio")})

    async def blocking(self, call: Callable[..., Result], *args: object) -> Result:
        """Run a blocking call in the bounded pool."""
        waits = self.load.waits
        number, begun = waits.enter(), False

        def begin() -> Result:
            nonlocal begun
            begun = True
            waits.start(number)
            try:
                return call(*args)
            finally:
                waits.end(number)

        try:
            return await asyncio.get_running_loop().run_in_executor(self.pool, begin)
        finally:
            if not begun:
                waits.end(number)  # the turn was cancelled in line


def read_vocabulary(facts: Facts) -> tuple[Vocabulary, dict[str, float]]:
    """Return the words of a catalogue and the share of items that have each attribute; takes a second or two."""
    schema = facts.schema
    values = {
        spec.name: facts.values(spec.name) for spec in schema.attributes if spec.kind in ("category", "categories")
    }
    coverage = {spec.name: facts.coverage(spec.name) for spec in schema.attributes}
    return Vocabulary(schema, values, facts.titles(), everyday_words()), coverage


def build_parts(settings: Settings, retriever: Retriever, gate: ModelGate, *, beside: Parts | None = None) -> Parts:
    """Return the parts over an open retriever, with threads of their own unless they serve ``beside`` others."""
    vocabulary, coverage = read_vocabulary(retriever.facts)
    # What words are called in other languages is read afresh, so that a new wording asks for no new index.
    schema = retriever.schema.model_copy(update={"languages": settings.catalog.schema().languages})
    lexical = LexicalUnderstander(
        schema,
        vocabulary,
        items=retriever.facts.get,
        count=retriever.facts.count,
        coverage=coverage,
        adventure=settings.variety.adventure,
    )
    reader = ModelUnderstander(retriever.schema, vocabulary, settings.understanding)
    return Parts(
        settings=settings,
        retriever=retriever,
        gate=gate,
        lexical=lexical,
        reader=reader,
        voices=Voices(retriever.schema),
        uploads=UploadKeeper(settings.data_dir / "uploads", settings.uploads),
        coverage=coverage,
        pool=beside.pool if beside is not None else _threads(settings.shedding),
        load=beside.load if beside is not None else Shedder(settings.shedding),
    )
