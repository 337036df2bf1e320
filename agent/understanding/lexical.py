"""Understand a message without a model: exact, in milliseconds, and enough for plain requests.

The message is read in layers, surest first; each layer takes the words it explains, and what is left over is kept as
free words that search by meaning. What nobody can place is reported in ``unclear``, which is when asking a language
model pays.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

from retrieval.types import CatalogSchema, Constraint, Item
from retrieval.variety import NEUTRAL

from ..languages import LanguageReader
from ..types import ITEM, Conversation, Intent, ItemQuestion, Preference, PreferenceUpdate, Removal
from .ages import find_ages
from .anew import tried_anew
from .answers import is_option, read_answer, way_out
from .asides import drop_asides, tells_of_life
from .asked import asked as asked_for
from .births import held_birth
from .compared import find_compared
from .concepts import ConceptFinder
from .contradictions import contradictions, exclusive
from .corrections import drop_corrected, drop_outweighed, keep_meaning
from .counts import requested_count
from .dial import take_dial, take_dial_leftovers, turned
from .extremes import extreme
from .free_words import FreeWords, place_of
from .held_values import HeldValuesReader
from .idioms import take_idioms
from .intents import IntentReader, IntentReading
from .left_out import left_out
from .list_questions import list_question, list_topic, read_conditions
from .named import NamedFinder
from .numbers import NumberReader
from .patience import no_questions_now
from .questions import QuestionReader, asks_elsewhere
from .references import find_references, takes_pointed
from .removals import RemovalReader, moved_on
from .same_people import SamePeopleFinder
from .scan import Mention, Scan
from .scopes import scoped
from .series import find_series
from .spelling import Speller
from .text import words
from .titles import find_titles, find_unknown_titles
from .undated import UndatedFinder
from .vocabulary import Vocabulary
from .wishes import WishBuilder
from .words import STOP

_ANSWERS: frozenset[Intent] = frozenset({"no_questions", "dont_know", "thanks", "more", "reject"})
"""Intents whose wording is complete: other words beside it are seldom wishes."""
_OTHER = (("other",), ("another",), ("different",), ("further",))
_KINDS = ("name", "sense")
_SHOWN_ONLY: frozenset[Intent] = frozenset({"more", "reject", "accept"})


class LexicalUnderstander:
    """Turn a message into a ``PreferenceUpdate`` by rules and the catalogue's own vocabulary."""

    def __init__(
        self,
        schema: CatalogSchema,
        vocabulary: Vocabulary,
        *,
        items: Callable[[Sequence[str]], list[Item]],
        count: Callable[[Sequence[Constraint]], int],
        coverage: dict[str, float],
        adventure: float = NEUTRAL,
    ) -> None:
        """Take the catalogue's vocabulary and three exact look-ups.

        Args:
            schema: the catalogue's attributes.
            vocabulary: its words.
            items: returns the items of some ids.
            count: returns how many items satisfy some constraints.
            coverage: share of items that have each attribute, 0 to 1.
            adventure: where the dial stands until it is turned, 0 to 1.
        """
        self._adventure = adventure
        nouns = {schema.noun, schema.noun_plural, "item", "items", *schema.noun_aliases}
        self._nouns = frozenset(word for noun in nouns for word in words(noun))
        self._schema = schema
        self._items = items
        self._count = count
        self._coverage = coverage
        self._vocabulary = vocabulary
        self.languages = LanguageReader.of(schema, vocabulary, STOP)
        self._numbers = NumberReader(schema, cache(lambda: self._newest()))
        self._concepts = ConceptFinder(schema, vocabulary, self._nouns)
        self._undated = UndatedFinder(schema, vocabulary)
        self._named = NamedFinder(schema, vocabulary, self._nouns)
        self._kinds = frozenset(
            word for spec in schema.attributes for kind in spec.nouns.values() for word in words(kind)
        )
        self._intents = IntentReader(self._nouns)
        self._questions = QuestionReader(schema)
        self._same_people = SamePeopleFinder(schema, items, vocabulary.name)
        self._wishes = WishBuilder(schema, vocabulary, items=items, count=count, coverage=coverage)
        aliases = [
            (phrase, spec.name)
            for spec in schema.attributes
            for phrase in {words(name) for name in (spec.name, spec.display, *spec.aliases)}
            if phrase
        ]
        timed = [(("time",), spec.name) for spec in schema.attributes if spec.unit in ("min", "h")]
        self._removals = RemovalReader([*aliases, *timed])
        self._held_values = HeldValuesReader(schema)

        verbs = (word for verb in (schema.verb, *schema.verb_aliases) for word in words(verb))
        self._alias_words = frozenset({*verbs, *(word for phrase, _ in aliases for word in phrase)})
        compared = {word for spec in schema.attributes for phrase in spec.comparatives for word in words(phrase)}
        self._free = FreeWords(vocabulary, self._nouns, self._alias_words)
        self._speller = Speller(vocabulary, self._alias_words | self._nouns, compared, self._kinds)

    def understand(self, text: str, conversation: Conversation, turn_id: str) -> PreferenceUpdate:
        """Read one message, in any language there is a pack for, in the light of the conversation so far.

        Pure but for the catalogue look-ups.
        """
        offered = self._offered(text, conversation, turn_id)
        if offered is not None:
            return offered

        def read(english: str) -> PreferenceUpdate:
            update = turned(english, self._read(english, conversation, turn_id), conversation, self._adventure)
            return update.model_copy(update={"not_now": True}) if no_questions_now(english) else update

        return self.languages.read(text, conversation, read)

    def _offered(self, text: str, conversation: Conversation, turn_id: str) -> PreferenceUpdate | None:
        """Read an answer just as it was offered, which tells nothing about the language of the conversation."""
        pending = conversation.pending_question
        if pending is None:
            return None
        if escape := way_out(text, pending):
            return self._read(escape, conversation, turn_id)
        if not is_option(text, pending):
            return None
        alone = not conversation.last_beside
        return read_answer(text, pending, self._schema, self._coverage, turn_id, alone=alone)

    def english(self, text: str, conversation: Conversation) -> str:
        """Return a message in English wordings, for other rules that read English; an English one as it is."""
        return self.languages.english(text, conversation)

    def _read(self, text: str, conversation: Conversation, turn_id: str) -> PreferenceUpdate:
        """Read a message in English, or in English wordings."""
        pending = conversation.pending_question
        if pending is not None:
            alone = not conversation.last_beside
            answer = read_answer(text, pending, self._schema, self._coverage, turn_id, alone=alone)
            if answer is not None:
                return answer
        scan = self.scan(text, conversation)
        reading = self._reading(scan)
        let_go = self._removals.indifferent(scan, conversation)
        focus = _focus(conversation)
        question = (
            left_out(scan, conversation.last_shown)
            or self._about_list(scan, conversation, turn_id, reading)
            or self._questions.read(scan, conversation.last_shown, focus)
        )
        if question is None and asks_elsewhere(scan, self._nouns, self._alias_words):
            return PreferenceUpdate(intents=(*reading.intents, "off_topic"))
        if question is not None and not reading.off_topic:
            beside = self._wishes.beside(scan, conversation, turn_id, reading, question.text)
            intents = _question_intents(reading, question.topic)
            add = scoped(scan, beside.add)
            return beside.model_copy(
                update={"add": add, "remove": (*let_go, *beside.remove), "intents": intents, "question": question}
            )
        removals = (*let_go, *self._removals.read(scan, conversation), *moved_on(scan, conversation))
        update = self._wishes.build(scan, conversation, turn_id, reading, removals)
        off_topic = reading.off_topic and not any(token.norm in self._nouns for token in scan.tokens)
        if off_topic:
            return PreferenceUpdate(intents=(*reading.intents, "off_topic"))
        if not scan.tokens:
            return PreferenceUpdate(intents=("help",))
        leftovers = [] if _only_talk(reading, update) else self._free.find(scan, turn_id, len(update.add))
        clear = any(p.hard or p.attribute == ITEM for p in update.add)
        if clear or removals or _ANSWERS & set(reading.intents):
            # Where naming an item means it, free words name things; elsewhere they mostly colour what is clear.
            named = self._schema.naming == "want" and not removals
            leftovers = [p for p in leftovers if named or p.polarity == "dislike" or self._free.is_subject(scan, p)]
        if update.add:
            leftovers = [p for p in leftovers if not tells_of_life(scan, place_of(scan, p))]
        if leftovers and not update.add and not self._free.makes_sense(leftovers):
            return update.model_copy(update={"unclear": text, "intents": ("chitchat",)})
        intents = self._final_intents(reading, update, leftovers, conversation)
        add = scoped(scan, (*update.add, *leftovers))
        opposed = contradictions(add, conversation.preferences, self._schema)
        removals = (*removals, *tried_anew(scan, add, conversation, self._count))
        clashing = exclusive(add, conversation.preferences, self._count)
        removals = (*removals, *(Removal(attribute=c.new.attribute, value=c.held_id) for c in clashing))
        clarified = pending is not None and pending.style == "clarify"
        settled = reading.revises or clarified or _compares(scan) or "critique" in intents
        return update.model_copy(
            update={
                "add": add,
                "contradictions": () if settled else (*opposed, *clashing),
                "remove": (*removals, *update.remove),
                "intents": intents,
                "reset": "reset" in reading.intents,
                "undo": int("undo" in reading.intents and not add),
                "reject_ids": self._rejected(
                    reading, update, conversation, compared=_compares(scan), others=_asks_for_others(scan)
                ),
                "accept_ids": self._accepted(reading, update, conversation),
                "ask_no_more": True if "no_questions" in reading.intents else None,
                "k": scan.count,
                "unclear": " ".join(str(p.value) for p in leftovers),
            }
        )

    def _reading(self, scan: Scan) -> IntentReading:
        """Return what the wording does; what points at something shown speaks of it, whatever the words."""
        reading = self._intents.read(self._speller.corrected(scan))
        if takes_pointed(scan) and "accept" not in reading.intents:
            reading = reading.model_copy(update={"intents": (*reading.intents, "accept")})
        pointed = any(mention.kind == "reference" for mention in scan.mentions)
        return reading.model_copy(update={"off_topic": reading.off_topic and not pointed})

    def _about_list(
        self, scan: Scan, conversation: Conversation, turn_id: str, reading: IntentReading
    ) -> ItemQuestion | None:
        """Return a question about several items at once; its conditions are read as wishes are, but held by nobody."""
        topic = list_topic(scan, conversation.last_shown, self._nouns)
        held = self._held_values.read(scan)
        if not topic and not held:
            return None
        wishes = self._wishes.build(scan, conversation, turn_id, reading, ()).add
        if held:
            named = tuple(one for one in read_conditions(wishes) if one.attribute != held)
            return ItemQuestion(topic="values", attribute=held, constraints=named, text=scan.text)
        return list_question(topic, scan, wishes, conversation.last_shown)

    def _bounded(self, conversation: Conversation) -> str | None:
        """Return the number that was last bounded, of which "under 100 then" speaks; a year says that it is one."""
        numbers = {spec.name for spec in self._schema.attributes if spec.kind == "number" and spec.unit}
        return next((wish.attribute for wish in reversed(conversation.preferences) if wish.attribute in numbers), None)

    def scan(self, text: str, conversation: Conversation) -> Scan:
        """Find everything that a message names."""
        scan = Scan.of(text)
        scan.asked = asked_for(conversation)
        self._speller.correct(scan)
        take_idioms(scan, listed=bool(conversation.last_shown))
        take_dial(scan)
        shown, focus = conversation.last_shown, _focus(conversation)
        asked = conversation.pending_question.attribute if conversation.pending_question else None
        bounded = self._bounded(conversation)
        self._named.find_asked_for(scan)
        self._named.find_opened(scan)
        self._named.find_cued(scan)
        find_titles(scan, self._vocabulary, conversation.shown_ids, self._nouns, self._year_of)
        find_series(scan, self._vocabulary)
        self._same_people.find(scan, focus)
        find_compared(scan, focus if len(focus) > 1 else shown, self._concepts.compared_at, self._items)
        find_references(scan, shown, self._nouns, focus)
        self._same_people.find_of(scan)
        scan.count = requested_count(scan, self._nouns, self._kinds)
        find_ages(scan, self._vocabulary, self._nouns)
        born = held_birth(conversation, self._numbers.year)
        for number in self._numbers.find(scan.tokens, scan.taken, asked, bounded, born):
            scan.add(
                Mention(
                    number.start,
                    number.end,
                    "number",
                    number.attribute,
                    number.op,
                    number.value,
                    approximate=number.approximate,
                )
            )
        self._undated.find(scan)
        self._named.correct_half_misspelt(scan)
        self._concepts.find_names(scan)
        self._named.find_held(scan, conversation.preferences)
        self._named.find_pronouns(scan, conversation.preferences)
        self._named.find_single(scan)
        self._named.complete_names(scan)
        self._named.settle_titles(scan, self._items)
        find_unknown_titles(scan, self._vocabulary, self._nouns)
        self._concepts.find_comparatives(scan)
        self._concepts.find_senses(scan)
        self._concepts.find_misspelt_names(scan)
        self._concepts.find_misspelt_senses(scan)
        self._named.find_misspelt(scan)
        take_dial_leftovers(scan)
        scan.mentions.sort(key=lambda mention: mention.start)
        keep_meaning(scan)
        drop_corrected(scan)
        drop_outweighed(scan)
        drop_asides(scan, self._count)
        return scan

    def _newest(self) -> int | None:
        """Return the newest year in the catalogue, None where it has no years as numbers."""
        spec = next((s for s in self._schema.attributes if s.name == self._numbers.year and s.kind == "number"), None)
        return extreme(self._count, spec.name, "ge") if spec else None

    def _year_of(self, item_id: str) -> int | None:
        """Return the year an item is from, None where the catalogue has no years."""
        year = next(
            (spec.name for spec in self._schema.attributes if spec.name == "year" or "release year" in spec.aliases), ""
        )
        value = next((item.attributes.get(year) for item in self._items([item_id])), None)
        return int(value) if isinstance(value, (int, float)) else None

    def _rejected(
        self,
        reading: IntentReading,
        update: PreferenceUpdate,
        conversation: Conversation,
        *,
        compared: bool,
        others: bool,
    ) -> tuple[str, ...]:
        """Return what must not be shown again: items turned down, and the whole list when others are asked for."""
        # "None of these" points at all of them; "not the second" at one.
        all_meant = set(update.referred_ids) in (set(), set(conversation.last_shown))
        others |= "more" in reading.intents
        whole_list = others or compared or ("reject" in reading.intents and all_meant)
        shown = conversation.last_shown if whole_list else ()
        if others:
            shown = (*shown, *_focus(conversation))  # "any others by him?" wants none of those just talked about
        return tuple(dict.fromkeys((*update.reject_ids, *shown)))

    def _accepted(
        self, reading: IntentReading, update: PreferenceUpdate, conversation: Conversation
    ) -> tuple[str, ...]:
        if not {"accept", "close"} & set(reading.intents) or update.reject_ids:
            return update.accept_ids
        pointed = update.accept_ids or update.referred_ids
        return pointed or (conversation.last_shown[:1] if len(conversation.last_shown) == 1 else ())

    def _final_intents(
        self,
        reading: IntentReading,
        update: PreferenceUpdate,
        leftovers: Sequence[Preference],
        conversation: Conversation,
    ) -> tuple[Intent, ...]:
        intents: list[Intent] = [i for i in reading.intents if i not in _SHOWN_ONLY or conversation.last_shown]
        wished = bool(update.add)
        if wished or leftovers:
            intents.append("revise" if reading.revises and conversation.preferences else "inform")
        if any(m in intents for m in ("undo",)) and wished:
            intents.remove("undo")
        if update.referred_ids and wished:
            intents.append("critique")
        return tuple(dict.fromkeys(intents))


def _focus(conversation: Conversation) -> tuple[str, ...]:
    """Return the items talked about last: those the last answer was about, else those just accepted."""
    if conversation.turns and conversation.turns[-1].reply is not None:
        reply = conversation.turns[-1].reply
        if reply.action.kind == "answer" and reply.recommendations:
            return tuple(recommendation.item_id for recommendation in reply.recommendations)
    return conversation.accepted_ids[-1:]


def _question_intents(reading: IntentReading, topic: str) -> tuple[Intent, ...]:
    kind: Intent = {"compare": "compare", "explain": "explain", "why_not": "explain"}.get(topic, "ask_item")  # type: ignore[assignment]
    return (kind,)


def _asks_for_others(scan: Scan) -> bool:
    """Whether the message asks for further items of a kind or of somebody: "other Hitchcocks", "another western"."""
    return any(
        scan.norms(mention.start - 1, mention.start) in _OTHER for mention in scan.mentions if mention.kind in _KINDS
    )


def _compares(scan: Scan) -> bool:
    """Whether the message asks for items that differ from those shown: "shorter", "like the second but newer"."""
    return any(mention.kind == "comparative" for mention in scan.mentions)


def _only_talk(reading: IntentReading, update: PreferenceUpdate) -> bool:
    """Whether the message is fully explained by what it does, so that its words are no wishes."""
    talk = {"undo", "reset", "help", "show_preferences", "abuse", "close", "accept", "greet_only"}
    return bool(talk & set(reading.intents))
