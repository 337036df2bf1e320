"""HTML of the page's parts, from Jinja templates that escape everything they are given."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from agent.memory import Memory
from agent.types import TEXT, Preference, Recommendation, Relaxed, Reply, UploadRef
from retrieval.types import CatalogSchema, Item
from retrieval.variety import NEUTRAL

from .. import view
from ..channels import Channel, channel_words
from ..comparing import comparison
from ..failures import Failure
from ..language import Words, english, load_words
from .cards import cards_context, claims, item_url, tint
from .panel import memory_context, panel_context
from .uploads import UPLOADS

NAME = "Palate"
DIAL_STEPS = 5
"""Words for the dial, from familiar to adventurous; the page's script uses the same."""


class Renderer:
    """Write HTML for one catalogue in one language."""

    def __init__(self, schema: CatalogSchema, words: Words | None = None) -> None:
        """Keep the schema, which holds every noun and label, and the page's words; English when None."""
        self.words = words or english()
        self._catalogue = schema
        self._mixed: dict[str, Renderer] = {}
        self.schema = schema.in_language(self.words.language)

    def of(self, language: str) -> Renderer:
        """Return this page's renderer for what was said in a language: facts and the visitor's messages are in it.

        The buttons around them stay in the page's own language.
        """
        said = load_words().get(language)
        if said is None or said is self.words:
            return self
        if language not in self._mixed:
            self._mixed[language] = _Said(self._catalogue, self.words, said)
        return self._mixed[language]

    @cached_property
    def _templates(self) -> Environment:
        environment = Environment(
            loader=PackageLoader("ui.page"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        environment.globals.update(
            schema=self.schema, item_url=item_url, tint=tint, t=self.words.say, message=self.said_in.say
        )
        return environment

    @property
    def said_in(self) -> Words:
        """Words of the language in which the visitor's messages are put."""
        return self.words

    def _write(self, template: str, **context: Any) -> str:
        return self._templates.get_template(template).render(**context).strip()

    def welcome(self, samples: Sequence[str], shelf: Sequence[Item], count: int) -> str:
        """Write the first screen."""
        own = self.schema.languages.get(self.words.language)
        verb = Markup("<em>{}</em>").format(self.schema.verb)
        asked = own.mood if own and own.mood else escape(self.words.patterns["welcome.headline"]).format(verb=verb)
        known = view.plural(count, self.schema, self.words)
        return self._write("welcome.html", samples=samples, shelf=shelf, count=known, headline=asked)

    def first(self, welcome: str) -> str:
        """Write the first screen as the document shows it before the script is there; empty for a resumed one."""
        shown = {"welcome": Markup(welcome), "resuming": not welcome, "language": self.words.language, "name": NAME}
        return self._write("first.html", **shown)

    def said(self, text: str, uploads: Sequence[UploadRef] = ()) -> str:
        """Write the visitor's own words, and what came with them."""
        return self._write("said.html", text=text, uploads=uploads, place=UPLOADS)

    def noted(self, wishes: Iterable[Preference]) -> str:
        """Write what a message was understood to ask for; its own free words are no news and left out."""
        return self._write("noted.html", wishes=[self._noted(w) for w in wishes if w.attribute != TEXT])

    def _noted(self, wish: Preference) -> view.PreferenceView:
        return view.preference(wish, self.schema, self.said_in)

    def card(self, recommendation: Recommendation, wishes: Iterable[Preference]) -> view.CardView:
        """Return what a card shows of one recommendation."""
        return view.card(recommendation, self.schema, wishes, self.said_in)

    def cards_of(self, reply: Reply) -> list[view.CardView]:
        """Return what the cards of a reply show."""
        return view.cards(reply, self.schema, self.said_in)

    def sentences(self, sentences: Sequence[str], *, reserves: bool = False) -> str:
        """Write the running text of an answer; ``reserves`` marks one that came from less than all parts."""
        return self._write("sentences.html", sentences=sentences, reserves=reserves)

    def cards(self, reply_cards: Sequence[view.CardView]) -> str:
        """Write the cards without the parts that come later (see ``fills``)."""
        return self._write("cards.html", **cards_context(reply_cards))

    def comparison(self, reply: Reply) -> str:
        """Write items side by side; nothing when none were compared."""
        compared = comparison(reply, self.schema, self.said_in)
        return self._write("compare.html", compared=compared) if compared is not None else ""

    def evidence(self, card: view.CardView, spoke: Sequence[Channel] = ()) -> str:
        """Write which channels spoke for an item, and what each claim about it rests on."""
        told = [channel_words(channel, self.words) for channel in spoke]
        return self._write("evidence.html", claims=claims(card.evidence), channels=told)

    def foot(self, reply: Reply) -> str:
        """Write what stands under an answer: what to relax, quick replies, what was missing."""
        return self._write(
            "foot.html",
            question=reply.question if reply.action.kind == "recommend" else None,
            options=view.options(reply),
            escapes=view.escapes(reply),
            degraded=reply.degraded,
            relaxed=[(r.constraint, self._gain(r), wish) for r, wish in view.relaxable(reply)],
        )

    def _gain(self, relaxed: Relaxed) -> str:
        return view.relaxed_words(relaxed, self.schema, self.said_in)

    def error(self, failed: Failure, text: str) -> str:
        """Write that a turn failed, with a button to say ``text`` again where that may help."""
        return self._write("error.html", failed=failed, text=text)

    def panel(
        self,
        wishes: Sequence[Preference],
        can_undo: bool,
        choices: dict[str, list[str]],
        memory: Memory | None = None,
        *,
        dial: float = NEUTRAL,
    ) -> str:
        """Write the preference panel; without a memory it does not speak of remembering at all."""
        shown = memory_context(memory, self.schema, self.words)
        wished = panel_context(wishes, self.schema, can_undo, choices, self.words)
        steps = [self.words.say(f"dial.step_{at}") for at in range(DIAL_STEPS)]
        return self._write("panel.html", dial=round(100 * dial), steps=steps, **wished, **shown)


class _Said(Renderer):
    """Write what was said in another language than the page's."""

    def __init__(self, schema: CatalogSchema, words: Words, said: Words) -> None:
        super().__init__(schema, words)
        self._said = said
        self.schema = schema.in_language(said.language)

    @property
    def said_in(self) -> Words:
        return self._said
