"""Words find pictures, pictures find words and pictures find pictures: stamps, of which a fixed fifth is held out.

Every picture and every caption is encoded here; the maps learn from four fifths, chosen by cross-validation inside
them, and each kind is measured once on the rest. What is asked is the caption as it stands in the data.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np

from retrieval import CatalogConfig, item_text, load_encoder, read_catalog
from retrieval.alignment import (
    AlignmentReport,
    AlignmentTraining,
    Pairs,
    Share,
    alignment_markdown,
    caption_of,
    held_out,
    share,
    train_alignment,
)
from retrieval.encoders import EncoderConfig, load_media_encoder
from retrieval.media import encode_files
from retrieval.types import CatalogSchema, Item, MediaEncoder, TextEncoder, Value, Vectors

from ..catalogs import find_catalog, write_rows
from ..data import data_file

LABEL = "subcategory"
"""The folders that a stamp is filed under; no part of what is encoded."""
_AMONG = 5


class LikeRow(Value):
    """Pictures of the same label among the five nearest ones."""

    space: str
    precision: Share
    chance: float


class StampsReport(Value):
    """What maps and pictures are worth on held-out stamps."""

    alignment: AlignmentReport
    like: tuple[LikeRow, ...]


def stamps_catalog(rows: Path) -> CatalogConfig:
    """Return the stamps with pictures and sounds, their filing kept out of what is encoded and searched.

    Args:
        rows: file for the prepared rows.

    Raises:
        DataMissingError: the data is not there.
    """
    bundled = find_catalog("stamps")
    columns = {name: name for name in ("id", "title", "description", "image", "audio")}
    filing = [{"name": name, "kind": "category", "indexed": False} for name in ("category", LABEL)]
    written = write_rows(bundled, data_file(bundled.file), rows)
    return CatalogConfig.model_validate(written.model_dump() | {"columns": columns, "attributes": filing})


def measure_stamps(
    catalog: CatalogConfig, config: AlignmentTraining | None = None, say: Callable[[str], None] = lambda _: None
) -> StampsReport:
    """Encode, learn and measure; blocking, for minutes.

    Args:
        catalog: of stamps, with pictures.
        config: what maps are tried.
        say: told as it goes.
    """
    encoder, texts = load_media_encoder("image"), load_encoder(EncoderConfig())
    items = [item for item in read_catalog(catalog) if item.image is not None]
    say(f"Encode {len(items)} pictures and their texts")
    pairs = encoded_pairs(items, catalog.schema(), encoder, texts)
    made, report = train_alignment(pairs, encoder, texts, config, say)
    labels = {item.id: item.attributes.get(LABEL) for item in items}
    like = [
        _alike("pictures", pairs.ids, pairs.rows, labels),
        _alike("mapped to texts", pairs.ids, made.project(pairs.rows), labels),
    ]
    return StampsReport(alignment=report, like=tuple(like))


def encoded_pairs(items: Sequence[Item], schema: CatalogSchema, encoder: MediaEncoder, texts: TextEncoder) -> Pairs:
    """Return the pairs of items whose file can be read."""
    encoded = encode_files(encoder, [Path(str(getattr(item, encoder.modality))) for item in items])
    kept = [items[place] for place in encoded.kept]
    return Pairs(
        tuple(item.id for item in kept),
        encoded.rows,
        texts.encode_items([caption_of(item) for item in kept]),
        texts.encode_items([item_text(item, schema) for item in kept]),
    )


def render_stamps(report: StampsReport) -> str:
    """Return the report as Markdown."""
    lines = [
        alignment_markdown(report.alignment),
        "",
        f"Pictures of the same {LABEL} among the {_AMONG} nearest to a held-out one:",
        "",
        "| compared as | precision@5 | chance |",
        "|---|---|---|",
        *(f"| {row.space} | {row.precision} | {row.chance:.3f} |" for row in report.like),
    ]
    return "\n".join(lines)


def nearest_alike(rows: Vectors, labels: Sequence[object], asked: Sequence[int], among: int = _AMONG) -> list[float]:
    """Return, for each row asked with, the share of its nearest other rows that have its label.

    Args:
        rows: unit rows, shape (n, dimension).
        labels: one a row.
        asked: places of the rows to ask with.
        among: how many nearest ones count.
    """
    shares = []
    for place in asked:
        scores = rows @ rows[place]
        scores[place] = -np.inf
        near = np.argsort(-scores, kind="stable")[:among]
        shares.append(sum(labels[other] == labels[place] for other in near) / among)
    return shares


def _alike(space: str, ids: Sequence[str], rows: Vectors, label_of: Mapping[str, object]) -> LikeRow:
    labels = [label_of[item_id] for item_id in ids]
    counts = Counter(labels)
    asked = [
        place
        for place, item_id in enumerate(ids)
        if held_out(item_id) and labels[place] is not None and counts[labels[place]] > 1
    ]
    chance = float(np.mean([(counts[labels[place]] - 1) / (len(ids) - 1) for place in asked]))
    return LikeRow(space=space, precision=share(nearest_alike(rows, labels, asked)), chance=chance)
