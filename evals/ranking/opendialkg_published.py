"""Read OpenDialKG as it was published (Moon et al., ACL 2019) into the shape that the cutter takes.

It is one CSV file, a dialogue a row. Before what they wrote, people chose a path through a knowledge graph; its things
that stand in the words are what the turn names.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from pathlib import Path

from retrieval.corpora import Record

from .dialogues import RECOMMENDER, USER

_KIND = re.compile(r"\s*\([^()]*\)$")
_MOST_CHARACTERS = 10_000_000
"""Of one cell; a whole dialogue stands in one."""


def read_published(path: Path) -> Iterator[Record]:
    """Yield the dialogues of the published file, numbered by row."""
    csv.field_size_limit(_MOST_CHARACTERS)
    with path.open(encoding="utf-8", newline="") as file:
        for number, row in enumerate(csv.DictReader(file)):
            yield {"dialog_id": f"row-{number}", "turns": list(_turns(json.loads(row["Messages"])))}


def _turns(messages: list[Record]) -> Iterator[Record]:
    chosen: list[str] = []
    for message in messages:
        if message["type"] == "chat":
            text = str(message["message"])
            named = [name for name in chosen if name.casefold() in text.casefold()]
            role = USER if message["sender"] == "user" else RECOMMENDER
            yield {"role": role, "text": text, "mentioned_titles": list(dict.fromkeys(named))}
            chosen = []
        elif path := (message.get("metadata") or {}).get("path"):
            things = [str(triple[at]) for triple in path[1] for at in (0, 2)]
            # The graph writes what kind of thing it is behind a name that several things share.
            chosen += [_KIND.sub("", thing) for thing in things]
