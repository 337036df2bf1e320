"""Learn from who had to do with what: models of interactions, and their use beside content."""

from __future__ import annotations

from .als import Als, AlsConfig
from .card import model_card
from .catalog import indexed_items
from .choose import ALS_GRID, EASE_GRID, KNN_GRID, Chosen, Judge, ModelConfig, Trial, choose_settings, fit_model
from .cold import ColdConfig, TextSpace, foresee_vectors
from .config import CollaborativeConfig
from .content import Content
from .ease import Ease, EaseConfig
from .history import HistoryConfig, Matrix, history_matrix
from .hybrid import Case, Channels, Hybrid, HybridConfig
from .interactions import InteractionReport, Interactions, read_interactions
from .knn import ItemKnn, KnnConfig
from .measure import best_of, ndcg_rows, right_matrix, seen_matrix
from .models import ItemScores, Scorer
from .popular import Popular
from .saved import CollaborativeManifest, CollaborativeModel
from .train import TrainingConfig, TrainingReport, train_collaborative

__all__ = [
    "ALS_GRID",
    "EASE_GRID",
    "KNN_GRID",
    "Als",
    "AlsConfig",
    "Case",
    "Channels",
    "Chosen",
    "ColdConfig",
    "CollaborativeConfig",
    "CollaborativeManifest",
    "CollaborativeModel",
    "Content",
    "Ease",
    "EaseConfig",
    "HistoryConfig",
    "Hybrid",
    "HybridConfig",
    "InteractionReport",
    "Interactions",
    "ItemKnn",
    "ItemScores",
    "Judge",
    "KnnConfig",
    "Matrix",
    "ModelConfig",
    "Popular",
    "Scorer",
    "TextSpace",
    "TrainingConfig",
    "TrainingReport",
    "Trial",
    "best_of",
    "choose_settings",
    "fit_model",
    "foresee_vectors",
    "history_matrix",
    "indexed_items",
    "model_card",
    "ndcg_rows",
    "read_interactions",
    "right_matrix",
    "seen_matrix",
    "train_collaborative",
]
