"""Make a bundled catalogue ready to talk about: rows with their derived columns, and an index of them."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from retrieval import CatalogConfig, RetrievalSettings, build_index

from ..data import data_file
from .bundled import BundledCatalog, Counted, Derived, find_catalog


def work_folder(data_dir: Path, name: str) -> Path:
    """Return the folder in which a bundled catalogue's rows and index are kept."""
    return data_dir / "evals" / name


def prepare_catalog(
    name: str,
    data_dir: Path,
    settings: RetrievalSettings,
    on_progress: Callable[[int, int, float], None] | None = None,
) -> RetrievalSettings:
    """Return the settings turned to a bundled catalogue, its index built or, where nothing changed, taken as it is.

    Args:
        name: which catalogue.
        data_dir: where rows and index are kept.
        settings: all that does not depend on the catalogue: encoder, search, reranker.
        on_progress: told how a build goes: items done, items in all, items a second.

    Raises:
        DataMissingError: the data is not there.
        SuiteError: there is no such catalogue.
    """
    bundled = find_catalog(name)
    folder = work_folder(data_dir, name)
    turned = settings.model_copy(
        update={
            "catalog": write_rows(bundled, data_file(bundled.file), folder / "rows.jsonl"),
            "index": settings.index.model_copy(update={"path": folder / "index", "chroma_url": None}),
        }
    )
    build_index(turned, on_progress=on_progress)
    return turned


def write_rows(bundled: BundledCatalog, source: Path, target: Path) -> CatalogConfig:
    """Write the rows with their derived columns and return the mapping that reads them.

    The same data and the same rules give the same bytes, so that the index sees whether anything changed.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_suffix(".new")
    with source.open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    with fresh.open("w", encoding="utf-8") as out:
        for row in count(derive(rows, bundled.derived), rows, bundled.counted):
            out.write(json.dumps(row, ensure_ascii=False) + "\n")
    fresh.replace(target)
    return bundled.catalog.model_copy(update={"path": target, "media_folder": source.parent})


def derive(rows: Iterable[Mapping[str, Any]], rules: Iterable[Derived]) -> Iterator[dict[str, Any]]:
    """Yield each row with the labels that its words give."""
    compiled = [
        (rule, {label: re.compile(pattern, re.IGNORECASE) for label, pattern in rule.labels.items()}) for rule in rules
    ]
    for row in rows:
        found = {}
        for rule, patterns in compiled:
            words = "\n".join(_text(row.get(column)) for column in rule.columns)
            if labels := [label for label, pattern in patterns.items() if pattern.search(words)]:
                found[rule.column] = labels
        yield {**row, **found}


def count(
    rows: Iterable[dict[str, Any]], every: Sequence[Mapping[str, Any]], rules: Iterable[Counted]
) -> Iterator[dict[str, Any]]:
    """Yield each row with how many of ``every`` row share the commonest of its labels."""
    totals = {rule: Counter(label for row in every for label in _labels(row.get(rule.of))) for rule in rules}
    for row in rows:
        counts = {
            rule.column: max((held[label] for label in _labels(row.get(rule.of))), default=0)
            for rule, held in totals.items()
        }
        yield {**row, **counts}


def _labels(cell: Any) -> list[Any]:
    return cell if isinstance(cell, list) else [] if cell is None else [cell]


def _text(cell: Any) -> str:
    if isinstance(cell, list):
        return "\n".join(map(str, cell))
    return "" if cell is None else str(cell)
