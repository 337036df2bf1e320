"""HTML of the operator's page in a language, from Jinja templates that escape everything they are given."""

from __future__ import annotations

from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from ..language import Words
from .gather import REACTIONS_DAYS, Overview

LISTED = 20
"""Turns and reports that are listed one by one."""


def page_html(words: Words) -> str:
    """Write the frame of the page, without data."""
    return _templates(words).get_template("page.html").render(language=words.language)


def view_html(seen: Overview, words: Words) -> str:
    """Write everything that the page shows."""
    down = sum(state != "ok" and name not in seen.off for name, state in seen.parts.items())
    slowest = max((turn.total_ms for turn in seen.turns[:LISTED]), default=0.0)
    shown: dict[str, Any] = {"seen": seen, "down": down, "slowest": slowest or 1.0}
    return _templates(words).get_template("view.html").render(listed=LISTED, days=REACTIONS_DAYS, **shown)


class _Told:
    """The page's words and figures in one language."""

    def __init__(self, words: Words) -> None:
        self._words = words

    def say(self, key: str, **slots: object) -> str:
        return self._words.say(f"operator.{key}", **slots)

    def pattern(self, key: str) -> str:
        """Return a pattern as it stands; the page's script fills it."""
        return self._words.patterns[f"operator.{key}"]

    def coded(self, key: str, **slots: str) -> Markup:
        """Fill a pattern with what is typed or set as it stands."""
        code = Markup("<code>{}</code>")
        return escape(self.pattern(key)).format(**{name: code.format(value) for name, value in slots.items()})

    def named(self, kind: str, name: str) -> str:
        """Return what people call a part, a stage, an action or a reaction; its own name where they have none."""
        return self._words.patterns.get(f"operator.{kind}_{name}", name.replace("_", " "))

    def milliseconds(self, value: float) -> str:
        """Write a time so that it can be compared at a glance, for example ``4.1 s`` or ``0.5 ms``."""
        if value >= 1000:
            return f"{self._words.decimal(value / 1000, 1)} s"
        return f"{self._words.decimal(value, 0 if value >= 10 else 1)} ms"

    def age(self, hours: float) -> str:
        """Write how long ago something was: minutes, hours, then days."""
        if hours < 1:
            return self.say("minutes_ago", n=round(60 * hours))
        return self.say("hours_ago", n=round(hours)) if hours < 72 else self.say("days_ago", n=round(hours / 24))


@cache
def _templates(words: Words) -> Environment:
    environment = Environment(
        loader=PackageLoader("ui.operator"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    told = _Told(words)
    environment.filters.update(ms=told.milliseconds, age=told.age, number=words.number)
    environment.globals.update(
        t=told.say, pattern=told.pattern, coded=told.coded, named=told.named, comma=words.patterns["values.comma"]
    )
    return environment
