"""Find and rank items of a catalogue by exact constraints and similarity; it knows nothing of conversations."""

from __future__ import annotations

from .build import build_index
from .catalog import CatalogConfig, LoadReport, load_catalog, read_catalog, scan_catalog
from .collaborative import CollaborativeConfig
from .encoders import load_encoder
from .encoders.words import everyday_words
from .encodings import item_vectors
from .errors import RetrievalError
from .facts import Facts
from .filters import satisfies, validate
from .fusion import reciprocal_rank_fusion
from .guess import guess_catalog, guess_config
from .index import IndexConfig, Manifest, read_manifest
from .modalities.weights import SensesConfig
from .planner import SearchConfig
from .rerank import RerankConfig, blend, load_reranker, query_text
from .retriever import Retriever
from .safety import SafetyConfig
from .settings import RetrievalSettings
from .texts import item_text
from .variety import Bound, VarietyConfig, course
from .verify import Verification, verify_index

__all__ = [
    "Bound",
    "CatalogConfig",
    "CollaborativeConfig",
    "Facts",
    "IndexConfig",
    "LoadReport",
    "Manifest",
    "RerankConfig",
    "RetrievalError",
    "RetrievalSettings",
    "Retriever",
    "SafetyConfig",
    "SearchConfig",
    "SensesConfig",
    "VarietyConfig",
    "Verification",
    "blend",
    "build_index",
    "course",
    "everyday_words",
    "guess_catalog",
    "guess_config",
    "item_text",
    "item_vectors",
    "load_catalog",
    "load_encoder",
    "load_reranker",
    "query_text",
    "read_catalog",
    "read_manifest",
    "reciprocal_rank_fusion",
    "satisfies",
    "scan_catalog",
    "validate",
    "verify_index",
]
