"""Shared by all tests: no network, no real models unless asked for, fixed seeds, clean environment."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator

import pytest

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TRANSFORMERS_OFFLINE", "1")
os.environ.setdefault("ANONYMIZED_TELEMETRY", "False")
os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

from agent.parts import read_vocabulary
from agent.understanding import LexicalUnderstander
from evals.durability import ThrowawayPostgres
from evals.errors import PostgresMissingError
from retrieval import Facts


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--run-real",
        action="store_true",
        help="also run tests that need downloaded weights, a real vLLM server or a real browser",
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--run-real"):
        return
    skip = pytest.mark.skip(reason="needs downloaded weights, a real server or a real browser: run with --run-real")
    for item in items:
        if "real" in item.keywords:
            item.add_marker(skip)


@pytest.fixture(autouse=True)
def _no_real_models(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Forbid real language models outside the tests marked real."""
    import agent.llm

    if "real" not in request.keywords:
        monkeypatch.setattr(agent.llm, "ALLOW_REAL_MODELS", False)


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Drop PALATE_* variables of whoever runs the tests, but for those that say where data and models lie."""
    for name in list(os.environ):
        if name.startswith("PALATE_") and name not in ("PALATE_DATA", "PALATE_MODELS_DIR", "PALATE_VLLM_ENV"):
            monkeypatch.delenv(name)
    random.seed(42)
    yield


@pytest.fixture(scope="session")
def demo_facts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Facts]:
    """Facts of the demo's 3,000 best-known films."""
    from retrieval.demo import films, schema

    best_known = sorted(films(), key=lambda item: -item.popularity)[:3000]
    facts = Facts.create(tmp_path_factory.mktemp("facts") / "facts.db", schema())
    facts.upsert(best_known)
    yield facts
    facts.close()


@pytest.fixture(scope="session")
def understander(demo_facts: Facts) -> LexicalUnderstander:
    """The lexical understander over those films."""
    vocabulary, coverage = read_vocabulary(demo_facts)
    return LexicalUnderstander(
        demo_facts.schema, vocabulary, items=demo_facts.get, count=demo_facts.count, coverage=coverage
    )


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[ThrowawayPostgres]:
    """A real Postgres server for this run of the tests."""
    try:
        server = ThrowawayPostgres()
    except PostgresMissingError as error:
        pytest.skip(f"NOT TESTED against Postgres: {error}")
    with server:
        yield server


@pytest.fixture
def postgres(postgres_server: ThrowawayPostgres) -> str:
    """Address of an empty Postgres database."""
    postgres_server.empty()
    return postgres_server.url
