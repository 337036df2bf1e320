"""What items have in common, over the demo's best-known films: found, told and explained, and never made up."""

from __future__ import annotations

import pytest

from agent import Recommender, Settings
from retrieval import Retriever
from retrieval.graph import GraphConfig
from retrieval.types import Query

MESSAGES = ("something like Vertigo", "films like Heat and The Shining")


def _values(value: object) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, tuple) else (str(value),)


@pytest.mark.parametrize("message", MESSAGES)
async def test_what_is_said_to_be_shared_is_true_of_both_films(recommender: Recommender, message: str) -> None:
    reply = await recommender.reply(message, "shared")
    liked = {str(one.value) for one in reply.preferences if one.attribute == "item" and one.polarity == "like"}
    facts = recommender.facts
    titles = {item.title: item for item in facts.get(sorted(liked))}
    told = 0
    for pick in reply.recommendations:
        shared = [proof for proof in pick.evidence if proof.source == "graph"]
        named = [
            titles[str(proof.value)] for proof in pick.evidence if proof.source == "user" and proof.field == "item"
        ]
        if shared:
            assert len(named) == 1, "a path leads to one liked film"
        for proof in shared:
            told += 1
            assert str(proof.value) in _values(pick.attributes[proof.field])
            assert str(proof.value) in _values(named[0].attributes[proof.field])
            assert named[0].title in pick.reason and str(proof.value) in pick.reason
    assert told, "at least one of the picks shares something worth telling"


async def test_why_this_names_the_path_and_how_rare_it_is(recommender: Recommender) -> None:
    reply = await recommender.reply(MESSAGES[0], "why")
    shared = recommender.retriever.shared
    liked = [str(one.value) for one in reply.preferences if one.attribute == "item"]
    ranks = [pick.rank for pick in reply.recommendations if any(proof.source == "graph" for proof in pick.evidence)]
    why = await recommender.reply(f"why number {ranks[0]}?", "why")
    pick = reply.recommendations[ranks[0] - 1]
    fact = next(proof for proof in pick.evidence if proof.source == "graph")
    assert pick.title in why.text and str(fact.value) in why.text
    counted = {one.value: one.owners for one in shared([pick.item_id], liked)[pick.item_id]}
    owners = counted[str(fact.value)]
    assert owners >= 2, "the film and the liked one"
    several = sum(proof.source == "graph" for proof in pick.evidence) > 1
    assert several or f"That is true of {owners} films here." in why.text


async def test_a_film_that_is_disliked_is_no_reason(recommender: Recommender) -> None:
    await recommender.reply("I love Alien", "turned")
    reply = await recommender.reply("I hate Vertigo", "turned")
    for pick in reply.recommendations:
        assert "Vertigo" not in pick.reason
        assert not any(proof.field == "item" and proof.value == "Vertigo" for proof in pick.evidence)


def test_the_channel_brings_up_what_shares_most_and_can_be_switched_off(demo_settings: Settings) -> None:
    settings = demo_settings.retrieval()
    with_graph = Retriever.open(settings)
    search = settings.search.model_copy(update={"graph": GraphConfig(weight=0.0)})
    without = Retriever.open(settings.model_copy(update={"search": search}))
    try:
        alien = with_graph.facts.search_title("Alien", 1)[0]
        found = with_graph.search(Query(like_ids=(alien.id,), k=10))
        assert any(hit.stages.get("graph", 0.0) > 0 for hit in found.hits)
        assert "graph" in found.timings_ms and alien.id not in {hit.item.id for hit in found.hits}
        plain = without.search(Query(like_ids=(alien.id,), k=10))
        assert not any("graph" in hit.stages for hit in plain.hits)
        assert without.shared([found.hits[0].item.id], [alien.id]) == with_graph.shared(
            [found.hits[0].item.id], [alien.id]
        ), "reasons need no channel"
        assert with_graph.shared(["unknown"], [alien.id]) == {} and with_graph.shared([alien.id], ["unknown"]) == {
            alien.id: ()
        }
    finally:
        with_graph.close()
        without.close()
