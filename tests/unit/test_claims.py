"""The spotter of claims: what a sentence says, seen by means that share nothing with the checker it judges."""

from __future__ import annotations

import random

import pytest

from agent.testing import FunctionModel, ModelCall
from evals.benchmarks.claims import Known, World, claims
from evals.benchmarks.grounding import samples
from evals.benchmarks.shown import Told, asked, completeness, render, summed, told_by_model, told_by_templates
from retrieval.demo import films, schema
from retrieval.types import Item

SCHEMA = schema()
FILMS = [film for film in films() if film.popularity > 100][::3]
RIFIFI = Item(
    id="r",
    title="Rififi",
    description="Four ex-cons plan a jewel robbery.",
    attributes={
        "year": 1955,
        "genres": ("Crime", "Thriller"),
        "director": ("Jules Dassin",),
        "cast": ("Jean Servais",),
        "country": ("France",),
        "runtime": 118,
        "tone": 1,
    },
)
WORLD = World(SCHEMA, [*FILMS, RIFIFI, Item(id="p", title="Pulp Fiction")])


def wrong(sentence: str, known: Known | None = None) -> list[tuple[str, str]]:
    return [(claim.kind, claim.words) for claim in claims(sentence, RIFIFI, WORLD, known) if not claim.supported]


@pytest.mark.parametrize(
    "sentence",
    [
        "Rififi is a 1955 French crime thriller directed by Jules Dassin.",
        "It runs 118 minutes and features Jean Servais.",
        "Four ex-cons plan a jewel robbery.",
        "Four ex-cons plan a robbery.",
        "It is from the 1950s and has a very dark tone.",
        "It is not a comedy.",
    ],
)
def test_what_the_facts_hold_is_borne_out(sentence: str) -> None:
    assert wrong(sentence) == []
    assert claims(sentence, RIFIFI, WORLD)


@pytest.mark.parametrize(
    ("sentence", "kind"),
    [
        ("It is a 1956 film.", "number"),
        ("It runs 95 minutes.", "number"),
        ("It runs 1955 minutes.", "number"),
        ("It was reviewed by 118 critics.", "number"),
        ("It was directed by Jean Servais.", "name"),
        ("This film features Humphrey Bogart.", "name"),
        ("It is an Italian film.", "label"),
        ("It is a crime comedy.", "label"),
        ("It is not a crime film.", "label"),
        ("It has a light tone.", "label"),
        ("It is a stunning thriller.", "praise"),
        ("It was nominated for an Oscar.", "award"),
        ("It is based on a true story.", "source"),
        ("Four ex-cons repair a tractor.", "story"),
        ("It is as tense as Pulp Fiction.", "title"),
    ],
)
def test_each_kind_of_invention_is_spotted(sentence: str, kind: str) -> None:
    assert kind in [found for found, _ in wrong(sentence)]


def test_the_user_s_words_count_only_where_the_user_is_spoken_of() -> None:
    known = Known(words="Italian comedies under 90 minutes")
    assert wrong("You asked for “Italian”, but it comes from France.", known) == []
    assert wrong("It is an Italian film.", known) == [("label", "italian")]


def test_most_planted_lies_are_spotted_and_few_true_sentences_are_blamed() -> None:
    """It is no match for the checker, but good enough to judge it by: of planted lies it finds more than 80 %."""
    described = [film for film in FILMS if film.description and film.attributes.get("cast")]
    found = {True: [0, 0], False: [0, 0]}
    for sample in samples(random.Random(1).sample(described, 8), SCHEMA):
        known = Known(" ".join(wish.quote for wish in sample.context.preferences), sample.context.liked)
        found[sample.true][0] += any(
            not one.supported for one in claims(sample.text, sample.context.item, WORLD, known)
        )
        found[sample.true][1] += 1
    assert found[False][0] / found[False][1] > 0.8
    assert found[True][0] / found[True][1] < 0.02


async def test_templates_say_nothing_unsupported_of_random_items() -> None:
    told = await told_by_templates(list(asked(FILMS, SCHEMA, 150, 3)), WORLD)
    assert len(told) > 300
    assert [(one.text, one.unsupported) for one in told if one.unsupported] == []
    assert {one.completeness for one in told} >= {"complete", "partial"}


async def test_a_raw_model_is_judged_by_what_it_writes_and_a_checked_one_is_mended() -> None:
    def answer(call: ModelCall) -> str:
        return "1: It is a stunning Martian musical." if call.streamed else "It is a stunning Martian musical."

    items = [film for film in FILMS if completeness(film, SCHEMA) == "complete"][:6]
    heard: list[Told] = []
    told = await told_by_model(FunctionModel(answer), list(asked(items, SCHEMA, 3, 1)), WORLD, on_told=heard.append)
    assert heard == told
    report = summed(told)
    shares = {share.writer: share for share in report.shares if share.completeness == "all"}
    assert shares["raw model"].wrong_sentences == 3
    assert "checked model" not in shares or shares["checked model"].wrong_sentences == 0
    assert "stunning" in render(report)


def test_sums_keep_writers_and_completeness_apart() -> None:
    told = [
        Told(writer="raw model", completeness="sparse", title="A", text="x", claims=2, unsupported=("name: B",)),
        Told(writer="raw model", completeness="complete", title="A", text="y", claims=1),
    ]
    shares = {(share.completeness): (share.wrong_sentences, share.sentences) for share in summed(told).shares}
    assert shares == {"complete": (0, 1), "sparse": (1, 1), "all": (1, 2)}
