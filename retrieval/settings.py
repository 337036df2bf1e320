"""Nest the settings of retrieval's parts; each lives beside what it configures."""

from __future__ import annotations

from .catalog import CatalogConfig
from .collaborative.config import CollaborativeConfig
from .index import IndexConfig
from .planner import SearchConfig
from .rerank import RerankConfig
from .safety import SafetyConfig
from .types import Value
from .variety import VarietyConfig


class RetrievalSettings(Value):
    """Everything retrieval needs to know; all of it has a default, which is the demo."""

    catalog: CatalogConfig = CatalogConfig()
    """What is recommended."""
    index: IndexConfig = IndexConfig()
    """Where the index lies and what encodes it."""
    search: SearchConfig = SearchConfig()
    """How items are found and ordered."""
    rerank: RerankConfig = RerankConfig()
    """The cross-encoder."""
    variety: VarietyConfig = VarietyConfig()
    """How lists are varied: the dial, the mix of tastes, bounds on exposure."""
    safety: SafetyConfig = SafetyConfig()
    """What may never be shown."""
    collaborative: CollaborativeConfig = CollaborativeConfig()
    """Who liked what, as one more signal."""
