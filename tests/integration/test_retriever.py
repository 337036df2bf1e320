"""Searching a real index on disk: exact constraints under every plan, taste, wishes, novelty, and what fails."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from retrieval import (
    Bound,
    CatalogConfig,
    IndexConfig,
    RerankConfig,
    RetrievalSettings,
    Retriever,
    SearchConfig,
    VarietyConfig,
    build_index,
)
from retrieval.catalog_types import AttributeColumn, Columns
from retrieval.errors import ConstraintError, EncoderError
from retrieval.filters import satisfies
from retrieval.testing import HashEncoder, WordReranker
from retrieval.types import Constraint, Leaning, Op, Query, SearchResult, Vectors

STYLES = ("Jazz", "Folk", "Rock", "Pop", "Soul")
MOODS = ("quiet", "loud", "bright", "dark", "warm", "cold", "odd")
COUNT = 600

Open = Callable[..., Retriever]


def track(place: int) -> dict[str, Any]:
    return {
        "id": f"t{place}",
        "title": f"Track {place}",
        "about": f"a {MOODS[place % 7]} song for {MOODS[(place // 7) % 7]} nights number{place}",
        "year": 1900 + place % 120,
        "styles": [STYLES[place % 5], STYLES[(place // 5) % 5]],
        "plays": COUNT - place,
    }


def condition(attribute: str, op: Op, value: Any, hard: bool = True) -> Constraint:
    return Constraint(attribute=attribute, op=op, value=value, hard=hard)


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> RetrievalSettings:
    folder = tmp_path_factory.mktemp("tracks")
    (folder / "tracks.jsonl").write_text("\n".join(json.dumps(track(place)) for place in range(COUNT)), "utf-8")
    catalog = CatalogConfig(
        path=folder / "tracks.jsonl",
        name="tracks",
        columns=Columns(description="about", popularity="plays"),
        attributes=(AttributeColumn(name="year", kind="number"), AttributeColumn(name="styles", kind="categories")),
    )
    found = RetrievalSettings(
        catalog=catalog, index=IndexConfig(path=folder / "index"), rerank=RerankConfig(enabled=False)
    )
    build_index(found, encoder=HashEncoder(256))
    return found


@pytest.fixture(scope="module")
def open_with(settings: RetrievalSettings) -> Iterator[Open]:
    opened: list[Retriever] = []

    def open_index(
        *, encoder: Any = None, reranker: Any = None, rerank: RerankConfig | None = None, **search: Any
    ) -> Retriever:
        wanted = settings.model_copy(update={"search": SearchConfig(**search), "rerank": rerank or settings.rerank})
        opened.append(Retriever.open(wanted, encoder=encoder or HashEncoder(256), reranker=reranker))
        return opened[-1]

    yield open_index
    for retriever in opened:
        retriever.close()


@pytest.fixture(scope="module")
def retriever(open_with: Open) -> Retriever:
    return open_with()


QUERIES = [
    Query(text="quiet song", k=20, constraints=(condition("year", "ge", 1950),)),
    Query(text="dark nights", k=20, constraints=(condition("styles", "eq", "Jazz"), condition("year", "lt", 1990))),
    Query(k=20, constraints=(condition("styles", "ne", "Pop"),)),
    Query(text="odd", k=20, constraints=(condition("styles", "eq", "Jazz"), condition("styles", "eq", "Folk"))),
    Query(like_ids=("t3", "t40"), dislike_ids=("t7",), k=20, constraints=(condition("year", "between", (1910, 1970)),)),
    Query(text="warm", k=20, constraints=(condition("styles", "in", ("Rock", "Soul")),), exclude_ids=("t2", "t4")),
]
PLANS = {"exact": {}, "overfetch": {"exact_limit": 0, "max_fetch": 2000}, "fallback": {"exact_limit": 0, "margin": 1.0}}


@pytest.mark.parametrize("plan", PLANS)
@pytest.mark.parametrize("query", QUERIES, ids=range(len(QUERIES)))
def test_every_plan_gives_only_what_satisfies_and_nothing_twice(open_with: Open, query: Query, plan: str) -> None:
    retriever = open_with(pool=20, **PLANS[plan])
    result = retriever.search(query)
    ids = [hit.item.id for hit in result.hits]
    eligible = sum(
        all(satisfies(item, constraint, retriever.schema) for constraint in query.constraints)
        for item in retriever.facts.get(retriever.facts.ids())
    )
    assert result.eligible == eligible
    assert result.plan == ("exact" if plan == "exact" else result.plan)
    assert len(ids) == 20 == len(set(ids))
    assert [hit.rank for hit in result.hits] == list(range(1, 21))
    assert not set(ids) & {*query.exclude_ids, *query.like_ids, *query.dislike_ids}
    for hit in result.hits:
        assert all(satisfies(hit.item, constraint, retriever.schema) for constraint in query.constraints)


def test_overfetching_finds_the_same_neighbours_as_exact_scoring(open_with: Open) -> None:
    query = Query(text="quiet song for dark nights", k=10, diversity=0, constraints=(condition("year", "ge", 1930),))
    exact = open_with(pool=30).search(query)
    fetched = open_with(pool=30, exact_limit=0, margin=4.0).search(query)
    assert (exact.plan, fetched.plan) == ("exact", "overfetch")
    assert [hit.item.id for hit in fetched.hits] == [hit.item.id for hit in exact.hits]


def test_too_few_survivors_fall_back_to_exact_scoring(open_with: Open) -> None:
    """The eligible half is the far half of the catalogue, so fetching twice what is needed finds none of it."""
    retriever = open_with(pool=50, exact_limit=0, margin=1.0)
    far = condition("styles", "ne", "Jazz")
    query = Query(text="number5 number10 number15 jazz", k=50, diversity=0, constraints=(far,))
    result = retriever.search(query)
    assert result.plan == "overfetch"
    assert len(result.hits) == 50


def test_one_satisfying_item_is_found_however_far_it_is(retriever: Retriever) -> None:
    only = (condition("year", "eq", 1977), condition("styles", "eq", "Soul"), condition("styles", "eq", "Rock"))
    fitting = retriever.facts.ids(only)
    result = retriever.search(Query(text="nothing like it at all", k=5, constraints=only))
    assert {hit.item.id for hit in result.hits} == set(fitting)
    assert result.eligible == len(fitting) < 5


def test_scores_of_every_stage_and_times_are_told(retriever: Retriever) -> None:
    result = retriever.search(Query(text="quiet number8", k=3, like_ids=("t1",)))
    best = result.hits[0]
    assert {"dense", "lexical", "like", "fused"} <= set(best.stages)
    assert 0 < best.stages["dense"] <= 1.001
    assert {"plan", "encode", "dense", "lexical", "like", "facts", "fuse", "diversify", "total"} <= set(
        result.timings_ms
    )
    assert result.timings_ms["total"] >= result.timings_ms["dense"]


def test_without_words_or_likes_the_best_known_come_first(retriever: Retriever) -> None:
    result = retriever.search(Query(k=4, diversity=0, exclude_ids=("t1",)))
    assert [hit.item.id for hit in result.hits] == ["t0", "t2", "t3", "t4"]


def test_items_with_an_unwanted_word_are_left_out_in_any_form_of_it(retriever: Retriever) -> None:
    plain = retriever.search(Query(text="songs for warm nights", k=50))
    sifted = retriever.search(Query(text="songs for warm nights", k=50, avoid=("quiets",)))
    assert any("quiet" in hit.item.description for hit in plain.hits)
    assert len(sifted.hits) == 50
    assert not any("quiet" in hit.item.description for hit in sifted.hits)


def test_the_novelty_dial_moves_towards_the_little_known(retriever: Retriever) -> None:
    def fame(novelty: float, text: str = "") -> float:
        hits = retriever.search(Query(text=text, k=10, novelty=novelty, diversity=0)).hits
        return float(np.mean([hit.item.popularity for hit in hits]))

    assert fame(0.0) > fame(0.5) > fame(1.0)
    assert fame(-1.0, "quiet song") > fame(0.0, "quiet song") > fame(1.0, "quiet song")


def test_likes_pull_and_dislikes_push(retriever: Retriever) -> None:
    liked = retriever.search(Query(like_ids=("t0", "t49"), k=10, diversity=0)).hits
    assert sum("quiet" in hit.item.description for hit in liked) >= 7
    words = Query(text="song nights", k=10, diversity=0)
    neutral = retriever.search(words).hits
    pushed = retriever.search(words.model_copy(update={"dislike_ids": (neutral[0].item.id,)})).hits
    assert neutral[0].item.id not in {hit.item.id for hit in pushed}
    mood = neutral[0].item.description.split()[1]
    assert sum(mood in hit.item.description for hit in pushed) <= sum(mood in hit.item.description for hit in neutral)


def test_unknown_likes_are_no_reason_to_fail(retriever: Retriever) -> None:
    assert len(retriever.search(Query(like_ids=("gone",), dislike_ids=("also gone",), k=3)).hits) == 3


def test_soft_constraints_move_scores_and_what_is_unmet_is_told(retriever: Retriever) -> None:
    wish = condition("styles", "eq", "Soul", hard=False)
    plain = retriever.search(Query(text="quiet song", k=10, diversity=0)).hits
    wished = retriever.search(Query(text="quiet song", k=10, diversity=0, constraints=(wish,)))
    share = sum("Soul" in hit.item.attributes["styles"] for hit in wished.hits)  # type: ignore[operator]
    assert share > sum("Soul" in hit.item.attributes["styles"] for hit in plain)  # type: ignore[operator]
    assert wished.eligible == COUNT
    for hit in wished.hits:
        assert (hit.unmet == ()) is satisfies(hit.item, wish, retriever.schema)


def test_wishes_alone_find_well_known_items_that_grant_them_all(retriever: Retriever) -> None:
    wishes = (condition("styles", "eq", "Soul", hard=False), condition("year", "ge", 2000, hard=False))
    hits = retriever.search(Query(k=5, diversity=0, constraints=wishes)).hits
    assert all(hit.unmet == () for hit in hits)
    assert [hit.item.id for hit in hits] == retriever.facts.ids(
        [wish.model_copy(update={"hard": True}) for wish in wishes]
    )[:5]


def test_a_wish_that_nothing_grants_excludes_nothing(retriever: Retriever) -> None:
    wish = condition("styles", "eq", "Opera", hard=False)
    result = retriever.search(Query(text="quiet", k=5, constraints=(wish,)))
    assert len(result.hits) == 5
    assert all(hit.unmet == (wish,) for hit in result.hits)
    assert result.relaxations == ()


def test_an_impossible_request_says_what_each_constraint_keeps_away(retriever: Retriever) -> None:
    hard = (condition("year", "gt", 2050), condition("styles", "eq", "Jazz"))
    wish = condition("styles", "eq", "Pop", hard=False)
    result = retriever.search(Query(text="quiet", k=5, constraints=(*hard, wish)))
    assert (result.plan, result.hits, result.eligible) == ("empty", (), 0)
    assert [(gone.constraint, gone.nearest) for gone in result.relaxations] == [(hard[0], 2019)]
    assert result.relaxations[0].would_add == retriever.facts.count(hard[1:])


def test_relaxations_come_most_useful_first_and_only_when_too_few_fit(retriever: Retriever) -> None:
    hard = (condition("styles", "eq", "Jazz"), condition("year", "between", (1948, 1948)))
    few = retriever.search(Query(k=50, constraints=hard))
    gains = [gone.would_add for gone in few.relaxations]
    assert 0 < few.eligible < 50
    assert len(gains) == 2
    assert gains == sorted(gains, reverse=True)
    assert retriever.search(Query(k=1, constraints=hard)).relaxations == ()


def test_an_unknown_attribute_is_the_callers_mistake(retriever: Retriever) -> None:
    with pytest.raises(ConstraintError, match="'tempo'"):
        retriever.search(Query(text="quiet", constraints=(condition("tempo", "eq", 120),)))


def test_one_dial_goes_from_the_well_known_to_the_little_known(retriever: Retriever) -> None:
    def fame(adventure: float, **asked: Any) -> float:
        hits = retriever.search(Query(k=10, adventure=adventure, **asked)).hits
        return sum(hit.item.popularity for hit in hits) / len(hits)

    for asked in ({}, {"text": "quiet song"}, {"like_ids": ("t3", "t40")}):
        known = [fame(place, **asked) for place in (0.0, 0.4, 0.7, 1.0)]
        assert known == sorted(known, reverse=True)
        assert known[0] > known[-1]


def test_the_settings_place_the_dial_until_a_query_does(settings: RetrievalSettings, retriever: Retriever) -> None:
    far = retriever.varied(VarietyConfig(adventure=1.0))
    assert far.search(Query(k=5)).hits == retriever.search(Query(k=5, adventure=1.0)).hits
    assert far.search(Query(k=5, adventure=0.4)).hits == retriever.search(Query(k=5, adventure=0.4)).hits


def test_bounds_are_kept_within_hard_constraints_or_told(retriever: Retriever) -> None:
    """A group that must be shown is fetched although no channel found it, and never against a condition."""
    jazz = Bound(attribute="styles", value="Jazz", least=0.5)
    bound = retriever.varied(VarietyConfig(bounds=(jazz,)))
    result = bound.search(Query(text="quiet song", k=6))
    assert sum("Jazz" in hit.item.attributes["styles"] for hit in result.hits) >= 3  # type: ignore[operator]
    assert result.missed_bounds == ()
    none = bound.search(Query(text="quiet song", k=6, constraints=(condition("styles", "ne", "Jazz"),)))
    assert len(none.hits) == 6
    assert none.missed_bounds == ("at least 50% of a list with styles eq Jazz",)
    with pytest.raises(ConstraintError, match="'label'"):
        retriever.varied(VarietyConfig(bounds=(Bound(attribute="label", most=0.5),)))


def test_diversity_spreads_the_list(retriever: Retriever) -> None:
    def likeness(diversity: float) -> float:
        hits = retriever.search(Query(text="quiet song for dark nights", k=8, diversity=diversity)).hits
        rows = HashEncoder(256).encode_items([hit.item.description for hit in hits])
        return float((rows @ rows.T).mean())

    assert likeness(0.9) < likeness(0.0)


def test_the_reranker_reorders_the_head_and_is_asked_in_its_own_words(open_with: Open) -> None:
    reranker = WordReranker()
    retriever = open_with(reranker=reranker, rerank=RerankConfig(enabled=True, depth=30, weight=5.0))
    query = Query(
        text="song number45", k=5, diversity=0, like_ids=("t9",), constraints=(condition("styles", "ne", "Pop"),)
    )
    result = retriever.search(query)
    assert reranker.queries == ["Likes Track 9. Wants not Pop. song number45"]
    assert result.hits[0].item.id == "t45"
    assert all("rerank" in hit.stages for hit in result.hits)


def test_more_hits_than_are_reranked_keep_their_order_behind(open_with: Open) -> None:
    retriever = open_with(reranker=WordReranker(), rerank=RerankConfig(enabled=True, depth=5))
    hits = retriever.search(Query(text="quiet song", k=60, diversity=0)).hits
    assert len(hits) == 60
    assert [("rerank" in hit.stages) for hit in hits] == [True] * 5 + [False] * 55
    fused = [hit.stages["fused"] for hit in hits[5:]]
    assert fused == sorted(fused, reverse=True)


class Broken:
    """A reranker and an encoder that fail when they are used."""

    name = "hash:256"
    dimension = 256

    def score(self, query: str, texts: Sequence[str]) -> NDArray[np.float32]:
        raise EncoderError("the weights are damaged.")

    def encode_query(self, texts: Sequence[str]) -> Vectors:
        raise EncoderError("out of memory.")

    def encode_items(self, texts: Sequence[str]) -> Vectors:
        raise AssertionError("a search encodes no items")


def test_a_failing_reranker_is_named_and_the_search_goes_on(open_with: Open) -> None:
    result = open_with(reranker=Broken(), rerank=RerankConfig(enabled=True)).search(Query(text="quiet", k=5))
    assert len(result.hits) == 5
    assert result.degraded == ("rerank: the weights are damaged.",)


def test_a_missing_reranker_is_named_and_the_search_goes_on(open_with: Open, tmp_path: Path) -> None:
    result = open_with(rerank=RerankConfig(enabled=True, model=str(tmp_path))).search(Query(text="quiet", k=5))
    assert len(result.hits) == 5
    assert len(result.degraded) == 1
    assert result.degraded[0].startswith("rerank: Reranker folder")


def test_a_failing_encoder_is_named_and_words_still_find(open_with: Open) -> None:
    result = open_with(encoder=Broken()).search(Query(text="number77", k=5))
    assert result.hits[0].item.id == "t77"
    assert result.degraded == ("dense: out of memory.",)


def test_pictures_and_sounds_are_said_to_be_unused(retriever: Retriever) -> None:
    result = retriever.search(Query(text="quiet", image=b"png", k=2))
    assert len(result.hits) == 2
    assert len(result.degraded) == 1
    assert result.degraded[0].startswith("image: this index has no pictures")


def test_similar_items_leave_out_the_items_themselves(retriever: Retriever) -> None:
    found = retriever.similar(["t0", "t49"], 5)
    assert len(found) == 5
    assert not {"t0", "t49"} & {item_id for item_id, _ in found}
    assert [score for _, score in found] == sorted((score for _, score in found), reverse=True)
    assert retriever.similar(["gone"], 5) == []


def test_all_items_can_be_asked_for_and_excluded(retriever: Retriever) -> None:
    everything = tuple(f"t{place}" for place in range(COUNT))
    assert len(retriever.search(Query(text="quiet", k=200)).hits) == 200
    assert retriever.search(Query(text="quiet", k=5, exclude_ids=everything)).hits == ()
    rest = retriever.search(Query(text="quiet", k=5, exclude_ids=everything[3:]))
    assert {hit.item.id for hit in rest.hits} == {"t0", "t1", "t2"}


def test_threads_share_a_retriever(retriever: Retriever) -> None:
    def ids(query: Query) -> list[str]:
        return [hit.item.id for hit in retriever.search(query).hits]

    alone = [ids(query) for query in QUERIES]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(ids, QUERIES * 3)) == alone * 3


def test_leanings_move_the_order_within_every_condition_and_say_so(retriever: Retriever) -> None:
    plain = Query(k=5, constraints=(condition("year", "ge", 1950),), diversity=0)
    likes_soul = Leaning(id="soul", constraint=condition("styles", "eq", "Soul", hard=False), weight=1.0)
    leaned = retriever.search(plain.model_copy(update={"leanings": (likes_soul,)}))
    before = retriever.search(plain)

    def soul(result: SearchResult) -> int:
        return sum("Soul" in str(hit.item.attributes["styles"]) for hit in result.hits)

    assert (before.leaned, leaned.leaned) == ((), ("soul",))
    assert soul(leaned) > soul(before)
    assert all(int(str(hit.item.attributes["year"])) >= 1950 for hit in leaned.hits)
    assert all(hit.unmet == () for hit in leaned.hits), "a leaning is no wish"


@pytest.mark.parametrize("text", ["", "quiet nights"])
def test_leanings_never_cost_a_wish(retriever: Retriever, text: str) -> None:
    wish = condition("styles", "eq", "Jazz", hard=False)
    against = Leaning(id="no", constraint=wish, weight=-1.0)
    query = Query(text=text, k=10, constraints=(wish,), leaning_weight=2.0)
    before, after = retriever.search(query), retriever.search(query.model_copy(update={"leanings": (against,)}))
    granted = [sum(not hit.unmet for hit in result.hits) for result in (before, after)]
    assert granted[1] >= granted[0] > 0


def test_a_leaning_to_an_item_brings_its_like_and_not_itself(retriever: Retriever) -> None:
    plain = Query(k=5, diversity=0)
    leaned = retriever.search(plain.model_copy(update={"leanings": (Leaning(id="t", item_id="t300", weight=1.0),)}))
    ids = [hit.item.id for hit in leaned.hits]
    assert leaned.leaned == ("t",)
    assert "t300" not in ids
    assert set(ids) & {item_id for item_id, _ in retriever.similar(["t300"], 12)}
    assert retriever.search(plain.model_copy(update={"leanings": (Leaning(id="x", item_id="no", weight=1.0),)})).hits
