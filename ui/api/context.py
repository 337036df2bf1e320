"""What routes of the API are given: the recommender and the measurements.

Each is a coroutine although nothing is awaited: what is not, FastAPI calls in a thread, once for every request.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

from agent import Recommender
from agent.access import ApiConfig

from ..metrics import Metrics
from .live import LiveTurns


async def _recommender(request: Request) -> Recommender:
    found: Recommender = request.app.state.recommender
    return found


RecommenderOf = Annotated[Recommender, Depends(_recommender)]


def config_of(request: Request) -> ApiConfig:
    """Return the limits of the API."""
    found: ApiConfig = request.app.state.config
    return found


async def _live(request: Request) -> LiveTurns:
    found: LiveTurns = request.app.state.live
    return found


LiveTurnsOf = Annotated[LiveTurns, Depends(_live)]


async def _metrics(request: Request) -> Metrics:
    found: Metrics = request.app.state.metrics
    return found


MetricsOf = Annotated[Metrics, Depends(_metrics)]
