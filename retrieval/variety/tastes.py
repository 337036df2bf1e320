"""What mix of tastes a query gives evidence of. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from ..types import CatalogSchema, Item, Query
from .calibrate import Shares, mean_shares, shares_of
from .config import VarietyConfig


def target_mix(query: Query, liked: Sequence[Item], config: VarietyConfig, schema: CatalogSchema) -> Shares:
    """Return the mix that a list should keep; empty without enough evidence of one.

    Evidence is the items that the query likes. A condition or wish about the attribute says outright what is wanted,
    so that nothing is inferred then.
    """
    attribute = config.mixed_by(schema)
    if not attribute or not config.calibration or any(c.attribute == attribute for c in query.constraints):
        return {}
    parts = [part for item in liked if (part := shares_of(item, attribute))]
    return mean_shares(parts) if len(parts) >= config.evidence else {}
