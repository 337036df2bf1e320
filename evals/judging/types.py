"""Values of judging: replies with labels, judgements, and how far the two agree. Pure data."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from retrieval.types import Value

Aspect = Literal["helpful", "tone"]
ASPECTS: tuple[Aspect, ...] = ("helpful", "tone")


class Exchange(Value):
    """A message and its reply."""

    user: str
    reply: str


class LabelledReply(Value):
    """A reply in its context, with what a person says of it."""

    id: str
    kind: str
    """``real``, or how a made-up reply is poor, or ``good``."""
    before: tuple[Exchange, ...] = ()
    """What came before, oldest first."""
    user: str
    reply: str
    helpful: bool
    """Whether it does what the message asks, or says plainly why not."""
    tone: bool
    """Whether whoever wrote the message would feel well treated."""


class Judgement(Value):
    """What the judge says of one reply."""

    id: str
    helpful: int | None = Field(None, ge=1, le=5)
    tone: int | None = Field(None, ge=1, le=5)
    error: str = ""
    """Why there are no scores; such a reply is in no figure."""


class Agreement(Value):
    """How far judge and labels agree on one aspect."""

    aspect: Aspect
    replies: int
    """Judged and labelled; all figures are over these."""
    both: int
    """Good by both."""
    only_judge: int
    """Good by the judge, poor by the label."""
    only_label: int
    neither: int
    kappa: float | None
    """Cohen's kappa, -1 to 1; None when judge and labels always say one and the same thing."""
    low: float | None
    """Lower end of its 95% interval (bootstrap over replies)."""
    high: float | None
    mean_good: float | None
    """Mean score, 1 to 5, of replies with a good label."""
    mean_poor: float | None

    @property
    def agreed(self) -> int:
        """Replies on which both say the same."""
        return self.both + self.neither

    @property
    def majority(self) -> int:
        """Replies on which a judge would agree that always gives the commoner label."""
        good = self.both + self.only_label
        return max(good, self.replies - good)


class JudgeReport(Value):
    """What measuring a judge found."""

    model: str
    prompt: str
    prompt_version: int
    prompt_sha256: str
    replies: int
    unscored: int
    """Replies that the judge gave no scores."""
    agreements: tuple[Agreement, ...]
    judgements: tuple[Judgement, ...]
