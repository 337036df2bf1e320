"""Measure a build with the real encoder beside that encoder alone, and keep some of its vectors to draw from."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from retrieval import IndexConfig, RerankConfig, RetrievalSettings, build_index
from retrieval.encoders import load_encoder
from retrieval.probing import bare_store, text_of
from retrieval.types import Item

from .items import catalog_config
from .types import EncoderRate


def measure_encoder(
    films: Sequence[Item], folder: Path, anchors: int, items: int, say: Callable[[str], None]
) -> EncoderRate | None:
    """Write ``anchors.npy``, the vectors of the best-known films, and index films with the same encoder.

    Args:
        films: to take.
        folder: where to write.
        anchors: how many vectors.
        items: how many films to index; 0 for none.
        say: told what is under way.
    """
    known = sorted(films, key=lambda film: (-film.popularity, film.id))
    encoder = load_encoder(IndexConfig().encoder)
    schema = catalog_config(folder / "none").schema()
    say(f"encoding {anchors:,} films")
    encoder.encode_query(["warm"])
    np.save(folder / "anchors.npy", encoder.encode_items([text_of(film, schema) for film in known[:anchors]]))
    if items == 0:
        return None
    say(f"{items:,} films with {encoder.name}")
    chosen = known[:items]
    path = folder / "films.jsonl"
    path.write_text("".join(_line(film) for film in chosen), encoding="utf-8")
    settings = RetrievalSettings(
        catalog=catalog_config(path),
        index=IndexConfig(path=folder / "films"),
        rerank=RerankConfig(enabled=False),
    )
    started, worked = time.perf_counter(), time.process_time()
    build_index(settings, encoder=encoder, fresh=True)
    built, built_cpu = time.perf_counter() - started, time.process_time() - worked
    texts = [text_of(film, schema) for film in chosen]
    started, worked = time.perf_counter(), time.process_time()
    rows = np.concatenate([encoder.encode_items(texts[at : at + 1024]) for at in range(0, len(texts), 1024)])
    encoded = time.perf_counter() - started
    stored = bare_store(folder / "bare", [([film.id for film in chosen], rows)], len(chosen))
    return EncoderRate(
        items=len(chosen),
        build_seconds=built,
        build_cpu=built_cpu,
        encode_seconds=encoded,
        store_seconds=stored,
        bare_cpu=time.process_time() - worked,
    )


def _line(film: Item) -> str:
    row = {"id": film.id, "title": film.title, "text": film.description, "fame": film.popularity, **film.attributes}
    return json.dumps(row, ensure_ascii=False) + "\n"
