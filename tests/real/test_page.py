"""The chat page in a real browser, served for real, with a scripted recommender behind it.

Screenshots land in ``artefacts/`` (not kept in git); look at them after changing the page's looks.
"""

from __future__ import annotations

import io
import os
import socket
import threading
import time
import wave
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import pytest
import uvicorn
from fastapi import FastAPI, Response
from PIL import Image, ImageDraw
from playwright.sync_api import Browser, FilePayload, Page, expect, sync_playwright

from agent.types import (
    AnswerAction,
    AskAction,
    Conversation,
    DoneEvent,
    ErrorEvent,
    Evidence,
    ItemsEvent,
    Preference,
    RecommendAction,
    Recommendation,
    Relaxed,
    Reply,
    SentenceEvent,
    StateEvent,
    StreamEvent,
)
from retrieval.types import AttributeSpec, CatalogSchema, Item
from ui.chat import mount
from ui.testing import ScriptedRecommender

pytestmark = pytest.mark.real

CHROMIUM = os.environ.get("PALATE_TEST_CHROMIUM", "/usr/bin/chromium")
ARTEFACTS = Path("artefacts")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
EVIL = "<img src=x onerror=window.broken=1>"
COVER = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 2 3"><rect width="2" height="3" fill="#7a3b20"/></svg>'
WIDTHS = {"phone": (390, 844), "tablet": (820, 1180), "desktop": (1440, 900)}
PAUSE_S = 0.06

SCHEMA = CatalogSchema(
    name="songs",
    noun="song",
    noun_plural="songs",
    verb="hear",
    samples=("Something loud", "Something slow and sad from the nineties", "Help me choose"),
    attributes=(
        AttributeSpec(name="year", kind="number", headline=1),
        AttributeSpec(name="genre", kind="categories", headline=2),
        AttributeSpec(name="length", kind="number", unit="min", headline=3),
        AttributeSpec(name="singer", kind="category", names=True),
    ),
)
TITLES = (
    "Harbour Lights",
    "A Very Long Title That Goes On Until It Has To Wrap Somewhere",
    EVIL,
    "Żółw",
    "Last Bus Home",
)
ITEMS = tuple(
    Item(
        id=f"id/{n}",
        title=title,
        popularity=9 - n,
        attributes={"year": 1990 + n, "genre": ("Ska", "Dub"), "length": 3 + n, "singer": "Ann Other"},
    )
    for n, title in enumerate(TITLES)
)
REASON = "It runs about as long as you asked for. It is ska through and through."


def wishes(turn: str) -> tuple[Preference, ...]:
    return (
        Preference(id=f"{turn}.1", attribute="genre", value="Ska", turn_id=turn, quote="some ska"),
        Preference(id=f"{turn}.2", attribute="length", op="le", value=8, hard=True, turn_id=turn, quote="short ones"),
    )


def script(text: str, before: Conversation) -> Sequence[StreamEvent]:
    turn, session = f"t{len(before.turns) + 1}", before.session_id
    if text == "crash":
        raise RuntimeError("a defect")
    if text == "fail":
        return [ErrorEvent(message="It broke off.", hint="Try again.", retryable=True)]
    if text == "choose":
        ask = AskAction(
            attribute="genre", question="What sort of thing?", options=("Ska", "Dub", EVIL), escapes=("No preference",)
        )
        reply = Reply(session_id=session, turn_id=turn, text=ask.question, action=ask, preferences=before.preferences)
        return [SentenceEvent(text=ask.question), DoneEvent(reply=reply)]
    if text == "nothing":
        none = Reply(
            session_id=session,
            turn_id=turn,
            text="No song fits.",
            action=AnswerAction(topic="nothing"),
            preferences=wishes(turn),
            relaxed=(Relaxed(constraint="at most 8 min", would_add=4, preference_id=f"{turn}.2"),),
        )
        return [StateEvent(preferences=none.preferences), SentenceEvent(text=none.text), DoneEvent(reply=none)]
    picks = tuple(
        Recommendation(
            item_id=item.id,
            title=item.title,
            rank=rank,
            attributes=item.attributes,
            image_url=f"/v1/items/{rank}/cover",
        )
        for rank, item in enumerate(ITEMS, start=1)
    )
    proof = (Evidence(claim="as long as you asked for", field="length", value=4),)
    reply = Reply(
        session_id=session,
        turn_id=turn,
        text=f"Five that fit {EVIL}.",
        action=RecommendAction(),
        recommendations=tuple(pick.model_copy(update={"reason": REASON, "evidence": proof}) for pick in picks),
        preferences=wishes(turn),
        degraded=("The language model is not running.",) if "reserve" in text else (),
    )
    reasons = [SentenceEvent(text=f"{part}.", item_id=i.id) for i in ITEMS for part in REASON.rstrip(".").split(". ")]
    waiting = [StateEvent(preferences=reply.preferences)] * (100 if text == "slowly" else 1)
    return [
        *waiting,
        ItemsEvent(recommendations=picks),
        SentenceEvent(text=reply.text),
        *reasons,
        DoneEvent(reply=reply),
    ]


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Serve the page on a free port of this machine."""
    app = FastAPI()

    @app.get("/v1/items/{item_id:path}/cover")
    def cover(item_id: str) -> Response:
        return Response(COVER if item_id != "2" else "gone", 200 if item_id != "2" else 404, media_type="image/svg+xml")

    mount(app, ScriptedRecommender(ITEMS, SCHEMA, script, PAUSE_S))
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="error"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    for _ in range(200):
        if server.started:
            break
        time.sleep(0.1)
    assert server.started
    yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
    server.should_exit = True
    thread.join(10)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not Path(CHROMIUM).is_file():
        pytest.skip(f"no browser at {CHROMIUM!r}: install chromium or set PALATE_TEST_CHROMIUM")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """A fresh visitor on the first screen, watched for errors and for requests to anywhere else."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    tab = context.new_page()
    hosts: set[str] = set()
    troubles: list[str] = []
    tab.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
    tab.on("pageerror", lambda error: troubles.append(str(error)))
    open_page(tab, address)
    yield tab
    assert hosts - {""} == {urlsplit(address).netloc}
    assert not troubles
    assert tab.evaluate("window.broken") is None
    context.close()


def open_page(tab: Page, address: str) -> None:
    tab.goto(address)
    tab.wait_for_function("document.querySelector('#palate')?.dataset.view !== undefined")
    expect(tab.locator("#palate")).not_to_have_attribute("data-view", "loading", timeout=30_000)


def say(tab: Page, text: str, state: str = "done") -> None:
    count = tab.locator(".turn").count()
    tab.fill("#say", text)
    tab.keyboard.press("Enter")
    expect(tab.locator(".turn").nth(count)).to_have_attribute("data-state", state, timeout=20_000)


def test_the_first_screen_invites_and_a_sample_starts_a_conversation(page: Page) -> None:
    expect(page.locator("h1")).to_contain_text("hear")
    expect(page.locator(".sample")).to_have_count(3)
    expect(page.locator("footer")).to_be_hidden()
    page.locator(".sample").first.click()
    expect(page.locator(".said").first).to_have_text("Something loud")
    expect(page.locator(".card")).to_have_count(5)
    assert "session=s" in page.url


def test_text_from_outside_is_shown_as_text(page: Page) -> None:
    say(page, f"hello {EVIL}")
    expect(page.locator(".said")).to_have_text(f"hello {EVIL}")
    expect(page.locator(".card h3").nth(2)).to_contain_text(EVIL)
    expect(page.locator(".slot-text")).to_contain_text(EVIL)


def test_reasons_stream_into_cards_that_stay_where_they_are(page: Page) -> None:
    page.evaluate(
        """() => { window.moved = 0; new PerformanceObserver((list) => {
            for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.moved += entry.value;
        }).observe({type: 'layout-shift'}); window.kept = null; }"""
    )
    page.fill("#say", "hello")
    page.keyboard.press("Enter")
    page.locator(".card").first.wait_for()
    page.evaluate("window.kept = document.querySelector('.card')")
    lengths: list[int] = []
    while page.locator(".turn").get_attribute("data-state") == "busy":
        lengths.append(len(page.locator(".cards").inner_text()))
    assert len(set(lengths)) > 3, "the reasons came all at once"
    expect(page.locator(".why").last).to_have_text(REASON)
    assert page.evaluate("window.kept === document.querySelector('.card')"), "a card was drawn twice"
    assert page.evaluate("window.moved") < 0.02


def test_a_cover_that_does_not_load_leaves_its_stand_in(page: Page) -> None:
    say(page, "hello")
    expect(page.locator(".card").nth(1).locator("img")).to_have_count(0)
    expect(page.locator(".card").nth(1).locator(".cover span")).to_contain_text("A Very Long Title")
    expect(page.locator(".card").first.locator("img")).to_have_count(1)


def test_reactions_are_kept_and_shown_again_by_the_link(page: Page, address: str) -> None:
    say(page, "hello")
    first, second = page.locator(".card").nth(0), page.locator(".card").nth(1)
    first.locator("[data-kind=like]").click()
    second.locator("[data-kind=seen]").click()
    expect(page.locator("[data-panel]")).to_contain_text("Harbour Lights")
    expect(second.locator("[data-kind=seen]")).to_be_disabled()
    again = page.context.new_page()
    open_page(again, page.url)
    expect(again.locator(".card").nth(0).locator("[data-kind=like]")).to_have_attribute("aria-pressed", "true")
    expect(again.locator(".card").nth(1).locator("[data-kind=seen]")).to_have_attribute("aria-pressed", "true")
    expect(again.locator(".why").first).to_have_text(REASON)
    first.locator("[data-kind=like]").click()
    expect(page.locator("[data-panel]")).not_to_contain_text("Harbour Lights")


def test_two_tabs_share_nothing(page: Page, address: str) -> None:
    say(page, "hello")
    other = page.context.new_page()
    open_page(other, address)
    expect(other.locator(".turn")).to_have_count(0)
    say(other, "choose")
    assert other.url != page.url
    expect(page.locator(".turn")).to_have_count(1)


def test_preferences_can_be_changed_and_taken_back(page: Page) -> None:
    say(page, "hello")
    panel = page.locator("[data-panel]")
    expect(panel).to_contain_text("at most 8 min")
    panel.locator("summary", has_text="at most 8 min").click()
    expect(panel).to_contain_text("short ones")
    panel.locator(".wish-edit input").first.fill("6")
    page.keyboard.press("Enter")
    expect(panel).to_contain_text("at most 6 min")
    panel.locator("[data-do=undo]").click()
    expect(panel).to_contain_text("at most 8 min")
    expect(panel.locator(".pill[aria-pressed=true]")).to_have_count(1)
    panel.locator(".pill[aria-pressed=true]").click()
    expect(panel.locator(".pill[aria-pressed=true]")).to_have_count(0)
    panel.locator("[data-do=remove]").first.click()
    expect(page.locator("[data-badge]")).to_have_text("1")
    expect(panel.locator(".panel-apply")).to_be_visible()
    panel.locator("[data-do=clear]").click()
    expect(panel).to_contain_text("collects here")


def test_the_dial_is_turned_by_hand_and_taken_back(page: Page) -> None:
    say(page, "hello")
    dial = page.get_by_label("How adventurous")
    expect(dial).to_have_value("50")
    dial.focus()
    for _ in range(4):
        page.keyboard.press("ArrowRight")
        page.wait_for_timeout(150)
    expect(dial).to_have_value("70")
    expect(page.locator("[data-do=dial]")).to_be_focused()
    expect(page.locator(".panel-apply")).to_be_visible()
    again = page.context.new_page()
    open_page(again, page.url)
    expect(again.get_by_label("How adventurous")).to_have_value("70")
    for _ in range(4):
        page.locator("[data-do=undo]").click()
        page.wait_for_timeout(150)
    expect(dial).to_have_value("50")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["de", "es", "fr", "zh"])
def test_the_dial_fits_a_phone_in_every_language(browser: Browser, address: str, language: str, scheme: str) -> None:
    ARTEFACTS.mkdir(exist_ok=True)
    size = {"width": WIDTHS["phone"][0], "height": WIDTHS["phone"][1]}
    context = browser.new_context(viewport=size, locale=language, color_scheme=scheme)  # type: ignore[arg-type]
    tab = context.new_page()
    open_page(tab, address)
    say(tab, "hello")
    tab.locator(".tool-panel").click()
    box = tab.locator(".dial input").bounding_box()
    assert box is not None and box["height"] >= 44
    ends = [tab.locator(".dial-ends span").nth(at).bounding_box() for at in (0, 1)]
    assert all(end is not None and end["height"] < 30 for end in ends), "an end of the dial is broken in two"
    tab.wait_for_timeout(500)
    tab.screenshot(path=ARTEFACTS / f"dial-{language}-{scheme}.png")
    context.close()


def test_a_typed_value_that_does_not_fit_is_refused_in_words(page: Page) -> None:
    say(page, "hello")
    panel = page.locator("[data-panel]")
    panel.locator("summary", has_text="Ska").click()
    panel.locator(".wish-edit input").last.fill("Opera")
    page.keyboard.press("Enter")
    expect(page.locator("[data-toast]")).to_contain_text("Nothing here has genre Opera")
    expect(panel).to_contain_text("Ska")


def test_dropping_what_stands_in_the_way_is_one_press(page: Page) -> None:
    say(page, "nothing")
    page.locator(".relax-button").click()
    expect(page.locator(".turn")).to_have_count(2)
    expect(page.locator(".turn").nth(1)).to_have_attribute("data-state", "done", timeout=20_000)


def test_a_question_is_answered_by_a_press(page: Page) -> None:
    say(page, "choose")
    expect(page.locator(".option")).to_have_text(["Ska", "Dub", EVIL, "No preference"])
    page.locator(".option").first.click()
    expect(page.locator(".said").nth(1)).to_have_text("Ska")


@pytest.mark.parametrize(("text", "words"), [("fail", "It broke off."), ("crash", "Something went wrong on our side.")])
def test_a_turn_that_fails_says_so_and_can_be_tried_again(page: Page, text: str, words: str) -> None:
    say(page, text, state="error")
    expect(page.locator(".notice-error")).to_contain_text(words)
    page.locator(".notice-error button").click()
    expect(page.locator(".said").nth(1)).to_have_text(text)


def test_an_answer_can_be_stopped_and_the_next_one_asked_for(page: Page) -> None:
    page.fill("#say", "slowly")
    page.keyboard.press("Enter")
    page.locator(".stop").click()
    expect(page.locator(".turn").first).to_have_attribute("data-state", "error")
    expect(page.locator(".stopped")).to_have_text("Stopped.")
    say(page, "choose")


def test_a_new_conversation_leaves_the_old_one_behind_the_back_button(page: Page) -> None:
    say(page, "hello")
    link = page.url
    page.locator(".tool-new").click()
    expect(page.locator(".sample")).to_have_count(3)
    assert "session" not in page.url
    page.go_back()
    expect(page.locator(".turn")).to_have_count(1)
    assert page.url == link


def test_the_page_speaks_the_browsers_language_until_another_is_chosen(browser: Browser, address: str) -> None:
    context = browser.new_context(locale="fr-CA")
    tab = context.new_page()
    open_page(tab, address)
    expect(tab.locator("html")).to_have_attribute("lang", "fr")
    expect(tab.get_by_role("button", name="Envoyer")).to_be_visible()
    expect(tab.locator("#say")).to_have_attribute("placeholder", "Dites-moi ce que vous cherchez")
    say(tab, "hello")
    expect(tab.locator(".card summary").first).to_have_text("Faits et preuves")
    tab.get_by_label("Langue").select_option("zh")
    expect(tab.locator("html")).to_have_attribute("lang", "zh")
    expect(tab.locator(".card summary").first).to_have_text("事实与依据")
    tab.reload()
    expect(tab.locator("html")).to_have_attribute("lang", "zh", timeout=20_000)
    context.close()


def test_a_reduced_answer_is_marked(page: Page) -> None:
    say(page, "hello on reserve")
    expect(page.locator(".reserve")).to_be_visible()
    expect(page.locator(".notice")).to_contain_text("The language model is not running.")


def test_the_page_can_be_used_from_the_keyboard(page: Page) -> None:
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#say")).to_be_focused()
    page.keyboard.type("first line")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("second line")
    page.keyboard.press("Enter")
    expect(page.locator(".said")).to_have_text("first line\nsecond line")
    expect(page.locator(".turn")).to_have_attribute("data-state", "done", timeout=20_000)
    like = page.locator("[data-kind=like]").first
    like.focus()
    page.keyboard.press("Space")
    expect(like).to_have_attribute("aria-pressed", "true")
    outline = like.evaluate("node => getComputedStyle(node).outlineStyle")
    assert outline == "solid"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_the_page_fits_and_is_pictured(browser: Browser, address: str, width: str, scheme: str) -> None:
    ARTEFACTS.mkdir(exist_ok=True)
    size = {"width": WIDTHS[width][0], "height": WIDTHS[width][1]}
    context = browser.new_context(viewport=size, color_scheme=scheme)  # type: ignore[arg-type]
    tab = context.new_page()
    open_page(tab, address)

    def picture(name: str) -> None:
        tab.wait_for_timeout(500)
        assert tab.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, name
        tab.screenshot(path=ARTEFACTS / f"page-{name}-{width}-{scheme}.png")

    picture("first")
    dark = tab.evaluate("getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)[0] < 60")
    assert dark == (scheme == "dark")
    for name, text in {"picks": "hello", "question": "choose", "nothing": "nothing", "reserves": "on reserve"}.items():
        say(tab, text)
        picture(name)
    if width != "desktop":
        expect(tab.locator("[data-panel]")).to_be_hidden()
        tab.locator(".tool-panel").click()
    expect(tab.locator("[data-panel]")).to_be_visible()
    picture("panel")
    if width != "desktop":
        tab.keyboard.press("Escape")
        expect(tab.locator("[data-panel]")).to_be_hidden()
        expect(tab.locator(".tool-panel")).to_be_focused()
    tab.locator("[data-act=theme]").click()
    assert tab.evaluate("document.documentElement.dataset.theme") == ("light" if scheme == "dark" else "dark")
    context.close()


def _files() -> list[FilePayload]:
    drawn = Image.new("RGB", (300, 200), (40, 90, 150))
    ImageDraw.Draw(drawn).ellipse((60, 30, 230, 180), fill=(240, 180, 60))
    picture, sound = io.BytesIO(), io.BytesIO()
    drawn.save(picture, "PNG")
    with wave.open(sound, "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes(bytes(16000))
    return [
        {"name": "sun.png", "mimeType": "image/png", "buffer": picture.getvalue()},
        {"name": "hum.wav", "mimeType": "audio/wav", "buffer": sound.getvalue()},
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("device", ["phone", "desktop"])
def test_a_picture_and_a_sound_go_with_the_words(page: Page, device: str, scheme: Literal["light", "dark"]) -> None:
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": WIDTHS[device][0], "height": WIDTHS[device][1]})
    for file in _files():
        page.set_input_files("#attach-file", files=[file])
    expect(page.locator(".chip-image")).to_have_count(1)
    expect(page.locator(".chip-audio")).to_have_count(1)
    assert page.locator(".chip-image").evaluate("image => image.decode().then(() => image.naturalWidth)") == 300
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    ARTEFACTS.mkdir(exist_ok=True)
    page.screenshot(path=ARTEFACTS / f"attached-{device}-{scheme}.png")
    say(page, "like this, but sadder")
    expect(page.locator(".said-picture")).to_have_count(1)
    expect(page.locator(".chip")).to_have_count(0)
    page.screenshot(path=ARTEFACTS / f"looked-{device}-{scheme}.png")
    page.reload()
    expect(page.locator(".turn .said-picture")).to_have_count(1)
    expect(page.locator(".turn .said-sound")).to_have_count(1)


def test_a_file_that_cannot_be_read_is_said_in_words(page: Page) -> None:
    broken: FilePayload = {"name": "a.png", "mimeType": "image/png", "buffer": b"\x89PNG\r\n\x1a\n nothing"}
    page.set_input_files("#attach-file", files=[broken])
    expect(page.locator(".toast-problem")).to_contain_text("picture")
    expect(page.locator(".chip")).to_have_count(0)


def test_a_picture_needs_no_words_and_can_be_taken_off(page: Page) -> None:
    page.set_input_files("#attach-file", files=[_files()[0]])
    page.locator(".chip-off").click()
    expect(page.locator(".chip")).to_have_count(0)
    page.set_input_files("#attach-file", files=[_files()[0]])
    expect(page.locator(".chip-image")).to_have_count(1)
    page.locator(".send:not(.stop)").click()
    expect(page.locator(".turn .said-picture")).to_have_count(1)
    expect(page.locator(".card")).to_have_count(5)
