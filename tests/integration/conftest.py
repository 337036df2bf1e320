"""A real recommender over the demo's best-known films: real index, real encoder, no language model."""

from __future__ import annotations

import json
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from agent import Recommender, Settings
from retrieval import CatalogConfig, build_index
from retrieval.catalog import AttributeColumn, Columns
from retrieval.demo import films, schema
from ui.breaking import shelf_settings

FILMS = 300
"""Half of them from before 1990: the best known are recent."""


@pytest.fixture(scope="session")
def demo_environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Variables under which Palate serves a slice of the demo, whose index is built once for all tests."""
    folder = tmp_path_factory.mktemp("demo")
    # One variable of an environment holds 128 kB at most, so each language is one of its own.
    spoken = {f"PALATE_CATALOG__LANGUAGES__{code.upper()}": words for code, words in schema().languages.items()}
    environment = {
        "PALATE_CATALOG": _write_catalog(folder / "films.jsonl").model_dump_json(),
        "PALATE_DATA_DIR": str(folder / "data"),
        "PALATE_INDEX__PATH": str(folder / "index"),
        "PALATE_LLM__ENGINE": "none",
        **{name: words.model_dump_json(exclude_defaults=True) for name, words in spoken.items()},
    }
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment.items():
            patch.setenv(name, value)
        build_index(Settings.load().retrieval())
    return environment


@pytest.fixture
def demo_settings(demo_environment: dict[str, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Settings:
    """Settings over that index, with a conversation store of the test's own."""
    for name, value in demo_environment.items():
        monkeypatch.setenv(name, value)
    return Settings.load(data_dir=tmp_path)


@pytest.fixture
async def recommender(demo_settings: Settings) -> AsyncIterator[Recommender]:
    """A recommender over that index; the store is new."""
    recommender = Recommender.from_settings(demo_settings)
    yield recommender
    await recommender.aclose()


@pytest.fixture(scope="session")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings over the small catalogue that things are broken over, whose index is built once for all tests."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("PALATE_")]:
            patch.delenv(name)
        return shelf_settings(tmp_path_factory.mktemp("shelf"))


def _write_catalog(path: Path) -> CatalogConfig:
    best_known = sorted(films(), key=lambda item: -item.popularity)
    older = [item for item in best_known if int(str(item.attributes.get("year", 9999))) < 1990]
    chosen = {item.id: item for item in (*best_known[: FILMS // 2], *older[: FILMS // 2])}
    rows = [item.model_dump(mode="json", exclude={"attributes"}) | item.attributes for item in chosen.values()]
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    demo = schema()
    return CatalogConfig(
        path=path,
        name=demo.name,
        noun=demo.noun,
        noun_plural=demo.noun_plural,
        verb=demo.verb,
        columns=Columns(description="description", popularity="popularity", url="url"),
        attributes=tuple(AttributeColumn(**spec.model_dump()) for spec in demo.attributes),
    )
