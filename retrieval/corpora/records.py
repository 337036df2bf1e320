"""Files of JSON lines, and splits that never cut a group in two."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

Record = Mapping[str, Any]


def read_lines(path: Path) -> Iterator[Record]:
    """Yield the JSON objects of a file, one a line."""
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def split_groups(groups: Iterable[str], held_out: float, seed: int) -> frozenset[str]:
    """Return the groups to hold out: a random share, the same for the same seed whatever the order given."""
    ordered = sorted(set(groups))
    random.Random(seed).shuffle(ordered)
    return frozenset(ordered[: round(len(ordered) * held_out)])
