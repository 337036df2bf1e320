"""Search by words, by a picture or sound, and by both, with channels on and off; score by a label of the catalogue.

A query is made of an item that is then left out: its title, its own file, or both. What is found is right when it has
the same label, for example the same subcategory. Items whose label nobody else has are not asked about. Labels are no
part of what is searched if the catalogue's settings say ``indexed = false`` for them; else words have an advantage.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Literal

import numpy as np

from retrieval import RetrievalSettings, Retriever, SensesConfig
from retrieval.types import Item, Query, Value

_DRAWS = 1000
Kind = Literal["words", "shown", "both"]


class SensesRow(Value):
    """One way of asking, under one setting of the channels."""

    asked: Kind
    """By the title, by the item's own picture or sound, or by both."""
    channels: str
    """Which channels took part, and how they were fused."""
    precision: float
    """Mean share of right items among the first k."""
    low: float
    high: float
    """Ends of the 95 % interval, by bootstrap over queries."""


class MixedGain(Value):
    """What words bring beside a picture or sound: over the better of the two alone, query by query."""

    channels: str
    better: Kind
    """Which of the two alone is better, on these queries."""
    gain: float
    """Precision of both, less that of the better one."""
    low: float
    high: float
    """Ends of the 95 % interval of the paired difference."""


class SensesReport(Value):
    """The table, and what it was measured on."""

    catalog: str
    modality: Literal["image", "audio"]
    label: str
    queries: int
    k: int
    chance: float
    """Share of right items among k drawn at random."""
    rows: tuple[SensesRow, ...]
    mixed: tuple[MixedGain, ...] = ()


def measure_senses(
    settings: RetrievalSettings,
    label: str,
    modality: Literal["image", "audio"] = "image",
    *,
    k: int = 5,
    queries: int = 120,
    seed: int = 42,
    on_row: Callable[[str], None] | None = None,
) -> SensesReport:
    """Measure every way of asking under every setting; blocking, for minutes.

    Args:
        settings: of a catalogue whose index holds the modality.
        label: attribute by which items count as alike.
        modality: what is shown.
        k: how many found items count.
        queries: items asked about, drawn at random.
        seed: fixes the draw and the bootstrap.
        on_row: told before each row.
    """
    off = SensesConfig(**{name: 0.0 for name in SensesConfig.model_fields if name not in ("fusion", "mapped")})
    rows: list[SensesRow] = []
    chosen: list[Item] = []
    measured: dict[tuple[str, Kind], list[float]] = {}
    chance = 0.0
    name = ""
    for channels, senses, kinds in _settings(off):
        search = settings.search.model_copy(update={"senses": senses})
        retriever = Retriever.open(settings.model_copy(update={"search": search}))
        try:
            name = retriever.schema.name
            if not chosen:
                chosen, chance = _drawn(retriever, label, modality, queries, seed)
            for kind in kinds:
                if on_row is not None:
                    on_row(f"{kind}: {channels}")
                shares = [_share(retriever, item, kind, label, modality, k) for item in chosen]
                measured[channels, kind] = shares
                low, high = _interval(shares, seed)
                mean = float(np.mean(shares))
                rows.append(SensesRow(asked=kind, channels=channels, precision=mean, low=low, high=high))
        finally:
            retriever.close()
    return SensesReport(
        catalog=name,
        modality=modality,
        label=label,
        queries=len(chosen),
        k=k,
        chance=chance,
        rows=tuple(rows),
        mixed=tuple(mixed_gains(measured, seed)),
    )


def mixed_gains(measured: Mapping[tuple[str, Kind], Sequence[float]], seed: int) -> Iterator[MixedGain]:
    """Yield, for every setting under which both were asked with, the gain over the better single way of asking.

    Args:
        measured: shares of right items, query by query, by channels and kind. Words count at their best setting.
        seed: of the bootstrap.
    """
    words = [shares for (_, kind), shares in measured.items() if kind == "words"]
    for (channels, kind), both in measured.items():
        if kind != "both":
            continue
        shown = measured[channels, "shown"]
        singles: list[tuple[Kind, Sequence[float]]] = [("shown", shown), *(("words", shares) for shares in words)]
        better, single = max(singles, key=lambda one: float(np.mean(one[1])))
        differences = [mine - theirs for mine, theirs in zip(both, single, strict=True)]
        low, high = _interval(differences, seed)
        yield MixedGain(channels=channels, better=better, gain=float(np.mean(differences)), low=low, high=high)


def _settings(off: SensesConfig) -> Iterator[tuple[str, SensesConfig, Sequence[Kind]]]:
    yield "texts only", off, ("words",)
    own = off.model_copy(update={"image": 1.0, "audio": 1.0})
    yield "own space only", own, ("shown", "both")
    yield "all, fused by ranks", SensesConfig(), ("words", "shown", "both")
    yield "all, fused by calibrated scores", SensesConfig(fusion="calibrated"), ("words", "shown", "both")


def _drawn(retriever: Retriever, label: str, modality: str, queries: int, seed: int) -> tuple[list[Item], float]:
    items = retriever.facts.get(retriever.facts.ids())
    counts = Counter(item.attributes.get(label) for item in items)
    fit = [
        item
        for item in items
        if item.attributes.get(label) is not None
        and counts[item.attributes.get(label)] > 1
        and getattr(item, modality) is not None
        and Path(getattr(item, modality)).is_file()
    ]
    chosen = random.Random(seed).sample(fit, min(queries, len(fit)))
    others = max(len(items) - 1, 1)
    return chosen, float(np.mean([(counts[item.attributes.get(label)] - 1) / others for item in chosen]))


def _share(retriever: Retriever, item: Item, kind: Kind, label: str, modality: str, k: int) -> float:
    data = Path(getattr(item, modality)).read_bytes() if kind != "words" else None
    query = Query(
        text=item.title if kind != "shown" else "",
        image=data if modality == "image" else None,
        audio=data if modality == "audio" else None,
        exclude_ids=(item.id,),
        k=k,
        diversity=0.0,
    )
    hits = retriever.search(query).hits
    return sum(hit.item.attributes.get(label) == item.attributes.get(label) for hit in hits) / k


def _interval(shares: Sequence[float], seed: int) -> tuple[float, float]:
    values = np.asarray(shares)
    draws = np.random.default_rng(seed).integers(0, len(values), (_DRAWS, len(values)))
    low, high = np.percentile(values[draws].mean(axis=1), [2.5, 97.5])
    return float(low), float(high)
