"""Compose replies from facts without a language model; every function is pure."""

from .answers import answer_fact, describe, preference_summary, preference_words, unknown_fact
from .comparing import Comparison, compare, superlative
from .explaining import Standing, explain, why_not
from .lists import constraint_words, described, few_matches, missing_titles, nothing_matches, opening
from .looking import cannot_look, opening_like
from .lookups import held_values, how_many, same, which
from .memory import leaned_on, memory_answer, memory_summary, remembered_reason, taste_words
from .phrases import article, count, counted, join
from .questions import ESCAPES, band_words, clarify_words, contrast_words, open_words, question_words
from .reasons import ReasonContext, description, likeness, reason
from .talk import (
    close,
    degraded,
    dialled,
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
    "ESCAPES",
    "Comparison",
    "ReasonContext",
    "Standing",
    "answer_fact",
    "article",
    "band_words",
    "cannot_look",
    "clarify_words",
    "close",
    "compare",
    "constraint_words",
    "contrast_words",
    "count",
    "counted",
    "degraded",
    "describe",
    "described",
    "description",
    "dialled",
    "explain",
    "few_matches",
    "greeting",
    "held_values",
    "help_text",
    "how_many",
    "join",
    "leaned_on",
    "likeness",
    "memory_answer",
    "memory_summary",
    "missing_titles",
    "nothing_matches",
    "nothing_to_undo",
    "open_words",
    "opening",
    "opening_like",
    "preference_summary",
    "preference_words",
    "question_words",
    "reason",
    "refuse",
    "remembered_reason",
    "same",
    "seen_all",
    "start_over",
    "superlative",
    "taste_words",
    "thanks",
    "undone",
    "unknown_fact",
    "which",
    "why_not",
]
