"""Replies in other languages: nothing missing, nothing left in English, and every fact with its proof."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

import agent
from agent.languages.phrases import merged
from agent.languages.wording import Wording, complete, load_wordings, slots
from agent.sentences import Sentence
from agent.templates import ESCAPES, ReasonContext, Standing, open_words
from agent.types import AskAction, Preference
from agent.voices import Voice, Voices
from retrieval import demo, satisfies
from retrieval.types import CatalogSchema, Constraint, Item, Relaxation

FOLDER = Path(agent.__file__).parent / "languages" / "wording"
LANGUAGES = tuple(sorted(path.stem for path in FOLDER.glob("*.toml")))
SCHEMA = demo.schema()
VOICES = Voices(SCHEMA)
ENGLISH_WORDS = frozenset(
    "the and of is are you your it with for not this that from have which because asked by at least most "
    "year running time mood comedy crime french slow tense friendship".split()
)
"""Function words, and words of the catalogue, that no other of the languages has."""

RIFIFI = Item(
    id="rififi",
    title="Rififi",
    description="Vier Männer, ein Tresor.",
    attributes={
        "year": 1955,
        "genres": ("Crime", "Thriller"),
        "runtime": 118,
        "director": ("Jules Dassin",),
        "country": ("France",),
        "moods": ("tense", "gritty"),
        "themes": ("heist",),
        "pace": 2,
        "oscars": 0,
    },
)
MON_ONCLE = Item(
    id="oncle",
    title="Mon Oncle",
    attributes={
        "year": 1958,
        "genres": ("Comedy",),
        "runtime": 116,
        "director": ("Jacques Tati",),
        "country": ("France", "Italy"),
        "moods": ("warm", "playful"),
        "themes": ("family",),
    },
)
BARE = Item(id="bare", title="Z")
ITEMS = (RIFIFI, MON_ONCLE)
WISHES = (
    Preference(id="1", attribute="genres", value="Crime", hard=True, turn_id="t", quote="policier"),
    Preference(id="2", attribute="runtime", op="le", value=117, turn_id="t", quote="court"),
    Preference(id="3", attribute="moods", value="warm", turn_id="t", quote="chaud"),
    Preference(id="4", attribute="cast", value="Jean Gabin", polarity="dislike", turn_id="t", quote="Gabin"),
    Preference(id="5", attribute="item", value="oncle", label="Mon Oncle", turn_id="t", quote="Mon Oncle"),
    Preference(id="6", attribute="text", value="Paris", turn_id="t", quote="Paris"),
    Preference(id="7", attribute="pace", op="ge", value=4, turn_id="t", quote="vite"),
)
CONDITIONS = (
    Constraint(attribute="genres", op="eq", value="Crime"),
    Constraint(attribute="genres", op="not_in", value=("Comedy", "Drama")),
    Constraint(attribute="country", op="in", value=("France", "Italy")),
    Constraint(attribute="year", op="ge", value=1950),
    Constraint(attribute="year", op="le", value=1959),
    Constraint(attribute="year", op="lt", value=1980),
    Constraint(attribute="year", op="outside", value=(1980.0, 1989.0)),
    Constraint(attribute="year", op="ne", value=1960),
    Constraint(attribute="runtime", op="lt", value=120),
    Constraint(attribute="runtime", op="between", value=(90.0, 120.0)),
    Constraint(attribute="pace", op="le", value=2),
    Constraint(attribute="oscars", op="ge", value=1),
    Constraint(attribute="director", op="eq", value="Jules Dassin"),
)
RELAXED = (
    Relaxation(constraint=CONDITIONS[0], would_add=1),
    Relaxation(constraint=CONDITIONS[8], would_add=17472, nearest=124),
)
SCORES = {"rififi": {"dense": 0.9, "wishes": 0.1, "rerank": 2.0}, "oncle": {"dense": 0.5, "wishes": 0.4, "rerank": 3.0}}
ASKED = AskAction(
    attribute="genres", question="What kind?", options=("Comedy", "Crime"), values=("Comedy", "Crime"), escapes=ESCAPES
)
BANDS = AskAction(
    attribute="year",
    question="When?",
    options=("before 1960", "1960 to 1979", "1980 or later"),
    values=((-1e15, 1959.0), (1960.0, 1979.0), (1980.0, 1e15)),
    escapes=ESCAPES,
)
LENGTHS = BANDS.model_copy(update={"attribute": "runtime", "values": ((-1e15, 94.0), (95.0, 119.0), (120.0, 1e15))})
PACES = BANDS.model_copy(update={"attribute": "pace", "values": ((-1e15, 2.0), (3.0, 3.0), (4.0, 1e15))})
CONTRAST = AskAction(
    attribute="item",
    question="?",
    options=("Rififi", "Mon Oncle"),
    values=("rififi", "oncle"),
    escapes=ESCAPES,
    style="contrast",
)
OPEN = AskAction(
    attribute="any",
    attributes=("year", "pace", "moods"),
    question=open_words(again=False),
    options=("1980 or later", "Brisk or breathless", "Tense"),
    values=((1980.0, 1e15), (4.0, 1e15), "tense"),
    escapes=ESCAPES,
    style="open",
)
CLARIFY = AskAction(attribute="runtime", question="?", options=("court", "long"), escapes=ESCAPES, style="clarify")


def satisfied(item: Item, constraint: Constraint) -> bool:
    return satisfies(item, constraint, SCHEMA)


def texts(sentences: list[Sentence]) -> list[str]:
    return [sentence.text for sentence in sentences]


def asked(voice: Voice, action: AskAction) -> list[str]:
    shown = voice.question(action)
    return [shown.question, *shown.options, *shown.escapes]


def table(voice: Voice) -> list[str]:
    told = voice.compare(ITEMS, WISHES[1:2], satisfied, None)
    return [told.sentence.text, *(text for row in told.table.rows for text in (row.label, *row.cells))]


LIKED = Item(id="liked", title="Bob", attributes={"themes": ("heist",), "director": ("Jules Dassin",)})
MEMORY = ("show", "remember", "forget", "forget_last", "clear", "off", "on", "consent", "withdraw")
STATES = ("seen", "rejected", "accepted", "liked", "disliked", "shown")
KINDS = (
    "model_off",
    "model_missing",
    "model_down",
    "model_slow",
    "rerank: no file",
    "dense: broken",
    "budget",
    "busy_fewer",
    "busy",
    "store",
    "what?",
)
REFUSALS = ("off_topic", "abuse", "injection", "harmful", "too_long", "empty", "unheard of")
SITUATIONS: dict[str, Callable[[Voice], list[str]]] = {
    "hello": lambda v: [v.hello()],
    "help": lambda v: [v.help_text()],
    "thanks and goodbye": lambda v: [v.thanks(), v.close(), v.close("Rififi")],
    "refusals": lambda v: [v.refuse(reason) for reason in REFUSALS],
    "degraded": lambda v: [v.degraded(kind) for kind in KINDS],
    "undo and reset": lambda v: [v.undone(), v.nothing_to_undo(), v.start_over()],
    "summary": lambda v: [v.preference_summary(()), v.preference_summary(WISHES)],
    "opening": lambda v: [
        v.opening((), 5),
        v.opening((), 1),
        v.opening((), 5, text="Paris"),
        v.opening(CONDITIONS[:2], 5),
        v.opening(CONDITIONS[:1], 2, asked=5),
    ],
    "conditions": lambda v: [v.constraint_words(condition) for condition in CONDITIONS],
    "nothing": lambda v: [
        v.nothing_matches(CONDITIONS[:4], RELAXED),
        v.nothing_matches(CONDITIONS[:1]),
        v.few_matches(RELAXED),
        v.seen_all(),
        v.missing_titles(("Xyz", "Abc")),
    ],
    "reasons": lambda v: [
        *texts(v.reason(RIFIFI, ReasonContext(catalog=SCHEMA))),
        *texts(v.reason(RIFIFI, ReasonContext(catalog=SCHEMA, preferences=WISHES[6:], unmet=_unmet(WISHES[6:])))),
        *(text for place in range(3) for text in _reasons_at(v, place)),
        *texts(v.reason(MON_ONCLE, ReasonContext(catalog=SCHEMA, preferences=WISHES[2:3]))),
        *texts(v.reason(RIFIFI, ReasonContext(catalog=SCHEMA, liked=(LIKED,)))),
        *texts(v.reason(BARE, ReasonContext(catalog=SCHEMA))),
    ],
    "questions": lambda v: [
        *asked(v, ASKED),
        *asked(v, BANDS),
        *asked(v, LENGTHS),
        *asked(v, PACES),
        *asked(v, CONTRAST),
        *asked(v, OPEN),
        *asked(v, OPEN.model_copy(update={"question": open_words(again=True)})),
        *asked(v, CLARIFY),
    ],
    "facts": lambda v: [v.answer_fact(RIFIFI, name).text for name in (*RIFIFI.attributes, "cast", "colour")],
    "yes and no": lambda v: [
        v.affirmed(v.answer_fact(RIFIFI, "country")).text,
        v.denied(v.answer_fact(RIFIFI, "genres")).text,
        v.unknown_fact(RIFIFI).text,
    ],
    "description": lambda v: texts(v.describe(RIFIFI)) + texts(v.describe(BARE)),
    "which": lambda v: [
        v.which(ITEMS, CONDITIONS[:1], satisfied).text,
        v.which((*ITEMS, BARE), CONDITIONS[9:10], satisfied).text,
        v.which(ITEMS, (Constraint(attribute="runtime", op="lt", value=80),), satisfied).text,
    ],
    "how many": lambda v: [
        v.how_many(17472, ()).text,
        v.how_many(1, CONDITIONS[:1]).text,
        v.how_many(0, CONDITIONS[:1]).text,
    ],
    "same": lambda v: [
        v.same(ITEMS, "country").text,
        v.same(ITEMS, "genres").text,
        v.same((*ITEMS, BARE), "year").text,
    ],
    "comparison": lambda v: [
        *table(v),
        v.compare(ITEMS, (), satisfied, None).sentence.text,
        v.compare((BARE, BARE), (), satisfied, None).sentence.text,
    ],
    "superlative": lambda v: [
        _text(v.superlative(ITEMS, "runtime", "lower")),
        _text(v.superlative((*ITEMS, BARE), "year", "higher")),
    ],
    "why": lambda v: [
        *texts(v.explain(RIFIFI, WISHES, satisfied, scores=SCORES, liked=(LIKED,))),
        *texts(v.explain(RIFIFI, WISHES[1:3], satisfied)),
        *texts(v.explain(BARE, WISHES[:1], satisfied)),
        *texts(v.explain(RIFIFI, (), satisfied)),
    ],
    "why not": lambda v: [
        *(v.why_not(RIFIFI, (), satisfied, Standing(state=state)).text for state in STATES),  # type: ignore[arg-type]
        v.why_not(MON_ONCLE, WISHES, satisfied).text,
        v.why_not(BARE, WISHES, satisfied).text,
        v.why_not(RIFIFI, WISHES[1:2], satisfied, Standing(place=7, ranked=100, eligible=1)).text,
        v.why_not(RIFIFI, (), satisfied, Standing(ranked=100, eligible=1744)).text,
    ],
    "memory": lambda v: [
        v.leaned_on(WISHES[:5]),
        v.remembered_reason(WISHES[2:4]),
        *(v.memory_answer(w, t, consent=c) for w in MEMORY for t in (WISHES[:5], ()) for c in (True, False)),  # type: ignore[arg-type]
    ],
}


def _reasons_at(voice: Voice, place: int) -> list[str]:
    wishes = (WISHES[2].model_copy(update={"value": "tense"}), *WISHES[6:])
    context = ReasonContext(catalog=SCHEMA, preferences=wishes, unmet=_unmet(WISHES[6:]), place=place)
    return texts(voice.reason(RIFIFI, context))


def _unmet(wishes: tuple[Preference, ...]) -> tuple[Constraint, ...]:
    return tuple(found for wish in wishes if (found := wish.constraint()) is not None)


def _text(sentence: Sentence | None) -> str:
    assert sentence is not None
    return sentence.text


def patterns(language: str) -> dict[str, str]:
    sections = tomllib.loads((FOLDER / f"{language}.toml").read_text(encoding="utf-8"))
    return {
        f"{section}.{key}": text
        for section, said in sections.items()
        for key, text in said.items()
        if section != "euphony"
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_wordings_have_the_same_keys_and_slots(language: str) -> None:
    ours, others = patterns(language), patterns("fr")
    assert set(ours) == set(others)
    differing = {key for key in ours if slots(ours[key]) != slots(others[key])}
    assert not differing


def test_every_wording_is_complete_and_a_voice() -> None:
    assert tuple(load_wordings()) == LANGUAGES
    assert {"de", "es", "fr", "zh"} <= set(LANGUAGES)
    assert VOICES.languages == ("en", *LANGUAGES)


def test_a_wording_that_lacks_something_is_not_spoken() -> None:
    """Half a language would be answered in two; English is the honest fallback."""
    whole = {"a.one": "eins {n}", "a.two": "zwei"}
    read = {"aa": whole, "bb": whole, "cc": {"a.one": "un {n}"}, "dd": {"a.one": "uno", "a.two": "dos"}}
    assert set(complete(read)) == {"aa", "bb"}


def test_a_language_without_wording_is_answered_in_english() -> None:
    assert VOICES.of("pt").language == "en"
    assert VOICES.of("fr").language == "fr"


@pytest.mark.parametrize("situation", SITUATIONS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reply_is_in_the_language(language: str, situation: str) -> None:
    said = SITUATIONS[situation](VOICES.of(language))
    assert said
    for text in said:
        assert text.strip() and not re.search(r"[{}]|None|\s{2}|,\s*[.;]|\(\s*\)", text), text
        english = ENGLISH_WORDS & set(re.findall(r"[a-z]+(?:'[a-z]+)?", text.lower()))
        assert not english, f"{sorted(english)} in {text!r}"


@pytest.mark.parametrize("situation", SITUATIONS)
def test_the_english_voice_says_what_the_templates_say(situation: str) -> None:
    assert all(SITUATIONS[situation](VOICES.of("en")))


@pytest.mark.parametrize("language", LANGUAGES)
def test_reasons_rest_on_the_facts_of_the_item(language: str) -> None:
    context = ReasonContext(
        catalog=SCHEMA, preferences=WISHES, liked=(LIKED,), unmet=_unmet(tuple(w for w in WISHES if not w.hard)[:2])
    )
    for sentence in VOICES.of(language).reason(RIFIFI, context):
        assert sentence.item_id == "rififi" and sentence.evidence
        for proof in sentence.evidence:
            held = RIFIFI.attributes.get(proof.field, ())
            known = held if isinstance(held, tuple) else (held,)
            assert proof.source == "user" or proof.value in known


@pytest.mark.parametrize("language", LANGUAGES)
def test_answers_carry_the_same_proofs_as_in_english(language: str) -> None:
    voice, english = VOICES.of(language), VOICES.of("en")
    for name in RIFIFI.attributes:
        ours, theirs = voice.answer_fact(RIFIFI, name), english.answer_fact(RIFIFI, name)
        assert [(e.field, e.value, e.source) for e in ours.evidence] == [
            (e.field, e.value, e.source) for e in theirs.evidence
        ]
    ours, theirs = (v.why_not(MON_ONCLE, WISHES, satisfied) for v in (voice, english))
    assert {(e.field, str(e.value)) for e in ours.evidence} == {(e.field, str(e.value)) for e in theirs.evidence}


def test_a_reason_leaves_out_what_holds_for_the_whole_list() -> None:
    """The line above the list has named it."""
    wishes = (WISHES[0], WISHES[2].model_copy(update={"value": "tense"}))
    told = [
        VOICES.of("fr").reason(RIFIFI, ReasonContext(catalog=SCHEMA, preferences=wishes, place=place))[1].text
        for place in range(4)
    ]
    assert told[0] == "Correspond à votre demande (ambiance tendue)."
    assert len(set(told)) == 3 and told[3] == told[0], "neighbours are told in different shapes, the same always alike"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translated_question_keeps_what_its_options_stand_for(language: str) -> None:
    shown = VOICES.of(language).question(ASKED)
    assert shown.values == ASKED.values and len(shown.options) == len(ASKED.options)
    assert len(shown.escapes) == len(ESCAPES) and not set(shown.escapes) & set(ESCAPES)
    assert not set(shown.options) & set(ASKED.options)


def test_options_of_several_attributes_show_what_they_are_about() -> None:
    """A bare "brisk" may be about anything."""
    shown = VOICES.of("fr").question(OPEN)
    assert shown.options == ("À partir de 1980", "Rythme vif ou haletant", "Ambiance tendue")
    assert shown.question == "Qu’est-ce qui compte le plus pour vous\u00a0?"


def test_numbers_are_written_as_the_language_writes_them() -> None:
    written = {language: VOICES.of(language).how_many(17472, ()).text for language in LANGUAGES}
    assert "17.472 Filme" in written["de"] and "17.472 películas" in written["es"]
    assert "17\u202f472 films" in written["fr"] and "17,472 部电影" in written["zh"]


def test_spanish_changes_and_before_an_i() -> None:
    spanish = load_wordings()["es"]
    assert spanish.join(["Francia", "Italia"]) == "Francia e Italia"
    assert spanish.join(["Francia", "«Iris»"]) == "Francia e «Iris»"
    assert spanish.join(["agua", "hielo"]) == "agua y hielo"
    assert spanish.join(["plata", "oro"], "or") == "plata u oro"


def test_two_bounds_become_a_range() -> None:
    assert [c.op for c in merged(CONDITIONS[3:5])] == ["between"]
    assert "années 1950" in VOICES.of("fr").opening(CONDITIONS[3:5], 5)
    assert "1950年代" in VOICES.of("zh").opening(CONDITIONS[3:5], 5)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_catalogue_without_words_of_a_language_is_spoken_of_all_the_same(language: str) -> None:
    schema = CatalogSchema(name="s", noun="song", noun_plural="songs", attributes=SCHEMA.attributes)
    voice = Voices(schema).of(language)
    assert voice.language == language
    assert "songs" not in voice.opening((), 5) and "1955" in voice.reason(RIFIFI, ReasonContext(catalog=schema))[0].text


def test_what_fills_a_slot_is_never_a_pattern() -> None:
    wording = Wording("xx", {"a": "<{text}>"})
    assert wording.say("a", text="{text.__class__} {n}") == "<{text.__class__} {n}>"
