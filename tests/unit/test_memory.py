"""What is lasting in a conversation, how tastes fade, merge and contradict each other, and what is never kept."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from agent.errors import ConsentError, MemoryOffError, MessageError, TasteNotFoundError
from agent.memory import Memory, MemoryConfig, MemoryKeeper, ProfileRule, recall
from agent.memory.config import Lean
from agent.memory.fold import faded_strength
from agent.memory.learn import from_feedback, from_message
from agent.memory.private import is_private
from agent.memory.profile import stated_tastes
from agent.memory.types import ConsentGiven, ConsentWithdrawn, MemoryEvent, TasteEdited, TasteSeen, taste_key
from agent.store import SqlStore
from agent.types import ITEM, TEXT, Preference, PreferenceUpdate, Removal
from retrieval.types import AttributeSpec, AttributeValue, CatalogSchema

SCHEMA = CatalogSchema(
    name="songs",
    attributes=(
        AttributeSpec(name="genre", kind="categories"),
        AttributeSpec(name="singer", kind="category"),
        AttributeSpec(name="length", kind="number", unit="min"),
    ),
)
CONFIG = MemoryConfig(enabled=True, half_life_days=100, repeat_sessions=3)
START = datetime(2026, 1, 1, tzinfo=UTC)
CONSENT = ConsentGiven(at=START.isoformat())


def day(number: float) -> str:
    return (START + timedelta(days=number)).isoformat()


def seen(value: AttributeValue = "Ska", at: float = 0, **more: Any) -> TasteSeen:
    given: dict[str, Any] = {"attribute": "genre", "op": "eq", "strength": 0.8, "source": "lasting", "session_id": "s1"}
    given |= more
    return TasteSeen(at=day(at), value=value, taste=taste_key(given["attribute"], given["op"], value), **given)


def remembered(*events: MemoryEvent, on: float = 0, config: MemoryConfig = CONFIG) -> Memory:
    return recall((CONSENT, *events), config, SCHEMA, START + timedelta(days=on))


def wish(value: AttributeValue = "Ska", **more: Any) -> Preference:
    given: dict[str, Any] = {"attribute": "genre", "quote": f"I like {value}", "scope": "lasting"} | more
    return Preference(id="p", turn_id="t", value=value, **given)


def learnt(*wishes: Preference, text: str = "hello", **update: Any) -> list[TasteSeen]:
    return from_message(text, PreferenceUpdate(add=wishes, **update), "s1", day(0), CONFIG, {"i1": "One"})


@pytest.mark.parametrize(
    ("age", "left"), [(0, 0.8), (100, 0.4), (200, 0.2), (50, 0.8 * 0.5**0.5), (-5, 0.8)], ids=str
)  # fmt: skip
def test_a_sign_counts_half_after_each_half_life(age: float, left: float) -> None:
    now = START + timedelta(days=10 + age)
    assert faded_strength(0.8, day(10), now, 100) == pytest.approx(left)
    assert remembered(seen(at=10), on=10 + age).tastes[0].strength == pytest.approx(left, abs=1e-4)


def test_signs_that_agree_add_up_and_never_pass_one() -> None:
    one = remembered(seen()).tastes[0]
    two = remembered(seen(), seen(session_id="s2", at=1), on=1).tastes[0]
    many = remembered(*(seen(session_id=f"s{n}") for n in range(40))).tastes[0]
    assert one.strength < two.strength < 1.0 == pytest.approx(many.strength, abs=1e-3)
    assert (two.times, two.first_seen, two.last_seen) == (2, day(0), day(1))
    assert [origin.session_id for origin in two.origins] == ["s1", "s2"]


def test_saying_it_again_in_one_conversation_does_not_count_again() -> None:
    assert remembered(seen(), seen(), seen()).tastes[0].strength == remembered(seen()).tastes[0].strength


def test_what_has_faded_below_the_floor_is_no_longer_held() -> None:
    memory = remembered(seen(), on=401)
    assert memory.tastes == ()
    assert memory.faded == (taste_key("genre", "eq", "Ska"),)


def test_the_newest_direction_wins_and_starts_anew() -> None:
    flipped = remembered(seen(), seen(session_id="s2"), seen(polarity="dislike", session_id="s3", at=2), on=2)
    assert [(taste.polarity, taste.strength) for taste in flipped.tastes] == [("dislike", 0.8)]


@pytest.mark.parametrize(
    ("first", "second", "kept"),
    [
        (("le", 5), ("le", 3), [("le", 3)]),
        (("le", 5), ("ge", 7), [("ge", 7)]),
        (("ge", 2), ("le", 5), [("ge", 2), ("le", 5)]),
        (("between", (2, 3)), ("le", 9), [("le", 9)]),
    ],
    ids=["same end", "nothing between", "both ends", "range then bound"],
)  # fmt: skip
def test_bounds_on_a_number_that_contradict_leave_the_newer(first: Any, second: Any, kept: Any) -> None:
    memory = remembered(
        seen(first[1], attribute="length", op=first[0]), seen(second[1], 1, attribute="length", op=second[0]), on=1
    )
    assert sorted((taste.op, taste.value) for taste in memory.tastes) == kept


def test_a_wish_of_one_conversation_becomes_a_taste_when_repeated() -> None:
    signs = [seen(source="session", strength=0.25, session_id=f"s{n}") for n in range(3)]
    twice = remembered(*signs[:2], signs[0])
    assert (twice.tastes, len(twice.pending)) == ((), 1)
    assert remembered(*signs).tastes[0].strength == pytest.approx(1 - 0.75**3, abs=1e-4)
    against = signs[2].model_copy(update={"polarity": "dislike"})
    assert remembered(*signs[:2], against).tastes == ()


def test_an_edit_sets_the_strength_and_later_signs_add_to_it() -> None:
    edited = TasteEdited(at=day(1), taste=taste_key("genre", "eq", "Ska"), polarity="dislike", strength=0.3)
    held = remembered(seen(), edited, on=1).tastes[0]
    assert (held.polarity, held.strength, held.origins[-1].source) == ("dislike", 0.3, "edited")
    again = remembered(seen(), edited, seen(polarity="dislike", at=1.5, session_id="s2"), on=1.5).tastes[0]
    assert again.strength > 0.8
    back = remembered(seen(), edited, seen(at=2, session_id="s2"), on=2).tastes[0]
    assert (back.polarity, back.strength) == ("like", 0.8)


def test_without_consent_there_is_nothing_and_withdrawing_ends_everything_before() -> None:
    assert recall([seen()], CONFIG, SCHEMA, START) == Memory()
    assert remembered(seen(), ConsentWithdrawn(at=day(1)), on=2) == Memory()
    again = remembered(seen(), ConsentWithdrawn(at=day(1)), ConsentGiven(at=day(2)), on=2)
    assert (again.consent, again.since, again.tastes) == (True, day(2), ())


def test_a_taste_in_an_attribute_that_the_catalogue_lost_is_left_out() -> None:
    assert remembered(seen(attribute="mood")).tastes == ()


def test_lasting_wishes_and_reactions_teach() -> None:
    assert [(s.value, s.source, s.strength) for s in learnt(wish(), wish("Dub", certainty=0.5))] == [
        ("Ska", "lasting", 0.8),
        ("Dub", "lasting", 0.4),
    ]
    assert [s.source for s in learnt(wish(scope="session"))] == ["session"]
    assert [s.source for s in learnt(wish("i1", attribute=ITEM, scope="session"))] == ["reaction"]
    accepted = learnt(accept_ids=("i1",))
    assert [(s.attribute, s.value, s.label) for s in accepted] == [(ITEM, "i1", "One")]
    kinds = {kind: from_feedback("i1", "One", kind, "s", day(0), CONFIG) for kind in ("like", "dislike", "accept")}
    assert {kind: signs[0].polarity for kind, signs in kinds.items()} == {
        "like": "like",
        "dislike": "dislike",
        "accept": "like",
    }
    assert not any(from_feedback("i1", "One", kind, "s", day(0), CONFIG) for kind in ("seen", "click", "skip"))


@pytest.mark.parametrize(
    "left_out",
    [
        wish(scope="now"),
        wish(scope="company"),
        wish(origin="memory"),
        wish("slow songs", attribute=TEXT),
        wish(strength=0.0),
        wish("Gay anthems"),
        wish(quote="mail ada@example.org"),
    ],
    ids=["now", "company", "memory itself", "free words", "no strength", "telling value", "personal data"],
)
def test_what_never_teaches(left_out: Preference) -> None:
    assert learnt(left_out) == []


def test_an_excluded_attribute_never_teaches() -> None:
    config = MemoryConfig(enabled=True, excluded=("genre",))
    assert from_message("hi", PreferenceUpdate(add=(wish(),)), "s1", day(0), config, {}) == []


@pytest.mark.parametrize(
    "text",
    [
        "I have depression, so I never listen to sad songs",
        "My doctor wants me off medication; no loud music",
        "As a Catholic I only like hymns",
        "I'm gay and love disco",
        "write to [email], I always like ska",
        "call me on +44 20 7946 0958",
        "je suis enceinte, jamais de musique forte",
        "Ich bin krank und mag nie laute Musik",
        "我有抑郁症，我从来不听悲伤的歌",
    ],
)
def test_messages_about_the_speakers_private_life_teach_nothing(text: str) -> None:
    assert is_private(text)
    assert learnt(wish(), text=text) == []


@pytest.mark.parametrize(
    "text",
    [
        "I never watch horror",
        "I love films about depression-era bank robbers",
        "remember that I hate musicals over 120 minutes",
        "in general I like Christian Bale",
        "j'adore les comédies françaises",
    ],
)
def test_plain_tastes_are_not_taken_for_private_life(text: str) -> None:
    assert not is_private(text)


RULES = (
    ProfileRule(attribute="age_group", value="under 12", prefers=(Lean(attribute="genre", value="Nursery"),)),
    ProfileRule(
        attribute="age_group",
        value="60 and over",
        prefers=(Lean(attribute="genre", value="Swing"), Lean(attribute="genre", value="Techno", polarity="dislike")),
    ),
)
PROFILED = MemoryConfig(enabled=True, profiles=RULES)


def test_stated_attributes_become_weak_tastes() -> None:
    signs = stated_tastes({"age_group": "60 and over", "genre": ["Ska", "Dub"]}, PROFILED, SCHEMA, day(0))
    assert [(s.value, s.polarity, s.strength, s.source) for s in signs] == [
        ("Swing", "like", 0.3, "profile"),
        ("Techno", "dislike", 0.3, "profile"),
        ("Ska", "like", 0.5, "profile"),
        ("Dub", "like", 0.5, "profile"),
    ]
    assert stated_tastes({"age_group": "25 to 34"}, PROFILED, SCHEMA, day(0)) == []


def test_a_stated_attribute_without_meaning_is_refused() -> None:
    with pytest.raises(MessageError, match="shoe_size") as caught:
        stated_tastes({"shoe_size": "42"}, PROFILED, SCHEMA, day(0))
    assert "age_group" in caught.value.hint


def test_a_profile_counts_less_the_more_is_known() -> None:
    profile = seen("Swing", source="profile", strength=0.4, session_id="")
    alone = remembered(profile).tastes[0].strength
    own = [seen(f"g{n}", session_id="s1") for n in range(4)]
    beside = next(t for t in remembered(profile, *own).tastes if t.value == "Swing")
    assert (alone, beside.strength) == (0.4, 0.2)


class Clock:
    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


@pytest.fixture
async def store() -> Any:
    store = SqlStore("sqlite://")
    yield store
    await store.close()


async def test_a_keeper_keeps_nothing_without_consent_or_while_off(store: SqlStore) -> None:
    keeper = MemoryKeeper(store, CONFIG, SCHEMA, clock=Clock())
    update = PreferenceUpdate(add=(wish(),))
    await keeper.learn("ada", "s1", "hello", update, {})
    await keeper.learn_reaction("ada", "s1", "i1", "One", "like")
    assert await store.memory("ada") == []
    with pytest.raises(ConsentError, match="ada"):
        await keeper.state_profile("ada", {"genre": "Ska"})
    off = MemoryKeeper(store, MemoryConfig(), SCHEMA, clock=Clock())
    with pytest.raises(MemoryOffError):
        await off.consent("ada", True)
    await keeper.consent("ada", True)
    await keeper.learn("ada", "s1", "hello", update, {})
    assert len((await keeper.recall("ada")).tastes) == 1
    await off.learn("ada", "s2", "hello", update, {})
    assert await off.recall("ada") == Memory()
    assert await keeper.recall(None) == Memory()
    assert len(await store.memory("ada")) == 2


async def test_tastes_are_edited_forgotten_and_withdrawn(store: SqlStore) -> None:
    keeper = MemoryKeeper(store, CONFIG, SCHEMA, clock=Clock())
    await keeper.consent("ada", True)
    await keeper.learn("ada", "s1", "hello", PreferenceUpdate(add=(wish(), wish("Dub"), wish("Folk"))), {})
    ska = next(taste for taste in (await keeper.recall("ada")).tastes if taste.value == "Ska")
    edited = await keeper.edit("ada", ska.id, polarity="dislike", strength=0.2)
    assert [(t.polarity, t.strength) for t in edited.tastes if t.id == ska.id] == [("dislike", 0.2)]
    with pytest.raises(TasteNotFoundError, match="nothing"):
        await keeper.edit("ada", "nothing", strength=1)
    assert await keeper.forget("ada", [ska.id]) == 1
    assert "Ska" not in str(await store.memory("ada"))
    gone = await keeper.forget_about("ada", [Removal(attribute="genre", value="Dub")])
    assert [taste.value for taste in gone] == ["Dub"]
    assert [taste.value for taste in (await keeper.recall("ada")).tastes] == ["Folk"]
    await keeper.consent("ada", False)
    assert [event.kind for event in await store.memory("ada")] == ["withdrawn"]


async def test_what_faded_is_deleted_when_something_new_is_learnt(store: SqlStore) -> None:
    clock = Clock()
    keeper = MemoryKeeper(store, CONFIG, SCHEMA, clock=clock)
    await keeper.consent("ada", True)
    await keeper.learn("ada", "s1", "hello", PreferenceUpdate(add=(wish(),)), {})
    clock.now += timedelta(days=1000)
    await keeper.learn("ada", "s2", "hello", PreferenceUpdate(add=(wish("Dub"),)), {})
    assert "Ska" not in str(await store.memory("ada"))


async def test_a_new_profile_replaces_the_old_one(store: SqlStore) -> None:
    keeper = MemoryKeeper(store, PROFILED, SCHEMA, clock=Clock())
    await keeper.consent("ada", True)
    await keeper.state_profile("ada", {"age_group": "under 12"})
    memory = await keeper.state_profile("ada", {"age_group": "60 and over"})
    assert {taste.value for taste in memory.tastes} == {"Swing", "Techno"}


async def test_two_users_never_see_each_others_tastes(store: SqlStore) -> None:
    keeper = MemoryKeeper(store, CONFIG, SCHEMA, clock=Clock())
    for user, genre in (("ada", "Ska"), ("bob", "Dub")):
        await keeper.consent(user, True)
        await keeper.learn(user, f"s-{user}", "hello", PreferenceUpdate(add=(wish(genre),)), {})
    assert [t.value for t in (await keeper.recall("ada")).tastes] == ["Ska"]
    assert [t.value for t in (await keeper.recall("bob")).tastes] == ["Dub"]
    await keeper.consent("ada", False)
    assert [t.value for t in (await keeper.recall("bob")).tastes] == ["Dub"]
