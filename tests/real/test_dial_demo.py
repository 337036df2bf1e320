"""The dial over the demo's own index: the shown films become less known as it rises, whatever is asked."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pytest

from agent import Settings
from evals.ranking.exposure import popularity_percentiles
from retrieval import Retriever
from retrieval.errors import IndexMismatchError, IndexMissingError
from retrieval.types import Constraint, Query

pytestmark = pytest.mark.real

PLACES = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
ASKED = {
    "nothing": [Query()],
    "words": [
        Query(text=text)
        for text in ("a quiet film about grief", "heist gone wrong", "friendship", "a funny road movie", "ghosts")
    ],
    "conditions": [
        Query(constraints=(Constraint(attribute="genres", op="eq", value=genre),)) for genre in ("Comedy", "War")
    ],
}


@pytest.fixture(scope="module")
def retriever() -> Iterator[Retriever]:
    try:
        opened = Retriever.open(Settings.load().retrieval())
    except (IndexMissingError, IndexMismatchError) as error:
        pytest.skip(f"{error} Build it first: palate index build")
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def percentiles(retriever: Retriever) -> dict[str, float]:
    return popularity_percentiles(retriever.facts.get(retriever.facts.ids()))


@pytest.mark.parametrize("kind", [*ASKED, "likes"])
def test_the_median_film_becomes_less_known_as_the_dial_rises(
    retriever: Retriever, percentiles: dict[str, float], kind: str
) -> None:
    liked = retriever.facts.ids(limit=40)
    queries = ASKED.get(kind, [Query(like_ids=tuple(liked[at : at + 3])) for at in range(0, 15, 3)])

    def known(place: float) -> float:
        asked = [query.model_copy(update={"k": 10, "adventure": place, "seed": "s"}) for query in queries]
        return float(np.median([percentiles[hit.item.id] for query in asked for hit in retriever.search(query).hits]))

    medians = [known(place) for place in PLACES]
    assert all(later <= earlier + 1e-9 for earlier, later in pairwise(medians)), medians
    assert medians[0] - medians[-1] > 0.2
    assert max(earlier - later for earlier, later in pairwise(medians)) < 0.6, "a jump"


def test_no_place_of_the_dial_breaks_a_condition(retriever: Retriever) -> None:
    condition = Constraint(attribute="country", op="eq", value="France")
    for place in PLACES:
        hits = retriever.search(
            Query(text="friendship", k=10, adventure=place, constraints=(condition,), seed="s")
        ).hits
        assert len(hits) == 10
        assert all("France" in hit.item.attributes["country"] for hit in hits)  # type: ignore[operator]
