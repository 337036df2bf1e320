"""The scoreboard's protocol on a board whose answers are known: nobody gains by parroting, by luck or by failing."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from evals.errors import CannotScoreError
from evals.ranking import HIDDEN, Board, Sample, Scores, score_board
from evals.ranking.dialogues import Cutter
from evals.ranking.harness import MODES, NOVEL, cases_of, run_row, turns_of
from evals.ranking.measures import METRICS, best_first, measure
from evals.ranking.render import markdown
from evals.ranking.resample import Resampler
from evals.ranking.results import BoardReport
from evals.ranking.rows import CopyLast, Dense, Encoded, ItemKnn, Learned, NoRerank, Popularity, Random, Words
from evals.ranking.slices import gini
from evals.ranking.titles import TitleFinder
from retrieval.errors import MissingExtraError
from retrieval.testing import HashEncoder
from retrieval.types import Item

pytestmark = pytest.mark.skipif(find_spec("ranx") is None, reason="metrics are ranx's: pip install 'palate[train]'")

ITEMS = [Item(id=str(at), title=f"Film {chr(65 + at)}", attributes={"genres": ("Drama",)}) for at in range(20)]


def sample(group: str, target: int, mentioned: tuple[int, ...] = (), *, novel: bool = True, text: str = "hi") -> Sample:
    turns = (("user", text), *(("recommender", ITEMS[at].title) for at in mentioned))
    return Sample(f"{group}:{target}", group, turns, mentioned, target, novel)


def board(test: Sequence[Sample], train: Sequence[Sample] = (), *, joint: bool = False) -> Board:
    return Board("tiny", ITEMS, train, (), test, joint)


class Fixed:
    """Gives every sample the same scores, and remembers what it was shown."""

    def __init__(self, scores: Sequence[float], name: str = "fixed") -> None:
        self.name = name
        self._scores = np.array(scores, dtype=np.float32)
        self.fitted: Board | None = None
        self.seen: list[Sample] = []

    def fit(self, board: Board) -> None:
        self.fitted = board

    def score(self, samples: Sequence[Sample]) -> Scores:
        self.seen += samples
        return np.tile(self._scores, (len(samples), 1))


class Failing(Fixed):
    """Fits and then breaks."""

    def score(self, samples: Sequence[Sample]) -> Scores:
        raise RuntimeError("no such model")


def report(test: Sequence[Sample], *rows: Fixed, joint: bool = False, reference: str = "ours") -> BoardReport:
    return score_board(board(test, joint=joint), rows, seed=3, reference=reference)


FALLING = [float(20 - at) for at in range(20)]
"""Ranks the items as they are numbered."""


def test_mentioned_items_are_removed_for_novel_targets_and_stay_for_all() -> None:
    """Item 0 was named: novel counts only what stands behind it, and all counts the repetition at the top."""
    test = [sample("a", 1, (0,)), sample("a", 0, (0,), novel=False)]
    (row,) = report(test, Fixed(FALLING)).rows
    assert row.novel["recall@1"].value == 1.0
    assert row.all["recall@1"].value == 0.5
    assert row.all["mrr"].value == pytest.approx((1 + 1 / 2) / 2)


def test_the_metrics_are_those_worked_out_by_hand() -> None:
    (row,) = report([sample("a", 2)], Fixed(FALLING)).rows
    assert row.novel["recall@1"].value == 0.0
    assert row.novel["recall@5"].value == 1.0
    assert row.novel["ndcg@10"].value == pytest.approx(1 / np.log2(4))
    assert row.novel["mrr"].value == pytest.approx(1 / 3)


def test_the_right_answers_of_one_request_are_judged_together() -> None:
    test = [sample("tag", at) for at in (0, 7)]
    (row,) = report(test, Fixed(FALLING), joint=True).rows
    assert row.novel["recall@5"].value == 0.5
    assert row.novel["mrr"].value == 1.0
    best = 1 + 1 / np.log2(3)
    assert row.novel["ndcg@10"].value == pytest.approx((1 + 1 / np.log2(9)) / best)


def test_ties_are_broken_at_random_and_the_same_way_for_every_row() -> None:
    """A row that says nothing must not profit from the catalogue's order, nor two such rows differ."""
    test = [sample(f"g{number}", 0, text=str(number)) for number in range(300)]
    found = report(test, Fixed([0.0] * 20, "one"), Fixed([5.0] * 20, "two"))
    one, two = found.rows
    assert one.novel["recall@10"].value == pytest.approx(0.5, abs=0.1)
    assert one.novel == two.novel


def test_what_a_row_would_never_recommend_stands_behind_and_what_is_gone_behind_that() -> None:
    scores = np.array([1.0, -np.inf, 0.5, 2.0], dtype=np.float32)
    assert best_first(scores, (3,), np.arange(4)).tolist() == [0, 2, 1, 3]


def test_a_row_never_sees_an_answer_nor_the_test() -> None:
    row = Fixed(FALLING)
    report([sample("a", 1), sample("b", 2, text="hello")], row)
    assert row.fitted is not None
    assert row.fitted.test == ()
    assert row.seen
    assert all(one.target == HIDDEN and one.novel and "1" not in one.id for one in row.seen)


def test_a_row_that_fails_is_not_scored_rather_than_zero() -> None:
    found = report([sample("a", 1)], Failing(FALLING, "broken"), Fixed(FALLING, "ours"))
    broken, ours = found.rows
    assert broken.unscored == "RuntimeError: no such model"
    assert not broken.novel
    assert broken.bias is None
    assert ours.novel
    assert not [one for one in found.paired if one.row == "broken"]
    assert "could not score" in markdown(found)


@pytest.mark.parametrize(("scores", "why"), [([1.0] * 19, "shape"), ([np.nan] * 20, "not numbers")])
def test_scores_that_cannot_be_used_are_refused(scores: Sequence[float], why: str) -> None:
    turns = turns_of([sample("a", 1)])
    cases = [cases_of(turns, mode, joint=False) for mode in MODES]
    assert why in run_row(Fixed(scores), board([sample("a", 1)]), turns, cases, seed=1).unscored


def test_one_turn_is_scored_once_however_many_items_it_names() -> None:
    turns = turns_of([sample("a", 1, (0,)), sample("a", 2, (0,)), sample("a", 2)])
    assert [len(turn.samples) for turn in turns] == [2, 1]
    assert cases_of(turns, NOVEL, joint=False).right == ((1,), (2,), (2,))
    assert cases_of(turns, NOVEL, joint=True).right == ((1, 2), (2,))


def test_intervals_draw_whole_dialogues() -> None:
    """Forty equal values in two dialogues are two observations: the interval reaches both ends."""
    values = np.array([[0.0]] * 20 + [[1.0]] * 20)
    low, high = Resampler(["a"] * 20 + ["b"] * 20, seed=1).interval(values)
    assert (low[0], high[0]) == (0.0, 1.0)
    low, high = Resampler([str(at) for at in range(40)], seed=1).interval(values)
    assert 0.3 < low[0] < 0.5 < high[0] < 0.7


def test_chance_is_small_for_a_steady_difference_and_large_for_none() -> None:
    resampler = Resampler([str(at) for at in range(30)], seed=1)
    steady = np.full((30, 1), 0.5)
    swinging = np.array([[1.0], [-1.0]] * 15)
    assert resampler.chance(steady)[0] < 0.001
    assert resampler.chance(swinging)[0] > 0.5
    assert resampler.chance(np.zeros((30, 1)))[0] == 1.0


def test_the_reference_is_compared_with_each_row_on_the_same_samples() -> None:
    test = [sample(f"g{number}", number % 3, text=str(number)) for number in range(60)]
    found = report(test, Fixed(FALLING[::-1], "other"), Fixed(FALLING, "ours"))
    (one,) = [one for one in found.paired if one.mode == NOVEL and one.metric == "recall@5"]
    assert found.reference == "ours"
    assert (one.row, one.difference.value, one.difference.low) == ("other", 1.0, 1.0)
    assert one.p <= one.p_holm < 0.001


def test_the_long_tail_and_what_is_recommended_are_reported() -> None:
    train = [sample(f"t{number}", 0) for number in range(5)] + [sample("u", 1)]
    test = [sample("a", 0), sample("b", 1, text="b"), sample("c", 9, text="c")]
    (row,) = score_board(board(test, train), [Popularity()], seed=1).rows
    assert [(one.label, one.samples) for one in row.slices] == [("never", 1), ("1-1", 1), ("2-5", 1)]
    assert [one.recall_at_10 is not None and one.recall_at_10.value for one in row.slices][1:] == [1.0, 1.0]
    assert row.bias is not None
    assert 0.5 < row.bias.coverage <= 1.0


def test_facts_say_how_much_is_repeated_and_never_seen() -> None:
    test = [sample("a", 0, (0,), novel=False), sample("b", 1), sample("c", 2, text="c"), sample("d", 0, text="d")]
    facts = score_board(board(test, [sample("t", 1)]), [Random()], seed=1).facts
    assert (facts.samples, facts.novel, facts.repeated) == (4, 3, 0.25)
    assert facts.unseen == pytest.approx(2 / 3)


def test_gini_is_nought_when_all_are_equal_and_near_one_when_one_takes_all() -> None:
    assert gini(np.ones(10)) == pytest.approx(0.0)
    assert gini(np.array([0.0] * 99 + [5.0])) == pytest.approx(0.99)
    assert gini(np.zeros(3)) == 0.0


def test_padding_of_joint_judgements_counts_for_nothing() -> None:
    order = np.array([3, 1, 0, 2])
    alone, padded = measure([order, order], [[1], [1, 2]])
    assert alone[METRICS.index("recall@5")] == 1.0
    assert alone[METRICS.index("ndcg@10")] == pytest.approx(1 / np.log2(3))
    assert padded[METRICS.index("recall@1")] == 0.0


def test_copying_finds_repetitions_the_latest_first_and_nothing_new() -> None:
    row = CopyLast()
    row.fit(board([]))
    (scores,) = row.score([sample("a", 4, (2, 4))])
    assert scores.argsort()[::-1][:2].tolist() == [4, 2]


def test_rows_without_data_say_so() -> None:
    for row in (Popularity(), ItemKnn()):
        with pytest.raises(CannotScoreError):
            row.fit(board([]))


def test_plain_rows_find_what_they_look_for() -> None:
    items = [Item(id="0", title="Space War"), Item(id="1", title="Love Story"), Item(id="2", title="Star Battle")]
    train = [
        Sample("t:2", "t", (("user", "space war"),), (0,), 2, True),
        Sample("u:1", "u", (("user", "love"),), (), 1, True),
    ]
    small = Board("small", items, train, (), ())
    asked = [Sample("x", "x", (("user", "something like space war"),), (0,), HIDDEN, True)]
    for row, best in ((Words(), 0), (Dense(Encoded(HashEncoder(), None)), 0), (ItemKnn(), 2)):
        row.fit(small)
        scores = row.score(asked)
        assert scores.shape == (1, 3)
        assert scores[0].argmax() == best, row.name
    fused = NoRerank(Encoded(HashEncoder(), None), seed=1)
    fused.fit(small)
    assert fused.score(asked)[0].argmax() in (0, 2)


def test_one_text_is_always_encoded_anew(tmp_path: Path) -> None:
    """Else a timed turn would be a look-up."""

    class Counting(HashEncoder):
        asked = 0

        def encode_query(self, texts: Sequence[str]) -> np.ndarray:
            self.asked += len(texts)
            return super().encode_query(texts)

    encoder = Counting()
    encoded = Encoded(encoder, tmp_path)
    for _ in range(2):
        encoded.queries(["a", "b"])
        encoded.queries(["a"])
    assert encoder.asked == 4


def test_titles_are_found_whole_and_the_longest_first() -> None:
    finder = TitleFinder(["Home Alone", "Home Alone 2", "It", "2012"])
    assert finder.find("I saw home alone 2, then Home Alone") == [1, 0]
    assert finder.find("It is late. have you seen It in 2012? is it good") == [2]


def test_a_dialogue_is_cut_at_each_recommendation() -> None:
    dialogue = {
        "dialog_id": "d1",
        "turns": [
            {"role": "user", "text": "I like Alien (1979)", "mentioned_titles": ["Alien (1979)"]},
            {"role": "recommender", "text": "Heat (1995)?", "mentioned_titles": ["Heat (1995)", "No Such Film"]},
            {"role": "user", "text": "seen it", "mentioned_titles": []},
            {"role": "recommender", "text": "Up, Alien", "mentioned_titles": ["x", "y"], "mentioned_ids": ["u", "a"]},
        ],
    }
    found = list(Cutter(["Alien (1979)", "Heat (1995)", "Up (2009)"], ["a", "h", "u"]).cut([dialogue]))
    assert [(one.target, one.novel, one.mentioned) for one in found] == [
        (1, True, (0,)),
        (2, True, (0, 1)),
        (0, False, (0, 1)),
    ]
    assert found[0].turns == (("user", "I like Alien (1979)"),)


def test_a_point_cut_by_others_ends_with_the_user() -> None:
    point = {"dialog_id": 7, "context": ["", "Hi", "like Heat"], "entity": ["crime", "Heat"], "rec": ["Up", "Heat"]}
    found = list(Cutter(["Alien", "Heat", "Up"], ["a", "h", "u"]).cut([point]))
    assert [(one.target, one.novel) for one in found] == [(2, True), (1, False)]
    assert [role for role, _ in found[0].turns] == ["user", "recommender", "user"]


def test_any_doubt_whether_an_answer_is_new_counts_against_it() -> None:
    """A title inside another word is no mention to be removed, yet not surely new."""
    point = {"dialog_id": 1, "context": ["what's up"], "entity": [], "rec": ["Up"]}
    (found,) = Cutter(["Up"], ["u"]).cut([point])
    assert (found.mentioned, found.novel) == ((), False)


def test_what_a_dialogue_taught_does_not_count_for_itself() -> None:
    """Else a row that learns from its own channels would find every training answer already counted."""
    train = [sample("one", 1, (0,)), sample("two", 2, (0,)), sample("three", 2, (5,))]
    for row in (Popularity(), ItemKnn()):
        row.fit(board([], train))
        own, new = row.score([sample("one", HIDDEN, (0,)), sample("new", HIDDEN, (0,))])
        assert own[1] == pytest.approx(0.0, abs=1e-5), row.name
        assert new[1] > own[1], row.name


def test_a_learnt_row_beats_the_channels_it_is_made_of() -> None:
    """The answer is the item after the one mentioned, which only co-mention knows; popularity misleads."""
    rng = np.random.default_rng(0)
    pairs = [int(at) for at in rng.integers(0, 9, size=160)]
    talks = [sample(f"t{number}", 2 * at + 1, (2 * at,)) for number, at in enumerate(pairs)]
    small = Board("tiny", ITEMS, talks[:120], talks[120:], ())
    row = Learned(Encoded(HashEncoder(), None), seed=1)
    row.fit(small)
    asked = [sample(f"x{at}", HIDDEN, (2 * at,)) for at in range(9)]
    scores = row.score(asked)
    scores[np.arange(9), [2 * at for at in range(9)]] = -np.inf
    assert scores.argmax(axis=1).tolist() == [2 * at + 1 for at in range(9)]


def test_missing_libraries_are_told_before_any_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("evals.ranking.measures.find_spec", lambda name: None)
    row = Fixed(FALLING)
    with pytest.raises(MissingExtraError):
        report([sample("a", 1)], row)
    assert not row.seen


def test_a_run_that_is_cut_off_leaves_what_it_found() -> None:
    kept: list[BoardReport] = []
    rows = [Fixed(FALLING, "one"), Failing(FALLING, "two")]
    score_board(board([sample("a", 1)]), rows, seed=1, keep=kept.append)
    assert [[row.name for row in found.rows] for found in kept] == [["one"], ["one", "two"]]
