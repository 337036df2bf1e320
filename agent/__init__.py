"""Hold conversations that recommend: understand, decide, retrieve, explain, remember."""

from __future__ import annotations

from .compose import ComposeConfig, ComposeRequest
from .compose import compose as compose_reasons
from .doors import SlackConfig
from .errors import AgentError
from .guard import check_input
from .guard_items import item_warnings
from .guard_model import GuardWeights
from .guard_model import buckets as guard_buckets
from .listener import Listener
from .recommender import Recommender, open_gate, open_store
from .redact import find_personal
from .redact import redact as redact_personal
from .settings import Settings
from .types import Conversation, PreferenceUpdate, Reply

__all__ = [
    "AgentError",
    "ComposeConfig",
    "ComposeRequest",
    "Conversation",
    "GuardWeights",
    "Listener",
    "PreferenceUpdate",
    "Recommender",
    "Reply",
    "Settings",
    "SlackConfig",
    "check_input",
    "compose_reasons",
    "find_personal",
    "guard_buckets",
    "item_warnings",
    "open_gate",
    "open_store",
    "redact_personal",
]
