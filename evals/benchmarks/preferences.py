"""Measure what is understood of real talk about films: which titles the seeker likes and dislikes.

palate bench preferences

The seeker's messages are played in order; items the recommender names count as shown, as in a product they would be.
The state at the end is compared with what the seeker said afterwards. The unit is a pair (film, liked or disliked) of
a film that the seeker named; docs/understanding.md says what does not count.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Literal, Protocol

from agent.types import ITEM, Conversation, PreferenceUpdate, Recommendation
from retrieval.types import Value

from .preferences_baselines import TitleMatcher
from .preferences_data import TitleDialogue, Verdict
from .preferences_score import Measured, header, line, measured, verdicts

Slip = Literal["wrong verdict", "not held", "held as seen only", "held, named by nobody"]


class Hearing(Protocol):
    """What is measured: ``agent.Listener``."""

    async def hear(self, text: str, conversation: Conversation) -> tuple[Conversation, PreferenceUpdate]:
        """Return the conversation with one more message."""
        ...

    def tell(self, conversation: Conversation, picks: Sequence[Recommendation], text: str = "") -> Conversation:
        """Return the conversation with an answer that shows items and says something."""
        ...


class Played(Value):
    """What the state held at the end of one dialogue."""

    dialogue_id: str
    held: dict[str, Verdict]
    """Item id -> verdict."""
    seen: tuple[str, ...] = ()
    """Items known to the seeker of which the state holds no verdict."""


class Row(Value):
    """One way of reading."""

    name: str
    all: Measured
    sure: Measured
    """The same without labels that the words plainly contradict."""
    disliked: Measured
    """The dislikes alone."""
    agreement: float | None
    """Share of right verdicts among labelled titles that were found with one."""


class TitleReport(Value):
    """Figures of one half and one wording."""

    half: str
    wording: str
    dialogues: int
    labels: int
    liked: int
    doubtful: int
    absent: int
    """Labels whose film the catalogue does not hold; left out of all other figures."""
    rows: tuple[Row, ...]
    slips: dict[str, int]
    """How often the reading went wrong, by kind."""


async def play(listener: Hearing, dialogue: TitleDialogue, place: Callable[[str], str | None]) -> Played:
    """Play a dialogue and return what is held at its end.

    Args:
        listener: reads the seeker's messages.
        dialogue: the messages.
        place: returns the catalogue's id of a film of the data set, or None.
    """
    state = Conversation(session_id=dialogue.id)
    shown: list[tuple[str, str]] = []
    spoken = False
    for said in dialogue.messages:
        if not said.seeker:
            spoken = True
            shown += [(item_id, title) for title, tag in said.named if (item_id := place(tag)) is not None]
            continue
        if spoken:
            picks = [Recommendation(item_id=i, title=title, rank=n) for n, (i, title) in enumerate(shown, start=1)]
            state = listener.tell(state, picks)
            shown, spoken = [], False
        state, _ = await listener.hear(said.text, state)
    held = holds(state)
    return Played(dialogue_id=dialogue.id, held=held, seen=tuple(i for i in state.seen_ids if i not in held))


def holds(state: Conversation) -> dict[str, Verdict]:
    """Return the verdict that a conversation holds on each item: wishes about items, and what was accepted."""
    held: dict[str, Verdict] = dict.fromkeys(state.accepted_ids, "like")
    for preference in state.preferences:
        if preference.attribute == ITEM:
            held[str(preference.value)] = preference.polarity
    return held


def summed(
    dialogues: Sequence[TitleDialogue],
    played: Sequence[Played],
    matcher: TitleMatcher,
    place: Callable[[str], str | None],
    *,
    half: str,
    wording: str,
) -> TitleReport:
    """Return the figures of what was played, beside trivial ways of reading the same messages."""
    readings: dict[str, list[Mapping[str, Verdict]]] = {"Palate": [one.held for one in played]}
    for name, read in matcher.baselines().items():
        readings[name] = [read(dialogue) for dialogue in dialogues]
    gold = [_gold(dialogue, place) for dialogue in dialogues]
    rows = tuple(
        _row(name, [_counted(held, d, place) for held, d in zip(found, dialogues, strict=True)], gold, dialogues, place)
        for name, found in readings.items()
    )
    every = [label for dialogue in dialogues for label in dialogue.labels]
    return TitleReport(
        half=half,
        wording=wording,
        dialogues=len(dialogues),
        labels=len(every),
        liked=sum(label.verdict == "like" for label in every),
        doubtful=sum(label.doubtful for label in every),
        absent=sum(place(label.item_id) is None for label in every),
        rows=rows,
        slips=dict(_slips(dialogues, played, gold, place)),
    )


def render(report: TitleReport) -> str:
    """Return the figures as text."""
    own = report.rows[0]
    lines = [
        f"Titles that seekers name, with their verdict: ReDial, {report.half} half, {report.wording}",
        f"{report.dialogues} dialogues; {report.labels} labels, {report.liked} of them liked; {report.absent} labelled "
        f"titles not in the catalogue, left out; {report.doubtful} labels that the words contradict",
        "",
        header("all labels"),
        *(line(row.name, row.all) for row in report.rows),
        "",
        header("without labels that the words contradict"),
        *(line(row.name, row.sure) for row in report.rows),
        "",
        header("dislikes alone"),
        *(line(row.name, row.disliked) for row in report.rows),
        "",
        f"Right verdict on titles found: {own.agreement if own.agreement is not None else '-'}",
        "Slips: " + ("; ".join(f"{kind} {count}" for kind, count in sorted(report.slips.items())) or "none"),
    ]
    return "\n".join(lines)


def _row(
    name: str,
    counted: Sequence[Mapping[str, Verdict]],
    gold: Sequence[Mapping[str, Verdict]],
    dialogues: Sequence[TitleDialogue],
    place: Callable[[str], str | None],
) -> Row:
    pairs = list(zip(counted, gold, strict=True))
    doubtful = [{place(label.item_id) for label in d.labels if label.doubtful} for d in dialogues]
    both = [(found[item], labels[item]) for found, labels in pairs for item in found if item in labels]
    return Row(
        name=name,
        all=measured([verdicts(found, labels) for found, labels in pairs]),
        sure=measured(
            [verdicts(_without(f, drop), _without(g, drop)) for (f, g), drop in zip(pairs, doubtful, strict=True)]
        ),
        disliked=measured([verdicts(_only_dislikes(found), _only_dislikes(labels)) for found, labels in pairs]),
        agreement=round(sum(mine == theirs for mine, theirs in both) / len(both), 4) if both else None,
    )


def _gold(dialogue: TitleDialogue, place: Callable[[str], str | None]) -> dict[str, Verdict]:
    return {item_id: label.verdict for label in dialogue.labels if (item_id := place(label.item_id)) is not None}


def _counted(
    held: Mapping[str, Verdict], dialogue: TitleDialogue, place: Callable[[str], str | None]
) -> dict[str, Verdict]:
    """Leave out what no label speaks of: films without a verdict, and those that only the recommender named."""
    silent = {place(item_id) for item_id in dialogue.unlabelled | dialogue.others}
    silent -= {place(label.item_id) for label in dialogue.labels}
    return _without(held, silent)


def _without(pairs: Mapping[str, Verdict], drop: AbstractSet[str | None]) -> dict[str, Verdict]:
    return {item_id: verdict for item_id, verdict in pairs.items() if item_id not in drop}


def _only_dislikes(pairs: Mapping[str, Verdict]) -> dict[str, Verdict]:
    return {item_id: verdict for item_id, verdict in pairs.items() if verdict == "dislike"}


def _slips(
    dialogues: Sequence[TitleDialogue],
    played: Sequence[Played],
    gold: Sequence[Mapping[str, Verdict]],
    place: Callable[[str], str | None],
) -> Counter[Slip]:
    """Count errors by kind."""
    kinds: Counter[Slip] = Counter()
    for dialogue, one, labels in zip(dialogues, played, gold, strict=True):
        found = _counted(one.held, dialogue, place)
        for item_id, verdict in labels.items():
            if item_id in found:
                kinds["wrong verdict"] += found[item_id] != verdict
            else:
                kinds["held as seen only" if item_id in one.seen else "not held"] += 1
        kinds["held, named by nobody"] += sum(item_id not in labels for item_id in found)
    return kinds
