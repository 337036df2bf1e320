"""HTML of the operator's page, from a Jinja template that escapes everything it is given."""

from __future__ import annotations

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from .gather import Overview

LISTED = 20
"""Turns and reports that are listed one by one."""


def view_html(seen: Overview) -> str:
    """Write everything that the page shows."""
    down = sum(state != "ok" and name not in seen.off for name, state in seen.parts.items())
    slowest = max((turn.total_ms for turn in seen.turns[:LISTED]), default=0.0)
    return _templates().get_template("view.html").render(seen=seen, down=down, slowest=slowest or 1.0, listed=LISTED)


def milliseconds(value: float) -> str:
    """Write a time so that it can be compared at a glance, for example ``4.1 s`` or ``0.5 ms``."""
    return f"{value / 1000:.1f} s" if value >= 1000 else f"{value:.0f} ms" if value >= 10 else f"{value:.1f} ms"


def age(hours: float) -> str:
    """Write how long ago something was: minutes, hours, then days."""
    if hours < 1:
        return f"{60 * hours:.0f} min"
    return f"{hours:.0f} h" if hours < 72 else f"{hours / 24:.0f} days"


@cache
def _templates() -> Environment:
    environment = Environment(
        loader=PackageLoader("ui.operator"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(ms=milliseconds, age=age)
    return environment
