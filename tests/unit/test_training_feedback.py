"""A log of shown lists becomes training data, weighted by the chances of places."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest

from retrieval.collaborative import read_interactions
from retrieval.exploration import (
    Candidate,
    FeedbackError,
    Gains,
    Impression,
    LinearBandit,
    Logged,
    LoggedItem,
    chances_of,
    draw_order,
    weights_of,
)
from retrieval.feedback import (
    FeedbackConfig,
    corrected,
    fit_bandit,
    interactions,
    rank_rows,
    read_feedback,
    reranker_groups,
    write_interactions,
)

LOOKED = (1.0, 0.5, 0.25)


def logged(number: int, chance: random.Random, *, explored: bool = True) -> Logged:
    """A list of three of five items; only the feature ``dense`` pleases, and the ranker orders by ``final`` alone."""
    dense = [chance.gauss(0, 1) for _ in range(5)]
    final = sorted((chance.gauss(0, 1) for _ in range(5)), reverse=True)
    weights = weights_of(final, 1.0)
    order = draw_order(weights, 3, number) if explored else (0, 1, 2)
    chances = chances_of(weights, 3)
    propensities = [float(chances[at, place]) if explored else 1.0 for place, at in enumerate(order)]
    likes = [chance.random() < LOOKED[place] * (0.6 if dense[at] > 0 else 0.1) for place, at in enumerate(order)]
    ids = tuple(f"i{at}" for at in order)
    return Logged(
        impression=Impression(
            session_id=f"s{number // 2}",
            turn_id=f"t{number}",
            at="2026-01-01T00:00:00+00:00",
            policy="plackett_luce" if explored else "off",
            query=f"wish {number}",
            candidates=tuple(
                Candidate(
                    item_id=f"i{at}",
                    features={"dense": dense[at], "final": final[at], "popularity": float(at)},
                    chances=tuple(chances[at].tolist()) if explored else (),
                )
                for at in range(5)
            ),
            shown=ids,
            propensities=tuple(propensities),
        ),
        user="ada" if number % 2 else "",
        items=tuple(
            LoggedItem(
                item_id=item_id,
                position=place + 1,
                propensity=propensities[place],
                reactions=("like",) if likes[place] else (),
                label=2 if likes[place] else 0,
            )
            for place, item_id in enumerate(ids)
        ),
    )


@pytest.fixture(scope="module")
def lines() -> list[Logged]:
    chance = random.Random(4)
    return [logged(number, chance) for number in range(1500)]


def test_labels_follow_the_last_verdict() -> None:
    gains = Gains()
    said = [(), ("click",), ("click", "like"), ("accept", "dislike"), ("reject", "accept"), ("seen",), ("seen", "skip")]
    assert [gains.label(reactions) for reactions in said] == [0, 1, 2, 0, 3, None, 0]


def test_a_log_is_read_back_and_a_bad_line_is_named(tmp_path: Path, lines: list[Logged]) -> None:
    path = tmp_path / "log.jsonl"
    path.write_text("\n".join(line.model_dump_json() for line in lines[:3]) + "\n\n", encoding="utf-8")
    assert read_feedback(path) == lines[:3]
    path.write_text(lines[0].model_dump_json() + '\n{"user": 1}\n', encoding="utf-8")
    with pytest.raises(FeedbackError, match="Line 2 of"):
        read_feedback(path)
    with pytest.raises(FeedbackError, match="There is no log"):
        read_feedback(tmp_path / "absent")


def test_groups_hold_words_labels_and_clipped_weights_of_mean_one(lines: list[Logged]) -> None:
    groups = reranker_groups(lines, FeedbackConfig(clip=4.0))
    assert all(len(set(group.labels)) > 1 for group in groups)
    assert all(group.query.startswith("wish ") for group in groups)
    raw = [min(4.0, 1 / item.propensity) for line in lines for item in line.items]
    assert max(weight for group in groups for weight in group.weights) == pytest.approx(4.0 / np.mean(raw))
    wordless = [
        line.model_copy(update={"impression": line.impression.model_copy(update={"query": ""})}) for line in lines
    ]
    with pytest.raises(FeedbackError, match="0 lists with its words"):
        reranker_groups(wordless)


def test_weights_take_out_the_advantage_of_places(lines: list[Logged]) -> None:
    """Items the ranker puts first are liked more only since they stand higher; weighted, they are liked alike."""
    config = FeedbackConfig(clip=1e6)
    raw: dict[int, list[float]] = {0: [], 4: []}
    weighted: dict[int, list[float]] = {0: [], 4: []}
    for line in lines:
        for item in line.items:
            at = int(item.item_id[1:])
            if at in raw:
                raw[at].append(float(bool(item.label)))
                weighted[at].append(float(bool(item.label)) * min(config.clip, 1 / item.propensity))
    first, last = (sum(weighted[at]) / len(lines) for at in (0, 4))
    assert np.mean(raw[0]) > 1.2 * np.mean(raw[4])
    assert first == pytest.approx(last, rel=0.35)


def test_rows_for_a_blend_keep_lists_together(lines: list[Logged]) -> None:
    rows = rank_rows(lines, ("dense", "absent"))
    assert rows.features.shape == (rows.sizes.sum(), 2)
    assert np.isnan(rows.features[:, 1]).all()
    assert len(rows.labels) == len(rows.weights) == len(rows.positions) == rows.sizes.sum()
    assert set(rows.labels.tolist()) == {0, 2}
    assert rank_rows(lines).names == ("dense", "final", "popularity")


def test_interactions_are_of_known_users_and_of_reactions_only(tmp_path: Path, lines: list[Logged]) -> None:
    found = list(interactions(lines))
    assert {one.user_id for one in found} == {"ada"}
    assert {one.value for one in found} == {2.0}
    path = tmp_path / "interactions.csv"
    assert write_interactions(lines, path) == len(found)
    rows = path.read_text(encoding="utf-8").splitlines()
    assert rows[0] == "user_id,item_id,value,timestamp"
    assert len(rows) == len(found) + 1
    learnt, report = read_interactions(path, [f"i{at}" for at in range(5)])
    assert learnt.users == ("ada",)
    assert not report.bad
    with pytest.raises(FeedbackError, match="no reaction of a user"):
        write_interactions([line for line in lines if not line.user], path)


def test_a_bandit_learns_what_pleases_and_not_what_stands_high(lines: list[Logged]) -> None:
    state = fit_bandit(lines, source="abc")
    weights = dict(zip(state.features, state.mean, strict=True))
    assert weights["dense"] > 0.08
    assert abs(weights["final"]) < 0.04
    draw = LinearBandit(state).draw([one.features for one in lines[0].impression.candidates], 3, 1)
    assert draw.chances.sum(axis=0) == pytest.approx(np.ones(3))
    with pytest.raises(FeedbackError, match="20 are needed"):
        fit_bandit(lines[:3])


def test_a_log_without_chance_is_told_apart(lines: list[Logged]) -> None:
    assert corrected(lines)
    plain = logged(1, random.Random(1), explored=False)
    assert not corrected([plain, *lines])
    assert not corrected([])
