"""Hold what a sentence says of the user to the user's own words."""

from __future__ import annotations

from .context import GroundingContext
from .glue import is_glue
from .lexicon import FUNCTION, USER_STATEMENTS, USER_WORDS
from .readings import CLAUSE_ENDS, Reading

Stretch = tuple[int, int]


def frames(reading: Reading, context: GroundingContext) -> list[Stretch]:
    """Return the stretches that speak of the user: from "you" to the end of the clause; a "you" in a title is none."""
    found: list[Stretch] = []
    for i, token in enumerate(reading.tokens):
        in_title = token.capital and i in reading.covered
        if token.norm in USER_WORDS and not in_title and not (found and i < found[-1][1]):
            rest = range(i, len(reading.tokens))
            found.append((i, next((k for k in rest if _closes(reading, context, k)), len(reading.tokens))))
    return found


def _closes(reading: Reading, context: GroundingContext, i: int) -> bool:
    """Tell whether the clause ends here; the full stop of "James V. Hart" is part of a name that the user said."""
    if reading.norm(i) == ".":
        return not (reading.tokens[i - 1].capital and context.user.said(reading.norm(i + 1)))
    return reading.norm(i) in CLAUSE_ENDS or reading.norm(i) == ","


def cover_limits(reading: Reading, context: GroundingContext) -> None:
    """Cover numbers in "your two-hour limit" that repeat a wish which the item grants."""
    for quantity, start, end in context.user.limits(reading):
        fields = context.numbers.fields_of(quantity, reading)
        wish = context.user.granted_limit(quantity, fields, context.item)
        if wish is not None:
            reading.covered.update(range(start, end))
            reading.limits.update(range(start, end))
            reading.prove(start, end, wish.attribute, wish.value, "user")


def check_frames(reading: Reading, context: GroundingContext) -> None:
    """Refuse what the user did not say, and every wish of theirs that the item does not grant."""
    for start, end in frames(reading, context):
        statement = _is_statement(reading, start, end)
        if statement:
            reading.dangling.difference_update(range(start, end))
        for i in range(start, end):
            if i in reading.limits or _says_nothing(reading, context, i):
                if statement and _part_of_wish(reading, context, i):
                    reading.covered.add(i)
                continue
            said = context.user.said(reading.norm(i))
            if said and (statement or i in reading.covered):
                reading.covered.add(i)
                reading.prove(i, i + 1, "preference", said, "user")
            else:
                reading.bad.add(i)
        if not any(i in reading.covered for i in range(start, end)):
            _require_wish(reading, context, start, end)


def _part_of_wish(reading: Reading, context: GroundingContext, i: int) -> bool:
    """Tell whether a small word or sign belongs to what the user said: "The" of a name, "%" behind a number."""
    sign = reading.norm(i) == "%" and bool(context.user.said(reading.norm(i - 1)))
    return sign or context.user.names(reading.tokens[i].text)


def _says_nothing(reading: Reading, context: GroundingContext, i: int) -> bool:
    token = reading.tokens[i]
    small = not token.word or token.norm in FUNCTION | USER_WORDS
    return small or is_glue(reading, context, i, framed=True) or reading.in_title(i)


def _is_statement(reading: Reading, start: int, end: int) -> bool:
    """Tell whether the clause only reports a wish, as in "You asked for something funny"."""
    opens = start == 0 or reading.norm(start - 1) in CLAUSE_ENDS or reading.norm(start - 1) == "though"
    verb = next((token.norm for token in reading.tokens[start + 1 : start + 3] if token.norm != "also"), "")
    return opens and verb in USER_STATEMENTS and end - start > 2


def _require_wish(reading: Reading, context: GroundingContext, start: int, end: int) -> None:
    """Require a wish behind a frame that names none, as in "as you asked"."""
    wished = {preference.attribute for preference in context.preferences}
    if not any(claim.field in wished for claim in reading.claims) and not reading.titles:
        reading.bad.update(i for i in range(start, end) if reading.tokens[i].word)
