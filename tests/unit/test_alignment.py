"""Maps into the space of texts: they are learnt from pairs, chosen without what is held out, kept and read."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from retrieval.alignment import (
    AlignmentTraining,
    Pairs,
    alignment_markdown,
    held_out,
    ranks,
    recall,
    train_alignment,
    write_alignment,
)
from retrieval.alignment.contrastive import sharpened
from retrieval.alignment.ridge import Ridge
from retrieval.errors import EncoderError, RetrievalError
from retrieval.modalities.mapping import NamesMap, map_between
from retrieval.modalities.maps import by_names, read_map, unit
from retrieval.testing import ColourEncoder, HashEncoder
from retrieval.types import Vectors

QUICK = AlignmentTraining(strengths=(0.3, 1.0), kept=(0.0, 1.0), shares=(0.5,), steps=(5, 20), folds=3)
WIDE = 24


class Seen(ColourEncoder):
    """Rows of any length, with three classes whose score is one number of the row."""

    name = "seen"
    class_names: Sequence[str] = ("red fish", "blue bird", "green tree")

    dimension = WIDE

    def class_scores(self, rows: Vectors) -> Vectors:
        return np.asarray(10.0 * rows[:, :3], dtype=np.float32)


def pairs_of(count: int, noise: float, seed: int = 0) -> Pairs:
    """Return pairs whose rows are a hidden linear image of their texts."""
    draws = np.random.default_rng(seed)
    texts = unit(draws.normal(size=(count, HashEncoder().dimension)))
    hidden = draws.normal(size=(texts.shape[1], WIDE))
    rows = unit(texts @ hidden + noise * draws.normal(size=(count, WIDE)))
    return Pairs(tuple(f"item {place}" for place in range(count)), rows, texts, texts)


def test_ranks_count_ties_as_half() -> None:
    same = np.ones((4, 1), dtype=np.float32)
    assert ranks(same, same).tolist() == [1.5] * 4
    assert recall(ranks(np.eye(4, dtype=np.float32), np.eye(4, dtype=np.float32))).at_1.mean == 1.0


def test_the_held_out_fifth_is_the_same_everywhere_and_about_a_fifth() -> None:
    share = np.mean([held_out(f"item {place}") for place in range(5000)])
    assert 0.18 < share < 0.22
    assert [held_out(name) for name in ("a", "b", "c", "d", "e", "f", "g")] == [
        held_out(name) for name in ("a", "b", "c", "d", "e", "f", "g")
    ]
    learnt, held = pairs_of(300, 0.1).split()
    assert not set(learnt.ids) & set(held.ids)
    assert len(learnt) + len(held) == 300


def test_a_regression_finds_a_linear_map_and_its_offset() -> None:
    draws = np.random.default_rng(1)
    rows = draws.normal(size=(200, 6)).astype(np.float32)
    truth = draws.normal(size=(6, 4)).astype(np.float32)
    found = Ridge(rows, rows @ truth + 2.0).solve(1e-6, 1.0, 0.0)
    assert np.allclose(found.weights, truth, atol=1e-2)
    assert np.allclose(found.offset, 2.0, atol=1e-2)
    assert np.allclose(found.asking, found.offset - (rows @ truth + 2.0).mean(axis=0), atol=1e-2)


def test_contrast_brings_pairs_closer_than_where_it_started() -> None:
    pairs = pairs_of(120, 2.0)
    start = Ridge(pairs.rows, pairs.captions).solve(30.0, 1.0, 1.0)
    after = list(sharpened(start, pairs.rows, pairs.captions, None, 0.0, (0, 60), 42))
    found = [ranks(pairs.captions, unit(pairs.rows @ one.weights + one.offset)).mean() for one in after]
    assert np.allclose(after[0].weights, start.weights, atol=1e-4)
    assert found[1] < found[0]


def test_a_learnt_map_beats_chance_on_pairs_that_it_never_saw() -> None:
    _, report = train_alignment(pairs_of(300, 0.05), Seen(), HashEncoder(), QUICK)
    by = {row.kind: row for row in report.rows}
    assert report.over_chance
    assert by[report.kept].words_find.at_10.low > by["chance"].words_find.at_10.mean
    assert {"names", "ridge", "ridge + names", "contrastive", "contrastive + names", "chance"} == set(by)
    assert "above chance" in alignment_markdown(report)


def test_pairs_that_have_nothing_in_common_do_not_win() -> None:
    pairs = pairs_of(300, 0.05)
    mixed = Pairs(pairs.ids, pairs.rows[::-1].copy(), pairs.captions, pairs.passages)
    _, report = train_alignment(mixed, ColourEncoder(), HashEncoder(), QUICK)
    assert not report.over_chance
    assert "NOT above chance" in alignment_markdown(report)


def test_the_map_that_is_kept_never_saw_the_held_out_fifth() -> None:
    pairs = pairs_of(200, 0.2)
    learnt, _ = pairs.split()
    changed = pairs.rows.copy()
    for place, item_id in enumerate(pairs.ids):
        if held_out(item_id):
            changed[place] = 1.0 / np.sqrt(WIDE)
    other = Pairs(pairs.ids, changed, pairs.captions, pairs.passages)
    first, _ = train_alignment(pairs, ColourEncoder(), HashEncoder(), QUICK)
    second, _ = train_alignment(other, ColourEncoder(), HashEncoder(), QUICK)
    assert np.array_equal(first.project(learnt.rows), second.project(learnt.rows))


def test_too_few_pairs_are_refused_with_what_to_do() -> None:
    with pytest.raises(RetrievalError, match='alignment = "names"'):
        train_alignment(pairs_of(12, 0.1), ColourEncoder(), HashEncoder(), QUICK)


def test_a_map_is_written_with_its_card_and_read_as_it_was(tmp_path: Path) -> None:
    pairs = pairs_of(200, 0.1)
    made, report = train_alignment(pairs, Seen(), HashEncoder(), QUICK)
    write_alignment(tmp_path, made, report, "palate train alignment", "a machine")
    again = map_between(str(tmp_path), Seen(), HashEncoder())
    assert again is not None
    assert again.name == made.name
    assert np.allclose(again.project(pairs.rows), made.project(pairs.rows))
    assert np.allclose(again.ask(pairs.rows), made.ask(pairs.rows))
    assert "held out" in (tmp_path / "README.md").read_text("utf-8")


def test_a_map_of_another_encoder_is_refused(tmp_path: Path) -> None:
    made, _ = train_alignment(pairs_of(200, 0.1), Seen(), HashEncoder(), QUICK)
    made.save(tmp_path)

    class Other(Seen):
        name = "other"

    with pytest.raises(EncoderError, match="'seen', not for 'other'"):
        read_map(tmp_path, Other(), HashEncoder().name)
    with pytest.raises(EncoderError, match="cannot be read"):
        map_between(str(tmp_path / "nothing"), Seen(), HashEncoder())


def test_names_lead_to_the_text_of_the_likely_class_without_any_pairs(tmp_path: Path) -> None:
    names = NamesMap(Seen(), HashEncoder())
    rows = np.eye(3, WIDE, dtype=np.float32)
    found = names.project(rows) @ HashEncoder().encode_query(Seen.class_names).T
    assert found.argmax(axis=1).tolist() == [0, 1, 2]
    names.save(tmp_path)
    assert np.allclose(read_map(tmp_path, Seen(), HashEncoder().name).project(rows), names.project(rows))


def test_without_names_or_with_off_there_is_no_map() -> None:
    assert map_between("names", ColourEncoder(), HashEncoder()) is None
    assert map_between("off", Seen(), HashEncoder()) is None
    with pytest.raises(EncoderError, match="knows no classes"):
        by_names(ColourEncoder(), np.eye(3, dtype=np.float32), np.eye(3, dtype=np.float32))


def test_the_bundled_encoder_names_a_thousand_classes() -> None:
    from retrieval.encoders import EfficientNetEncoder

    names: Any = EfficientNetEncoder().class_names
    assert len(names) == 1000
    assert names[1] == "goldfish"
