"""Make first tastes from what an integrator states about a user, for those of whom nothing is known yet. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from retrieval import validate
from retrieval.errors import ConstraintError
from retrieval.types import CatalogSchema, Constraint

from ..errors import MessageError
from .config import Lean, MemoryConfig
from .types import TasteSeen, taste_key

Stated = Mapping[str, str | Sequence[str]]
"""Stated attributes of a user: ``age_group``, ``favourite_genres`` or whatever the settings give rules for."""

_FAVOURITE = 0.5
"""Strength of a catalogue value stated as liked: more than a guess, less than the user's own words."""


def stated_tastes(stated: Stated, config: MemoryConfig, schema: CatalogSchema, at: str) -> list[TasteSeen]:
    """Return the tastes that stated attributes suggest.

    An attribute of the catalogue names values that the user likes; any other must have rules in ``memory.profiles``.

    Raises:
        MessageError: an attribute is neither, or the catalogue cannot express a taste.
    """
    found: dict[str, TasteSeen] = {}
    for name, given in stated.items():
        values = (given,) if isinstance(given, str) else tuple(given)
        for lean in _leans(name, values, config, schema):
            sign = _sign(lean, name, at, config, schema)
            if sign is not None and (sign.taste not in found or found[sign.taste].strength < sign.strength):
                found[sign.taste] = sign
    return list(found.values())


def _leans(name: str, values: Sequence[str], config: MemoryConfig, schema: CatalogSchema) -> list[Lean]:
    rules = [rule for rule in config.profiles if rule.attribute == name]
    if rules:
        wanted = {value.casefold() for value in values}
        return [lean for rule in rules if rule.value.casefold() in wanted for lean in rule.prefers]
    spec = schema.get(name)
    if spec is not None and spec.kind in ("category", "categories"):
        return [Lean(attribute=name, value=value, strength=_FAVOURITE) for value in values]
    known = sorted({rule.attribute for rule in config.profiles})
    raise MessageError(
        f"Nothing is known about users by {name!r}.",
        hint=f"Give rules for it in memory.profiles, or state one of: {', '.join(known) or 'the categories'}.",
    )


def _sign(lean: Lean, name: str, at: str, config: MemoryConfig, schema: CatalogSchema) -> TasteSeen | None:
    if lean.attribute in config.excluded:
        return None
    try:
        validate(Constraint(attribute=lean.attribute, op="eq", value=lean.value), schema)
    except ConstraintError as error:
        raise MessageError(f"The taste stated by {name!r} does not fit the catalogue: {error}") from error
    return TasteSeen(
        at=at,
        taste=taste_key(lean.attribute, "eq", lean.value),
        attribute=lean.attribute,
        value=lean.value,
        polarity=lean.polarity,
        strength=lean.strength,
        source="profile",
    )
