"""The chat page as a gradio app: one static shell, two channels of frames, five actions.

gradio carries events to the server and frames back; ``static/script.js`` shows the frames. The shell's markup never
changes after loading, so nothing is drawn twice while an answer streams.
"""

from __future__ import annotations

import hashlib
import html
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import gradio as gr
from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles
from pydantic import ValidationError

from agent.uploads import UploadKeeper

from ..language import choose, english, load_words
from .controller import Controller
from .document import Document
from .first import FirstScreen, nothing_first
from .frames import Action, Edit, Frame, Open, React, Send
from .ports import Talker
from .uploads import add_uploads

STATIC = Path(__file__).parent / "static"
STATIC_PATH = "page"
SCRIPTS = ("script.js", "files.js", "voice.js", "earlier.js", "acts.js")
"""Parts of the page's script, one after the other in one scope."""
STYLES = ("style.css", "thread.css", "controls.css")
FrameData = dict[str, Any]
AnyAction = TypeVar("AnyAction", bound=Action)


def build(
    recommender: Talker,
    samples: Sequence[str],
    *,
    title: str = "Palate",
    concurrency: int = 16,
    user_header: str = "",
) -> Any:
    """Build the page.

    Args:
        recommender: what answers.
        samples: messages offered on the first screen.
        title: of the document.
        concurrency: turns that may be answered at a time; the others wait.
        user_header: HTTP header in which a trusted proxy names the visitor; empty when visitors are not known.
    """
    controller = Controller(recommender, samples)

    async def opened(event: gr.EventData, request: gr.Request) -> FrameData:
        spoken = _speaking(controller, event, request, user_header)
        return await _answer(spoken, event, Open, spoken.open, _visitor(request, user_header))

    async def reacted(event: gr.EventData, request: gr.Request) -> FrameData:
        spoken = _speaking(controller, event, request, user_header)
        return await _answer(spoken, event, React, spoken.react, _visitor(request, user_header))

    async def edited(event: gr.EventData, request: gr.Request) -> FrameData:
        spoken = _speaking(controller, event, request, user_header)
        return await _answer(spoken, event, Edit, spoken.edit, _visitor(request, user_header))

    async def said(event: gr.EventData, request: gr.Request) -> AsyncIterator[FrameData]:
        async for frame in _stream(
            _speaking(controller, event, request, user_header), event, _visitor(request, user_header)
        ):
            yield frame

    with gr.Blocks(title=title, analytics_enabled=False, fill_width=True, mode="palate") as blocks:
        stage = gr.HTML(
            {},
            html_template=_shell(),
            js_on_load=script(),
            apply_default_css=False,
            elem_id="stage",
        )
        channel = gr.HTML(
            {},
            html_template="",
            js_on_load="watch('value', () => document.dispatchEvent("
            "new CustomEvent('palate:frame', {detail: props.value})))",
            apply_default_css=False,
            elem_id="channel",
        )
        common: dict[str, Any] = {
            "show_progress": "hidden",
            "trigger_mode": "multiple",
            "api_visibility": "private",
        }
        stage.opened(opened, None, channel, concurrency_limit=None, **common)
        stage.reacted(reacted, None, channel, concurrency_limit=None, **common)
        stage.edited(edited, None, channel, concurrency_limit=None, **common)
        turn = stage.said(said, None, stage, concurrency_limit=concurrency, **common)
        stage.stopped(None, None, None, cancels=[turn], queue=False, show_progress="hidden", api_visibility="private")
    return blocks


def mount_page(
    app: FastAPI,
    blocks: gr.Blocks,
    path: str = "/",
    uploads: UploadKeeper | None = None,
    first: FirstScreen = nothing_first,
) -> FastAPI:
    """Mount the page under ``path``; routes that the app has already are found first.

    ``first`` writes what the document shows until the page's script is there.
    """
    if uploads is not None:
        add_uploads(app, uploads)
    app.mount(f"/{STATIC_PATH}", StaticFiles(directory=STATIC), name="page-static")
    app.add_middleware(Document, path=path, head=_head(), first=first)
    mounted: FastAPI = gr.mount_gradio_app(
        app,
        blocks,
        path=path,
        theme=_theme(),
        footer_links=[],
        favicon_path=str(STATIC / "icon.png"),
        app_kwargs={"docs_url": None, "redoc_url": None, "openapi_url": None},
        show_error=False,
        run_history=False,
        ssr_mode=False,
        enable_monitoring=False,
        mcp_server=False,
        max_file_size=1,
    )
    return mounted


def _visitor(request: gr.Request, header: str) -> str | None:
    """Return the user's id as the proxy gives it; None when nobody says who visits."""
    return (request.headers.get(header) or None) if header else None


def _speaking(controller: Controller, event: gr.EventData, request: gr.Request, user_header: str) -> Controller:
    """Return the visitor's controller in the language that they chose, or else in the one their browser likes best."""
    controller = controller.for_visitor(_visitor(request, user_header))
    chosen = event._data.get("language") if isinstance(event._data, dict) else None
    if chosen in controller.languages:
        return controller.in_language(str(chosen))
    return controller.in_language(choose(request.headers.get("accept-language") or "", controller.languages))


async def _answer(
    controller: Controller,
    event: gr.EventData,
    kind: type[AnyAction],
    act: Callable[[AnyAction, str | None], Any],
    user: str | None,
) -> FrameData:
    """Run one action; whatever fails is said in the page, never swallowed."""
    try:
        action = kind.model_validate(event._data)
    except ValidationError:
        return Frame(toast=controller.render.words.say("turn.unreadable"), problem=True).json_data()
    try:
        frame: Frame = await act(action, user)
    except Exception as error:
        frame = await controller.failed(action.session, error, user)
    return frame.json_data()


async def _stream(controller: Controller, event: gr.EventData, user: str | None) -> AsyncIterator[FrameData]:
    """Answer one message."""
    try:
        action = Send.model_validate(event._data)
    except ValidationError:
        yield Frame(toast=controller.render.words.say("turn.too_long"), problem=True).json_data()
        return
    async for frame in controller.send(action, user):
        yield frame.json_data()


def script() -> str:
    """Return the page's script: the body of one function, which gradio runs when the shell is there."""
    return "\n".join((STATIC / name).read_text("utf-8") for name in SCRIPTS)


def _shell() -> str:
    """Return the page's frame in English, with every language to choose from; the script puts other words in."""
    shell = (STATIC / "shell.html").read_text("utf-8")
    offered = "".join(
        f'<option value="{language}" lang="{language}">{html.escape(words.say("language.name"))}</option>'
        for language, words in load_words().items()
    )
    for key, text in english().section("shell").items():
        shell = shell.replace(f"%{key}%", html.escape(text))
    return shell.replace("%languages%", offered)


def _theme() -> Any:
    """Return gradio's plainest theme with no fonts from elsewhere and the page's own ground, for the first paint."""
    theme = gr.themes.Base(font=["system-ui", "sans-serif"], font_mono=["ui-monospace", "monospace"])
    return theme.set(
        body_background_fill="#faf4ea",
        body_background_fill_dark="#1a1411",
        body_text_color="#2a1d17",
        body_text_color_dark="#f5ebdf",
    )


def _head() -> str:
    """Return the page's own head: description, style sheet, and the theme before the first paint."""
    sheets = ((name, hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]) for name in STYLES)
    styles = "".join(f'<link rel="stylesheet" href="{STATIC_PATH}/{name}?v={version}">' for name, version in sheets)
    return (
        f"{styles}"
        f'<link rel="preload" href="{STATIC_PATH}/fonts/fraunces-latin.woff2" as="font" type="font/woff2" crossorigin>'
        '<meta name="color-scheme" content="light dark">'
        '<meta name="description" content="Tell Palate what you are after; it finds, and says why.">'
        f"<script>{(STATIC / 'theme.js').read_text('utf-8')}</script>"
    )
