"""Say what may never be shown: items rated above an age, blocked items, blocked values. Pure.

The rules become standing constraints of the facts themselves (``Facts.open``), below everything that users, models and
doors can say: a blocked item is in no search, count, list of values, title or answer, as if the catalogue lacked it.
"""

from __future__ import annotations

import math
from typing import Literal

from pydantic import Field, model_validator

from .errors import ConstraintError
from .filters import validate
from .types import CatalogSchema, Constraint, Value

_OLDEST = 1e9
"""No rating is an age above this."""


class SafetyConfig(Value):
    """Rules on what may be shown; by default there are none."""

    rating_attribute: str = ""
    """Attribute that holds the content rating: labels, or a number that is an age in years."""
    ratings: dict[str, int] = Field(default_factory=dict)
    """Rating label -> age in years from which it is suitable; empty where the attribute is a number."""
    max_age: int | None = Field(None, ge=0)
    """Show only what is suitable from this age on or from an earlier one; None shows all."""
    unknown_rating: Literal["block", "allow"] = "block"
    """What to do, where an age is set, with items whose rating is absent or not in ``ratings``."""
    profiles: dict[str, int] = Field(default_factory=dict)
    """Name of a profile -> its ``max_age``, for example ``children = 7``."""
    profile: str = ""
    """The profile in force; its age replaces ``max_age``."""
    blocked_items: tuple[str, ...] = ()
    """Ids of items that are never shown."""
    blocked_values: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    """Attribute -> values; items that have one of them are never shown."""

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> SafetyConfig:
        if self.profile and self.profile not in self.profiles:
            known = ", ".join(sorted(self.profiles)) or "none"
            raise ValueError(f"profile {self.profile!r} is not one of profiles: {known}")
        if self.age is not None and not self.rating_attribute:
            raise ValueError("an age needs rating_attribute, the attribute that holds the rating")
        return self

    @property
    def age(self) -> int | None:
        """The age in force, in years, or None."""
        return self.profiles[self.profile] if self.profile else self.max_age


def standing_constraints(config: SafetyConfig, schema: CatalogSchema) -> tuple[Constraint, ...]:
    """Return the conditions that every item must satisfy, whoever asks; blocked ids come on top.

    Raises:
        ConstraintError: the rules do not fit the catalogue.
    """
    found = [
        Constraint(attribute=attribute, op="not_in", value=values)
        for attribute, values in config.blocked_values.items()
        if values
    ]
    if config.age is not None:
        found += _by_age(config, config.age, schema)
    for constraint in found:
        validate(constraint, schema)
    return tuple(found)


def _by_age(config: SafetyConfig, age: int, schema: CatalogSchema) -> list[Constraint]:
    """Return the conditions on the rating; only ``outside`` and ``not_in`` hold for items without one."""
    name = config.rating_attribute
    spec = schema.get(name)
    lenient = config.unknown_rating == "allow"
    if spec is not None and spec.kind == "number":
        above = (math.nextafter(age, math.inf), _OLDEST)
        return [
            Constraint(attribute=name, op="outside", value=above)
            if lenient
            else Constraint(attribute=name, op="le", value=age)
        ]
    older = tuple(label for label, suitable in config.ratings.items() if suitable > age)
    younger = tuple(label for label, suitable in config.ratings.items() if suitable <= age)
    if not younger:
        raise ConstraintError(
            f"No label of safety.ratings is suitable at age {age}, so nothing could be shown: {config.ratings!r}.",
            hint='Give each label of the attribute an age, for example safety.ratings = {G = 0, "PG-13" = 13}',
        )
    # An item with several ratings counts as rated by the oldest, hence both conditions.
    found = [Constraint(attribute=name, op="not_in", value=older)] if older else []
    return found if lenient else [*found, Constraint(attribute=name, op="in", value=younger)]
