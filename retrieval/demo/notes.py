"""The notes on films: a synopsis in our own words, moods, themes, and how fast, light and intense a film is.

``python -m retrieval.demo`` prints what is wrong with them, a line each, and fails if anything is.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from importlib.resources import files
from typing import Any

Note = Mapping[str, Any]

LEAST_NOTES = 700
SYNOPSIS_WORDS = (15, 40)
LABELS = {"moods": (2, 5), "themes": (2, 6)}
"""Fewest and most labels of each kind on one film."""
SCALES = ("pace", "tone", "intensity")

_FIELDS = frozenset({"id", "title", "synopsis", *LABELS, *SCALES})


def read_notes() -> Iterator[Note]:
    """Yield the notes, one a film, in the order of the file."""
    with files(__package__).joinpath("notes.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def vocabulary() -> dict[str, Any]:
    """Return the words that moods and themes are chosen from, and what the steps of the scales mean."""
    loaded: dict[str, Any] = json.loads(files(__package__).joinpath("vocabulary.json").read_text(encoding="utf-8"))
    return loaded


def check_notes(notes: Iterable[Note], titles: Mapping[str, str], words: Mapping[str, Any]) -> list[str]:
    """Return what is wrong with the notes, a line each; ``titles`` are the films' by id, ``words`` the vocabulary."""
    listed = list(notes)
    problems = [f"{note.get('id')}: {problem}" for note in listed for problem in _problems(note, titles, words)]
    for field in ("id", "synopsis"):
        counts = Counter(str(note.get(field)) for note in listed)
        problems += [f"{value[:60]!r}: the same {field} {count} times" for value, count in counts.items() if count > 1]
    if len(listed) < LEAST_NOTES:
        problems.append(f"{len(listed)} notes; at least {LEAST_NOTES} are wanted")
    return problems


def _problems(note: Note, titles: Mapping[str, str], words: Mapping[str, Any]) -> Iterator[str]:
    if set(note) != _FIELDS:
        yield f"fields {sorted(note)}, not {sorted(_FIELDS)}"
        return
    if titles.get(note["id"]) != note["title"]:
        yield f"title {note['title']!r}; the film is {titles.get(note['id'])!r}"
    length = len(note["synopsis"].split())
    if not SYNOPSIS_WORDS[0] <= length <= SYNOPSIS_WORDS[1] or not note["synopsis"].endswith((".", "!", "?")):
        yield f"synopsis of {length} words, or without an end"
    for field, (fewest, most) in LABELS.items():
        labels = note[field]
        unknown = sorted(set(labels) - set(words[field]))
        if unknown or not fewest <= len(set(labels)) == len(labels) <= most:
            yield f"{field} {labels}; unknown: {unknown}"
    for field in SCALES:
        if str(note[field]) not in words["scales"][field] or not isinstance(note[field], int):
            yield f"{field} {note[field]!r}"
