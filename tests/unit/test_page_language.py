"""The page in several languages: the same words in each, none left in the markup, chosen by browser or visitor."""

from __future__ import annotations

import re
import string
from collections.abc import Sequence
from pathlib import Path
from typing import get_args

import pytest

import ui
from agent.memory import Memory
from agent.types import (
    AskAction,
    Conversation,
    DoneEvent,
    Evidence,
    FeedbackKind,
    ItemsEvent,
    Preference,
    RecommendAction,
    Recommendation,
    Relaxed,
    Reply,
    SentenceEvent,
    StateEvent,
    StreamEvent,
    Table,
    TableRow,
)
from retrieval.types import AttributeSpec, CatalogSchema, CatalogWords, Item
from ui import view
from ui.failures import Failure, WordedError
from ui.language import choose, english, load_words
from ui.operator.recent import STAGES
from ui.page import page
from ui.page.controller import Controller
from ui.page.frames import Edit, Open, Send
from ui.page.render import Renderer
from ui.testing import ScriptedRecommender

PAGE = Path(ui.__file__).parent / "page"
OPERATOR = PAGE.parent / "operator"
LANGUAGES = tuple(sorted(path.stem for path in (Path(ui.__file__).parent / "strings").glob("*.toml")))
OTHERS = tuple(language for language in LANGUAGES if language != "en")
ALIKE = {"shell.tools", "shell.conversation", "sources.item", "operator.catalogue", "operator.part_index"}
"""Words that another language has, too."""
EVIL = "<img src=x onerror=alert(1)>\"'{0}"
SCHEMA = CatalogSchema(
    name="films",
    noun="film",
    noun_plural="films",
    verb="watch",
    attributes=(
        AttributeSpec(name="genres", kind="categories", label="genre", headline=1),
        AttributeSpec(name="runtime", kind="number", unit="min", label="running time", headline=2),
    ),
    languages={
        "fr": CatalogWords(
            one="{n} film",
            many="{n} films",
            mood="Que regarder ?",
            samples=("Un drame",),
            labels={"genres": "genre", "runtime": "durée"},
            values={"genres": {"Drama": "drame", "Comedy": EVIL}},
        )
    },
)
ITEM = Item(id="a", title="Alpha", attributes={"genres": ("Drama",), "runtime": 95})
WISH = Preference(id="t.1", attribute="genres", value="Drama", turn_id="t1", quote="un drame")
LONG = Preference(id="t.2", attribute="runtime", op="le", value=120, hard=True, turn_id="t1", quote="2 h")


def script(text: str, before: Conversation) -> Sequence[StreamEvent]:
    pick = Recommendation(item_id="a", title="Alpha", rank=1, attributes=ITEM.attributes)
    language = "fr" if "drame" in text else "en"
    reply = Reply(
        session_id=before.session_id,
        turn_id="t1",
        text="Voici 1 film :",
        action=RecommendAction(),
        recommendations=(pick.model_copy(update={"reason": "95 min."}),),
        preferences=(WISH, LONG),
        language=language,
    )
    return [
        StateEvent(preferences=(WISH, LONG), language=language),
        ItemsEvent(recommendations=(pick,)),
        SentenceEvent(text="Voici 1 film :"),
        SentenceEvent(text="95 min.", item_id="a"),
        DoneEvent(reply=reply),
    ]


@pytest.fixture
def controller() -> Controller:
    return Controller(ScriptedRecommender([ITEM], SCHEMA, script), ("Try me",))


def slots(pattern: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(pattern) if name is not None}


@pytest.mark.parametrize("language", OTHERS)
def test_every_language_has_every_word_with_its_slots(language: str) -> None:
    """What a file lacks would be filled in from English, so the filled-in words are looked for by their equality."""
    ours, theirs = load_words()[language].patterns, english().patterns
    assert set(ours) == set(theirs)
    differing = {key for key in ours if slots(ours[key]) != slots(theirs[key])} - {"welcome.headline"}
    assert not differing
    worded = {key for key, text in ours.items() if re.search(r"[a-z]{3}", re.sub(r"\{\w+\}", "", text))}
    same = {key for key in worded if ours[key] == theirs[key]}
    assert same <= ALIKE, "these are still English"


def test_the_languages_are_offered_english_first() -> None:
    assert tuple(load_words()) == ("en", *OTHERS)
    assert {"de", "es", "fr", "zh"} <= set(OTHERS)


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("fr-CA,fr;q=0.9,en;q=0.8", "fr"),
        ("en;q=0.3, de;q=0.7", "de"),
        ("zh-Hans-CN", "zh"),
        ("pt-BR,es;q=0.5", "es"),
        ("pt", "en"),
        ("*", "en"),
        ("fr;q=0,de", "de"),
        ("de;q=broken,fr;q=0.1", "fr"),
        ("", "en"),
    ],
)
def test_the_browsers_wishes_are_read(header: str, language: str) -> None:
    assert choose(header, LANGUAGES) == language


def test_no_words_are_left_in_the_markup() -> None:
    """A word in a template would stay English in every language."""
    for path in sorted((*(PAGE / "templates").glob("*.html"), *(OPERATOR / "templates").glob("*.html"))):
        text = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", "", path.read_text(encoding="utf-8"), flags=re.S)
        named = re.findall(r"(?:aria-label|title|placeholder)=\"([^\"]*[A-Za-z]{2}[^\"]*)\"", text)
        shown = [
            part.strip()
            for part in re.findall(r">([^<]*)<", f">{text}<")
            if re.search(r"[A-Za-z]{2}", part.replace("Palate", ""))
        ]
        assert not named and not shown, path.name


def test_the_shell_and_the_script_ask_only_for_words_that_exist() -> None:
    known = set(english().section("shell"))
    shell = (PAGE / "static" / "shell.html").read_text(encoding="utf-8")
    code = page.script()
    marks = set(re.findall(r"data-t(?:-\w+)?=\"(\w+)\"", shell))
    assert marks <= known and set(re.findall(r"%(\w+)%", shell)) - {"languages"} <= known
    assert set(re.findall(r"\bphrase\.(\w+)", code)) <= known


def test_the_operators_page_asks_only_for_words_that_exist() -> None:
    known = english().section("operator")
    markup = "".join(path.read_text(encoding="utf-8") for path in (OPERATOR / "templates").glob("*.html"))
    assert set(re.findall(r"\b(?:t|pattern|coded)\(\"(\w+)\"", markup)) <= set(known)
    named = {"part": ("index", "store", "model"), "stage": STAGES, "reaction": get_args(FeedbackKind)}
    assert {f"{kind}_{name}" for kind, names in named.items() for name in names} <= set(known)
    code = (OPERATOR / "static" / "operator.js").read_text(encoding="utf-8")
    marks = re.findall(r"data-([a-z-]+)=\"\{\{ (?:t|pattern)", markup)
    assert {
        re.sub(r"[A-Z]", lambda big: f"-{big[0].lower()}", name) for name in re.findall(r"\bsaid\.(\w+)", code)
    } == set(marks)


@pytest.mark.parametrize(
    ("language", "number", "digits", "written"),
    [("en", 1234.56, 1, "1,234.6"), ("de", 1234.56, 1, "1.234,6"), ("fr", -0.25, 2, "-0,25"), ("zh", 12.0, 0, "12")],
)
def test_numbers_are_written_as_the_language_does(language: str, number: float, digits: int, written: str) -> None:
    assert load_words()[language].decimal(number, digits) == written


@pytest.mark.parametrize("language", LANGUAGES)
def test_text_from_outside_stays_text_in_every_language(language: str) -> None:
    render = Renderer(SCHEMA, load_words()[language])
    wish = WISH.model_copy(update={"id": EVIL, "label": EVIL, "quote": EVIL})
    pick = Recommendation(
        item_id=EVIL,
        title=EVIL,
        rank=1,
        attributes={"genres": ("Comedy", EVIL)},
        evidence=(Evidence(claim=EVIL, field=EVIL, value=EVIL),),
    )
    reply = Reply(
        session_id="s",
        turn_id="t",
        text=EVIL,
        action=AskAction(attribute="genres", question=EVIL, options=(EVIL,), escapes=(EVIL,)),
        preferences=(wish,),
        relaxed=(Relaxed(constraint=EVIL, would_add=2, preference_id=EVIL), Relaxed(constraint=EVIL, would_add=1)),
        degraded=(EVIL,),
    )
    card = render.card(pick, (wish,))
    table = Table(columns=(EVIL,), rows=(TableRow(label=EVIL, cells=(EVIL,), attribute="genres"),))
    html = "\n".join(
        (
            render.welcome([EVIL], [Item(id=EVIL, title=EVIL)], 3),
            render.said(EVIL),
            render.noted([wish]),
            render.sentences([EVIL], reserves=True),
            render.cards([card]),
            render.comparison(reply.model_copy(update={"recommendations": (pick,), "table": table})),
            render.evidence(card),
            render.foot(reply),
            render.error(Failure(EVIL, EVIL, retryable=True), EVIL),
            render.panel([wish], True, {"genres": [EVIL]}, Memory(consent=True)),
        )
    )
    assert "<img src=x" not in html and "onerror=alert(1)>" not in html
    assert "&lt;img src=x" in html


async def test_the_page_opens_in_the_language_asked_for(controller: Controller) -> None:
    frame = await controller.in_language("fr").open(Open())
    assert frame.language == "fr" and frame.words is not None
    assert frame.words["send"] == "Envoyer"
    assert "Que regarder ?" in str(frame.welcome) and "Un drame" in str(frame.welcome)
    assert "Palate connaît 1 film," in str(frame.welcome)
    assert "Vos goûts" in str(frame.panel)
    assert "Your taste" in str((await controller.open(Open())).panel)


async def test_a_language_the_page_does_not_speak_is_shown_in_english(controller: Controller) -> None:
    assert (await controller.in_language("pt").open(Open())).language == "en"


async def test_the_conversation_keeps_its_language_within_the_pages(controller: Controller) -> None:
    """Facts and the visitor's next messages are in the language of the talk; buttons in the page's."""
    french = [frame async for frame in controller.send(Send(session=None, turn="k", text="un drame"))]
    turn = french[-1].turns[0]
    assert turn.language == "fr"
    assert "drame" in turn.cards and "durée" in turn.cards
    assert "Facts and evidence" in turn.cards and "Quelque chose comme « Alpha »" in turn.cards
    page = controller.in_language("fr")
    mixed = [frame async for frame in page.send(Send(session=None, turn="k", text="a film"))][-1].turns[0]
    assert "Drama" in mixed.cards and "More like Alpha" in mixed.cards and "Faits et preuves" in mixed.cards


async def test_the_panel_is_in_the_pages_language_and_reads_values_as_it_writes_them(controller: Controller) -> None:
    page = controller.in_language("fr")
    frames = [frame async for frame in page.send(Send(session=None, turn="k", text="un drame"))]
    panel = str(frames[-1].panel)
    assert "120 min au maximum" in panel and 'value="drame"' in panel
    edited = await page.edit(Edit(session=frames[-1].session, do="value", id="t.1", value="DRAME"))
    assert "drame" in str(edited.panel)
    conversation = await controller._recommender.conversation(str(frames[-1].session))
    assert {wish.value for wish in conversation.preferences} == {"Drama", 120}


async def test_a_slip_in_the_panel_is_answered_in_the_pages_language(controller: Controller) -> None:
    page = controller.in_language("de")
    frames = [frame async for frame in page.send(Send(session=None, turn="k", text="un drame"))]
    with pytest.raises(WordedError, match="ist keine Zahl") as caught:
        await page.edit(Edit(session=frames[-1].session, do="value", id="t.2", value="lang"))
    told = await page.failed(frames[-1].session, caught.value)
    assert told.toast == "'lang' ist keine Zahl. Gib Ziffern ein, zum Beispiel 90." and told.problem
    assert told.panel is not None, "the panel is shown as it stands"


def test_relaxed_counts_are_counted_as_the_language_does() -> None:
    relaxed = Relaxed(constraint="x", would_add=1234)
    french = load_words()["fr"]
    assert view.relaxed_words(relaxed, SCHEMA) == "1,234 more films"
    assert view.relaxed_words(relaxed, SCHEMA.in_language("fr"), french) == "1\u202f234 films de plus"
