"""Hold conversations that recommend: understand, decide, retrieve, explain, remember."""

from __future__ import annotations

from .errors import AgentError
from .guard import check_input, redact
from .recommender import Recommender, open_store
from .settings import Settings
from .types import Conversation, PreferenceUpdate, Reply

__all__ = [
    "AgentError",
    "Conversation",
    "PreferenceUpdate",
    "Recommender",
    "Reply",
    "Settings",
    "check_input",
    "open_store",
    "redact",
]
