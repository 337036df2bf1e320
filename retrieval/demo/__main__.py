"""Check the shipped notes against the shipped films: ``python -m retrieval.demo`` prints what is wrong and fails."""

from __future__ import annotations

import sys

from .films import films
from .notes import check_notes, read_notes, vocabulary


def main() -> int:
    """Print each problem on a line; return 1 if there is any."""
    problems = check_notes(read_notes(), {film.id: film.title for film in films()}, vocabulary())
    sys.stdout.writelines(f"{problem}\n" for problem in problems)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
