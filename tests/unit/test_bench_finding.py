"""Sounds and pictures of one label: who may answer whom, and what counts as right."""

from __future__ import annotations

import numpy as np
import pytest

from evals.senses import SoundReport, render_sounds
from evals.senses.esc10 import SoundRow, precision, recording_of
from evals.senses.stamps import nearest_alike
from retrieval.alignment import share

ROWS = np.eye(4, dtype=np.float32)[[0, 0, 1, 1, 2, 2]] + np.float32(0.01)
LABELS = np.array(["dog", "dog", "rain", "rain", "dog", "rain"])


def test_a_row_never_answers_itself() -> None:
    nobody = np.zeros((6, 6), dtype=bool)
    found = precision(ROWS, LABELS, np.ones(6, dtype=bool), nobody)
    assert found == pytest.approx([0.4] * 6)
    assert nearest_alike(ROWS, LABELS.tolist(), [0, 2, 4], among=1) == [1.0, 1.0, 0.0]


def test_barred_rows_come_last() -> None:
    rows, labels = np.repeat(ROWS, 2, axis=0), np.repeat(LABELS, 2)
    near = precision(rows, labels, np.ones(12, dtype=bool), np.zeros((12, 12), dtype=bool))
    pairs = np.arange(12) // 4
    far = precision(rows, labels, np.ones(12, dtype=bool), pairs[:, None] == pairs)
    assert near[0] > far[0]


def test_pieces_of_one_recording_are_known_by_its_number() -> None:
    assert recording_of("clips/baby_cry/1-187207-A.ogg") == "187207"
    assert recording_of("other.ogg") == "other.ogg"


def test_the_table_holds_every_row_and_chance() -> None:
    figure = share([0.0, 1.0, 1.0])
    row = SoundRow(compared="ears", all_others=figure, other_recordings=figure, same_fold=figure)
    text = render_sounds(SoundReport(clips=6, classes=2, chance=0.4, rows=(row,)))
    assert "| ears | 0.667" in text
    assert "at random 0.400" in text
