"""What the tests of the page in a browser share: a small catalogue, a scripted answer to every message, and hands."""

from __future__ import annotations

import io
import os
import socket
import threading
import time
import wave
from collections.abc import Iterator, Sequence
from pathlib import Path

import uvicorn
from axe_playwright_python.sync_playwright import Axe
from fastapi import FastAPI, Response
from PIL import Image, ImageDraw
from playwright.sync_api import FilePayload, Page, expect

from agent.errors import OverloadedError
from agent.types import (
    AnswerAction,
    AskAction,
    Conversation,
    DoneEvent,
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
    Table,
    TableRow,
)
from retrieval.types import AttributeSpec, CatalogSchema, Item
from ui.chat import mount
from ui.testing import ScriptedRecommender

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
GENRES = (("Ska", "Dub"), ("Ska", "Polka"))
ITEMS = tuple(
    Item(
        id=f"id/{n}",
        title=title,
        popularity=9 - n,
        attributes={"year": 1990 + n, "genre": GENRES[n == 2], "length": 3 + 3 * n, "singer": "Ann Other"},
    )
    for n, title in enumerate(TITLES)
)
REASON = "It runs about as long as you asked for. It is ska through and through."


def wishes(turn: str) -> tuple[Preference, ...]:
    return (
        Preference(id=f"{turn}.1", attribute="genre", value="Ska", turn_id=turn, quote="some ska"),
        Preference(id=f"{turn}.2", attribute="length", op="le", value=8, hard=True, turn_id=turn, quote="short ones"),
    )


def shown() -> tuple[Recommendation, ...]:
    return tuple(
        Recommendation(
            item_id=item.id,
            title=item.title,
            rank=rank,
            attributes=item.attributes,
            image_url=f"/v1/items/{rank}/cover",
            audio_url=f"/v1/items/{rank}/audio" if rank == 1 else None,
            video_url=f"/v1/items/{rank}/video" if rank == 4 else None,
            scores={"dense": 1 / rank, "like": rank / 9, "wishes": 1.0},
        )
        for rank, item in enumerate(ITEMS, start=1)
    )


def compared(
    session: str, turn: str, one: Recommendation, other: Recommendation, preferences: tuple[Preference, ...]
) -> Reply:
    rows = [TableRow(label=name, cells=("…", "…"), attribute=name) for name in ("length", "genre", "singer")]
    return Reply(
        session_id=session,
        turn_id=turn,
        text=f"{one.title} runs 3 minutes, {other.title} runs 5 minutes.",
        action=AnswerAction(topic="compare"),
        recommendations=(one, other),
        preferences=preferences,
        table=Table(columns=(one.title, other.title), rows=tuple(rows)),
    )


def script(text: str, before: Conversation) -> Sequence[StreamEvent]:
    turn, session = f"t{len(before.turns) + 1}", before.session_id
    if text == "crash":
        raise RuntimeError("a defect")
    if text == "fail":
        raise OverloadedError("Calls wait for the processor.", retry_after_s=2.0)
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
    picks = shown()
    if text == "compare":
        reply = compared(session, turn, picks[0], picks[2], before.preferences)
        return [SentenceEvent(text=reply.text), DoneEvent(reply=reply)]
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


def served() -> FastAPI:
    """Return an app with the page, whose second item has a cover that does not load."""
    app = FastAPI()

    @app.get("/v1/items/{item_id:path}/cover")
    def cover(item_id: str) -> Response:
        return Response(COVER if item_id != "2" else "gone", 200 if item_id != "2" else 404, media_type="image/svg+xml")

    @app.get("/v1/items/{item_id:path}/audio")
    def audio(item_id: str) -> Response:
        return Response(files()[1]["buffer"], media_type="audio/wav")

    mount(app, ScriptedRecommender(ITEMS, SCHEMA, script, PAUSE_S))
    return app


def serving(app: FastAPI) -> Iterator[str]:
    """Serve an app on a free port of this machine for as long as the generator is held; yield its address."""
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


def findings(tab: Page) -> list[str]:
    """Return what axe finds that is serious or critical, each with the element it is about."""
    tab.wait_for_timeout(600)  # what is fading in has the contrast of neither its beginning nor its end
    violations = Axe().run(tab, options={"resultTypes": ["violations"]}).response["violations"]
    return [
        f"{one['id']}: {node['html'][:160]} ({node['failureSummary']})"
        for one in violations
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
    ]


def open_page(tab: Page, address: str) -> None:
    tab.goto(address)
    tab.wait_for_function("document.querySelector('#palate')?.dataset.view !== undefined")
    expect(tab.locator("#palate")).not_to_have_attribute("data-view", "loading", timeout=30_000)


def say(tab: Page, text: str, state: str = "done") -> None:
    count = tab.locator(".turn").count()
    tab.fill("#say", text)
    tab.keyboard.press("Enter")
    expect(tab.locator(".turn").nth(count)).to_have_attribute("data-state", state, timeout=20_000)


def files() -> list[FilePayload]:
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
