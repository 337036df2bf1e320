"""``/operator``: a page without data in it, and the data, which wants a key of scope ``admin`` where keys are on."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import FileResponse, HTMLResponse, Response
from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.exceptions import HTTPException

from ..api.callers import needs
from ..api.context import RecommenderOf
from .gather import Overview, gather
from .gather import reports as found_reports
from .recent import Recent

STATIC = Path(__file__).parent / "static"

_POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; frame-ancestors 'none'"
_REPORT_POLICY = (
    "sandbox allow-scripts; default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:"
)

router = APIRouter(include_in_schema=False)


def _recent(request: Request) -> Recent:
    found: Recent = request.app.state.recent
    return found


@router.get("/operator")
async def page() -> Response:
    """Serve the frame of the page; its script asks for the rest, with a key where one is needed."""
    return FileResponse(STATIC / "operator.html", headers={"Content-Security-Policy": _POLICY})


@router.get("/operator/static/{name}")
async def static(name: str) -> Response:
    """Serve a file of the page."""
    if name not in ("operator.css", "operator.js"):
        raise HTTPException(404, f"There is no file {name!r}.")
    return FileResponse(STATIC / name)


@router.get("/operator/overview", dependencies=[Depends(needs("admin"))])
async def overview(recommender: RecommenderOf, recent: Annotated[Recent, Depends(_recent)]) -> Overview:
    """Return everything as JSON, for scripts."""
    return await gather(recommender, recent)


@router.get("/operator/view", dependencies=[Depends(needs("admin"))])
async def view(recommender: RecommenderOf, recent: Annotated[Recent, Depends(_recent)]) -> Response:
    """Return everything as HTML, which the page's script puts into its frame."""
    seen = await gather(recommender, recent)
    html = _templates().get_template("view.html").render(seen=seen)
    return HTMLResponse(html, headers={"Cache-Control": "no-store", "Content-Security-Policy": _POLICY})


@router.get("/operator/reports/{name}", dependencies=[Depends(needs("admin"))])
async def report(name: str, recommender: RecommenderOf) -> Response:
    """Serve a report of the folder in the settings, shut into a sandbox."""
    folder = recommender.settings.server.reports
    if folder is None or name not in {found.name for found in found_reports(folder)}:
        raise HTTPException(404, f"There is no report {name!r}.")
    return FileResponse(
        folder / name / "report.html", headers={"Content-Security-Policy": _REPORT_POLICY, "Cache-Control": "no-store"}
    )


@cache
def _templates() -> Environment:
    environment = Environment(
        loader=PackageLoader("ui.operator"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["ms"] = _milliseconds
    return environment


def _milliseconds(value: float) -> str:
    return f"{value / 1000:.1f} s" if value >= 1000 else f"{value:.0f} ms" if value >= 10 else f"{value:.1f} ms"
