"""A build gives the same index wherever its items are encoded: here, in several processes, or by Ray."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import numpy as np
import pytest

from retrieval import CatalogConfig, IndexConfig, RerankConfig, RetrievalSettings, build_index, verify_index
from retrieval.catalog_types import Columns
from retrieval.engines import EngineConfig
from retrieval.errors import MissingExtraError
from retrieval.index import IndexFolder
from retrieval.testing import HashEncoder
from retrieval.vectors import VectorTable

COUNT = 700
RAY = importlib.util.find_spec("ray") is not None


def settings(folder: Path, name: str, engine: EngineConfig) -> RetrievalSettings:
    return RetrievalSettings(
        catalog=CatalogConfig(path=folder / "books.jsonl", name="books", columns=Columns(popularity="sold")),
        index=IndexConfig(path=folder / name, engine=engine, batch_size=100),
        rerank=RerankConfig(enabled=False),
    )


def table(config: RetrievalSettings) -> VectorTable:
    return VectorTable.open(IndexFolder(config.index).current().folder)


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    books = [{"id": f"b{n}", "title": f"word{n} sea {n % 7}", "sold": n % 11} for n in range(COUNT)]
    (tmp_path / "books.jsonl").write_text("\n".join(map(json.dumps, books)), "utf-8")
    return tmp_path


@pytest.mark.parametrize(
    "engine",
    [
        pytest.param(EngineConfig(workers=2, ahead=4), id="processes"),
        pytest.param(
            EngineConfig(kind="ray", workers=2, ahead=4),
            id="ray",
            marks=[
                pytest.mark.skipif(not RAY, reason="the extra 'ray' is not installed: pip install 'palate[ray]'"),
                # Ray leaves files and sockets to the collector when it is shut down.
                pytest.mark.filterwarnings("ignore"),
            ],
        ),
    ],
)
def test_every_engine_makes_the_index_that_this_process_makes(shelf: Path, engine: EngineConfig) -> None:
    here = settings(shelf, "here", EngineConfig())
    there = settings(shelf, "there", engine)
    build_index(here, encoder=HashEncoder())
    assert build_index(there, encoder=HashEncoder()).items == COUNT
    assert verify_index(there, encoder=HashEncoder()).problems == ()
    assert list(table(there).ids) == list(table(here).ids)
    np.testing.assert_allclose(table(there).matrix, table(here).matrix, atol=1e-6)


@pytest.mark.skipif(RAY, reason="the extra 'ray' is installed")
def test_without_ray_the_error_names_the_extra(shelf: Path) -> None:
    with pytest.raises(MissingExtraError, match="ray"):
        build_index(settings(shelf, "index", EngineConfig(kind="ray")), encoder=HashEncoder())
