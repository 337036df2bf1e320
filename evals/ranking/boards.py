"""Read each benchmark into a board. Splits never cut a dialogue or query in two and depend on the seed alone."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from retrieval.corpora import (
    Record,
    cpcd_item,
    movielens_item,
    opendialkg_item,
    read_lines,
    redial_item,
    split_groups,
)
from retrieval.types import Item

from ..errors import DataMissingError, ReportError
from .dialogues import USER, Cutter
from .opendialkg_published import read_published
from .redial_published import dialogues_of
from .types import Board, Sample

TUNE = 0.1
"""Share of the training dialogues that settings are chosen by."""


@dataclass(frozen=True)
class Sources:
    """Where a board comes from: the folder of the shared sets, and files that stand in for its own parts."""

    data: Path
    train: Path | None = None
    test: Path | None = None

    def file(self, name: str) -> Path:
        """Return a file of the shared sets.

        Raises:
            DataMissingError: It is not there.
        """
        path = self.data / name
        if not path.is_file():
            folder = Path(name).parent.as_posix()
            raise DataMissingError(
                f"There is no {name!r} under {str(self.data)!r}.", hint=f"Point --data at the folder with {folder}/."
            )
        return path


def read_board(name: str, sources: Sources, seed: int = 1) -> tuple[Board, dict[str, str]]:
    """Return a board and the fingerprint of each file that it was read from.

    Raises:
        DataMissingError: A file is not there.
        ReportError: A file does not hold what this board is made of, or there is no such board.
    """
    if name not in BOARDS:
        raise ReportError(f"There is no board {name!r}.", hint=f"Boards: {', '.join(BOARDS)}.")
    used: list[Path] = []

    def lines(path: Path) -> list[Record]:
        used.append(path)
        return list(read_published(path) if path.suffix == ".csv" else read_lines(path))

    try:
        board = BOARDS[name](sources, lines, seed)
    except (KeyError, TypeError, ValueError) as error:
        raise ReportError(
            f"{str(used[-1])!r} cannot be read as {name}: {type(error).__name__}: {error}.",
            hint="A file given by --test or --train has JSON lines of the same shape as the shared one.",
        ) from error
    if not board.test:
        raise ReportError(f"{str(used[-1])!r} holds nothing to test on.", hint="Check --test.")
    return board, {f"{path.parent.name}/{path.name}": fingerprint(path) for path in used}


def fingerprint(path: Path) -> str:
    """Return the first 16 hex digits of a file's SHA-256."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:16]


Lines = Callable[[Path], list[Record]]


def _redial(sources: Sources, lines: Lines, seed: int) -> Board:
    records = lines(sources.file("redial/items.jsonl"))
    cutter = Cutter([record["name"] for record in records], [str(record["id"]) for record in records])
    if sources.train is None:
        whole = lines(sources.file("redial/train_sample.jsonl"))
        # The same dialogues stand in both files; the whole ones are cut as the test's are.
        known = {_number(record) for record in whole}
        points = lines(sources.file("redial/train_points.jsonl"))
        train = [*whole, *(point for point in points if _number(point) not in known)]
    else:
        train = dialogues_of(lines(_given(sources.train)))
    test = dialogues_of(lines(_given(sources.test) if sources.test else sources.file("redial/test_dev.jsonl")))
    # Published dialogues have one number, whichever file they stand in.
    tested = {_number(record) for record in test}
    train = [record for record in train if _number(record) not in tested]
    return _dialogue_board("redial", [redial_item(record) for record in records], cutter, train, test, seed)


def _opendialkg(sources: Sources, lines: Lines, seed: int) -> Board:
    records = lines(sources.file("opendialkg/items.jsonl"))
    cutter = Cutter([record["name"] for record in records], [str(record["id"]) for record in records])
    if sources.train is None:
        # Both parts were cut by turn from the same dialogues, so they only serve together.
        train = lines(sources.file("opendialkg/train_points.jsonl"))
        train += lines(sources.file("opendialkg/valid_points.jsonl"))
    else:
        train = lines(_given(sources.train))
    test = lines(_given(sources.test) if sources.test else sources.file("opendialkg/movies_test_shareable.jsonl"))
    return _dialogue_board("opendialkg", [opendialkg_item(record) for record in records], cutter, train, test, seed)


def _dialogue_board(
    name: str, items: Sequence[Item], cutter: Cutter, train: Iterable[Record], test: Iterable[Record], seed: int
) -> Board:
    tested = list(cutter.cut(test))
    said = {_said(sample) for sample in tested}
    # A dialogue that also stands in the test, under whatever number, would teach its own answers.
    learnt = list(cutter.cut(train))
    leaked = {sample.group for sample in learnt if _said(sample) in said}
    learnt = [sample for sample in learnt if sample.group not in leaked]
    held = split_groups((sample.group for sample in learnt), TUNE, seed)
    return Board(
        name,
        items,
        train=[sample for sample in learnt if sample.group not in held],
        tune=[sample for sample in learnt if sample.group in held],
        test=tested,
    )


def _said(sample: Sample) -> tuple[str, ...]:
    """Return enough of a dialogue to know it again: its turns so far, when they say something of their own."""
    words = tuple(text.strip().casefold() for _, text in sample.turns if text.strip())
    return words if sum(map(len, words)) > 100 else (sample.id, *words)


_TAGS_HELD, _TAGS_SEED = 0.35, 1
"""The split of the shipped reranker's training, so that nothing it learnt from is tested, whatever the run's seed."""


def _tags(sources: Sources, lines: Lines, _seed: int) -> Board:
    records = lines(sources.file("movielens/catalog.jsonl"))
    at_of = {str(record["id"]): at for at, record in enumerate(records)}
    own = [_tag_samples(record, at_of) for record in lines(sources.file("rerank/tag_queries_shareable.jsonl"))]
    groups = [samples[0].group for samples in own if samples]
    held = split_groups(groups, _TAGS_HELD, _TAGS_SEED)
    tune = frozenset(sorted(held)[: len(held) // 3])
    every = [sample for samples in own for sample in samples]
    test = [sample for sample in every if sample.group in held - tune]
    train = [sample for sample in every if sample.group not in held]
    if sources.train is not None:
        train = [sample for record in lines(_given(sources.train)) for sample in _tag_samples(record, at_of)]
    if sources.test is not None:
        test = [sample for record in lines(_given(sources.test)) for sample in _tag_samples(record, at_of)]
    asked = {sample.group for sample in test}
    items = [movielens_item(record) for record in records]
    tuned = [sample for sample in every if sample.group in tune - asked]
    return Board("tags", items, [one for one in train if one.group not in asked], tuned, test, joint=True)


def _tag_samples(record: Record, at_of: Mapping[str, int]) -> list[Sample]:
    query = str(record["query"])
    turns = ((USER, query),)
    positives = [at_of[str(film)] for film in record["positives"] if str(film) in at_of]
    return [Sample(f"{query}:{at}", query, turns, (), at, novel=True) for at in positives]


def _cpcd(sources: Sources, lines: Lines, seed: int) -> Board:
    items = [cpcd_item(record) for record in lines(sources.file("cpcd/tracks.jsonl"))]
    at_of = {item.id: at for at, item in enumerate(items)}
    default = sources.file("rerank/cpcd_judged_shareable.jsonl")
    test = [
        sample
        for record in lines(_given(sources.test) if sources.test else default)
        for sample in _cpcd_samples(record, at_of, items)
    ]
    train: list[Sample] = []
    if sources.train is not None:
        train = [sample for record in lines(_given(sources.train)) for sample in _cpcd_samples(record, at_of, items)]
    held = split_groups((sample.group for sample in train), TUNE, seed)
    return Board(
        "cpcd",
        items,
        [sample for sample in train if sample.group not in held],
        [sample for sample in train if sample.group in held],
        test,
        joint=True,
    )


def _cpcd_samples(record: Record, at_of: Mapping[str, int], items: Sequence[Item]) -> list[Sample]:
    group = str(record["id"]).rsplit(":", 1)[0]
    turns = tuple(_speech(line) for line in str(record["query"]).split("\n"))
    text = "\n".join(said for _, said in turns).casefold()
    liked = [at_of[one["id"]] for one in record["candidates"] if one["label"] == 1 and one["id"] in at_of]

    def named(at: int) -> bool:
        # A song called Happy is not named by every happy user; with its artist beside it, it is.
        artists = items[at].attributes.get("artist", ())
        known = isinstance(artists, tuple) and any(str(artist).casefold() in text for artist in artists)
        return known and items[at].title.casefold() in text

    return [Sample(f"{record['id']}:{at}", group, turns, (), at, novel=not named(at)) for at in liked]


def _speech(line: str) -> tuple[str, str]:
    speaker, colon, said = line.partition(": ")
    if colon and speaker in _SPEAKERS:
        return _SPEAKERS[speaker], said
    return USER, line


_SPEAKERS = {"User": USER, "Assistant": "recommender"}

BOARDS: Mapping[str, Callable[[Sources, Lines, int], Board]] = {
    "redial": _redial,
    "opendialkg": _opendialkg,
    "cpcd": _cpcd,
    "tags": _tags,
}


def limited(board: Board, limit: int | None) -> Board:
    """Return the board with only the first ``limit`` test groups, in the file's order; None keeps all."""
    if limit is None:
        return board
    kept = set(list(dict.fromkeys(sample.group for sample in board.test))[:limit])
    return replace(board, test=[sample for sample in board.test if sample.group in kept])


def _number(record: Record) -> str:
    return str(record["dialog_id"]).rsplit("_", 1)[-1]


def _given(path: Path) -> Path:
    if not path.is_file():
        raise ReportError(f"There is no file {str(path)!r}.", hint="Check --test and --train.")
    return path
