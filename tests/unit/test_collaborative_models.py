"""Models of interactions: what the papers' formulas give, and what two tastes give."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from retrieval.collaborative import Als, AlsConfig, Ease, EaseConfig, ItemKnn, KnnConfig, Popular
from retrieval.collaborative.cold import TextSpace, foresee_vectors
from retrieval.collaborative.measure import best_of, ndcg_rows


def two_tastes(users: int = 40, items: int = 12, seed: int = 0) -> csr_matrix:
    """Half of the users have to do with the first half of the items, the others with the rest."""
    draw = np.random.default_rng(seed)
    rows = np.zeros((users, items), dtype=np.float32)
    for user in range(users):
        mine = np.arange(items // 2) + (items // 2) * (user % 2)
        rows[user, draw.choice(mine, 4, replace=False)] = 1.0
    return csr_matrix(rows)


@pytest.mark.parametrize("users", [7, 60])
def test_ease_is_the_closed_form_whichever_side_is_inverted(users: int) -> None:
    matrix = two_tastes(users)
    dense = matrix.toarray().astype(np.float64)
    inverse = np.linalg.inv(dense.T @ dense + 3.0 * np.eye(12))
    expected = np.eye(12) - inverse / np.diag(inverse)
    model = Ease(matrix, EaseConfig(regularisation=3.0))
    assert model.scores(csr_matrix(np.eye(12, dtype=np.float32))) == pytest.approx(expected, abs=1e-4)
    assert model.rows(np.array([3], dtype=np.int32))[0] == pytest.approx(expected[3], abs=1e-4)


def test_item_knn_is_the_shrunk_cosine() -> None:
    matrix = csr_matrix(np.array([[1, 1, 0], [1, 1, 0], [1, 0, 1]], dtype=np.float32))
    likeness = ItemKnn(matrix, KnnConfig(shrinkage=1.0)).likeness.toarray()
    assert likeness[0, 1] == pytest.approx(2 / (np.sqrt(3 * 2) + 1))
    assert likeness[0, 0] == 0
    only = ItemKnn(matrix, KnnConfig(shrinkage=1.0, neighbours=1)).likeness.toarray()
    assert (only[0] > 0).tolist() == [False, True, False]


@pytest.mark.parametrize("make", [Ease, ItemKnn, Als.fit], ids=["ease", "knn", "als"])
def test_a_stranger_of_one_taste_is_shown_that_taste(make: type) -> None:
    if make is Als.fit:
        pytest.importorskip("implicit", reason="palate[train] is not installed")
        model = Als.fit(two_tastes(), AlsConfig(factors=4, regularisation=0.1, confidence=10))
    else:
        model = make(two_tastes())
    stranger = csr_matrix(([1.0, 1.0], ([0, 0], [0, 1])), shape=(1, 12), dtype=np.float32)
    assert set(best_of(model.scores(stranger), stranger, 4)[0].tolist()) == {2, 3, 4, 5}


def test_popularity_knows_no_taste() -> None:
    scores = Popular(two_tastes()).scores(csr_matrix((2, 12)))
    assert np.array_equal(scores[0], scores[1])


def test_cold_vectors_are_foreseen_from_texts() -> None:
    draw = np.random.default_rng(1)
    texts = draw.normal(size=(200, 10)).astype(np.float32)
    vectors = texts @ draw.normal(size=(10, 4)).astype(np.float32)
    warm = np.arange(200) < 150
    hidden = np.where(warm[:, None], vectors, np.float32(0))
    full = foresee_vectors(hidden, TextSpace.of(texts, 10), warm, 0.01)
    assert np.array_equal(full[warm], vectors[warm])
    assert np.corrcoef(full[~warm].ravel(), vectors[~warm].ravel())[0, 1] > 0.99


def test_ranking_leaves_out_what_was_seen_and_breaks_ties_by_chance() -> None:
    scores = np.zeros((400, 6), dtype=np.float32)
    seen = csr_matrix(np.tile([1, 0, 0, 0, 0, 0], (400, 1)))
    firsts = [best_of(scores[:1], seen[:1], 1, seed)[0, 0] for seed in range(60)]
    assert 0 not in firsts and set(firsts) == {1, 2, 3, 4, 5}


def test_ndcg_of_rows_and_nothing_to_find() -> None:
    right = csr_matrix(np.array([[0, 1, 1], [0, 0, 0]]))
    rows = ndcg_rows(np.array([[0, 1], [0, 1]]), right)
    assert rows[0] == pytest.approx((1 / np.log2(3)) / (1 + 1 / np.log2(3)))
    assert np.isnan(rows[1])
