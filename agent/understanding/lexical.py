"""Understand a message without a model: exact, in milliseconds, and enough for plain requests.

The message is read in layers, surest first; each layer takes the words it explains, and what is left over is kept as
free words that search by meaning. What nobody can place is reported in ``unclear``, which is when asking a language
model pays.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from itertools import groupby

from retrieval.types import CatalogSchema, Constraint, Item
from retrieval.variety import NEUTRAL

from ..languages import LanguageReader
from ..types import ITEM, TEXT, Conversation, Intent, ItemQuestion, Preference, PreferenceUpdate, Removal
from .ages import find_ages
from .answers import is_option, read_answer, way_out
from .asides import drop_asides, opens_told, tells_of_life
from .asked import asked as asked_for
from .compared import find_compared
from .concepts import ConceptFinder
from .contradictions import contradictions, exclusive
from .corrections import drop_corrected, drop_outweighed
from .dial import take_dial, take_dial_leftovers, turned
from .extremes import extreme
from .held_values import HeldValuesReader
from .idioms import take_idioms
from .intents import IntentReader, IntentReading
from .left_out import left_out
from .list_questions import list_question, list_topic, read_conditions
from .named import NamedFinder
from .numbers import NumberReader
from .openers import ends_in_question
from .patience import no_questions_now
from .polarity import SENTIMENT, negated
from .questions import QuestionReader, asks_elsewhere
from .references import find_references, takes_pointed
from .removals import RemovalReader, moved_on
from .same_people import SamePeopleFinder
from .scan import Mention, Scan
from .scopes import scoped
from .series import find_series
from .spelling import Speller
from .text import singular, words
from .titles import find_titles, find_unknown_titles
from .undated import UndatedFinder
from .vocabulary import Vocabulary
from .wishes import WishBuilder
from .words import ARTICLES, NUMBER_WORDS, STOP, TALK

_COUNT_WORDS = {**{word: number for word, number in NUMBER_WORDS.items() if 0 < number <= 20}, "couple": 2}
_LIST_WORDS = frozenset(
    "suggestions suggestion recommendations recommendation options option picks pick ideas idea choices results".split()
)
_MOST_ITEMS = 20
_ANSWERS: frozenset[Intent] = frozenset({"no_questions", "dont_know", "thanks", "more", "reject"})
"""Intents whose wording is complete: other words beside it are seldom wishes."""
_SUBJECT_CUES = ("about", "where", "involving", "featuring", "with", "without", "in", "of", "on", "whose", "exploring")
"""Words that introduce what an item is about."""
_RELATIVE = frozenset("that which who whose".split())
"""Words that open a description of the thing before them: "an animal that gives milk"."""
_LONG_SUBJECT = 4
"""So many content words in a row say something even without an introduction."""
_LONGEST_SUBJECT = 20
"""More words than these beside a clear wish are the story around it."""
_ASKING_FOR = tuple((word,) for word in "me top just best only list find name suggest recommend".split())
"""Words before a number that make it how many items are wanted."""
_NEEDING = tuple((word,) for word in "need want require take".split())
_SUFFICES = (("will", "do"), ("is", "enough"), ("are", "enough"), ("is", "plenty"), ("would", "do"))
"""Words behind a number that make it how many items are wanted."""
_REQUESTING = frozenset(
    "want wants something anything somebody someone find looking recommend suggest show give about where like need "
    "mood any with no not without".split()
)
"""Words of a sentence that asks for something."""
_POINTED = (("those",), ("these",), ("them",))
_LIMITING = (("just",), ("only",))
_HANDING = frozenset("play give show get send want take need pick put recommend suggest find".split())
"""Verbs by which items are asked for."""
_OTHER = (("other",), ("another",), ("different",), ("further",))
_KINDS = ("name", "sense")
_POLITE = frozenset("please pls thanks thank tonight today now".split())
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
        self._removals = RemovalReader(aliases)
        self._held_values = HeldValuesReader(schema)

        verbs = (word for verb in (schema.verb, *schema.verb_aliases) for word in words(verb))
        self._alias_words = frozenset({*verbs, *(word for phrase, _ in aliases for word in phrase)})
        compared = {word for spec in schema.attributes for phrase in spec.comparatives for word in words(phrase)}
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
        leftovers = [] if _only_talk(reading, update) else self._leftovers(scan, turn_id, len(update.add))
        clear = any(p.hard or p.attribute == ITEM for p in update.add)
        if clear or removals or _ANSWERS & set(reading.intents):
            # Where naming an item means it, free words name things; elsewhere they mostly colour what is clear.
            named = self._schema.naming == "want" and not removals
            leftovers = [p for p in leftovers if named or p.polarity == "dislike" or self._is_subject(scan, p)]
        if update.add:
            leftovers = [p for p in leftovers if not tells_of_life(scan, _place_of(scan, p))]
        if leftovers and not update.add and not self._makes_sense(leftovers):
            return update.model_copy(update={"unclear": text, "intents": ("chitchat",)})
        intents = self._final_intents(reading, update, leftovers, conversation)
        add = scoped(scan, (*update.add, *leftovers))
        opposed = contradictions(add, conversation.preferences, self._schema)
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
        scan.count = self._requested_count(scan)
        find_ages(scan, self._vocabulary, self._nouns)
        for number in self._numbers.find(scan.tokens, scan.taken, asked, bounded):
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
        self._concepts.find_names(scan)
        self._named.find_held(scan, conversation.preferences)
        self._named.find_pronouns(scan, conversation.preferences)
        self._named.find_single(scan)
        self._named.settle_titles(scan, self._items)
        find_unknown_titles(scan, self._vocabulary, self._nouns)
        self._concepts.find_comparatives(scan)
        self._concepts.find_senses(scan)
        self._concepts.find_misspelt_names(scan)
        self._concepts.find_misspelt_senses(scan)
        self._named.find_misspelt(scan)
        take_dial_leftovers(scan)
        scan.mentions.sort(key=lambda mention: mention.start)
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

    def _requested_count(self, scan: Scan) -> int | None:
        """Read "show me three", "top 5", "five French films" and take the number's token."""
        for at, token in enumerate(scan.tokens):
            number = (
                int(token.norm) if token.norm.isdigit() and len(token.norm) < 3 else _COUNT_WORDS.get(token.norm, 0)
            )
            if not 0 < number <= _MOST_ITEMS or scan.taken[at] or token.sep == "-":
                continue
            before, after = scan.norms(at - 1, at), scan.norms(at + 1, at + 5)
            asked = before in _ASKING_FOR or scan.norms(at - 2, at) in (
                ("another",),
                ("me", "a"),
            )
            asked = asked or after[:2] in _SUFFICES or _counts_others(scan, at) or _counts_pointed(scan, at)
            listed = any(self._is_listed(word) for word in after[:4]) and not _measures(after)
            first = token.norm != "one" or at == 0 or before in (("only",), ("just",))
            if asked or (listed and first and before != ("by",)):
                if _measures(after) or (
                    before
                    and before[0] in ("under", "over", "than", "least", "most", "number", "the")
                    and not _counts_best(scan, at)
                ):
                    continue
                scan.take(at, at + 1)
                return number
        return None

    def _is_listed(self, word: str) -> bool:
        """Whether a word stands for items that can be counted: "films", "ones", or a kind of them, "comedies"."""
        return word in _LIST_WORDS or word in self._nouns or singular(word) in self._kinds

    def _leftovers(self, scan: Scan, turn_id: str, offset: int) -> list[Preference]:
        """Keep what no rule explains as free words, sentence by sentence, with the explained words they lean on."""
        found: list[Preference] = []
        at = 0
        while at < len(scan.tokens):
            end = scan.clause_end(at)
            content = [i for i in range(at, end) if self._is_content(scan, i)]
            # "Scared of clowns, no clowns" wishes one thing and wishes another away.
            runs = [list(run) for _, run in groupby(content, key=lambda i: negated(scan, i))]
            for run in runs:
                low = _lean_left(scan, run[0], at)
                high = _to_clause_end(scan, low, run[-1] + 1, end) if run is runs[-1] else run[-1] + 1
                quote = scan.quote(low, high)
                found.append(
                    Preference(
                        id=f"{turn_id}.{offset + len(found) + 1}",
                        attribute=TEXT,
                        value=quote,
                        polarity="dislike" if negated(scan, run[0]) else "like",
                        turn_id=turn_id,
                        quote=quote,
                    )
                )
            at = end
        return found

    def _is_content(self, scan: Scan, at: int) -> bool:
        norm = scan.tokens[at].norm
        plain = norm in STOP or norm in self._nouns or norm in _LIST_WORDS or norm in TALK or norm in self._alias_words
        judged = norm in SENTIMENT and any(mention.kind in ("title", "reference") for mention in scan.mentions)
        return not (scan.taken[at] or plain or judged or norm.isdigit() or norm in _COUNT_WORDS)

    def _is_subject(self, scan: Scan, preference: Preference) -> bool:
        """Whether free words beside a clear wish are a wish of their own: introduced as what it is about, or long."""
        at = _place_of(scan, preference)
        end = at + len(words(preference.quote))
        if end - at > _LONGEST_SUBJECT:
            return False
        if sum(self._is_content(scan, i) for i in range(at, min(end, len(scan.tokens)))) >= _LONG_SUBJECT:
            return not self._is_told(scan, at)
        if any(token.norm in _RELATIVE for token in scan.tokens[at + 1 : end - 1]):
            return not self._is_told(scan, at)
        return any(scan.ends_at(at - skipped, (cue,)) for cue in _SUBJECT_CUES for skipped in (0, 1) if at > skipped)

    def _is_told(self, scan: Scan, at: int) -> bool:
        """Whether the sentence tells a story around the wish, which stands in another: it asks for nothing."""
        start, end = scan.clause_start(at), scan.clause_end(at)
        norms = set(scan.norms(start, end))
        wished = any(m.kind not in ("title", "missing", "reference") and start <= m.start < end for m in scan.mentions)
        asks = bool(norms & (_REQUESTING | self._nouns)) or wished or scan.tokens[start].norm in ARTICLES
        asks = asks and not opens_told(scan, start)
        return not asks and (start > 0 or end < len(scan.tokens))

    def _makes_sense(self, leftovers: Sequence[Preference]) -> bool:
        """Whether any free word is one of the catalogue or of everyday English; keys hit at random are not."""
        said = [word for preference in leftovers for word in words(str(preference.value)) if word not in STOP]
        vocabulary = self._vocabulary
        return any(vocabulary.is_word(form) or vocabulary.is_english(form) for w in said for form in (w, singular(w)))

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


def _to_clause_end(scan: Scan, low: int, high: int, end: int) -> int:
    """Return where a long description ends: with its clause, so that "and fall in love" stays."""
    if high - low < _LONG_SUBJECT:
        return high
    while high < end and not scan.taken[high] and not scan.tokens[high].sep and scan.tokens[high].norm not in _POLITE:
        high += 1
    return high


def _lean_left(scan: Scan, low: int, start: int) -> int:
    """Return where free words begin with the category they hang on: "heist gone wrong", not "wrong"."""
    at = low
    while at > start and low - at < 3 and "," not in scan.tokens[at].sep:
        mention = next((m for m in scan.mentions if m.end == at and m.kind == "sense"), None)
        if mention is not None:
            return _lean_left(scan, mention.start, start)
        joined = scan.tokens[at - 1].norm in ("and", "or", "but", "with", "i", "to")
        if scan.taken[at - 1] or joined:
            break
        at -= 1
    return low


def _place_of(scan: Scan, free_words: Preference) -> int:
    """Return the token at which free words begin."""
    return next(i for i in range(len(scan.tokens)) if scan.text.startswith(free_words.quote, scan.tokens[i].start))


def _counts_others(scan: Scan, at: int) -> bool:
    """Whether a number counts items that no noun names: "3 more", "two others please", "I need three"."""
    ends = at + 1 == len(scan.tokens) or bool(scan.tokens[at + 1].sep) or scan.norms(at + 1, at + 2) == ("please",)
    if (
        ends
        and scan.norms(at - 1, at) in _NEEDING
        and scan.norms(at - 2, at - 1) in (("i",), ("we",), ("only",), ("just",))
    ):
        return True
    after = scan.norms(at + 1, min(scan.clause_end(at), at + 3))
    return after[:1] in (("more",), ("others",), ("other",)) and after[1:] in (
        (),
        ("please",),
        ("of",),
        ("by",),
        ("from",),
    )


def _counts_pointed(scan: Scan, at: int) -> bool:
    """Whether a number counts what is asked for by pointing or by rank: "play two of those", "just the two best"."""
    if scan.norms(at + 1, at + 2) == ("of",) and scan.norms(at + 2, at + 3) in _POINTED:
        asks = bool(_HANDING & set(scan.norms(scan.clause_start(at), at)))
        return asks and not ends_in_question(scan, scan.clause_end(at))
    return _counts_best(scan, at)


def _counts_best(scan: Scan, at: int) -> bool:
    """Whether a number counts the first of a ranking: "only the two best reviewed", "the three newest"."""
    behind = "".join(scan.norms(at + 1, at + 2))
    ranked = behind in ("best", "top") or (behind.endswith("est") and len(behind) > len("best"))
    limited = scan.norms(at - 2, at) in (("just", "the"), ("only", "the")) or scan.norms(at - 1, at) in _LIMITING
    return ranked and limited


def _measures(after: Sequence[str]) -> bool:
    """Whether the number counts something else than items: minutes, years, awards."""
    return bool(after) and after[0] in (
        "hour", "hours", "hr", "hrs", "h", "minute", "minutes", "min", "mins", "year", "years", "s", "th", "st", "nd",
        "rd", "and", "percent",
    )  # fmt: skip


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
