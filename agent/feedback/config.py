"""Settings of the log of what was shown."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from retrieval.types import Value


class FeedbackConfig(Value):
    """Whether shown lists are logged for learning; see docs/feedback.md. Nothing is ever learnt while serving."""

    enabled: bool = False
    """Whether anything is logged. Off, lists are not logged and nothing is left to chance."""
    who: Literal["consenting", "everyone"] = "consenting"
    """Whose lists: users who agreed to be remembered (see ``memory``), until they withdraw; or everyone's, also of
    visitors without an id."""
    words: Literal["redacted", "hash"] = "redacted"
    """What of the request is kept: its words with personal data taken out, which training a reranker needs, or only a
    hash. Requests that touch on health, belief, politics, descent or love life are always only hashed."""
    keep_days: int = Field(180, ge=1)
    """Days after which a logged list is deleted."""
    epsilon: float = Field(1.0, gt=0.0, le=10.0)
    """Privacy that ``palate feedback publish`` spends at a time: the smaller, the noisier; see docs/privacy.md."""
    per_user: int = Field(10, ge=1, le=1000)
    """Likes and dislikes of one user that count in what is published; more are left out by chance."""
