"""The chat page's door: build it and mount it beside the API. gradio is imported only when this is called."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from .page.ports import Talker
from .page.samples import default_samples

if TYPE_CHECKING:
    import gradio
    from fastapi import FastAPI


def build_page(recommender: Talker, samples: Sequence[str] = (), user_header: str = "") -> gradio.Blocks:
    """Build the page; without samples they are written from the catalogue."""
    from .page.page import build

    page: gradio.Blocks = build(recommender, tuple(samples) or default_samples(recommender), user_header=user_header)
    return page


def mount(app: FastAPI, recommender: Talker, settings: Any = None) -> FastAPI:
    """Mount the page under ``/`` of an app that has its other routes already; return the app.

    ``settings.server`` gives the sample prompts, and the header that names visitors, where the settings have them.
    """
    from .page.first import first_screen
    from .page.page import mount_page

    server = getattr(settings, "server", None)
    samples, header = getattr(server, "samples", ()), getattr(server, "user_header", "")
    samples = tuple(samples) or default_samples(recommender)
    first = first_screen(recommender, samples)
    return mount_page(app, build_page(recommender, samples, header), uploads=recommender.uploads, first=first)
