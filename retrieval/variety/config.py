"""The settings of variety: where the dial stands, what keeps a mix of tastes, and how exposure is bounded."""

from __future__ import annotations

from pydantic import Field, model_validator

from ..types import AttributeValue, CatalogSchema, Constraint, Op, Value


class Bound(Value):
    """Bound the share of a list that one group of items may take, or must be given.

    With a ``value`` the group is all items that satisfy the condition, for example ``language ne English``. Without
    one, every value of the attribute is a group of its own, for example every director.
    """

    attribute: str
    """Name of an attribute of the catalogue."""
    op: Op = "eq"
    """How the group's items compare with ``value``."""
    value: AttributeValue | None = None
    """What makes the group; left out, every value of the attribute is a group."""
    most: float | None = Field(None, gt=0.0, le=1.0)
    """Largest share of a list, 0 to 1, rounded down to whole items but to one at least."""
    least: float | None = Field(None, gt=0.0, le=1.0)
    """Smallest share of a list, 0 to 1, rounded up to whole items."""

    @model_validator(mode="after")
    def _says_something(self) -> Bound:
        if self.most is None and self.least is None:
            raise ValueError(f"the bound on {self.attribute!r} needs most, least or both")
        if self.value is None and self.least is not None:
            raise ValueError(f"least needs a value: which group of {self.attribute!r} must be shown?")
        if self.value is None and self.op != "eq":
            raise ValueError(f"op {self.op!r} needs a value")
        if self.most is not None and self.least is not None and self.least > self.most:
            raise ValueError(f"least {self.least} is more than most {self.most}")
        return self

    @property
    def group(self) -> Constraint | None:
        """The condition that makes the group; None where every value is a group."""
        return None if self.value is None else Constraint(attribute=self.attribute, op=self.op, value=self.value)

    @property
    def words(self) -> str:
        """The bound in a few words, for records and messages."""
        group = f"one {self.attribute}" if self.value is None else f"{self.attribute} {self.op} {self.value}"
        most = [] if self.most is None else [f"at most {self.most:.0%}"]
        least = [] if self.least is None else [f"at least {self.least:.0%}"]
        return f"{' and '.join(least + most)} of a list with {group}"


class VarietyConfig(Value):
    """Say how lists are varied."""

    adventure: float = Field(0.4, ge=0.0, le=1.0)
    """Where the dial stands until a user turns it: 0 shows what everybody knows, 1 what hardly anybody does."""
    calibration: float = Field(0.2, ge=0.0, le=2.0)
    """Weight of keeping the mix of a user's likes in a list (Steck, RecSys 2018); 0 switches it off."""
    calibrate_by: str = ""
    """Attribute whose values make up the mix; empty takes the first of several labels that are not names."""
    evidence: int = Field(2, ge=2)
    """Likes that a user must have before their mix is kept."""
    bounds: tuple[Bound, ...] = ()
    """Bounds on the exposure of providers or groups."""

    def mixed_by(self, schema: CatalogSchema) -> str:
        """Return the name of the attribute whose mix is kept; empty where the catalogue has none."""
        if self.calibrate_by:
            return self.calibrate_by if schema.get(self.calibrate_by) else ""
        labels = (spec for spec in schema.attributes if spec.kind == "categories" and not spec.names)
        return next((spec.name for spec in labels), "")
