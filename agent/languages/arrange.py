"""Put the pieces of a message in English order: question words first, negations before what they negate."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from .pieces import Piece
from .tokens import Word

_REFERENCE = re.compile(
    r"(of )?(the |number )?(first|second|third|fourth|fifth|last|other|top)( one| ones| film| two| three)?"
    r"|number \d|#\d|(this|that|these|those)( one| ones)?|it|them"
)
_JOINING = frozenset({"", "and", "or", "but", "so", "yes", "ok"})
_BREAKS = frozenset({"but", "however", "instead", "rather", "although", "because"})


def arrange(pieces: Sequence[Piece], words: Sequence[Word], tail: str = "") -> list[Piece]:
    """Return the pieces, given in the message's own order, in one that the English rules read.

    ``tail`` is what stands behind the last of the message's ``words``.
    """
    arranged: list[Piece] = []
    for sentence in _split(pieces, [word.ends_sentence_before for word in words]):
        clauses = _refusal_joined(_split(sentence, [word.ends_clause_before for word in words]))
        clauses = _without_echo(clauses)
        end = max(piece.end for piece in sentence)
        mark = words[end].sep if end < len(words) else tail
        asks = "?" in mark or "？" in mark
        opened = max((at for at, clause in enumerate(clauses) if "¿" in words[clause[0].start].sep), default=0)
        clauses = [
            _asked(_pointed(_negations_first(clause)), asks=asks and at >= opened) for at, clause in enumerate(clauses)
        ]
        clauses = _question_first(clauses)
        marks = [words[min(piece.start for piece in clause)].sep for clause in clauses]
        if arranged:
            marks[0] = words[min(piece.start for piece in sentence)].sep
        arranged += [
            replace(piece, mark=mark if not at else "")
            for clause, mark in zip(clauses, marks, strict=True)
            for at, piece in enumerate(clause)
        ]
    return arranged


def _split(pieces: Iterable[Piece], ends: Sequence[bool]) -> list[list[Piece]]:
    parts: list[list[Piece]] = [[]]
    for piece in pieces:
        if parts[-1] and piece.start < len(ends) and ends[piece.start]:
            parts.append([])
        parts[-1].append(piece)
    return parts


def _without_echo(clauses: list[list[Piece]]) -> list[list[Piece]]:
    """Leave out "it" behind a clause that names what is meant: "not the second, it is bad"."""
    kept: list[list[Piece]] = []
    named = False
    for clause in clauses:
        asks = any(piece.kind == "question" for piece in clause)
        echo = named and not asks
        kept.append([replace(piece, english="") if echo and piece.english == "it" else piece for piece in clause])
        named = named or any(_is_reference(piece) and piece.english != "it" for piece in clause)
    return kept


def _refusal_joined(clauses: list[list[Piece]]) -> list[list[Piece]]:
    """Join "no thanks" at the end of a sentence to the clause that it refuses: "horror films, no thanks"."""
    if len(clauses) < 2 or not any(piece.behind for piece in clauses[-1]) or any(map(_is_content, clauses[-1])):
        return clauses
    refused = clauses[-2]
    if not any(map(_is_content, refused)) or any(piece.behind for piece in refused):
        return clauses
    return [*clauses[:-2], [*refused, *clauses[-1]]]


def _pointed(clause: list[Piece]) -> list[Piece]:
    """Say what "i have seen {those}" means, unless the clause names it."""
    named = any(map(_is_reference, clause))
    pieces = []
    for piece in clause:
        english = piece.english
        if piece.kind != "question":
            for slot, pointer in (("{it}", "it"), ("{those}", "those")):
                english = english.replace(slot, "" if named else pointer)
        pieces.append(replace(piece, english=english.strip()))
    return pieces


def _asked(clause: list[Piece], *, asks: bool) -> list[Piece]:
    """Turn a statement about a shown item that is meant as a question into one: "the second is violent ?".

    A word may say that it is meant so, or ``asks``, the mark behind the sentence.
    """
    mark = next((piece for piece in clause if piece.english == "?"), None)
    if mark is None and asks:
        mark = next((piece for piece in clause[1:] if piece.english == "is"), None)
    if mark is None:
        return clause
    plain = any(map(_is_reference, clause)) and not any(piece.kind == "question" for piece in clause)
    asked = replace(mark, english="is {it}" if plain else "", kind="question" if plain else "plain")
    if not plain and mark.english == "is":
        return clause
    return [asked if piece is mark else piece for piece in clause]


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


def _question_first(clauses: list[list[Piece]]) -> list[list[Piece]]:
    """Put the question word of a sentence first in its clause, beside what it asks about."""
    asking = next((at for at, clause in enumerate(clauses) if any(p.kind == "question" for p in clause)), -1)
    if asking < 0:
        return clauses
    clause = clauses[asking]
    question = next(piece for piece in clause if piece.kind == "question")
    rest = [piece for piece in clause if piece is not question]
    earlier = next((piece for part in clauses[:asking] for piece in part if _is_reference(piece)), None)
    if earlier is not None:  # "the second, when did it come out?"
        rest = [piece for piece in rest if piece.english != "it"]
    pointer = earlier.english if earlier is not None else "it"
    asked = "" if any(_is_reference(piece) for piece in rest) else pointer
    english = " ".join(question.english.replace("{it}", asked).split())
    fronted = [replace(question, english=english), *rest]
    if all(_is_reference(piece) or piece.english in _JOINING for part in clauses[:asking] for piece in part):
        # What is asked about stands first, as in "the second, how long is it?"; a choice keeps it.
        choices = [] if "{it}" in question.english else [piece for part in clauses[:asking] for piece in part]
        return [[*fronted, *choices], *clauses[asking + 1 :]]
    return [*clauses[:asking], fronted, *clauses[asking + 1 :]]


def _is_reference(piece: Piece) -> bool:
    return piece.kind == "proper" or _REFERENCE.fullmatch(piece.english) is not None


def _is_content(piece: Piece) -> bool:
    return piece.kind in ("catalog", "proper", "number", "unknown") or _is_reference(piece)
