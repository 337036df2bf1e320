"""Values of an evaluation: cases of scripted dialogue, what must hold after each step, and scores. Pure data.

The field docstrings are what an editor shows while a suite is written: they become the JSON schema beside the suites.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from agent.types import FeedbackKind, Polarity
from retrieval.types import AttributeValue, Constraint, Op, Value

ActionKind = Literal["ask", "recommend", "answer", "refuse", "close"]


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


ActionKinds = Annotated[
    tuple[ActionKind, ...], BeforeValidator(_listed, json_schema_input_type=ActionKind | list[ActionKind])
]
Words = Annotated[tuple[str, ...], BeforeValidator(_listed, json_schema_input_type=str | list[str])]


class Condition(Value):
    """A condition on one fact of an item, judged against the catalogue."""

    attribute: str
    """Name of a catalogue attribute."""
    op: Op = "eq"
    """How to compare; ``eq`` on several labels means "has this one"."""
    value: AttributeValue
    """What to compare with; a list for ``in`` and ``not_in``, a pair for ``between`` and ``outside``."""

    def constraint(self) -> Constraint:
        """Return the condition as retrieval knows it."""
        return Constraint(attribute=self.attribute, op=self.op, value=self.value)


class AnyOf(Value):
    """Several conditions of which one is enough."""

    any: tuple[Condition, ...] = Field(min_length=2)


Conditions = tuple[Condition | AnyOf, ...]


class ItemRef(Value):
    """Point at an item: by its place in an earlier answer of the case, or by its title."""

    rank: int | None = Field(None, ge=1)
    """Place in the answer, 1 first."""
    turn: int | None = Field(None, ge=1)
    """Step of the case whose answer is meant, 1 first; without it, the latest earlier step that showed items."""
    title: str | None = None
    """Exact title in the catalogue; of several items of that title, the best known."""

    @model_validator(mode="after")
    def _points_one_way(self) -> ItemRef:
        if (self.rank is None) == (self.title is None):
            raise ValueError("give either rank or title")
        if self.title is not None and self.turn is not None:
            raise ValueError("turn goes with rank, not with title")
        return self


class Relative(Value):
    """A condition that compares each recommended item with one that was shown before."""

    attribute: str
    """Name of a number attribute."""
    op: Literal["lt", "le", "gt", "ge", "eq", "ne"]
    """Recommended item's fact, this, the other item's fact."""
    to: ItemRef
    """The other item."""


class Bounds(Value):
    """An allowed range of a count."""

    min: int = Field(0, ge=0)
    max: int | None = Field(None, ge=0)


class PreferencePattern(Value):
    """Describe a preference; what is left out may be anything."""

    attribute: str
    """Catalogue attribute, ``item`` (value: a title) or ``text``."""
    op: Op | None = None
    value: AttributeValue | None = None
    polarity: Polarity | None = None
    hard: bool | None = None


class PreferencesExpected(Value):
    """What the preference state must and must not hold."""

    has: tuple[PreferencePattern, ...] = ()
    has_not: tuple[PreferencePattern, ...] = ()
    empty: bool | None = None
    """Whether no preference at all is held."""


class Stated(Value):
    """A fact of an item that the answer's words must contain."""

    item: ItemRef
    attribute: str


class Chosen(Value):
    """A choice between items that the answer must make rightly."""

    attribute: str
    """Number attribute that decides."""
    best: Literal["lowest", "highest"]
    among: tuple[ItemRef, ...] = Field(min_length=2)


class Expect(Value):
    """What must hold after a step. Everything that is given is checked, each check scored by itself."""

    action: ActionKinds = ()
    """Allowed kinds of action, one or several."""
    every: Conditions = ()
    """Conditions that every recommended item must satisfy; not scored where nothing is recommended, so ask for a
    count as well. ``ne`` holds for an item without the fact, ``lt`` and the like do not."""
    some: Conditions = ()
    """Conditions that at least one recommended item must satisfy, each."""
    every_relative: tuple[Relative, ...] = ()
    """Comparisons with an earlier item that every recommended item must satisfy."""
    none_of: tuple[str, ...] = ()
    """Titles that must not be recommended."""
    not_shown_again: bool | None = None
    """Whether no item that an earlier step of the case showed may be recommended."""
    count: int | Bounds | None = None
    """How many items are recommended."""
    preferences: PreferencesExpected | None = None
    """The preference state after the step."""
    text_contains: Words = ()
    """Words that must all stand in the answer; case does not matter."""
    text_any: Words = ()
    """Words of which one must stand in the answer."""
    text_none: Words = ()
    """Words that must not stand in the answer."""
    question: bool | None = None
    """Whether the reply asks a question."""
    relaxed: bool | None = None
    """Whether the reply says which condition to relax."""
    missing: Words = ()
    """Titles that the reply must say are not in the catalogue."""
    answer_names: tuple[ItemRef, ...] = ()
    """Items whose titles the answer must say."""
    answer_states: tuple[Stated, ...] = ()
    """Facts that the answer must state."""
    answer_picks: Chosen | None = None
    """A choice that the answer must make rightly."""
    language: str | None = Field(None, pattern="^[a-z]{2}$")
    """ISO 639-1 code of the language that the reply must be in, as it says itself."""
    sound: bool | None = None
    """Whether the reply is well formed: real items with their catalogue facts, none twice, none seen or rejected."""
    keeps_hard: bool | None = None
    """Whether every recommended item satisfies every hard preference that the reply itself lists."""
    grounded: bool | None = None
    """Whether names, numbers and evidence in the reasons are borne out by the catalogue or the user's words."""


class Reaction(Value):
    """Press a button on an item."""

    kind: FeedbackKind
    item: ItemRef


class DropPreference(Value):
    """Preferences taken out by hand."""

    attribute: str
    value: AttributeValue | None = None
    """None takes out all of the attribute."""


class Edit(Value):
    """Change the preference panel by hand."""

    undo: int = Field(0, ge=0)
    """How many changes to take back."""
    reset: bool = False
    remove: tuple[DropPreference, ...] = ()


class Step(Value):
    """One thing the user does, by words or by hand, and what must hold afterwards."""

    say: str | None = None
    """A message, exactly as typed."""
    feedback: Reaction | None = None
    edit: Edit | None = None
    k: int | None = Field(None, ge=1, le=20)
    """How many items the door asks for; goes with ``say``."""
    expect: Expect = Expect()

    @model_validator(mode="after")
    def _does_one_thing(self) -> Step:
        if sum(deed is not None for deed in (self.say, self.feedback, self.edit)) != 1:
            raise ValueError("a turn has exactly one of say, feedback and edit")
        return self

    @property
    def deed(self) -> str:
        """What the user does, in one line."""
        if self.say is not None:
            return self.say
        return f"[{self.feedback.kind}]" if self.feedback is not None else "[edit]"


class Case(Value):
    """One scripted dialogue."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    """Unique in the suite: lower case, digits and hyphens."""
    tags: tuple[str, ...] = ()
    """What the case is about; reports and ``--tag`` group by these."""
    turns: tuple[Step, ...] = Field(min_length=1)


class Suite(Value):
    """Scripted dialogues over one catalogue."""

    name: str
    description: str = ""
    catalog: str = ""
    """A bundled catalogue to run on, such as ``music``; empty is that of your settings, the demo films unless set."""
    always: Expect = Expect()
    """Checks of every turn, unless the turn says otherwise."""
    cases: tuple[Case, ...] = Field(min_length=1)


class Score(Value):
    """The outcome of one check."""

    case: str
    turn: int
    """1 first."""
    check: str
    """Name of the check, as in the suite."""
    version: int
    """Version of the scorer: scores of different versions must not be compared."""
    value: float | None
    """1 holds, 0 does not, None: it could not be scored, which is never counted as 0."""
    reason: str
    """Why; what was found where it does not hold."""
    tags: tuple[str, ...] = ()


class Exercised(Value):
    """What a turn made use of: intents, and attributes of the catalogue by what was done with them."""

    intents: tuple[str, ...] = ()
    """What the message was understood to want."""
    wished: tuple[str, ...] = ()
    """Attributes of wishes that the message voiced or took back."""
    questioned: tuple[str, ...] = ()
    """Attributes that the message asked about."""
    asked: tuple[str, ...] = ()
    """Attributes that the reply asked the user about."""
    checked: tuple[str, ...] = ()
    """Attributes that the expectations look at."""


class TurnRecord(Value):
    """What one turn looked like, for reading failures."""

    deed: str
    action: str = ""
    text: str = ""
    items: tuple[str, ...] = ()
    """Title and year of each recommended item."""
    facts: tuple[str, ...] = ()
    """What the catalogue says of each of them, in one line."""
    preferences: tuple[str, ...] = ()
    error: str = ""
    exercised: Exercised = Exercised()
    degraded: tuple[str, ...] = ()
    timings_ms: Mapping[str, float] = Field(default_factory=dict)
    model: Mapping[str, Any] = Field(default_factory=dict)


class Claim(Value):
    """One reason that was shown for an item, with what it rests on, for reading by hand."""

    case: str
    turn: int
    said: str
    """What the user had said in this turn."""
    title: str
    reason: str
    evidence: tuple[str, ...]
    facts: str
    """The item's facts in one line."""


class CaseResult(Value):
    """A case with its scores."""

    name: str
    tags: tuple[str, ...]
    turns: tuple[TurnRecord, ...]
    scores: tuple[Score, ...]
    claims: tuple[Claim, ...] = ()
    sha256: str = ""
    """Digest of the case and of what the suite always asks: cases of two runs are alike when it is. Empty in reports
    of earlier versions."""

    @property
    def passed(self) -> bool:
        """Whether every check was scored and holds."""
        return all(score.value == 1.0 for score in self.scores)


class RunInfo(Value):
    """Say exactly what was run."""

    suite: str
    suite_sha256: str
    started_at: str
    seconds: float
    commit: str = ""
    """Commit of the working copy, with ``+`` where files differ from it; empty outside a repository."""
    scorers: Mapping[str, int] = Field(default_factory=dict)
    """Check -> version."""
    model: str = ""
    """Language model, or ``none``."""
    index: Mapping[str, Any] = Field(default_factory=dict)
    config_hash: str = ""
    version: str = ""
    catalog: str = ""
    """Name of the catalogue."""
    attributes: tuple[str, ...] = ()
    """Names of its attributes."""
    machine: str = ""
    """Processor, memory and Python, in one line."""
    degraded: tuple[str, ...] = ()
    """Every reason for which some reply was less than it could be."""


class Report(Value):
    """All that a run found."""

    info: RunInfo
    results: tuple[CaseResult, ...]

    @property
    def scores(self) -> tuple[Score, ...]:
        """Scores of all cases."""
        return tuple(score for result in self.results for score in result.scores)
