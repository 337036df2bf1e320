"""Cut dialogues into samples: one for each recommender's turn and each item that it names.

Two shapes of record are read: whole dialogues (``turns``, where ``eval_points`` may say which turns count), and points
(``context``, ``entity``, ``rec``) cut by others, whose last turn of the context is the user's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from retrieval.corpora import Record

from ..errors import ReportError
from .titles import TitleFinder
from .types import Sample

USER, RECOMMENDER = "user", "recommender"


@dataclass
class _Turn:
    role: str
    text: str
    named: list[int] = field(default_factory=list)
    """Positions of the items in it, in order of mention."""


class Cutter:
    """Cuts the dialogues of one benchmark; knows its catalogue's names and ids."""

    def __init__(self, names: Sequence[str], ids: Sequence[str]) -> None:
        """Take the name and id of each item, in the catalogue's order."""
        self._names = names
        # Where two items share a name the id decides; without one the last stands for both, in training as in test.
        self._by_name = {name: at for at, name in enumerate(names)}
        self._by_id = {item_id: at for at, item_id in enumerate(ids)}
        self._finder = TitleFinder(names)

    def cut(self, records: Iterable[Record]) -> Iterator[Sample]:
        """Yield the samples of whole dialogues or points.

        Raises:
            ReportError: A record has neither shape.
        """
        for number, record in enumerate(records, 1):
            if "turns" in record:
                yield from self._dialogue(record)
            elif "context" in record:
                yield from self._point(record)
            else:
                raise ReportError(
                    f"Record {number} is no dialogue: it has {sorted(record)!r}.",
                    hint="A dialogue has 'turns', a cut point 'context', 'entity' and 'rec'.",
                )

    def _dialogue(self, record: Record) -> Iterator[Sample]:
        turns = [self._turn(turn) for turn in record["turns"]]
        group = str(record["dialog_id"])
        for at, targets in self._points_of(record, turns):
            yield from self._samples(group, turns[:at], targets)

    def _points_of(self, record: Record, turns: Sequence[_Turn]) -> Iterator[tuple[int, Sequence[int]]]:
        """Yield (number of turns before, positions recommended then)."""
        if "eval_points" in record:
            for point in record["eval_points"]:
                yield len(point["context"]), self._known(point["target"])
            return
        for at, turn in enumerate(record["turns"]):
            if turns[at].role == RECOMMENDER:
                yield at, self._annotated(turn)

    def _point(self, record: Record) -> Iterator[Sample]:
        texts = record["context"]
        roles = (USER, RECOMMENDER)
        turns = [_Turn(roles[(len(texts) - 1 - at) % 2], text) for at, text in enumerate(texts)]
        for turn in turns:
            turn.named = self._finder.find(turn.text)
        found = {at for turn in turns for at in turn.named}
        # The list of entities says no turn; what the text search missed goes before all that it found.
        missed = [at for at in self._known(record.get("entity") or ()) if at not in found]
        if turns:
            turns[0].named = [*missed, *turns[0].named]
        yield from self._samples(str(record["dialog_id"]), turns, self._known(record["rec"]))

    def _samples(self, group: str, turns: Sequence[_Turn], targets: Sequence[int]) -> Iterator[Sample]:
        said = tuple((turn.role, turn.text) for turn in turns)
        latest = reversed(dict.fromkeys(reversed([at for turn in turns for at in turn.named])))
        mentioned = tuple(latest)
        text = "\n".join(turn.text for turn in turns).casefold()
        for target in dict.fromkeys(targets):
            # Looser than what is removed as mentioned: any doubt whether an answer is new counts against it.
            novel = target not in mentioned and self._names[target].casefold() not in text
            yield Sample(f"{group}:{len(turns)}:{target}", group, said, mentioned, target, novel)

    def _turn(self, turn: Record) -> _Turn:
        text = str(turn["text"])
        found = self._finder.find(text)
        missed = [at for at in self._annotated(turn) if at not in found]
        return _Turn(str(turn["role"]), text, [*missed, *found])

    def _annotated(self, turn: Record) -> list[int]:
        """Return what the benchmark says the turn names: by id where it has one in the catalogue, else by name."""
        titles = turn.get("mentioned_titles") or ()
        ids = turn.get("mentioned_ids") or [""] * len(titles)
        pairs = zip(titles, ids, strict=True)
        found = [self._by_id.get(str(one), self._by_name.get(title)) for title, one in pairs]
        return [at for at in found if at is not None]

    def _known(self, titles: Iterable[str]) -> list[int]:
        return [self._by_name[title] for title in titles if title in self._by_name]
