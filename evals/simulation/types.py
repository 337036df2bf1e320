"""Values of a simulated dialogue. What speaks holds a ``Knowledge``; the target is known to the oracle alone."""

from __future__ import annotations

from typing import Literal, Protocol

from pydantic import Field

from retrieval.types import AttributeValue, Value

Source = Literal["facts", "ratings"]
End = Literal["found", "left", "out_of_turns", "closed"]
"""Why a dialogue ended: the target was shown; the user lost patience; no turns left; the system ended it."""
MAX_TURNS = 10
"""Turns after which every dialogue ends."""
PRIMARY_TURNS = 5
"""Success within this many turns is the primary figure."""


class Want(Value):
    """One thing the user would like, as a condition on one attribute and in words; never a title."""

    attribute: str
    value: AttributeValue
    """A label or name that an item must have; for numbers the pair (low, high), both ends belonging to it."""
    wordings: tuple[str, ...] = Field(min_length=1)
    """Ways to say it, the plainest first: ``("1980s",)``, ``("Sci-Fi", "science fiction")``."""
    form: Literal["kind", "name", "range"] = "kind"
    """How it sits in a sentence: a label, a proper name, or a condition on a number."""
    importance: float = Field(1.0, gt=0.0, le=1.0)
    decoy: str = ""
    """Words for another value of the attribute that the target lacks, for changed minds and contradictions."""


class Knowledge(Value):
    """All that the speaking side of a simulated user knows: wants in words, and neither titles nor ids of targets."""

    wants: tuple[Want, ...] = Field(min_length=1)
    """What the user has in mind from the start."""
    latent: tuple[Want, ...] = ()
    """What the user would only notice when asked about it or offered it."""
    liked: tuple[str, ...] = ()
    """Titles of other items the user liked before and may name; a target is never among them."""


class Need(Value):
    """One hidden need: what the user can say, and what only the oracle may know."""

    id: str
    source: Source
    knowledge: Knowledge
    targets: tuple[str, ...] = Field(min_length=1)
    """Ids of the hidden items; the first one shown ends the search."""
    titles: tuple[str, ...]
    """Their titles, for the leak detector only."""
    known_ids: tuple[str, ...] = ()
    """Items the user has seen before, which nobody can find for them."""


class Option(Value):
    """One answer offered with a question."""

    label: str
    value: AttributeValue | None = None
    """What the option stands for where the system says so: a catalogue value, or an item id in a contrast."""
    attribute: str = ""
    """What the option is about, where the question leaves that open."""


class Question(Value):
    """A question as the user sees it."""

    attribute: str
    text: str
    options: tuple[Option, ...] = ()
    style: str = "attribute"


class Seen(Value):
    """One item on the screen, with the facts its card shows."""

    item_id: str
    attributes: dict[str, AttributeValue] = Field(default_factory=dict)


class Screen(Value):
    """What one reply puts before the user."""

    kind: str
    """The action: ask, recommend, answer, refuse or close."""
    items: tuple[Seen, ...] = ()
    question: Question | None = None
    degraded: bool = False


class Oracle(Protocol):
    """Judges what is shown without ever saying what would be right."""

    def accepts(self, item_id: str) -> bool:
        """Whether this very item is one that the user is after."""
        ...

    def nearer(self, first: str, second: str) -> Literal["first", "second", "neither"]:
        """Which of two items is more like what the user is after, as people judge it: with noise."""
        ...


class Act(Value):
    """What the user means to do with a message, before it is put into words."""

    kind: Literal[
        "open",
        "inform",
        "answer",
        "dont_know",
        "no_preference",
        "contrast",
        "critique",
        "more",
        "revise",
        "impatient",
        "accept",
        "leave",
    ]
    wants: tuple[Want, ...] = ()
    words: str = ""
    """The option or wording chosen, a decoy, a comparative, or a title the user liked before."""


class Utterance(Value):
    """A message of the simulated user; ``text`` is empty when they leave without a word."""

    act: Act
    text: str
    replaced: bool = False
    """Whether a text written by a model leaked and was replaced with the agenda's wording."""


class Exchange(Value):
    """One turn of a finished dialogue."""

    user: Utterance
    screen: Screen


class Dialogue(Value):
    """A whole simulated dialogue under one policy."""

    need_id: str
    source: Source
    user_type: str
    policy: str
    exchanges: tuple[Exchange, ...]
    found_at: int | None = None
    """Turn at which a target was shown; None when it never was."""
    acceptable_at: int | None = None
    """Turn at which some item that satisfies every want was shown first."""
    match_by_turn: tuple[float, ...] = ()
    """Best share of the wants, by importance, that an item shown so far satisfies, after each turn; 0 to 1."""
    end: End
    error: str = ""
    """Why the system broke off; such a dialogue is not scored."""

    @property
    def questions(self) -> int:
        """Questions asked, alone or below items."""
        return sum(exchange.screen.question is not None for exchange in self.exchanges)

    @property
    def words(self) -> int:
        """Words the user typed."""
        return sum(len(exchange.user.text.split()) for exchange in self.exchanges)

    @property
    def items_read(self) -> int:
        """Items the user looked at."""
        return sum(len(exchange.screen.items) for exchange in self.exchanges)
