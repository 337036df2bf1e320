"""Working state of reading one message: its tokens, which of them are explained, and what was found."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from retrieval.types import AttributeValue, Op

from .asked import Asked
from .text import Token, tokenize
from .words import NAME_PARTICLES, STOP

MentionKind = Literal["title", "missing", "name", "sense", "number", "comparative", "reference"]


@dataclass(frozen=True)
class Mention:
    """One thing a message names, from token ``start`` up to, not including, ``end``."""

    start: int
    end: int
    kind: MentionKind
    attribute: str = ""
    op: Op = "eq"
    value: AttributeValue = ""
    item_ids: tuple[str, ...] = ()
    direction: Literal["", "lower", "higher"] = ""
    plural: bool = False
    approximate: bool = False
    either: bool = False
    """Whether it stands for one of several that share its words: whichever of the actors was meant."""
    others: tuple[tuple[str, AttributeValue], ...] = ()
    """What the same words also mean: (attribute, value) beside the likeliest meaning."""


@dataclass
class Scan:
    """A message being read; matchers mark the tokens that they explain."""

    text: str
    tokens: list[Token] = field(default_factory=list)
    taken: list[bool] = field(default_factory=list)
    mentions: list[Mention] = field(default_factory=list)
    count: int | None = None
    """How many items the message asks for."""
    asked: Asked = ""
    """What the question before the message asked for."""
    _norms: tuple[str, ...] = ()
    """Comparable words of all tokens: matchers ask for spans of them thousands of times a message."""

    def __post_init__(self) -> None:
        """Note the words of the tokens; ``reword`` changes both."""
        self._norms = tuple(token.norm for token in self.tokens)

    def reword(self, at: int, norm: str) -> None:
        """Read token ``at`` as another word; what was written stays."""
        self.tokens[at] = self.tokens[at].model_copy(update={"norm": norm})
        self._norms = (*self._norms[:at], norm, *self._norms[at + 1 :])

    @classmethod
    def of(cls, text: str) -> Scan:
        """Start reading ``text``."""
        tokens = tokenize(text)
        return cls(text=text, tokens=tokens, taken=[False] * len(tokens))

    def add(self, mention: Mention) -> None:
        """Record a finding and take its tokens."""
        self.mentions.append(mention)
        self.take(mention.start, mention.end)

    def take(self, start: int, end: int) -> None:
        """Mark tokens as explained."""
        for at in range(start, min(end, len(self.tokens))):
            self.taken[at] = True

    def free(self, start: int, end: int) -> bool:
        """Whether none of these tokens is explained yet and no sentence ends inside."""
        return end <= len(self.tokens) and not any(self.taken[start:end])

    def norms(self, start: int, end: int) -> tuple[str, ...]:
        """Comparable words of a span."""
        return self._norms[max(0, start) : end]

    def seps(self, start: int, end: int) -> tuple[str, ...]:
        """What stands before each word of a span."""
        return tuple(token.sep for token in self.tokens[max(0, start) : end])

    def quote(self, start: int, end: int) -> str:
        """Exact words of a span."""
        if start >= end:
            return ""
        return self.text[self.tokens[start].start : self.tokens[min(end, len(self.tokens)) - 1].end]

    def ends_at(self, at: int, phrase: tuple[str, ...]) -> bool:
        """Whether ``phrase`` stands directly before token ``at`` without a sentence mark inside."""
        start = at - len(phrase)
        # Most fail at their last word, which is looked at first.
        if start < 0 or self._norms[at - 1 : at] != phrase[-1:] or self._norms[start:at] != phrase:
            return False
        return not any(token.starts_clause for token in self.tokens[start + 1 : at])

    def inside_proper_name(self, start: int, end: int) -> bool:
        """Whether the span is part of a longer capitalised name: "Julia" in "Julia Roberts"."""
        return self._joins(start) or self._joins(end)

    def _joins(self, at: int) -> bool:
        """Whether the words on both sides of the place before token ``at`` form one capitalised name."""
        if not 0 < at < len(self.tokens) or self.tokens[at].sep not in ("", "-"):
            return False
        after = at
        while (
            after + 1 < len(self.tokens)
            and self.tokens[after].norm in NAME_PARTICLES
            and not self.tokens[after].capital
        ):
            after += 1
            if self.tokens[after].sep:
                return False
        sides = (self.tokens[at - 1], self.tokens[after])
        return all(s.capital and not s.is_number and s.norm not in STOP and not s.possessive for s in sides)

    def tail(self, at: int, length: int) -> tuple[str, ...]:
        """Comparable words from token ``at`` to the next comma, "but" or sentence mark, at most ``length``."""
        end = at
        while end < min(len(self.tokens), at + length):
            token = self.tokens[end]
            if token.starts_clause or "," in token.sep or token.norm in ("but", "and", "although"):
                break
            end += 1
        return self.norms(at, end)

    def clause_start(self, at: int) -> int:
        """First token of the sentence that holds token ``at``."""
        while at > 0 and not self.tokens[at].starts_clause:
            at -= 1
        return at

    def clause_end(self, at: int) -> int:
        """One past the last token of the sentence that holds token ``at``."""
        at += 1
        while at < len(self.tokens) and not self.tokens[at].starts_clause:
            at += 1
        return at
