"""Measure on real dialogues what the rates of simulated users stand for: how much people say unasked, and the like.

palate bench simulate-rates

A rate is a share of steps; its 95 % interval resamples dialogues, since the steps of one dialogue are alike. What is
found of wishes stated unasked is corrected by hand labels: of the steps with and of those without such a finding, the
share that truly states a wish (a stratified estimate, whose interval resamples the labels as well).
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from importlib.resources import files
from typing import Literal

import numpy as np
from pydantic import ValidationError

from retrieval.types import Value

from ..errors import EvalError
from ..provenance import commit, machine
from .figures import Interval
from .slips import slip_counts
from .talk import Step, Talk

_RESAMPLES = 1000
_MOST_WISHES = 3
_MOST_LISTS = 6

Weigh = Callable[[Step], float]


class Rate(Value):
    """One measured share or mean."""

    name: str
    """What is counted, over what."""
    value: Interval
    occasions: int


class Label(Value):
    """What a reader says of one step; holds no text of the dialogue."""

    dialogue: str
    turn: int
    """Place of its first message among all of the dialogue, from 0."""
    about: Literal["unasked", "beside"]
    """``unasked``: whether a reaction states a wish or a taste for a kind of item, a person, a time, a mood or the
    like, not said before. ``beside``: whether a question about taste that stands beside items is answered, be it with
    "anything will do", rather than passed over."""
    holds: bool
    part: Literal["development", "check"] = "check"
    """Whether the patterns were made with it in view."""


class Agreement(Value):
    """How right the findings are, on labelled steps that the patterns were not made with."""

    labels: int
    precision: float
    recall: float
    """Of all that is stated, each labelled step standing for as many as there are of its kind."""
    corrected: Interval
    """Share of reactions that state a wish unasked, corrected by the labels."""


class Calibration(Value):
    """What was measured on one set of dialogues."""

    dataset: str
    dialogues: int
    rates: tuple[Rate, ...]
    opening_wishes: tuple[float, ...]
    """Share of openings that state 0, 1, 2, and 3 or more wishes."""
    lists: tuple[float, ...]
    """Share of dialogues in which titles were named in 0, 1, 2, ... turns; the last is that many or more."""
    agreement: Agreement | None = None
    """None without labels of this set."""
    answered_beside: Interval | None = None
    """Share of questions beside items that are answered, by hand labels alone; None without any of this set."""


class RatesReport(Value):
    """Several sets, and what it ran on."""

    command: str
    commit: str
    machine: str
    sets: tuple[Calibration, ...]


def reacts(step: Step) -> bool:
    """Whether a step follows items without a question about taste, and does not end the search."""
    return step.after == "items" and not step.closes


def calibrate(
    dataset: str, talks: Sequence[Talk], steps: Sequence[Step], labels: Sequence[Label], seed: int
) -> Calibration:
    """Return what was measured.

    Args:
        dataset: its name.
        talks: the dialogues, for their words.
        steps: what the seekers did in them, in order.
        labels: hand labels of some of the steps; those of other sets are left out.
        seed: of the bootstrap.
    """
    openings = _openings(steps)
    lists = {talk.id: 0 for talk in talks}
    for step in steps:
        lists[step.dialogue] = max(lists[step.dialogue], step.lists)
    rates = [rate for name, over, count in _RATES if (rate := _rate(name, list(filter(over, steps)), count, seed))]
    opened = (_rate(name, openings, count, seed) for name, count in _OF_OPENINGS)
    whole = (_each(name, steps, count, seed) for name, count in _OF_DIALOGUES)
    slips = [(talk.id, *counts) for talk, counts in zip(talks, slip_counts(talks), strict=True)]
    typed = Rate(
        name="slips, of words of four letters or more",
        value=_clustered([(name, slipped, all_) for name, slipped, all_ in slips], seed),
        occasions=sum(all_ for _, _, all_ in slips),
    )
    return Calibration(
        dataset=dataset,
        dialogues=len(talks),
        rates=(*(rate for rate in opened if rate), *rates, *(rate for rate in whole if rate), typed),
        opening_wishes=_shares((len(step.wishes) for step in openings), _MOST_WISHES),
        lists=_shares(lists.values(), _MOST_LISTS),
        agreement=_agreement(steps, labels, seed),
        answered_beside=_by_hand(steps, labels, seed),
    )


def report(sets: Sequence[Calibration], command: str) -> RatesReport:
    """Return the report of several sets.

    Args:
        sets: what was measured.
        command: what runs this again.
    """
    return RatesReport(command=command, commit=commit(), machine=machine(), sets=tuple(sets))


def read_step_labels() -> list[Label]:
    """Return the hand labels that come with Palate.

    Raises:
        EvalError: a line does not fit.
    """
    source = files("evals").joinpath("data", "step_labels.jsonl")
    found = []
    for number, row in enumerate(source.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            found.append(Label.model_validate(json.loads(row)))
        except (ValidationError, ValueError) as error:
            raise EvalError(f"Line {number} of the labels does not fit: {row[:80]!r}.", hint=str(error)) from error
    return found


def render(measured: Calibration) -> str:
    """Return the figures as text."""
    lines = [f"{measured.dataset}: {measured.dialogues} dialogues", ""]
    lines += [f"{rate.value!s:<24}{rate.occasions:>7}  {rate.name}" for rate in measured.rates]
    lines += ["", f"wishes stated in the opening, 0 to {_MOST_WISHES} and more: {_listed(measured.opening_wishes)}"]
    lines += [f"turns with titles, 0 to {_MOST_LISTS} and more: {_listed(measured.lists)}"]
    if (checked := measured.agreement) is not None:
        lines += [
            "",
            f"wishes stated unasked, on {checked.labels} labelled reactions: precision {checked.precision:.2f}, "
            f"recall {checked.recall:.2f}; corrected by them {checked.corrected}",
        ]
    if measured.answered_beside is not None:
        lines.append(f"questions beside items that are answered, by hand labels: {measured.answered_beside}")
    return "\n".join(lines)


def _answers(step: Step) -> float:
    return float(bool(step.wishes or step.titles or step.repeated))


def _shrugs(step: Step) -> float:
    return float(step.shrugs and not step.wishes and not step.titles)


_OF_OPENINGS: tuple[tuple[str, Weigh], ...] = (
    ("wishes in the first message that states any or names a title", lambda step: len(step.wishes)),
    ("such a message names a title", lambda step: float(step.titles > 0)),
)
_RATES: tuple[tuple[str, Callable[[Step], bool], Weigh], ...] = (
    ("reactions to items that state a new wish unasked", reacts, lambda step: float(bool(step.wishes))),
    (
        "the same, after the first items",
        lambda step: reacts(step) and step.lists == 1,
        lambda step: float(bool(step.wishes)),
    ),
    (
        "the same, those that end the search counted",
        lambda step: step.after == "items",
        lambda s: float(bool(s.wishes)),
    ),
    (
        "of those that ask for others, that say so with a new wish",
        lambda step: reacts(step) and step.others,
        lambda step: float(bool(step.wishes)),
    ),
    ("reactions to items that name a title of their own", reacts, lambda step: float(step.titles > 0)),
    ("reactions to items that say what was seen before", reacts, lambda step: float(step.seen)),
    ("questions about taste alone: a wish or a title in answer", lambda step: step.after == "question", _answers),
    ("questions about taste alone: anything will do, or not known", lambda step: step.after == "question", _shrugs),
    ("questions beside items: a wish or a title in answer", lambda step: step.after == "items and question", _answers),
    (
        "questions beside items: anything will do, or not known",
        lambda step: step.after == "items and question",
        _shrugs,
    ),
    ("words a message", lambda step: True, lambda step: float(step.words)),
    ("words a message, of reactions to items", reacts, lambda step: float(step.words)),
)
_OF_DIALOGUES: tuple[tuple[str, Weigh], ...] = (
    ("dialogues in which a wish is taken back", lambda step: step.dropped),
    ("dialogues in which a wish goes against an earlier one", lambda step: step.contradicted),
)


def _openings(steps: Sequence[Step]) -> list[Step]:
    """Return each dialogue's first step that states a wish or names a title, before any list."""
    found: dict[str, Step] = {}
    for step in steps:
        if step.lists == 0 and step.dialogue not in found and (step.wishes or step.titles):
            found[step.dialogue] = step
    return list(found.values())


def _rate(name: str, steps: Sequence[Step], count: Weigh, seed: int) -> Rate | None:
    if not steps:
        return None
    value = _clustered([(step.dialogue, count(step), 1.0) for step in steps], seed)
    return Rate(name=name, value=value, occasions=len(steps))


def _each(name: str, steps: Sequence[Step], count: Weigh, seed: int) -> Rate | None:
    """Return the share of dialogues in which anything is counted."""
    ever: dict[str, float] = defaultdict(float)
    for step in steps:
        ever[step.dialogue] = max(ever[step.dialogue], float(count(step) > 0))
    if not ever:
        return None
    return Rate(name=name, value=_clustered([(d, hit, 1.0) for d, hit in ever.items()], seed), occasions=len(ever))


def _clustered(counts: Iterable[tuple[str, float, float]], seed: int) -> Interval:
    """Return the ratio of the sums of (dialogue, part, whole), with an interval over dialogues."""
    parts, wholes = _sums(counts)
    sums = np.random.default_rng(seed).multinomial(len(parts), np.full(len(parts), 1 / len(parts)), _RESAMPLES)
    low, high = np.quantile((sums @ parts) / np.maximum(sums @ wholes, 1e-9), [0.025, 0.975])
    return Interval(value=float(parts.sum() / max(wholes.sum(), 1e-9)), low=float(low), high=float(high))


def _sums(counts: Iterable[tuple[str, float, float]]) -> tuple[np.ndarray, np.ndarray]:
    sums: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for dialogue, part, whole in counts:
        sums[dialogue][0] += part
        sums[dialogue][1] += whole
    table = np.array(list(sums.values()), dtype=float).reshape(-1, 2)
    return table[:, 0], table[:, 1]


def _agreement(steps: Sequence[Step], labels: Sequence[Label], seed: int) -> Agreement | None:
    """Weigh findings against labels of the part that they were not made with."""
    over = {(step.dialogue, step.turn): bool(step.wishes) for step in steps if reacts(step)}
    said = {(one.dialogue, one.turn): one.holds for one in labels if one.part == "check" and one.about == "unasked"}
    hit = np.array([said[key] for key, found in over.items() if found and key in said], dtype=float)
    missed = np.array([said[key] for key, found in over.items() if not found and key in said], dtype=float)
    if not len(hit) or not len(missed):
        return None
    rng = np.random.default_rng(seed)
    found, _ = _sums((dialogue, float(flag), 1.0) for (dialogue, _), flag in over.items())
    wholes = _sums((dialogue, 0.0, 1.0) for dialogue, _ in over)[1]
    shares = []
    for picks in rng.multinomial(len(found), np.full(len(found), 1 / len(found)), _RESAMPLES):
        share = float(picks @ found / max(picks @ wholes, 1e-9))
        right = rng.choice(hit, len(hit)).mean()
        shares.append(share * right + (1 - share) * rng.choice(missed, len(missed)).mean())
    share = float(found.sum() / wholes.sum())
    true, overlooked = share * float(hit.mean()), (1 - share) * float(missed.mean())
    low, high = np.quantile(shares, [0.025, 0.975])
    return Agreement(
        labels=len(hit) + len(missed),
        precision=float(hit.mean()),
        recall=true / (true + overlooked) if true + overlooked else 0.0,
        corrected=Interval(value=true + overlooked, low=float(low), high=float(high)),
    )


def _by_hand(steps: Sequence[Step], labels: Sequence[Label], seed: int) -> Interval | None:
    known = {step.dialogue for step in steps}
    said = [(one.dialogue, float(one.holds), 1.0) for one in labels if one.about == "beside" and one.dialogue in known]
    return _clustered(said, seed) if said else None


def _shares(values: Iterable[int], most: int) -> tuple[float, ...]:
    counts = Counter(min(value, most) for value in values)
    total = max(sum(counts.values()), 1)
    return tuple(counts[number] / total for number in range(most + 1))


def _listed(shares: Sequence[float]) -> str:
    return ", ".join(f"{share:.2f}" for share in shares)
