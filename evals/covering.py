"""Say what dialogues exercise: which intents, and which attributes of which catalogue. Judges no answer.

Intents and attributes are those that Palate understood, not those that an author had in mind, so a dialogue that is not
understood covers nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, get_args

from agent.types import AskAction, Intent, PreferenceUpdate, RecommendAction, Reply
from retrieval.types import Value

from .types import Exercised, Expect, Report, TurnRecord

INTENTS: tuple[str, ...] = get_args(Intent)
_FEW = 3
"""Turns below which something counts as hardly exercised."""


class AttributeUse(Value):
    """In how many turns an attribute was used, by what was done with it."""

    name: str
    wished: int
    questioned: int
    asked: int
    checked: int

    @property
    def talked(self) -> int:
        """Uses in the dialogue itself; to be checked only is not to be exercised."""
        return self.wished + self.questioned + self.asked


class CatalogUse(Value):
    """The attributes of one catalogue."""

    catalog: str
    suites: tuple[str, ...]
    attributes: tuple[AttributeUse, ...]

    @property
    def missing(self) -> tuple[str, ...]:
        """Attributes that no dialogue exercises."""
        return tuple(use.name for use in self.attributes if not use.talked)


class Coverage(Value):
    """What the dialogues of some runs exercised."""

    cases: int
    turns: int
    intents: dict[str, int]
    """Intent -> turns in which it was understood."""
    catalogs: tuple[CatalogUse, ...]

    @property
    def missing_intents(self) -> tuple[str, ...]:
        """Intents that no message was understood to have."""
        return tuple(intent for intent, turns in self.intents.items() if not turns)

    @property
    def complete(self) -> bool:
        """Whether everything was exercised."""
        return not self.missing_intents and not any(use.missing for use in self.catalogs)


def exercised(update: PreferenceUpdate | None, reply: Reply | None, expect: Expect) -> Exercised:
    """Return what a turn made use of.

    Args:
        update: what the message was understood to change; None for what was done by hand.
        reply: the answer, if there was one.
        expect: what had to hold after the turn.
    """
    update = update or PreferenceUpdate()
    question = update.question
    said = [wish.attribute for wish in (*update.add, *(against.new for against in update.contradictions))]
    about = [condition.attribute for condition in question.constraints] if question is not None else []
    if question is not None and question.attribute is not None:
        about.append(question.attribute)
    return Exercised(
        intents=_sorted(update.intents),
        wished=_sorted([*said, *(removal.attribute for removal in update.remove)]),
        questioned=_sorted(about),
        asked=_sorted(_asked(reply)),
        checked=_sorted(_named(expect.model_dump())),
    )


def coverage(reports: Sequence[Report]) -> Coverage:
    """Count the turns that exercised each intent, and each attribute of each catalogue."""
    every = [turn for report in reports for turn in _turns(report)]
    counts = Counter(intent for turn in every for intent in turn.exercised.intents)
    catalogs = sorted({report.info.catalog for report in reports})
    return Coverage(
        cases=sum(len(report.results) for report in reports),
        turns=len(every),
        intents={intent: counts[intent] for intent in INTENTS},
        catalogs=tuple(_catalog(name, [one for one in reports if one.info.catalog == name]) for name in catalogs),
    )


def render_coverage(found: Coverage) -> str:
    """Return the coverage as text, what is missing last and loudest."""
    lines = [f"{found.turns} turns of {found.cases} cases", "", f"{'intent':<18}{'turns':>7}"]
    lines += [f"{intent:<18}{turns:>7}{_remark(turns)}" for intent, turns in found.intents.items()]
    for use in found.catalogs:
        heads = f"{'wished':>8}{'asked of':>10}{'asked by':>10}{'checked':>9}"
        lines += ["", f"{use.catalog}: {', '.join(use.suites)}", f"{'attribute':<18}{heads}"]
        lines += [
            f"{row.name:<18}{row.wished:>8}{row.questioned:>10}{row.asked:>10}{row.checked:>9}{_remark(row.talked)}"
            for row in use.attributes
        ]
    lines += ["", "wished: voiced or taken back; asked of, by: questions of the user, of the reply. Turns each."]
    return "\n".join([*lines, "", *_missing(found)])


def _missing(found: Coverage) -> Iterator[str]:
    if found.complete:
        yield "Every intent and every attribute is exercised."
    if found.missing_intents:
        yield f"NEVER EXERCISED, intents: {', '.join(found.missing_intents)}"
    for use in found.catalogs:
        if use.missing:
            yield f"NEVER EXERCISED, attributes of {use.catalog}: {', '.join(use.missing)}"


def _remark(turns: int) -> str:
    return "  NEVER" if not turns else "  hardly" if turns < _FEW else ""


def _catalog(name: str, reports: Sequence[Report]) -> CatalogUse:
    turns = [turn.exercised for report in reports for turn in _turns(report)]
    attributes = dict.fromkeys(attribute for report in reports for attribute in report.info.attributes)
    return CatalogUse(
        catalog=name,
        suites=tuple(dict.fromkeys(report.info.suite for report in reports)),
        attributes=tuple(
            AttributeUse(
                name=attribute,
                wished=sum(attribute in turn.wished for turn in turns),
                questioned=sum(attribute in turn.questioned for turn in turns),
                asked=sum(attribute in turn.asked for turn in turns),
                checked=sum(attribute in turn.checked for turn in turns),
            )
            for attribute in attributes
        ),
    )


def _turns(report: Report) -> Iterator[TurnRecord]:
    return (turn for result in report.results for turn in result.turns)


def _asked(reply: Reply | None) -> Iterator[str]:
    action = reply.action if reply is not None else None
    question = action.question if isinstance(action, RecommendAction) else action
    if isinstance(question, AskAction):
        yield question.attribute


def _named(dumped: Any) -> Iterator[str]:
    """Yield the attributes that stand anywhere in an expectation."""
    if isinstance(dumped, dict):
        if isinstance(dumped.get("attribute"), str):
            yield dumped["attribute"]
        dumped = dumped.values()
    elif not isinstance(dumped, (list, tuple)):
        return
    for one in dumped:
        yield from _named(one)


def _sorted(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(names)))
