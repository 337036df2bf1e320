"""How often users reacted to items, by kind: counts alone, for operators."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from .store_tables import EVENTS


def count_reactions(engine: sa.Engine, since: datetime) -> dict[str, int]:
    """Return the number of reactions of each kind since then; blocking."""
    kind = EVENTS.c.payload["feedback"].as_string()
    question = (
        sa.select(kind, sa.func.count())
        .where(EVENTS.c.kind == "feedback", EVENTS.c.created_at >= since.isoformat())
        .group_by(kind)
    )
    with engine.connect() as connection:
        return {str(name): int(count) for name, count in connection.execute(question)}
