"""Every vector index keeps the vector contract, every lexical index the lexical one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from retrieval.chroma import ChromaIndex
from retrieval.errors import IndexMissingError, RetrievalError
from retrieval.lexical import TantivyIndex
from retrieval.testing import InMemoryIndex, LexicalIndexContract, VectorIndexContract, unit_rows


class TestInMemory(VectorIndexContract):
    @pytest.fixture
    def index(self) -> InMemoryIndex:
        return InMemoryIndex()


class TestChromaFolder(VectorIndexContract):
    @pytest.fixture
    def index(self, tmp_path: Path) -> Iterator[ChromaIndex]:
        index = ChromaIndex.create(tmp_path / "chroma", "palate-items")
        yield index
        index.close()


class TestTantivy(LexicalIndexContract):
    @pytest.fixture
    def lexical(self, tmp_path: Path) -> TantivyIndex:
        return TantivyIndex.create(tmp_path / "lexical")


def test_chroma_keeps_its_rows_between_openings(tmp_path: Path) -> None:
    first = ChromaIndex.create(tmp_path, "palate-items")
    first.upsert(["a", "b"], unit_rows(2))
    first.close()
    again = ChromaIndex.open(tmp_path, "palate-items")
    assert again.query(unit_rows(2)[1], 1)[0][0] == "b"
    again.close()


def test_creating_a_collection_again_empties_it(tmp_path: Path) -> None:
    first = ChromaIndex.create(tmp_path, "palate-items")
    first.upsert(["a"], unit_rows(1))
    second = ChromaIndex.create(tmp_path, "palate-items")
    assert second.count() == 0
    first.close()
    second.close()


def test_a_missing_collection_says_how_to_build_it(tmp_path: Path) -> None:
    with pytest.raises(IndexMissingError, match="palate index build"):
        ChromaIndex.open(tmp_path, "palate-items")


@pytest.mark.parametrize("address", ["localhost:8000", "ftp://localhost", ""])
def test_an_address_that_is_none_is_refused_by_value(address: str) -> None:
    with pytest.raises(RetrievalError, match="is not the address of a Chroma server"):
        ChromaIndex.open(address, "palate-items")


def test_tantivy_keeps_its_documents_between_openings(tmp_path: Path) -> None:
    from retrieval.texts import SearchFields

    TantivyIndex.create(tmp_path / "lexical").upsert({"a": SearchFields(title="Storm", names="", body="")})
    assert [item_id for item_id, _ in TantivyIndex.open(tmp_path / "lexical").query("storms", 3)] == ["a"]


def test_a_missing_lexical_index_says_how_to_build_it(tmp_path: Path) -> None:
    with pytest.raises(IndexMissingError, match="palate index build"):
        TantivyIndex.open(tmp_path / "lexical")
