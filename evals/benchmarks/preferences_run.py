"""Set the preference benchmarks up: catalogues to read over, and what is played of them. Judges nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Literal

from retrieval import Facts
from retrieval.types import CatalogSchema, Item

from .guard_data import Half, half_of
from .preferences import Hearing, Played, TitleReport, play, summed
from .preferences_baselines import TitleMatcher, plain_words
from .preferences_data import TitleDialogue, read_catalogue, read_dialogues, undoubled, without_years
from .preferences_labels import Key, read_labels, read_stated
from .preferences_stated import Phrasebook, StatedReport, hear, summed_stated

Wording = Literal["as typed", "without years, in small letters"]
Open = Callable[[Facts], Hearing]
"""Makes a reader over a catalogue."""


def benchmark_facts(folder: Path, schema: CatalogSchema, place: Path) -> Facts:
    """Write the benchmark's own catalogue to ``place`` and open it.

    Raises:
        DataMissingError: the folder does not hold it.
    """
    facts = Facts.create(place, schema)
    facts.upsert(undoubled(read_catalogue(folder, schema)))
    return facts


def placing(films: Iterable[Item], catalogue: Iterable[Item]) -> Callable[[str], str | None]:
    """Return the look-up from the data set's id of a film to the catalogue's, by title and year.

    A film that the data set names without a year is the best-known one of its title.
    """
    ours: dict[tuple[tuple[str, ...], object], str] = {}
    for item in sorted(catalogue, key=lambda item: -item.popularity):
        ours.setdefault((plain_words(item.title), item.attributes.get("year")), item.id)
        ours.setdefault((plain_words(item.title), None), item.id)
    found = {film.id: ours.get((plain_words(film.title), film.attributes.get("year"))) for film in films}
    return found.get


async def run_titles(
    listener: Hearing,
    facts: Facts,
    folder: Path,
    half: Half,
    *,
    wording: Wording = "as typed",
    most: int | None = None,
    on_dialogue: Callable[[Played], None] = lambda played: None,
) -> TitleReport:
    """Play the dialogues of one half and return the figures.

    Args:
        listener: reads the messages, over ``facts``.
        facts: the catalogue; films are looked up in it by title and year.
        folder: the folder of the shared sets.
        half: ``development`` or ``test``.
        wording: as the data has it, or harder.
        most: play only the first so many dialogues.
        on_dialogue: told of each dialogue when it is done.

    Raises:
        DataMissingError: the folder does not hold the set.
    """
    dialogues: Sequence[TitleDialogue] = read_dialogues(folder, half, most)
    if wording != "as typed":
        dialogues = [without_years(dialogue) for dialogue in dialogues]
    catalogue = facts.get(facts.ids())
    place = placing(read_catalogue(folder, facts.schema), catalogue)
    played = []
    for dialogue in dialogues:
        played.append(await play(listener, dialogue, place))
        on_dialogue(played[-1])
    return summed(dialogues, played, TitleMatcher(catalogue, place), place, half=half, wording=wording)


async def run_stated(
    listener: Hearing,
    facts: Facts,
    folder: Path,
    half: Half,
    *,
    on_message: Callable[[str, frozenset[Key]], None] = lambda name, found: None,
) -> StatedReport:
    """Read the labelled messages of one half and return the figures.

    Raises:
        EvalError: the folder does not hold the set.
    """
    schema = facts.schema
    labels = [one for one in read_labels() if half_of(one.dialogue) == half]
    messages = read_stated(folder, labels)
    found = []
    for message in messages:
        found.append(await hear(listener, message, schema))
        on_message(f"{message.labelled.dialogue}:{message.labelled.turn}", found[-1])
    items = facts.get(facts.ids())
    values = {
        spec.name: [str(facet.value) for facet in facts.values(spec.name)]
        for spec in schema.attributes
        if spec.kind in ("category", "categories")
    }
    book = Phrasebook(schema, values, TitleMatcher(items, lambda tag: None))
    readings = {"Palate": found, "every wording known, liked": [book.read(message.text) for message in messages]}
    titles = frozenset(" ".join(plain_words(name)) for item in items for name in (item.title, item.title.split(":")[0]))
    return summed_stated(messages, readings, schema, titles, half)
