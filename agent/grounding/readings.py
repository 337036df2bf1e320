"""What a sentence was found to state: the state that the passes of one check share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from retrieval.types import AttributeValue, Item

from ..types import Evidence
from .tokens import Token, tokenize
from .vocabulary import Cue

CLAUSE_ENDS = frozenset({";", ":", ".", "!", "?", "—", "–"})
"""Marks at which a new statement begins."""


class Claim(NamedTuple):
    """A stretch of the sentence that states one fact, and a test of any item for the same fact."""

    start: int
    end: int
    field: str
    value: AttributeValue
    holds: Callable[[Item], bool]


@dataclass
class Reading:
    """One sentence while it is checked; grows from pass to pass."""

    text: str
    tokens: tuple[Token, ...]
    claims: list[Claim] = field(default_factory=list)
    evidence: list[Evidence] = field(default_factory=list)
    covered: set[int] = field(default_factory=set)
    """Tokens that are borne out."""
    limits: set[int] = field(default_factory=set)
    """Tokens that repeat the user's own number, however they put it."""
    bad: set[int] = field(default_factory=set)
    """Tokens that are not."""
    plotted: set[int] = field(default_factory=set)
    """Tokens borne out by the description alone."""
    places: dict[int, int] = field(default_factory=dict)
    """Token that retells the description -> the place of that word there."""
    titles: dict[int, Item] = field(default_factory=dict)
    """First token of another item's title -> the item."""
    cue_at: dict[int, Cue] = field(default_factory=dict)
    """First token of a cue -> the cue."""
    dangling: set[int] = field(default_factory=set)
    """Tokens of cues that announce a name and got none."""

    @classmethod
    def of(cls, sentence: str) -> Reading:
        """Return a reading of which nothing is known yet."""
        return cls(text=sentence, tokens=tokenize(sentence))

    def norm(self, i: int) -> str:
        """Return the folded token, or an empty string outside the sentence."""
        return self.tokens[i].norm if 0 <= i < len(self.tokens) else ""

    def claim(self, claim: Claim) -> None:
        """Record a claim and cover its tokens."""
        self.claims.append(claim)
        self.covered.update(range(claim.start, claim.end))

    def prove(
        self,
        start: int,
        end: int,
        attribute: str,
        value: AttributeValue,
        source: Literal["item", "user", "graph"] = "item",
    ) -> None:
        """Record what a stretch of tokens rests on."""
        stretch = self.text[self.tokens[start].start : self.tokens[end - 1].end]
        proof = Evidence(claim=stretch, field=attribute, value=value, source=source)
        if proof not in self.evidence:
            self.evidence.append(proof)

    def occurrences(self, title: str) -> list[tuple[int, int]]:
        """Return the token ranges at which a title stands, capitals and all."""
        wanted = tuple(token.text for token in tokenize(title))
        texts = [token.text for token in self.tokens]
        starts = range(len(texts) - len(wanted) + 1) if wanted else range(0)
        return [(i, i + len(wanted)) for i in starts if tuple(texts[i : i + len(wanted)]) == wanted]

    def in_title(self, i: int) -> bool:
        """Tell whether the token belongs to another item's title."""
        return any(start <= i < start + len(tokenize(item.title)) for start, item in self.titles.items())

    def ends_statement(self, i: int) -> bool:
        """Tell whether a new statement begins after this token."""
        return self.norm(i) in CLAUSE_ENDS or self.norm(i) == "but"

    def statement(self, at: int) -> tuple[int, int]:
        """Return the token range of the statement around a token."""
        ends = [i for i in range(len(self.tokens)) if self.ends_statement(i) and not self.in_title(i)]
        start = max((i + 1 for i in ends if i < at), default=0)
        return start, min((i for i in ends if i >= at), default=len(self.tokens))

    def announced(self, claim: Claim) -> tuple[int, int]:
        """Return a claim's range with the words that announce it, as in ``directed by``."""
        for start, cue in self.cue_at.items():
            if start + len(cue.words) == claim.start and claim.field in cue.fields:
                return start, claim.end
        return claim.start, claim.end
