"""The dialogues that must never break, played in-process over a slice of the demo: real index, no language model.

Vectors are of hashed words, which is enough for what is checked here; the whole suite is ``palate eval run``.
"""

from __future__ import annotations

import json
from collections import Counter
from itertools import islice
from pathlib import Path

import pytest

from agent import Recommender, Settings, open_store
from agent.parts import ModelGate
from agent.recommender import open_gate
from agent.testing import FunctionModel
from agent.types import ChatModel
from evals import (
    RecordingModel,
    ReplayedModel,
    find_suite,
    is_red,
    load_suite,
    render,
    run_suite,
    select,
)
from evals.types import AnyOf, Report, Step, Suite
from retrieval import CatalogConfig, IndexConfig, RerankConfig, Retriever, build_index, satisfies
from retrieval.catalog_types import AttributeColumn, Columns
from retrieval.demo import films, schema
from retrieval.testing import HashEncoder
from retrieval.types import CatalogSchema, Item

PER_YEAR = 20
PER_TURN = 5
SMOKE = select(load_suite(find_suite("main")), tags=("smoke",))


def fits(film: Item, step: Step, kinds: CatalogSchema) -> bool:
    """Return whether a film satisfies all conditions that a turn sets for every recommended item."""
    wanted = [one.any if isinstance(one, AnyOf) else (one,) for one in step.expect.every]
    return all(any(satisfies(film, choice.constraint(), kinds) for choice in choices) for choices in wanted)


def slice_of_demo() -> list[Item]:
    """Return the best-known films of each year, and the best known of those that each turn may be answered with."""
    known, kinds = sorted(films(), key=lambda item: -item.popularity), schema()
    years: Counter[object] = Counter()
    chosen: dict[str, Item] = {}
    for film in known:
        years[film.attributes.get("year")] += 1
        if years[film.attributes.get("year")] <= PER_YEAR:
            chosen[film.id] = film
    for step in (step for case in SMOKE.cases for step in case.turns if step.expect.every):
        fitting = (film for film in known if fits(film, step, kinds))
        chosen |= {film.id: film for film in islice(fitting, PER_TURN)}
    return list(chosen.values())


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("suites")
    path = folder / "films.jsonl"
    rows = [item.model_dump(mode="json", exclude={"attributes"}) | item.attributes for item in slice_of_demo()]
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    demo = schema()
    made = Settings(
        data_dir=folder,
        catalog=CatalogConfig(
            path=path,
            name=demo.name,
            noun=demo.noun,
            noun_plural=demo.noun_plural,
            verb=demo.verb,
            columns=Columns(description="description", popularity="popularity"),
            attributes=tuple(AttributeColumn(**spec.model_dump()) for spec in demo.attributes),
        ),
        index=IndexConfig(path=folder / "index"),
        rerank=RerankConfig(enabled=False),
        llm={"engine": "none"},
        store={"url": "sqlite://"},
    )
    build_index(made.retrieval(), encoder=HashEncoder())
    return made


async def test_dialogues_that_must_never_break(settings: Settings) -> None:
    retriever = Retriever.open(settings.retrieval(), encoder=HashEncoder())
    recommender = Recommender(settings, retriever, open_store(settings), open_gate(settings))
    try:
        report = await run_suite(recommender, SMOKE)
    finally:
        await recommender.aclose()
    assert not is_red(report), render(report)
    assert len(report.scores) > 100


async def played(settings: Settings, suite: Suite, model: ChatModel) -> Report:
    retriever = Retriever.open(settings.retrieval(), encoder=HashEncoder())
    recommender = Recommender(settings, retriever, open_store(settings), ModelGate(model))
    try:
        return await run_suite(recommender, suite)
    finally:
        await recommender.aclose()


async def test_a_run_is_replayed_through_the_whole_agent_and_a_changed_request_is_red(
    settings: Settings, tmp_path: Path
) -> None:
    """What the recording lacks must come out as a failure, not as an answer by templates."""
    file = tmp_path / "run.jsonl"
    suite = select(SMOKE, names=("thrillers-before-1995", "westerns-after-2000"))
    recording = RecordingModel(FunctionModel(lambda call: "1: It is what it is.\n2: So is this."), file)
    before = await played(settings, suite, recording)
    assert (recording.kept, recording.lost) == (2, 0)
    after = await played(settings, suite, ReplayedModel(file))
    assert not is_red(before), render(before)
    assert not is_red(after), render(after)
    assert [turn.model["calls"] for result in after.results for turn in result.turns] == [1, 1]
    other = select(SMOKE, names=("mid-nineties-crime",))
    (missing,) = (await played(settings, other, ReplayedModel(file))).results
    assert missing.turns[0].error.startswith("NotRecordedError: No recorded answer: prompt 'compose' is now given")
    assert not missing.passed


def test_every_condition_of_the_suite_can_be_met() -> None:
    """A condition that no film satisfies would make its check worthless."""
    catalogue, kinds = list(films()), schema()
    dead = [
        f"{case.name}, turn {number}"
        for case in load_suite(find_suite("main")).cases
        for number, step in enumerate(case.turns, start=1)
        if not any(fits(film, step, kinds) for film in catalogue)
    ]
    assert not dead


def test_every_title_that_must_not_come_is_in_the_catalogue() -> None:
    titles = {film.title for film in films()}
    unknown = {
        title
        for case in load_suite(find_suite("main")).cases
        for step in case.turns
        for title in step.expect.none_of
        if title not in titles
    }
    assert not unknown
