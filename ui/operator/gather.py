"""Gather what the operator's page shows; everything here is counts, names of parts and times."""

from __future__ import annotations

import asyncio
import statistics
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from agent import Recommender
from retrieval.types import Value

from ..language import ENGLISH
from .recent import STAGES, Recent, TurnSeen

REACTIONS_DAYS = 7
_ENOUGH_FOR_TAILS = 20


class Stage(Value):
    """How long one stage took over the turns kept, in milliseconds."""

    name: str
    median: float
    p95: float | None
    """None with fewer than twenty turns: too few for a tail."""
    share: float
    """Share of all time that went into it, 0 to 1."""


class Attribute(Value):
    """How much the catalogue says."""

    label: str
    known: float
    """Share of the items that have it, 0 to 1."""


class Report(Value):
    """A report that ``palate eval run --out`` wrote."""

    name: str
    at: datetime


class Overview(Value):
    """Everything on the page."""

    at: datetime
    parts: dict[str, str]
    """``ok``, or why a part is less than it could be."""
    off: tuple[str, ...] = ()
    """Parts that the settings switch off."""
    index: dict[str, Any]
    index_age_hours: float
    attributes: tuple[Attribute, ...]
    turns: tuple[TurnSeen, ...]
    actions: dict[str, int]
    degraded: dict[str, int]
    stages: tuple[Stage, ...]
    reactions: dict[str, int]
    reports: tuple[Report, ...]


async def gather(recommender: Recommender, recent: Recent, language: str = ENGLISH) -> Overview:
    """Look at every part; ``language`` is that of the attributes' labels.

    Raises:
        StoreError: the store does not answer.
    """
    now = datetime.now(UTC)
    turns = recent.turns()
    manifest = recommender.retriever.manifest
    return Overview(
        at=now,
        parts=await recommender.health(),
        off=("model",) if recommender.settings.llm.engine == "none" else (),
        index=manifest.model_dump(mode="json"),
        index_age_hours=(now - datetime.fromisoformat(manifest.built_at)).total_seconds() / 3600,
        attributes=await asyncio.to_thread(_attributes, recommender, language),
        turns=tuple(turns),
        actions=dict(Counter(turn.action for turn in turns).most_common()),
        degraded=dict(Counter(what for turn in turns for what in turn.degraded).most_common()),
        stages=stages(turns),
        reactions=await recommender.reactions(now - timedelta(days=REACTIONS_DAYS)),
        reports=reports(recommender.settings.server.reports),
    )


def stages(turns: Sequence[TurnSeen]) -> tuple[Stage, ...]:
    """Return median, tail and share of every stage that occurred."""
    taken = {name: [turn.timings_ms[name] for turn in turns if name in turn.timings_ms] for name in STAGES}
    whole = sum(sum(times) for times in taken.values()) or 1.0
    return tuple(
        Stage(name=name, median=statistics.median(times), p95=_tail(times), share=sum(times) / whole)
        for name, times in taken.items()
        if times
    )


def reports(folder: Path | None) -> tuple[Report, ...]:
    """Return the folders of reports in a folder, newest first."""
    if folder is None or not folder.is_dir():
        return ()
    found = [Report(name=file.parent.name, at=_written(file)) for file in folder.glob("*/report.html")]
    return tuple(sorted(found, key=lambda report: report.at, reverse=True))


def _tail(times: Sequence[float]) -> float | None:
    return statistics.quantiles(times, n=20)[-1] if len(times) >= _ENOUGH_FOR_TAILS else None


def _attributes(recommender: Recommender, language: str) -> tuple[Attribute, ...]:
    facts = recommender.facts
    return tuple(
        Attribute(label=spec.label or spec.name.replace("_", " "), known=facts.coverage(spec.name))
        for spec in recommender.schema.in_language(language).attributes
    )


def _written(file: Path) -> datetime:
    return datetime.fromtimestamp(file.stat().st_mtime, UTC)
