"""Put the pieces of a message in English order: question words first, negations before what they negate."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from .pieces import Piece
from .tokens import Word

_REFERENCE = re.compile(
    r"(the |number )?(first|second|third|fourth|fifth|last|other|top)( one| ones| film| two| three)?|number \d|#\d"
    r"|(this|that|these|those)( one| ones)?|it|them"
)
_BREAKS = frozenset({"but", "however", "instead", "rather", "although"})


def arrange(pieces: Sequence[Piece], words: Sequence[Word]) -> list[Piece]:
    """Return the pieces sentence by sentence in an order that the English rules read."""
    arranged: list[Piece] = []
    for sentence in _split(pieces, [word.ends_sentence_before for word in words]):
        clauses = _refusal_joined(_split(sentence, [word.ends_clause_before for word in words]))
        arranged += _question_first([_negations_first(clause) for clause in clauses])
    return arranged


def _split(pieces: Iterable[Piece], ends: Sequence[bool]) -> list[list[Piece]]:
    parts: list[list[Piece]] = [[]]
    for piece in pieces:
        if parts[-1] and piece.start < len(ends) and ends[piece.start]:
            parts.append([])
        parts[-1].append(piece)
    return parts


def _refusal_joined(clauses: list[list[Piece]]) -> list[list[Piece]]:
    """Join "no thanks" at the end of a sentence to the clause that it refuses: "horror films, no thanks"."""
    if len(clauses) < 2 or not any(piece.behind for piece in clauses[-1]) or any(map(_is_content, clauses[-1])):
        return clauses
    refused = clauses[-2]
    if not any(map(_is_content, refused)) or any(piece.behind for piece in refused):
        return clauses
    return [*clauses[:-2], [*refused, *clauses[-1]]]


def _negations_first(clause: list[Piece]) -> list[Piece]:
    """Move a negation that ends a clause before what it negates: "horror no" to "no horror"."""
    place = next((at for at in range(len(clause) - 1, -1, -1) if clause[at].behind), -1)
    if place < 1 or any(_is_content(piece) for piece in clause[place + 1 :]):
        return clause
    opened = max((at for at in range(place) if clause[at].english in _BREAKS), default=-1)
    first = next((at for at in range(opened + 1, place) if _is_content(clause[at])), -1)
    if first < 0:
        return clause
    return [*clause[:first], clause[place], *clause[first:place], *clause[place + 1 :]]


def _question_first(clauses: list[list[Piece]]) -> list[Piece]:
    """Put the question word of a sentence first, beside what it asks about."""
    asking = next((at for at, clause in enumerate(clauses) if any(p.kind == "question" for p in clause)), -1)
    flat = [piece for clause in clauses for piece in clause]
    if asking < 0:
        return flat
    clause = clauses[asking]
    before = [piece for part in clauses[:asking] for piece in part]
    question = next(piece for piece in clause if piece.kind == "question")
    rest = [piece for piece in clause if piece is not question]
    if any(_is_reference(piece) for piece in rest):
        asked = ""
    else:
        named = next((piece for piece in flat if _is_reference(piece)), None)
        asked = named.english if named is not None else "it"
    english = " ".join(question.english.replace("{it}", asked).split())
    fronted = [replace(question, english=english), *rest]
    behind = [piece for part in clauses[asking + 1 :] for piece in part]
    if before and all(_is_reference(piece) or not piece.english for piece in before):
        return [*fronted, *behind]  # the topic named first, as in "the second, how long is it?"
    return [*before, *fronted, *behind]


def _is_reference(piece: Piece) -> bool:
    return piece.kind == "proper" or _REFERENCE.fullmatch(piece.english) is not None


def _is_content(piece: Piece) -> bool:
    return piece.kind in ("catalog", "proper", "number", "unknown") or _is_reference(piece)
