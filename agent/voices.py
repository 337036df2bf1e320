"""The voice of a reply: English from the templates, other languages from their wording.

A language model composes in English only: what it writes is checked against the facts by rules of English, and no
sentence is shown that was not checked. Other languages are written from their wording alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from retrieval.graph import SharedFact
from retrieval.types import CatalogSchema, Constraint, Facet, Item, Relaxation

from . import templates
from .languages.speaking import Translated
from .languages.wording import load_wordings
from .sentences import Sentence
from .templates import Comparison, ReasonContext, Standing
from .templates.comparing import Satisfied
from .types import AskAction, MemoryWish, Preference, UploadKind

ENGLISH = "en"


class English:
    """The English templates over one catalogue, under the names that all voices share."""

    language = ENGLISH

    def __init__(self, schema: CatalogSchema) -> None:
        """Take the catalogue."""
        self.schema = schema

    def hello(self) -> str:
        """Say hello."""
        return "Hello!"

    def help_text(self) -> str:
        """Say what one can ask for."""
        return templates.help_text(self.schema)

    def thanks(self) -> str:
        """Answer thanks."""
        return templates.thanks(self.schema)

    def close(self, accepted: str = "") -> str:
        """End well, with the title the user settled on, if any."""
        return templates.close(self.schema, accepted)

    def refuse(self, reason: str) -> str:
        """Decline in a way that helps."""
        return templates.refuse(reason, self.schema)

    def degraded(self, kind: str) -> str:
        """Say which part is missing and what that means."""
        return templates.degraded(kind)

    def undone(self) -> str:
        """Confirm that a change was taken back."""
        return templates.undone()

    def dialled(self, *, further: bool) -> str:
        """Confirm that the dial was turned, further from the well known or nearer to it."""
        return templates.dialled(further=further)

    def nothing_to_undo(self) -> str:
        """Say that there is nothing to take back."""
        return templates.nothing_to_undo()

    def start_over(self) -> str:
        """Confirm a fresh start."""
        return templates.start_over()

    def seen_all(self) -> str:
        """Say that every fitting item was shown already."""
        return templates.seen_all(self.schema)

    def preference_summary(self, preferences: Sequence[Preference]) -> str:
        """Say what is known about the user's wishes."""
        return templates.preference_summary(preferences, self.schema)

    def question(self, action: AskAction) -> AskAction:
        """Return a question as this language asks it; the policy words it in English."""
        return action

    def missing_titles(self, titles: Sequence[str]) -> str:
        """Say which titles the catalogue does not hold."""
        return templates.missing_titles(titles)

    def constraint_words(self, constraint: Constraint) -> str:
        """Return one condition in a few words."""
        return templates.constraint_words(constraint, self.schema)

    def opening(
        self, constraints: Sequence[Constraint], shown: int, *, asked: int | None = None, text: str = ""
    ) -> str:
        """Return the line above the picks."""
        return templates.opening(self.schema, constraints, shown, asked=asked, text=text)

    def opening_like(
        self, kinds: Sequence[UploadKind], shown: int, constraints: Sequence[Constraint], *, text: str = ""
    ) -> str:
        """Return the line above picks that were compared with a picture or a sound."""
        return templates.opening_like(self.schema, kinds, shown, constraints, text=text)

    def cannot_look(self, kind: UploadKind) -> str:
        """Say that the catalogue has nothing that a picture or a sound could be compared with."""
        return templates.cannot_look(kind, self.schema)

    def few_matches(self, relaxations: Sequence[Relaxation]) -> str:
        """Say what dropping a condition would add."""
        return templates.few_matches(self.schema, relaxations)

    def nothing_matches(self, constraints: Sequence[Constraint], relaxations: Sequence[Relaxation] = ()) -> str:
        """Say that nothing satisfies all the hard conditions."""
        return templates.nothing_matches(self.schema, constraints, relaxations)

    def together(self, sentences: Sequence[str]) -> str:
        """Put sentences one after another."""
        return " ".join(sentences)

    def listed(self, title: str, reason: str) -> str:
        """Return an item's line of a list, which begins with its title."""
        return reason if reason.startswith(title) else f"{title}. {reason}".strip()

    def reason(self, item: Item, context: ReasonContext) -> list[Sentence]:
        """Say why an item was picked."""
        return templates.reason(item, context)

    def answer_fact(self, item: Item, attribute: str) -> Sentence:
        """Tell one fact, or that the catalogue does not hold it."""
        return templates.answer_fact(item, attribute, self.schema)

    def affirmed(self, sentence: Sentence) -> Sentence:
        """Return a fact as the answer yes."""
        return sentence.model_copy(update={"text": f"Yes: {sentence.text}"})

    def denied(self, sentence: Sentence) -> Sentence:
        """Return what the catalogue says instead of what was asked."""
        return sentence.model_copy(update={"text": f"Not according to the catalogue: {sentence.text}"})

    def unknown_fact(self, item: Item) -> Sentence:
        """Say plainly that the catalogue does not hold what was asked."""
        return templates.unknown_fact(item)

    def describe(self, item: Item) -> list[Sentence]:
        """Tell what is known about one item."""
        return templates.describe(item, self.schema)

    def which(self, items: Sequence[Item], constraints: Sequence[Constraint], satisfied: Satisfied) -> Sentence:
        """Say which of the items satisfy all the conditions."""
        return templates.which(items, constraints, self.schema, satisfied)

    def how_many(self, number: int, constraints: Sequence[Constraint]) -> Sentence:
        """Say how many items of the catalogue satisfy the conditions."""
        return templates.how_many(number, constraints, self.schema)

    def values(self, attribute: str, held: Sequence[Facet], constraints: Sequence[Constraint]) -> Sentence:
        """Say what there is to choose from for an attribute among the items that satisfy the conditions."""
        return templates.held_values(attribute, held, constraints, self.schema)

    def same(self, items: Sequence[Item], attribute: str) -> Sentence:
        """Say whether items have the same value of an attribute."""
        return templates.same(items, attribute, self.schema)

    def compare(
        self, items: Sequence[Item], wishes: Sequence[Preference], satisfied: Satisfied, attribute: str | None
    ) -> Comparison:
        """Put items side by side."""
        return templates.compare(items, self.schema, wishes, satisfied, attribute)

    def superlative(self, items: Sequence[Item], attribute: str, direction: str) -> Sentence | None:
        """Say which item has the most or the least of something."""
        return templates.superlative(items, attribute, direction, self.schema)

    def explain(
        self,
        item: Item,
        preferences: Sequence[Preference],
        satisfied: Satisfied,
        *,
        scores: Mapping[str, Mapping[str, float]] | None = None,
        liked: Sequence[Item] = (),
        shared: Sequence[SharedFact] = (),
    ) -> list[Sentence]:
        """Say why an item was picked, with the ranking behind it."""
        return templates.explain(item, preferences, self.schema, satisfied, scores=scores, liked=liked, shared=shared)

    def why_not(
        self, item: Item, preferences: Sequence[Preference], satisfied: Satisfied, standing: Standing | None = None
    ) -> Sentence:
        """Say what keeps an item out."""
        return templates.why_not(item, preferences, self.schema, satisfied, standing)

    def leaned_on(self, tastes: Sequence[Preference]) -> str:
        """Say which tastes of earlier conversations moved the order."""
        return templates.leaned_on(tastes, self.schema)

    def remembered_reason(self, tastes: Sequence[Preference]) -> str:
        """Say which remembered tastes spoke for an item."""
        return templates.remembered_reason(tastes, self.schema)

    def memory_answer(self, wish: MemoryWish, tastes: Sequence[Preference], *, consent: bool) -> str:
        """Answer a message about being remembered."""
        return templates.memory_answer(wish, tastes, self.schema, consent=consent)


Voice = English | Translated


class Voices:
    """All languages a catalogue can be spoken of in."""

    def __init__(self, schema: CatalogSchema) -> None:
        """Make a voice for English and for each complete wording."""
        self._english = English(schema)
        self._others = {language: Translated(wording, schema) for language, wording in load_wordings().items()}

    @property
    def languages(self) -> tuple[str, ...]:
        """ISO 639-1 codes, English first."""
        return (ENGLISH, *sorted(self._others))

    def of(self, language: str) -> Voice:
        """Return the voice of a language; English where there is none."""
        return self._others.get(language, self._english)
