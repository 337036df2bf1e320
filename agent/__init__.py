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
from .opening import describe_store, open_store, open_uploads
from .personal import Erased, erase_everything, export_everything
from .recommender import Recommender, open_gate
from .redact import find_personal
from .redact import redact as redact_personal
from .retention import prune
from .settings import Settings
from .store_users import Pruned
from .types import Conversation, PreferenceUpdate, Reply

__all__ = [
    "AgentError",
    "ComposeConfig",
    "ComposeRequest",
    "Conversation",
    "Erased",
    "GuardWeights",
    "Listener",
    "PreferenceUpdate",
    "Pruned",
    "Recommender",
    "Reply",
    "Settings",
    "SlackConfig",
    "check_input",
    "compose_reasons",
    "describe_store",
    "erase_everything",
    "export_everything",
    "find_personal",
    "guard_buckets",
    "item_warnings",
    "open_gate",
    "open_store",
    "open_uploads",
    "prune",
    "redact_personal",
]
