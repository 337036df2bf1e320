"""Doubles for tests, and the contract each implementation of a protocol must keep.

A suite for an implementation is a subclass of its contract with a fixture that makes one::

    class TestChroma(VectorIndexContract):
        @pytest.fixture
        def index(self, tmp_path):
            return ChromaIndex.create(tmp_path, "items")
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from .places import Among
from .testing_faults import Breaker as Breaker
from .testing_faults import break_parts as break_parts
from .testing_media import ColourEncoder as ColourEncoder
from .testing_media import MediaEncoderContract as MediaEncoderContract
from .texts import SearchFields
from .types import LexicalIndex, Reranker, TextEncoder, VectorIndex, Vectors


class HashEncoder:
    """Encode by hashed words: texts that share words are near. Deterministic and instant; knows no meaning."""

    def __init__(self, dimension: int = 64) -> None:
        """Choose the length of the vectors."""
        self.dimension = dimension
        self.name = f"hash:{dimension}"
        self.encoded: list[str] = []
        """Item texts encoded so far, in order."""

    def encode_query(self, texts: Sequence[str]) -> Vectors:
        """Return one unit row per query."""
        return self._rows(texts)

    def encode_items(self, texts: Sequence[str]) -> Vectors:
        """Return one unit row per item text, and remember the texts."""
        self.encoded.extend(texts)
        return self._rows(texts)

    def _rows(self, texts: Sequence[str]) -> Vectors:
        rows = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            # The lone constant keeps texts without words from having no direction.
            row[0] = 0.01
            for word in text.lower().split():
                digest = hashlib.blake2b(word.strip(".,:;()").encode(), digest_size=8).digest()
                row[int.from_bytes(digest[:4], "big") % self.dimension] += 1.0 if digest[4] % 2 else -1.0
        unit: Vectors = rows / np.linalg.norm(rows, axis=1, keepdims=True)
        return unit


class InMemoryIndex:
    """A vector index that compares with everything: slow, exact, the standard for the others."""

    def __init__(self) -> None:
        """Start empty."""
        self._rows: dict[str, Vectors] = {}

    def upsert(self, ids: Sequence[str], vectors: Vectors) -> None:
        """Add or replace rows."""
        self._rows.update(zip(ids, np.asarray(vectors, dtype=np.float32), strict=True))

    def delete(self, ids: Sequence[str]) -> None:
        """Remove rows; unknown ids are ignored."""
        for item_id in ids:
            self._rows.pop(item_id, None)

    def query(self, vector: Vectors, k: int) -> list[tuple[str, float]]:
        """Return up to k (id, cosine), best first, ties by id."""
        scored = ((item_id, float(row @ vector)) for item_id, row in self._rows.items())
        return sorted(scored, key=lambda hit: (-hit[1], hit[0]))[: max(k, 0)]

    def get(self, ids: Sequence[str]) -> dict[str, Vectors]:
        """Return the vectors of the ids that are present."""
        return {item_id: self._rows[item_id] for item_id in ids if item_id in self._rows}

    def ids(self) -> set[str]:
        """Return all ids present."""
        return set(self._rows)

    def count(self) -> int:
        """Return the number of rows."""
        return len(self._rows)


class WordReranker:
    """Score by the share of the query's words that a text has; remembers what it was asked."""

    name = "words"

    def __init__(self) -> None:
        """Start with no history."""
        self.queries: list[str] = []

    def score(self, query: str, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return one score per text, 0 to 1."""
        self.queries.append(query)
        words = _words(query)
        shares = [len(words & _words(text)) / max(1, len(words)) for text in texts]
        return np.array(shares, dtype=np.float32)


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.lower()))


class WritableLexicalIndex(LexicalIndex, Protocol):
    """A lexical index as its builder sees it."""

    def upsert(self, documents: Mapping[str, SearchFields]) -> None:
        """Add or replace items."""
        ...

    def delete(self, ids: Sequence[str]) -> None:
        """Remove items; unknown ids are ignored."""
        ...

    def count(self) -> int:
        """Return the number of items."""
        ...


def unit_rows(count: int, dimension: int = 8, seed: int = 42) -> Vectors:
    """Return random unit rows, the same for the same arguments."""
    rows = np.random.default_rng(seed).normal(size=(count, dimension)).astype(np.float32)
    unit: Vectors = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return unit


class EncoderContract:
    """What every text encoder keeps; subclasses give a fixture ``encoder``."""

    def test_rows_are_unit_float32_of_the_declared_length(self, encoder: TextEncoder) -> None:
        for rows in (encoder.encode_query(["a quiet sea", "war"]), encoder.encode_items(["a quiet sea", "war"])):
            assert rows.shape == (2, encoder.dimension)
            assert rows.dtype == np.float32
            np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1.0, atol=1e-3)

    def test_no_texts_give_no_rows(self, encoder: TextEncoder) -> None:
        assert encoder.encode_items([]).shape == (0, encoder.dimension)

    def test_a_text_is_encoded_alike_alone_and_in_a_batch(self, encoder: TextEncoder) -> None:
        texts = ["short", "a somewhat longer text about a lighthouse keeper and the sea", "", "ünïcode 映画"]
        together = encoder.encode_items(texts)
        for row, text in zip(together, texts, strict=True):
            assert float(row @ encoder.encode_items([text])[0]) > 0.999

    def test_related_texts_are_nearer_than_unrelated_ones(self, encoder: TextEncoder) -> None:
        query = encoder.encode_query(["a storm at sea"])[0]
        near, far = encoder.encode_items(["sailors caught in a storm at sea", "an accountant files tax returns"])
        assert float(query @ near) > float(query @ far) + 0.1

    def test_threads_get_the_same_answers(self, encoder: TextEncoder) -> None:
        texts = [f"text number {place}" for place in range(6)]
        alone = [encoder.encode_query([text])[0] for text in texts]
        with ThreadPoolExecutor(3) as pool:
            threaded = list(pool.map(lambda text: encoder.encode_query([text])[0], texts))
        np.testing.assert_allclose(np.stack(threaded), np.stack(alone), atol=1e-3)


class VectorIndexContract:
    """What every vector index keeps; subclasses give a fixture ``index``, empty, for rows of 8 numbers."""

    def test_the_nearest_come_first_with_their_cosines(self, index: VectorIndex) -> None:
        rows = unit_rows(200)
        index.upsert([f"i{place}" for place in range(200)], rows)
        found = index.query(rows[7], 10)
        cosines = rows @ rows[7]
        assert [item_id for item_id, _ in found] == [f"i{place}" for place in np.argsort(-cosines)[:10]]
        np.testing.assert_allclose([score for _, score in found], np.sort(cosines)[::-1][:10], atol=1e-3)

    def test_asking_for_more_than_there_is_gives_all(self, index: VectorIndex) -> None:
        index.upsert(["a", "b"], unit_rows(2))
        assert {item_id for item_id, _ in index.query(unit_rows(1)[0], 50)} == {"a", "b"}

    def test_asking_for_none_gives_none(self, index: VectorIndex) -> None:
        index.upsert(["a"], unit_rows(1))
        assert index.query(unit_rows(1)[0], 0) == []

    def test_a_second_upsert_replaces(self, index: VectorIndex) -> None:
        first, second = unit_rows(2)
        index.upsert(["a"], first[None])
        index.upsert(["a"], second[None])
        assert index.count() == 1
        np.testing.assert_allclose(index.get(["a"])["a"], second, atol=1e-6)

    def test_deleted_rows_are_gone_and_unknown_ids_are_fine(self, index: VectorIndex) -> None:
        index.upsert(["a", "b", "c"], unit_rows(3))
        index.delete(["b", "unknown"])
        assert index.ids() == {"a", "c"}
        assert index.count() == 2
        assert "b" not in dict(index.query(unit_rows(3)[1], 3))

    def test_get_returns_what_is_there(self, index: VectorIndex) -> None:
        rows = unit_rows(3)
        index.upsert(["a", "b", "c"], rows)
        found = index.get(["c", "unknown", "a"])
        assert set(found) == {"a", "c"}
        np.testing.assert_allclose(found["c"], rows[2], atol=1e-6)
        assert index.get([]) == {}

    def test_many_rows_pass_the_batch_limits(self, index: VectorIndex) -> None:
        ids = [f"i{place}" for place in range(2500)]
        index.upsert(ids, unit_rows(2500))
        assert index.count() == 2500
        assert index.ids() == set(ids)
        assert len(index.get(ids)) == 2500


class LexicalIndexContract:
    """What every lexical index keeps; subclasses give a fixture ``lexical``, empty."""

    def test_the_best_match_comes_first(self, lexical: WritableLexicalIndex) -> None:
        lexical.upsert(_shelf())
        assert lexical.query("lighthouse keeper", 5)[0][0] == "sea"
        scores = [score for _, score in lexical.query("the storm and the lighthouse", 5)]
        assert scores == sorted(scores, reverse=True)

    def test_a_match_in_the_title_beats_one_in_the_body(self, lexical: WritableLexicalIndex) -> None:
        lexical.upsert(_shelf())
        assert [item_id for item_id, _ in lexical.query("storm", 5)] == ["storm", "sea"]

    def test_case_accents_and_endings_do_not_matter(self, lexical: WritableLexicalIndex) -> None:
        lexical.upsert(_shelf())
        assert [item_id for item_id, _ in lexical.query("AMELIE", 5)] == ["amelie"]
        assert [item_id for item_id, _ in lexical.query("keepers of lighthouses", 5)] == ["sea"]

    def test_no_text_is_a_syntax_error(self, lexical: WritableLexicalIndex) -> None:
        lexical.upsert(_shelf())
        for text in ('title:"storm AND (', "storm^ OR -", "[a TO", "\\", "storm*~2", '"'):
            lexical.query(text, 5)
        assert lexical.query("", 5) == []
        assert lexical.query("   !!! ", 5) == []

    def test_among_restricts_exactly_however_many(self, lexical: WritableLexicalIndex) -> None:
        documents = {
            f"i{place}": SearchFields(title=f"storm {place}", names="", body="sea " * (place % 7))
            for place in range(3000)
        }
        lexical.upsert(documents)
        unrestricted = lexical.query("storm sea", 3000)
        for allowed in ({"i5", "i2999", "unknown"}, {f"i{place}" for place in range(0, 3000, 2)}):
            wanted = [hit for hit in unrestricted if hit[0] in allowed][:40]
            found = lexical.query("storm sea", 40, among=Among.of(allowed))
            assert {item_id for item_id, _ in found} <= allowed
            np.testing.assert_allclose([s for _, s in found], [s for _, s in wanted], rtol=1e-4)
        assert lexical.query("storm", 5, among=Among.of([])) == []

    def test_a_second_upsert_replaces_and_a_delete_removes(self, lexical: WritableLexicalIndex) -> None:
        lexical.upsert(_shelf())
        lexical.upsert({"sea": SearchFields(title="Calm", names="", body="nothing")})
        lexical.delete(["storm", "unknown"])
        assert lexical.query("lighthouse storm", 5) == []
        assert [item_id for item_id, _ in lexical.query("calm", 5)] == ["sea"]
        assert lexical.count() == 2


class RerankerContract:
    """What every reranker keeps; subclasses give a fixture ``reranker``."""

    def test_one_finite_score_per_text(self, reranker: Reranker) -> None:
        scores = reranker.score("a storm at sea", ["sailors in a storm", "", "taxes " * 400])
        assert scores.shape == (3,)
        assert np.isfinite(scores).all()

    def test_no_texts_give_no_scores(self, reranker: Reranker) -> None:
        assert reranker.score("anything", []).shape == (0,)

    def test_a_text_scores_alike_alone_and_in_a_batch(self, reranker: Reranker) -> None:
        texts = ["a short one", "a much longer text about a lighthouse keeper, his daughter and the sea", "third"]
        together = reranker.score("lighthouse", texts)
        alone = [float(reranker.score("lighthouse", [text])[0]) for text in texts]
        np.testing.assert_allclose(together, alone, atol=0.05)


def _shelf() -> dict[str, SearchFields]:
    return {
        "sea": SearchFields(title="The Keeper", names="Ann Lee", body="a lighthouse keeper waits out a storm at sea"),
        "storm": SearchFields(title="Storm", names="Bo Ek", body="two families share a house"),
        "amelie": SearchFields(title="Amélie", names="Cy Roux", body="a waitress in Paris helps strangers"),
    }
