"""Compose replies from facts without a language model; every function is pure."""

from .answers import (
    answer_fact,
    cell,
    compare,
    describe,
    explain,
    preference_summary,
    preference_words,
    why_not,
)
from .lists import constraint_words, described, few_matches, missing_titles, nothing_matches, opening
from .phrases import article, count, counted, join
from .reasons import ReasonContext, description, likeness, reason
from .talk import (
    close,
    degraded,
    greeting,
    help_text,
    nothing_to_undo,
    refuse,
    seen_all,
    start_over,
    thanks,
    undone,
)

__all__ = [
    "ReasonContext",
    "answer_fact",
    "article",
    "cell",
    "close",
    "compare",
    "constraint_words",
    "count",
    "counted",
    "degraded",
    "describe",
    "described",
    "description",
    "explain",
    "few_matches",
    "greeting",
    "help_text",
    "join",
    "likeness",
    "missing_titles",
    "nothing_matches",
    "nothing_to_undo",
    "opening",
    "preference_summary",
    "preference_words",
    "reason",
    "refuse",
    "seen_all",
    "start_over",
    "thanks",
    "undone",
    "why_not",
]
