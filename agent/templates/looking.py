"""What is said of pictures and sounds that a user sent. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from retrieval.types import CatalogSchema, Constraint

from ..types import UploadKind
from .lists import described
from .phrases import count, join, plain, sentence_case

_LIKENESS: dict[UploadKind, str] = {"image": "look like your picture", "audio": "sound like your recording"}
_ONE: dict[UploadKind, str] = {"image": "looks like your picture", "audio": "sounds like your recording"}
_MISSING: dict[UploadKind, tuple[str, str]] = {"image": ("picture", "pictures"), "audio": ("sound", "sounds")}


def opening_like(
    schema: CatalogSchema,
    kinds: Sequence[UploadKind],
    shown: int,
    constraints: Sequence[Constraint] = (),
    *,
    text: str = "",
) -> str:
    """Return the line above picks that were compared with what the user sent.

    Args:
        schema: the catalogue.
        kinds: what they were compared with.
        shown: how many picks.
        constraints: hard conditions, all of which they satisfy.
        text: the words that came with it.
    """
    alike = join((_ONE if shown == 1 else _LIKENESS)[kind] for kind in dict.fromkeys(kinds))
    nouns = described(schema, constraints, plural=shown != 1) if constraints else _nouns(schema, shown)
    near = f", with “{plain(text)}” in mind" if text else ""
    return f"{sentence_case(count(shown))} {nouns} that {alike}{near}:"


def cannot_look(kind: UploadKind, schema: CatalogSchema) -> str:
    """Say that nothing in the catalogue can be compared with what the user sent."""
    one, many = _MISSING[kind]
    return (
        f"I can't search by {one} here: the {schema.noun_plural} of this catalogue come without {many} to compare "
        "with. Tell me in words what you are after."
    )


def _nouns(schema: CatalogSchema, shown: int) -> str:
    return schema.noun if shown == 1 else schema.noun_plural
