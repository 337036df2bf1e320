"""What the document itself shows until the page's script is there: the first screen, to be read but not pressed.

gradio's client takes a second or so to start; the script puts the living page in this one's place, pixel for pixel.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from functools import cache

from agent.errors import AgentError
from retrieval.errors import RetrievalError

from ..language import choose
from .controller import Controller
from .ports import Talker

logger = logging.getLogger(__name__)

FirstScreen = Callable[[str, bool], str]
"""(``Accept-Language`` of the request, whether the address resumes a conversation) -> HTML for the document."""


def nothing_first(accepted: str, resuming: bool) -> str:
    """Show nothing until the script is there."""
    return ""


def first_screen(recommender: Talker, samples: Sequence[str]) -> FirstScreen:
    """Return what writes the first screen; it is written once for each language."""
    controller = Controller(recommender, samples)

    @cache
    def written(language: str, resuming: bool) -> str:
        return controller.in_language(language).first(resuming)

    def write(accepted: str, resuming: bool) -> str:
        try:
            return written(choose(accepted, controller.languages), resuming)
        except (AgentError, RetrievalError) as error:
            logger.warning("no first screen: %s", error)
            return ""

    return write
