"""Run the sweep: open the index, ask, measure, report."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from retrieval import RetrievalSettings, Retriever, load_encoder, load_reranker
from retrieval.types import Item

from ..benchmarks.guard_data import Half
from ..errors import EvalError
from ..provenance import commit, machine
from ..ranking.exposure import World
from .cases import Asked, noted_only, raters
from .cases import requests as drawn
from .figures import Step, chosen_place
from .report import DiversityReport, Source
from .sweep import K, Progress, RememberingEncoder, RememberingReranker, Sweeper

WORDS, RATERS = "requests in words", "raters"


class Setting(NamedTuple):
    """How large the sweep is."""

    requests: int
    """Requests in words."""
    users: int
    """Raters."""
    half: Half
    """``development`` for choosing settings, ``test`` for reporting."""
    seed: int
    """Of every draw."""


def measure(
    settings: RetrievalSettings, data: Path, setting: Setting, tell: Progress = lambda words: None
) -> DiversityReport:
    """Sweep the dial over the demo's catalogue.

    Args:
        settings: of the index, which must be the demo's.
        data: folder of the shared sets; without it no raters are asked, and the report says so.
        setting: how large the sweep is.
        tell: hears about progress.

    Raises:
        EvalError: the catalogue is not the demo's.
    """
    with _opened(settings) as retriever:
        films = retriever.facts.get(retriever.facts.ids())
    noted = noted_only(films)
    if not noted:
        raise EvalError("The sweep asks for films of the demo.", hint="Run it without a catalogue of your own.")
    known = {film.id for film in noted}
    unknown = tuple(film.id for film in films if film.id not in known)
    blocked = settings.model_copy(update={"safety": settings.safety.model_copy(update={"blocked_items": unknown})})
    sources, skipped, weights = [], [], []
    with _opened(blocked) as retriever:
        asked = drawn(noted, setting.half, setting.requests, setting.seed)
        sweeper = _sweeper(retriever, noted, settings, setting)
        sources.append(_source(WORDS, len(noted), asked, sweeper.steps(asked, tell)))
    with _opened(settings) as retriever:
        sweeper = _sweeper(retriever, films, settings, setting)
        try:
            mixed_by = settings.variety.mixed_by(retriever.schema)
            users = raters(data, films, mixed_by, setting.half, setting.users, setting.seed)
        except EvalError as error:
            skipped.append(f"{RATERS}: {error}")
        else:
            sources.append(_source(RATERS, len(films), users, sweeper.steps(users, tell)))
            weights = sweeper.weights(users, settings.variety.adventure, tell)
    return DiversityReport(
        half=setting.half,
        seed=setting.seed,
        k=K,
        sources=tuple(sources),
        weights=tuple(weights),
        chosen=chosen_place([source.steps for source in sources], setting.seed),
        default=settings.variety.adventure,
        machine=machine(),
        commit=commit(),
        skipped=tuple(skipped),
    )


@contextmanager
def _opened(settings: RetrievalSettings) -> Iterator[Retriever]:
    loaded = load_reranker(settings.rerank)
    retriever = Retriever.open(
        settings,
        encoder=RememberingEncoder(load_encoder(settings.index.encoder)),
        reranker=RememberingReranker(loaded) if loaded else None,
    )
    try:
        yield retriever
    finally:
        retriever.close()


def _sweeper(retriever: Retriever, films: Sequence[Item], settings: RetrievalSettings, setting: Setting) -> Sweeper:
    mixed_by = settings.variety.mixed_by(retriever.schema)
    return Sweeper(retriever, World({film.id: film for film in films}, retriever.vectors, mixed_by), setting.seed)


def _source(name: str, items: int, asked: Sequence[Asked], steps: Sequence[Step]) -> Source:
    groups = len({one.group for one in asked})
    return Source(name=name, items=items, searches=len(asked), groups=groups, steps=tuple(steps))
