"""The dialogue ranker on a small made-up catalogue, where what should come first is known."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from retrieval.dialogues import RECOMMENDER, USER, DialogueConfig, DialogueRanker, Lesson, Moment, load, save
from retrieval.dialogues.channels import Channels, Outside
from retrieval.dialogues.model import fold_of
from retrieval.dialogues.reading import Reader
from retrieval.dialogues.sides import ItemSides
from retrieval.errors import IndexMismatchError, RetrievalError
from retrieval.types import Item

QUICK = DialogueConfig(folds=3, trees=20, seeds=1, depth=20, negatives=20, threads=1, ridge_rank=16)
GENRES = ("Horror", "Comedy", "Western")
PEOPLE = ("Ada Stone", "Ben Frost", "Cleo Marsh", "Dora Lake")


def catalogue(size: int = 60) -> list[Item]:
    return [
        Item(
            id=str(at),
            title=f"Story Number {at}",
            attributes={
                "year": 1980 + at % 40,
                "genres": (GENRES[at % 3],),
                "cast": (PEOPLE[at] if at < len(PEOPLE) else f"Player {at}",),
            },
        )
        for at in range(size)
    ]


def lessons(items: list[Item], dialogues: int = 260) -> list[Lesson]:
    """Return dialogues whose recommendation always shares the genre asked for, mostly the same few items."""
    rng = np.random.default_rng(3)
    made = []
    for number in range(dialogues):
        genre = int(rng.integers(3))
        first, second, third = (int(3 * rng.integers(1 + len(items) // 6) + genre) for _ in range(3))
        asked = ((USER, f"Some {GENRES[genre].lower()} like {items[first].title} ({items[first].attributes['year']})"),)
        targets = tuple(at for at in dict.fromkeys((second, third)) if at != first)
        if targets:
            made.append(Lesson(Moment(f"d_{number}", asked, (first,)), targets))
    return made


@pytest.fixture(scope="module")
def items() -> list[Item]:
    return catalogue()


@pytest.fixture(scope="module")
def ranker(items: list[Item]) -> DialogueRanker:
    return DialogueRanker.fit(items, lessons(items), config=QUICK)


def test_the_genre_asked_for_leads(ranker: DialogueRanker, items: list[Item]) -> None:
    asked = [Moment("new", ((USER, f"Any good {genre.lower()}?"),), ()) for genre in GENRES]
    scores = ranker.score(asked)
    assert scores.shape == (3, len(items))
    for genre, row in zip(GENRES, scores, strict=True):
        first = np.argsort(-row)[:5]
        assert all(items[at].attributes["genres"] == (genre,) for at in first)


def test_scores_are_finite_for_a_dialogue_that_says_nothing(ranker: DialogueRanker) -> None:
    scores = ranker.score([Moment("new", (), ()), Moment("new", ((RECOMMENDER, ""),), ())])
    assert np.isfinite(scores).all()


def test_the_same_lessons_give_the_same_scores(ranker: DialogueRanker, items: list[Item]) -> None:
    again = DialogueRanker.fit(items, lessons(items), config=QUICK)
    asked = [Moment("new", ((USER, "a western with Ada Stone"),), (4,))]
    np.testing.assert_allclose(again.score(asked), ranker.score(asked), rtol=1e-4)


def test_a_ranker_is_the_same_after_a_trip_through_a_folder(
    ranker: DialogueRanker, items: list[Item], tmp_path: Path
) -> None:
    save(ranker, tmp_path / "ranker")
    back = load(tmp_path / "ranker", items)
    asked = [Moment("new", ((USER, "a western with Ada Stone"),), (4,))]
    np.testing.assert_allclose(back.score(asked), ranker.score(asked), rtol=1e-5)
    with pytest.raises(IndexMismatchError, match="another catalogue"):
        load(tmp_path / "ranker", items[::-1])
    with pytest.raises(RetrievalError, match="holds no dialogue ranker"):
        load(tmp_path, items)


def test_chances_fall_from_the_first_and_are_worth_their_name(ranker: DialogueRanker) -> None:
    best, chances = ranker.chances(Moment("new", ((USER, "a comedy"),), (1,)))
    assert 1 not in best
    assert (np.diff(chances) <= 0).all()
    assert 0.0 < chances[-1] <= chances[0] < 1.0
    assert ranker.calibration is not None
    assert ranker.calibration.error < 0.1


def test_one_moment_scores_as_among_others(ranker: DialogueRanker) -> None:
    moments = [Moment("a", ((USER, "horror"),), (3,)), Moment("b", ((USER, "a comedy"),), ())]
    together = ranker.score(moments)
    np.testing.assert_allclose(together[1], ranker.score(moments[1:])[0], rtol=1e-4)


def test_channels_never_saw_the_dialogues_they_make_features_for(items: list[Item]) -> None:
    """A fold's channels are fitted without its dialogues, so a pair that only they hold counts for nothing there."""
    made = lessons(items)
    config = QUICK.model_copy(update={"ordered": True})
    folds = fold_of(made, config)
    groups = {}
    for lesson, fold in zip(made, folds, strict=True):
        assert groups.setdefault(lesson.moment.group, fold) == fold
    assert list(folds) == sorted(folds)
    sides = ItemSides(items)
    rest = [lesson for lesson, fold in zip(made, folds, strict=True) if fold != 0]
    odd = Lesson(Moment("odd", (), (58,)), (59,))
    view = Reader(sides).read([lesson.moment for lesson in rest])
    without = Channels.fit(rest, view, sides, Outside.nothing(len(items)), config)
    asked = Reader(sides).read([odd.moment])
    assert without.scores(asked)["together_all"][0, 59] == 0.0
    with_odd = [*rest, odd]
    view = Reader(sides).read([lesson.moment for lesson in with_odd])
    assert (
        Channels.fit(with_odd, view, sides, Outside.nothing(len(items)), config).scores(asked)["together_all"][0, 59]
        > 0
    )


def test_left_out_channels_are_not_there(items: list[Item]) -> None:
    config = QUICK.model_copy(update={"without": ("together", "ridge"), "trees": 0})
    small = DialogueRanker.fit(items, lessons(items), config=config)
    assert not [name for name in small.linear.names if name.startswith(("together", "ridge"))]
    assert np.isfinite(small.score([Moment("new", ((USER, "horror"),), (1,))])).all()


def test_without_trees_the_linear_blend_ranks_whatever_its_weight(items: list[Item]) -> None:
    config = QUICK.model_copy(update={"trees": 0, "linear_weight": 0.0})
    scores = DialogueRanker.fit(items, lessons(items), config=config).score([Moment("new", ((USER, "horror"),), ())])
    assert len(np.unique(scores[0])) > len(items) // 2


def test_text_is_read_into_mentions_names_and_years(items: list[Item]) -> None:
    sides = ItemSides(items)
    assert sides.labels == ["genres"]
    turns = (
        (RECOMMENDER, "Have you seen Story Number 7 (1987)?"),
        (USER, "Yes &amp; loved it. Any comedies from the 90s with Cleo Marsh?"),
    )
    view = Reader(sides).read([Moment("a", turns, (7,))])
    assert view.mentions["recommender"][0, 7] == 1.0
    assert view.mentions["user"].nnz == 0
    assert view.years[0].tolist() == [1990.0, 1999.0]
    assert view.named["genres"][0, sides.values["genres"].index("comedy")] == 1.0
    assert view.named_last["cast"][0, sides.values["cast"].index("cleo marsh")] == 1.0
    assert "<seen" in view.words[0]
    assert not any("story number" in word for word in view.words[0])
