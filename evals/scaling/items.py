"""Draw items of the demo's shape: each attribute from its own distribution over real films, names mixed anew."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from retrieval import CatalogConfig, demo
from retrieval.types import AttributeSpec, Item

_CHUNK = 5000
_WORDS = (15, 60)
"""Words of a description, drawn evenly."""
_TITLE_WORDS = (1, 4)
_NEW_NAMES = 0.5
"""Share of names that are mixed from two, so that there are ever more of them, as in real catalogues."""


class ItemSource:
    """Draws items from the films of the demo; the same for the same seed."""

    def __init__(self, films: Sequence[Item], seed: int) -> None:
        """Take the films to draw from."""
        self._seed = seed
        self._schema = demo.schema()
        self._columns = {
            spec.name: [film.attributes.get(spec.name) for film in films] for spec in self._schema.attributes
        }
        texts = " ".join(film.description.lower() for film in films).split()
        self.words, self.shares = _counted(texts)
        self._titles, self._title_shares = _counted(" ".join(film.title for film in films).split())

    def lines(self, count: int) -> Iterator[str]:
        """Yield items as lines of JSON."""
        for chunk, start in enumerate(range(0, count, _CHUNK)):
            rng = np.random.default_rng((self._seed, chunk))
            yield from self._chunk(rng, start, min(_CHUNK, count - start))

    def _chunk(self, rng: np.random.Generator, start: int, size: int) -> Iterator[str]:
        drawn = {name: rng.integers(len(column), size=size) for name, column in self._columns.items()}
        texts = _drawn(rng, self.words, self.shares, size, _WORDS)
        titles = _drawn(rng, self._titles, self._title_shares, size, _TITLE_WORDS)
        # Fame falls off as it does for films: few are known to all.
        fame = np.round(rng.pareto(1.2, size=size) * 10, 2)
        for row in range(size):
            item: dict[str, Any] = {
                "id": f"s{start + row:07d}",
                "title": titles[row],
                "text": texts[row],
                "fame": float(fame[row]),
            }
            for spec in self._schema.attributes:
                value = self._columns[spec.name][int(drawn[spec.name][row])]
                if value is not None:
                    item[spec.name] = self._mixed(rng, spec, value) if spec.names else value
            yield json.dumps(item, ensure_ascii=False)

    def _mixed(self, rng: np.random.Generator, spec: AttributeSpec, value: Any) -> list[str]:
        column = self._columns[spec.name]
        names = []
        for name in value:
            other = column[int(rng.integers(len(column)))]
            last = str(other[0]).split(" ")[-1] if isinstance(other, tuple) and other else ""
            mixed = f"{name.split(' ')[0]} {last}".rstrip()
            names.append(mixed if rng.random() < _NEW_NAMES else name)
        return list(dict.fromkeys(names))


def write_catalog(folder: Path, count: int, seed: int, films: Sequence[Item]) -> CatalogConfig:
    """Write a catalogue of that many items to a folder, and return how to read it."""
    path = folder / "items.jsonl"
    with path.open("w", encoding="utf-8") as file:
        file.writelines(f"{line}\n" for line in ItemSource(films, seed).lines(count))
    return catalog_config(path)


def catalog_config(path: Path) -> CatalogConfig:
    """Return how to read a file that ``write_catalog`` wrote."""
    return CatalogConfig.model_validate(
        {
            "path": path,
            "name": "scaling",
            "columns": {"description": "text", "popularity": "fame"},
            "attributes": [spec.model_dump() for spec in demo.schema().attributes],
        }
    )


def _counted(words: Sequence[str]) -> tuple[list[str], np.ndarray]:
    counts: dict[str, int] = {}
    for word in words:
        counts[word] = counts.get(word, 0) + 1
    total = sum(counts.values())
    return list(counts), np.array([count / total for count in counts.values()])


def _drawn(
    rng: np.random.Generator, words: Sequence[str], shares: np.ndarray, size: int, lengths: tuple[int, int]
) -> list[str]:
    each = rng.integers(lengths[0], lengths[1] + 1, size=size)
    chosen = rng.choice(len(words), size=int(each.sum()), p=shares)
    ends = np.cumsum(each)
    return [
        " ".join(words[at] for at in chosen[end - length : end])
        for end, length in zip(ends.tolist(), each.tolist(), strict=True)
    ]
