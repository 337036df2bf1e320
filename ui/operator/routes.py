"""``/operator``: a page without data in it, and the data, which wants a key of scope ``admin`` where keys are on."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Request
from fastapi.responses import FileResponse, HTMLResponse, Response
from starlette.exceptions import HTTPException

from ..api.callers import needs
from ..api.context import RecommenderOf
from ..language import Words, accepted
from .gather import Overview, gather
from .gather import reports as found_reports
from .recent import Recent
from .render import page_html, view_html

STATIC = Path(__file__).parent / "static"
FONTS = Path(__file__).parents[1] / "page" / "static" / "fonts"
_FILES = {
    "operator.css": STATIC,
    "operator.js": STATIC,
    "figtree-latin.woff2": FONTS,
    "fraunces-latin.woff2": FONTS,
}

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; connect-src 'self'; "
    "frame-ancestors 'none'"
)
_REPORT_POLICY = (
    "sandbox allow-scripts; default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:"
)

router = APIRouter(include_in_schema=False)


def _recent(request: Request) -> Recent:
    found: Recent = request.app.state.recent
    return found


def _words(accept_language: Annotated[str, Header()] = "") -> Words:
    return accepted(accept_language)


WordsOf = Annotated[Words, Depends(_words)]


@router.get("/operator")
async def page(words: WordsOf) -> Response:
    """Serve the frame of the page; its script asks for the rest, with a key where one is needed."""
    return HTMLResponse(page_html(words), headers={"Content-Security-Policy": _POLICY, "Vary": "Accept-Language"})


@router.get("/operator/static/{name}")
async def static(name: str) -> Response:
    """Serve a file of the page."""
    if name not in _FILES:
        raise HTTPException(404, f"There is no file {name!r}.")
    return FileResponse(_FILES[name] / name)


@router.get("/operator/overview", dependencies=[Depends(needs("admin"))])
async def overview(recommender: RecommenderOf, recent: Annotated[Recent, Depends(_recent)]) -> Overview:
    """Return everything as JSON, for scripts."""
    return await gather(recommender, recent)


@router.get("/operator/view", dependencies=[Depends(needs("admin"))])
async def view(recommender: RecommenderOf, recent: Annotated[Recent, Depends(_recent)], words: WordsOf) -> Response:
    """Return everything as HTML, which the page's script puts into its frame."""
    seen = await gather(recommender, recent, words.language)
    return HTMLResponse(
        view_html(seen, words), headers={"Cache-Control": "no-store", "Content-Security-Policy": _POLICY}
    )


@router.get("/operator/reports/{name}", dependencies=[Depends(needs("admin"))])
async def report(name: str, recommender: RecommenderOf) -> Response:
    """Serve a report of the folder in the settings, shut into a sandbox."""
    folder = recommender.settings.server.reports
    if folder is None or name not in {found.name for found in found_reports(folder)}:
        raise HTTPException(404, f"There is no report {name!r}.")
    return FileResponse(
        folder / name / "report.html", headers={"Content-Security-Policy": _REPORT_POLICY, "Cache-Control": "no-store"}
    )
