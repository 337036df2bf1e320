"""HTML of the page's parts, from Jinja templates that escape everything they are given."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from agent.memory import Memory
from agent.types import TEXT, Preference, Reply, Table
from retrieval.types import CatalogSchema, Item

from .. import view
from .cards import cards_context, item_url, tint
from .panel import memory_context, panel_context


class Renderer:
    """Write HTML for one catalogue."""

    def __init__(self, schema: CatalogSchema) -> None:
        """Keep the schema, which holds every noun and label."""
        self.schema = schema

    @cached_property
    def _templates(self) -> Environment:
        environment = Environment(
            loader=PackageLoader("ui.page"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        environment.globals.update(schema=self.schema, item_url=item_url, tint=tint)
        return environment

    def _write(self, template: str, **context: Any) -> str:
        return self._templates.get_template(template).render(**context).strip()

    def welcome(self, samples: Sequence[str], shelf: Sequence[Item], count: int) -> str:
        """Write the first screen."""
        return self._write("welcome.html", samples=samples, shelf=shelf, count=view.plural(count, self.schema))

    def said(self, text: str) -> str:
        """Write the visitor's own words."""
        return self._write("said.html", text=text)

    def noted(self, wishes: Iterable[Preference]) -> str:
        """Write what a message was understood to ask for; its own free words are no news and left out."""
        return self._write(
            "noted.html", wishes=[view.preference(w, self.schema) for w in wishes if w.attribute != TEXT]
        )

    def sentences(self, sentences: Sequence[str], *, reserves: bool = False) -> str:
        """Write the running text of an answer; ``reserves`` marks one that came from less than all parts."""
        return self._write("sentences.html", sentences=sentences, reserves=reserves)

    def cards(self, reply_cards: Sequence[view.CardView]) -> str:
        """Write the cards without the parts that come later (see ``fills``)."""
        return self._write("cards.html", **cards_context(reply_cards))

    def table(self, table: Table | None) -> str:
        """Write items side by side; nothing when none were compared."""
        return self._write("table.html", table=table) if table is not None else ""

    def evidence(self, card: view.CardView) -> str:
        """Write what each claim about an item rests on."""
        return self._write("evidence.html", evidence=card.evidence)

    def foot(self, reply: Reply) -> str:
        """Write what stands under an answer: what to relax, quick replies, what was missing."""
        return self._write(
            "foot.html",
            question=reply.question if reply.action.kind == "recommend" else None,
            options=view.options(reply),
            escapes=view.escapes(reply),
            degraded=reply.degraded,
            relaxed=[(r.constraint, view.relaxed_words(r, self.schema), wish) for r, wish in view.relaxable(reply)],
        )

    def error(self, message: str, hint: str, retry: str | None) -> str:
        """Write that a turn failed, with a button to try again where that may help."""
        return self._write("error.html", message=message, hint=hint, retry=retry)

    def panel(
        self,
        wishes: Sequence[Preference],
        can_undo: bool,
        choices: dict[str, list[str]],
        memory: Memory | None = None,
    ) -> str:
        """Write the preference panel; without a memory it does not speak of remembering at all."""
        shown = memory_context(memory, self.schema)
        return self._write("panel.html", **panel_context(wishes, self.schema, can_undo, choices), **shown)
