"""A small catalogue with its index, to break things over: the best-known films of the demo."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from agent import Settings
from retrieval import CatalogConfig, build_index, demo

FILMS = 300
"""Enough for a search to choose from, and indexed in seconds."""


def shelf_settings(folder: Path, *, store: str = "", **more: Mapping[str, Any]) -> Settings:
    """Write the catalogue, build its index, and return settings that serve it from this folder; blocking.

    Nobody is limited, everybody can be remembered, and neither a language model nor a reranker is used.

    Args:
        folder: for the catalogue, its index and the data; made if absent.
        store: address of the conversations; empty keeps them in the folder.
        more: sections of the settings that differ.
    """
    folder.mkdir(parents=True, exist_ok=True)
    sections: dict[str, Any] = {
        "data_dir": folder / "data",
        "catalog": _write(folder / "films.jsonl"),
        "index": {"path": folder / "index"},
        "rerank": {"enabled": False},
        "llm": {"engine": "none"},
        "memory": {"enabled": True},
        "server": {"host": "127.0.0.1", "port": 0, "refresh_s": 0},
        "store": {"url": store},
        "api": {"per_minute": 0, "turns_per_minute": 0},
    }
    for name, section in more.items():
        sections[name] = {**sections.get(name, {}), **section}
    settings = Settings.model_validate(sections)
    build_index(settings.retrieval())
    return settings


def _write(path: Path) -> CatalogConfig:
    schema = demo.schema()
    best_known = sorted(demo.films(), key=lambda item: -item.popularity)[:FILMS]
    rows = [item.model_dump(mode="json", exclude={"attributes"}) | item.attributes for item in best_known]
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    return CatalogConfig.model_validate(
        {
            "path": path,
            "name": schema.name,
            "noun": schema.noun,
            "noun_plural": schema.noun_plural,
            "verb": schema.verb,
            "columns": {"description": "description", "popularity": "popularity", "url": "url"},
            "attributes": [spec.model_dump() for spec in schema.attributes],
        }
    )
