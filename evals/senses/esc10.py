"""Sounds find sounds of their class: five-second recordings, fold by fold, beside chance and plain statistics.

The bundled encoders are not trained on sounds. The learnt map is: from the two other folds each time, a sound's class
words being its text, so that it never saw the fold that is asked with. Three ways of counting: among all other clips;
among clips of other recordings, since pieces of one recording are easy to tell; among the clips of the same fold alone,
none of which the map has seen.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from retrieval import load_encoder
from retrieval.alignment import AlignmentTraining, Pairs, Share, choose, learn, share
from retrieval.encoders import EncoderConfig, MediaConfig, load_media_encoder
from retrieval.media import encode_files
from retrieval.types import Value, Vectors

from ..data import data_file

_AMONG = 5
_PLAIN = "bundled:log-mel"
_QUICK = AlignmentTraining(kept=(0.0,), steps=(10,))
Flags = NDArray[np.bool_]


class SoundRow(Value):
    """Sounds of the same class among the five nearest."""

    compared: str
    """By what."""
    all_others: Share
    other_recordings: Share
    same_fold: Share


class SoundReport(Value):
    """What encoders of sounds are worth."""

    clips: int
    classes: int
    chance: float
    rows: tuple[SoundRow, ...]


def measure_sounds(say: Callable[[str], None] = lambda _: None) -> SoundReport:
    """Encode every clip and measure; blocking, for minutes.

    Raises:
        DataMissingError: the data is not there.
    """
    listing = data_file("esc10/labels.csv")
    with listing.open(encoding="utf-8") as file:
        clips = list(csv.DictReader(file))
    labels = np.array([clip["label"] for clip in clips])
    folds = np.array([clip["fold"] for clip in clips])
    recordings = np.array([recording_of(clip["path"]) for clip in clips])
    rows, found = [], {}
    for name in (_PLAIN, MediaConfig().audio):
        say(f"Encode {len(clips)} sounds with {name}")
        found[name] = encode_files(
            load_media_encoder("audio", MediaConfig(audio=name)), [listing.parent / clip["path"] for clip in clips]
        ).rows
        rows.append(_row(name, [(found[name], np.ones(len(clips), dtype=bool))], labels, folds, recordings))
    own = found[MediaConfig().audio]
    mapped = [(_mapped(own, labels, folds != fold), folds == fold) for fold in sorted(set(folds))]
    rows.append(_row("mapped to class words, learnt from other folds", mapped, labels, folds, recordings))
    both = [(np.concatenate([own, rows_], axis=1) / np.sqrt(np.float32(2.0)), asked) for rows_, asked in mapped]
    rows.append(_row("as it is and mapped", both, labels, folds, recordings))
    alike = (labels[:, None] == labels).sum(axis=1) - 1
    return SoundReport(
        clips=len(clips),
        classes=len(set(labels)),
        chance=float(np.mean(alike / (len(clips) - 1))),
        rows=tuple(rows),
    )


def recording_of(path: str) -> str:
    """Return the recording that a clip was cut from: the number in ``1-187207-A.ogg``."""
    found = re.search(r"\d+-(\d+)-", Path(path).name)
    return found.group(1) if found else path


def precision(rows: Vectors, labels: NDArray[np.str_], asked: Flags, barred: Flags) -> list[float]:
    """Return, for each row asked with, the share of its nearest rows that have its label.

    Args:
        rows: unit rows, shape (n, dimension).
        labels: shape (n,).
        asked: rows to ask with, shape (n,).
        barred: which rows may not answer which, shape (n, n); a row never answers itself.
    """
    scores = rows @ rows.T
    scores[barred] = -np.inf
    np.fill_diagonal(scores, -np.inf)
    near = np.argsort(-scores[asked], axis=1, kind="stable")[:, :_AMONG]
    right = labels[near] == labels[asked][:, None]
    return [float(one) for one in right.mean(axis=1)]


def render_sounds(report: SoundReport) -> str:
    """Return the report as Markdown."""
    lines = [
        f"{report.clips} clips of {report.classes} classes; the same class among the {_AMONG} nearest, 95 % intervals;"
        f" at random {report.chance:.3f}.",
        "",
        "| compared by | among all others | among other recordings | within the fold |",
        "|---|---|---|---|",
        *(f"| {row.compared} | {row.all_others} | {row.other_recordings} | {row.same_fold} |" for row in report.rows),
    ]
    return "\n".join(lines)


def _mapped(rows: Vectors, labels: NDArray[np.str_], seen: Flags) -> Vectors:
    texts = load_encoder(EncoderConfig()).encode_query([str(label).replace("_", " ") for label in labels[seen]])
    pairs = Pairs(tuple(map(str, np.flatnonzero(seen))), rows[seen], texts, texts)
    linear = learn(choose(pairs, None, _QUICK, lambda _: None)[0], pairs, None, _QUICK.seed)
    if linear is None:
        return rows
    found = rows @ linear.weights + linear.asking
    unit: Vectors = (found / np.linalg.norm(found, axis=1, keepdims=True)).astype(np.float32)
    return unit


def _row(
    compared: str,
    spaces: Sequence[tuple[Vectors, Flags]],
    labels: NDArray[np.str_],
    folds: NDArray[np.str_],
    recordings: NDArray[np.str_],
) -> SoundRow:
    ways = {
        "all_others": np.zeros((len(labels), len(labels)), dtype=bool),
        "other_recordings": recordings[:, None] == recordings,
        "same_fold": folds[:, None] != folds,
    }
    shares = {
        way: share([one for rows, asked in spaces for one in precision(rows, labels, asked, barred)])
        for way, barred in ways.items()
    }
    return SoundRow(compared=compared, **shares)
