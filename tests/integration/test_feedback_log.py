"""Lists that are shown are logged as far as settings and users allow, with true chances, and can be erased."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from agent import Recommender, Settings
from agent.feedback import FeedbackConfig
from agent.memory import MemoryConfig
from agent.types import Reply
from retrieval import Bound, VarietyConfig
from retrieval.exploration import ExplorationConfig, Explorer, Logged, seed_of

ASK = "crime films from before 1990, no questions"


async def opened(settings: Settings, **parts: object) -> Recommender:
    return Recommender.from_settings(settings.model_copy(update=parts))


async def lines(recommender: Recommender, user: str | None = None) -> list[Logged]:
    assert recommender.log is not None
    return [line async for line in recommender.log.logged(user, ids=True)]


@pytest.fixture
async def exploring(demo_settings: Settings) -> AsyncIterator[Recommender]:
    recommender = await opened(
        demo_settings,
        feedback=FeedbackConfig(enabled=True, who="everyone"),
        exploration=ExplorationConfig(mode="plackett_luce", temperature=2.0, head=12),
    )
    yield recommender
    await recommender.aclose()


def ids(reply: Reply) -> list[str]:
    return [pick.item_id for pick in reply.recommendations]


async def test_nothing_is_logged_or_left_to_chance_by_default(demo_settings: Settings) -> None:
    recommender = await opened(demo_settings, exploration=ExplorationConfig(mode="plackett_luce", temperature=10.0))
    first, second = await recommender.reply(ASK, "a", user="ada"), await recommender.reply(ASK, "b", user="ada")
    assert ids(first) == ids(second)
    assert await lines(recommender) == []
    await recommender.aclose()


async def test_an_explored_list_is_logged_as_it_was_shown_and_can_be_drawn_again(exploring: Recommender) -> None:
    replies = [await exploring.reply(ASK, f"s{n}", user="ada") for n in range(6)]
    assert len({tuple(ids(reply)) for reply in replies}) > 1, "chance never changed the list"
    logged = {line.impression.session_id: line.impression for line in await lines(exploring)}
    assert len(logged) == 6
    for reply in replies:
        entry = logged[reply.session_id]
        assert list(entry.shown) == ids(reply)
        assert [pick.rank for pick in reply.recommendations] == [1, 2, 3, 4, 5]
        assert (entry.policy, entry.seed) == ("plackett_luce", seed_of(reply.session_id, reply.turn_id))
        assert len(entry.candidates) == 12
        assert entry.hard == 2
        rows = [candidate.features for candidate in entry.candidates]
        draw = Explorer(exploring.settings.exploration).draw(rows, 5, entry.seed)
        assert [entry.candidates[at].item_id for at in draw.order] == ids(reply)
        assert entry.propensities == pytest.approx([draw.chances[at, p] for p, at in enumerate(draw.order)])
        for pick in reply.recommendations:
            assert int(str(pick.attributes["year"])) < 1990
            assert "Crime" in tuple(pick.attributes["genres"])  # type: ignore[arg-type]
        assert all({"final", "popularity", "fused"} <= set(row) for row in rows)


async def test_without_exploration_the_propensity_is_one_and_the_list_is_the_same(demo_settings: Settings) -> None:
    plain = await opened(demo_settings)
    usual = await plain.reply(ASK, "plain")
    await plain.aclose()
    recommender = await opened(demo_settings, feedback=FeedbackConfig(enabled=True, who="everyone"))
    reply = await recommender.reply(ASK, "logged")
    assert ids(reply) == ids(usual)
    (line,) = await lines(recommender)
    assert line.impression.propensities == (1.0,) * 5
    assert not line.impression.explored
    assert (line.impression.policy, line.impression.seed) == ("off", 0)
    await recommender.aclose()


async def test_a_logged_list_has_no_chance_in_it_but_the_logged_one(demo_settings: Settings) -> None:
    """The adventurous end of the dial draws too, with chances that nobody knows."""
    recommender = await opened(demo_settings, feedback=FeedbackConfig(enabled=True, who="everyone"))
    lists = {tuple(ids(await recommender.reply(ASK, f"s{n}", adventure=1.0))) for n in range(4)}
    assert len(lists) == 1
    await recommender.aclose()


async def test_bounds_on_exposure_hold_whatever_chance_does(demo_settings: Settings) -> None:
    bound = Bound(attribute="genres", value="Drama", most=0.2)
    recommender = await opened(
        demo_settings,
        feedback=FeedbackConfig(enabled=True, who="everyone"),
        exploration=ExplorationConfig(mode="plackett_luce", temperature=10.0),
        variety=VarietyConfig(bounds=(bound,)),
    )
    plain = await opened(demo_settings, variety=VarietyConfig(bounds=(bound,)))
    usual = ids(await plain.reply(ASK, "plain"))
    for n in range(4):
        assert sorted(ids(await recommender.reply(ASK, f"s{n}"))) == sorted(usual)
    await recommender.aclose()
    await plain.aclose()


async def test_reactions_become_labels_of_the_list_that_showed_the_item(exploring: Recommender) -> None:
    first = await exploring.reply(ASK, "s", user="ada")
    a, b, c, d, e = ids(first)
    for item_id, kind in ((a, "click"), (b, "like"), (c, "accept"), (d, "seen"), (a, "dislike"), (e, "click")):
        await exploring.feedback("s", item_id, kind)  # type: ignore[arg-type]
    (line,) = await lines(exploring)
    assert [item.label for item in line.items] == [0, 2, 3, None, 1]
    assert line.items[0].reactions == ("click", "dislike")
    events = await exploring.events("s")
    given = [event.propensity for event in events if event.kind == "feedback"]
    assert given[:2] == pytest.approx([line.items[0].propensity, line.items[1].propensity])


async def test_only_users_who_agreed_are_logged_and_withdrawing_deletes_it(demo_settings: Settings) -> None:
    recommender = await opened(demo_settings, feedback=FeedbackConfig(enabled=True), memory=MemoryConfig(enabled=True))
    await recommender.reply(ASK, "nobody")
    await recommender.reply(ASK, "before", user="ada")
    assert await lines(recommender) == []
    assert recommender.memory is not None
    await recommender.memory.consent("ada", True)
    await recommender.reply(ASK, "after", user="ada")
    await recommender.reply("don't use my history today", "private", user="ada")
    await recommender.reply(ASK, "private", user="ada")
    assert [line.impression.session_id for line in await lines(recommender)] == ["after"]
    await recommender.memory.consent("ada", False)
    assert await lines(recommender) == []
    await recommender.aclose()


async def test_private_words_are_only_hashed(demo_settings: Settings) -> None:
    recommender = await opened(demo_settings, feedback=FeedbackConfig(enabled=True, who="everyone"))
    await recommender.reply("a film about trains", "plain")
    await recommender.reply("I have cancer, a film about hope", "private")
    words = {line.impression.session_id: line.impression for line in await lines(recommender)}
    assert "trains" in words["plain"].query
    assert words["private"].query == ""
    assert words["private"].query_hash
    await recommender.aclose()


async def test_erasing_a_user_erases_their_lists_and_exporting_holds_them(exploring: Recommender) -> None:
    await exploring.reply(ASK, "s", user="ada")
    await exploring.reply(ASK, "t", user="bob")
    exported = await exploring.store.export_user("ada")
    assert [len(session["impressions"]) for session in exported["sessions"]] == [1]
    assert exported["sessions"][0]["impressions"][0]["propensities"]
    await exploring.store.erase_user("ada")
    assert [line.user for line in await lines(exploring)] == ["bob"]
    assert exploring.log is not None
    assert await exploring.log.erase() == 1
    assert await lines(exploring) == []
    assert len(await exploring.events("t")) == 2, "conversations stay"
