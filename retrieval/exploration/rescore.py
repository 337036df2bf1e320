"""Order logged candidates by another reranker, to judge it by the log."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from ..facts import Facts
from ..index import IndexFolder
from ..rerank import RerankConfig, blend, load_reranker
from ..settings import RetrievalSettings
from ..texts import item_text
from ..types import Reranker


def reranker_of(config: RerankConfig) -> Reranker:
    """Return the cross-encoder of other settings.

    Raises:
        EncoderError: it cannot be loaded.
    """
    reranker = load_reranker(config.model_copy(update={"enabled": True}))
    assert reranker is not None
    return reranker


def rerank_blend(
    config: RerankConfig,
) -> Callable[[Sequence[float], Sequence[float], Sequence[float]], Sequence[float]]:
    """Return how other settings weigh (fused scores, logits, popularity) of a head; switched off, the first alone."""
    used = config if config.enabled else config.model_copy(update={"weight": 0.0, "popularity_weight": 0.0})
    return lambda fused, logits, popularity: blend(fused, logits, popularity, used).tolist()


def texts_of(settings: RetrievalSettings, ids: Iterable[str]) -> dict[str, str]:
    """Return item texts by id, as rerankers read them; ids that the index lacks are left out.

    Raises:
        IndexMissingError: there is no index.
    """
    facts = Facts.open(IndexFolder(settings.index).current().facts, settings.safety)
    try:
        schema = settings.catalog.schema()
        return {item.id: item_text(item, schema) for item in facts.get(sorted(set(ids)))}
    finally:
        facts.close()
