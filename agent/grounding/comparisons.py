"""Check comparisons of numbers: with a liked item, or with what the user asked for."""

from __future__ import annotations

from retrieval.types import AttributeSpec, Item

from .context import GroundingContext
from .lexicon import USER_WORDS
from .readings import Claim, Reading
from .tokens import tokenize
from .vocabulary import as_number


def read_comparisons(reading: Reading, context: GroundingContext) -> None:
    """Claim every "shorter than Heat" and "lighter than you asked for" that the numbers bear out."""
    for i in range(len(reading.tokens) - 2):
        if reading.norm(i + 1) != "than":
            continue
        for spec in context.catalog.attributes:
            direction = spec.comparatives.get(reading.norm(i))
            if direction is not None and _claim(reading, context, spec, direction, i):
                break


def _claim(reading: Reading, context: GroundingContext, spec: AttributeSpec, direction: str, i: int) -> bool:
    end, bounds = _bounds(reading, context, spec, i + 2)
    fact = as_number(context.item.attributes.get(spec.name))
    if fact is None or not any(fact < bound if direction == "lower" else fact > bound for bound in bounds):
        return False

    def holds(item: Item) -> bool:
        return False

    reading.claim(Claim(i, end, spec.name, context.item.attributes[spec.name], holds))
    return True


def _bounds(reading: Reading, context: GroundingContext, spec: AttributeSpec, at: int) -> tuple[int, list[float]]:
    """Return what the item may be compared with here, as numbers, and the token after its name."""
    if reading.norm(at) in USER_WORDS and reading.norm(at + 1) in ("asked", "wanted"):
        end = at + 3 if reading.norm(at + 2) == "for" else at + 2
        wishes = [as_number(wish.value) for wish in context.preferences if wish.attribute == spec.name]
        return end, [bound for bound in wishes if bound is not None]
    texts = [token.text for token in reading.tokens]
    for item in context.liked:
        title = [token.text for token in tokenize(item.title)]
        bound = as_number(item.attributes.get(spec.name))
        if texts[at : at + len(title)] == title and bound is not None:
            return at + len(title), [bound]
    return at, []
