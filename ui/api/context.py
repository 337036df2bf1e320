"""What routes of the API are given: the recommender and the measurements."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

from agent import Recommender

from ..metrics import Metrics


def _recommender(request: Request) -> Recommender:
    found: Recommender = request.app.state.recommender
    return found


RecommenderOf = Annotated[Recommender, Depends(_recommender)]


def _metrics(request: Request) -> Metrics:
    found: Metrics = request.app.state.metrics
    return found


MetricsOf = Annotated[Metrics, Depends(_metrics)]
