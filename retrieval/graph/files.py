"""Write the graph of a generation beside its facts, and map it again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib.format import open_memmap
from numpy.typing import NDArray

from ..places import Column
from ..types import CatalogSchema
from .arrays import Graph
from .gather import Parts, gather, gather_graph, node_attributes

GRAPH = "graph"
"""Name of the folder beside the facts."""
_MARK = "graph.json"
_LAYOUT = 1


def write_graph(folder: Path, columns: Mapping[str, Column], schema: CatalogSchema, items: int) -> None:
    """Write the graph of a generation; its arrays go straight to disk.

    Args:
        folder: of the generation.
        columns: facts by attribute.
        schema: the catalogue.
        items: how many there are.
    """
    folder = folder / GRAPH
    folder.mkdir(exist_ok=True)
    on_disk: list[np.memmap[Any, Any]] = []

    def reserve(name: str, length: int, kind: type) -> NDArray[Any]:
        if length == 0:
            np.save(folder / f"{name}.npy", np.zeros(0, dtype=kind))
            return np.zeros(0, dtype=kind)
        on_disk.append(open_memmap(folder / f"{name}.npy", mode="w+", dtype=kind, shape=(length,)))
        return on_disk[-1]

    parts = gather(columns, schema, items, reserve)
    for array in on_disk:
        array.flush()
    np.save(folder / "item_ends.npy", parts.item_ends)
    np.save(folder / "node_ends.npy", parts.node_ends)
    mark = {"layout": _LAYOUT, "items": items, "attributes": parts.attributes, "starts": parts.starts.tolist()}
    (folder / _MARK).write_text(json.dumps(mark), "utf-8")


def open_graph(folder: Path, columns: Mapping[str, Column], schema: CatalogSchema, items: int) -> Graph:
    """Map what ``write_graph`` wrote; where it is missing, damaged or of other items, make it anew from the facts.

    Args:
        folder: of the generation.
        columns: facts by attribute.
        schema: the catalogue.
        items: how many there are.
    """
    names = tuple(spec.name for spec in node_attributes(schema))
    starts = np.concatenate([[0], np.cumsum([len(columns[name].ends) for name in names], dtype=np.int64)])
    try:
        mark = json.loads((folder / GRAPH / _MARK).read_text("utf-8"))
        wanted = {"layout": _LAYOUT, "items": items, "attributes": list(names), "starts": starts.tolist()}
        if mark != wanted:
            return gather_graph(columns, schema, items)
        return _parts(folder / GRAPH, names, starts.astype(np.int64)).assemble()
    except (OSError, EOFError, ValueError):
        return gather_graph(columns, schema, items)


def _parts(folder: Path, names: tuple[str, ...], starts: NDArray[np.int64]) -> Parts:
    def mapped(name: str) -> NDArray[Any]:
        array: NDArray[Any] = np.load(folder / f"{name}.npy", mmap_mode="r")
        return array

    return Parts(
        names,
        starts,
        np.load(folder / "item_ends.npy"),
        mapped("nodes"),
        mapped("chances"),
        np.load(folder / "node_ends.npy"),
        mapped("places"),
    )
