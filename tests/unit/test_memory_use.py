"""Which remembered tastes may lean on a search, and what leaning can and cannot do to an order."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from agent.conversation import advance, apply_update
from agent.memory import Memory, MemoryConfig, Taste
from agent.memory.use import leaning_of, usable, with_memory
from agent.nodes.remembering import to_forget
from agent.templates import leaned_on, memory_answer, taste_words
from agent.types import (
    ITEM,
    TEXT,
    Conversation,
    MemoryRequest,
    MessageReceived,
    Preference,
    PreferenceUpdate,
    RecommendAction,
    Reply,
    ReplyGiven,
)
from retrieval.leanings import Leanings, within_reach
from retrieval.types import AttributeSpec, CatalogSchema, Constraint, Item, Leaning, Query
from retrieval.vectors import VectorTable

SCHEMA = CatalogSchema(
    name="songs",
    noun="song",
    noun_plural="songs",
    attributes=(
        AttributeSpec(name="genre", kind="categories", adjectives={"Ska": "ska", "Dub": "dub"}),
        AttributeSpec(name="length", kind="number", unit="min"),
    ),
)
CONFIG = MemoryConfig(enabled=True)


def taste(value: Any = "Ska", **more: Any) -> Taste:
    given = {"attribute": "genre", "strength": 0.8, "first_seen": "", "last_seen": "", "times": 1} | more
    return Taste(id=f"{given['attribute']}.{value}", value=value, **given)


def wish(value: Any = "Ska", **more: Any) -> Preference:
    return Preference(**({"id": "p", "attribute": "genre", "value": value, "turn_id": "t", "quote": "q"} | more))


def used(tastes: list[Taste], *wishes: Preference, liked: tuple[Item, ...] = (), **state: Any) -> list[Any]:
    conversation = Conversation(session_id="s", preferences=wishes, **state)
    memory = Memory(consent=True, tastes=tuple(tastes))
    return [one.value for one in usable(memory, conversation, SCHEMA, CONFIG, liked)]


SKA, NO_DUB, SHORT = taste(), taste("Dub", polarity="dislike"), taste(5, attribute="length", op="le")
SONG = taste("i1", attribute=ITEM)


def test_with_nothing_said_every_taste_may_lean() -> None:
    assert used([SKA, NO_DUB, SHORT, SONG]) == ["Ska", "Dub", 5, "i1"]


@pytest.mark.parametrize(
    ("said", "left"),
    [
        (wish("Ska", polarity="dislike"), ["Dub", 5, "i1"]),
        (wish("Dub"), [5, "i1"]),
        (wish("Folk"), ["Dub", 5, "i1"]),
        (wish("Folk", polarity="dislike"), ["Ska", "Dub", 5, "i1"]),
        (wish(9, attribute="length", op="ge"), ["Ska", "Dub", "i1"]),
        (wish("i1", attribute=ITEM, polarity="dislike"), ["Ska", "Dub", 5]),
        (wish("some heavy dub", attribute=TEXT), ["Ska", 5, "i1"]),
        (wish("Folk", scope="company"), []),
    ],
    ids=["opposite", "disliked before", "more exact", "other dislike", "number", "item", "words", "somebody along"],
)
def test_the_conversations_own_wishes_win(said: Preference, left: list[Any]) -> None:
    assert used([SKA, NO_DUB, SHORT, SONG], said) == left


def test_a_dislike_gives_way_to_an_item_that_is_liked_now() -> None:
    dubby = Item(id="i9", title="Nine", attributes={"genre": ("Dub",)})
    assert used([SKA, NO_DUB], liked=(dubby,)) == ["Ska"]


def test_nothing_leans_when_the_user_says_so() -> None:
    assert used([SKA], use_memory=False) == []
    state = apply_update(Conversation(session_id="s"), PreferenceUpdate(use_memory=False), SCHEMA)
    assert not state.use_memory
    assert not apply_update(state, PreferenceUpdate(reset=True), SCHEMA).use_memory
    assert apply_update(state, PreferenceUpdate(use_memory=True), SCHEMA).use_memory


def test_tastes_that_the_catalogue_cannot_express_and_the_weakest_stay_out() -> None:
    assert used([taste("long", attribute="length"), taste("x", attribute="mood"), SKA]) == ["Ska"]
    assert len(used([taste(f"g{n}") for n in range(20)])) == CONFIG.most


def test_a_taste_only_leans() -> None:
    query = Query(text="a song", constraints=(Constraint(attribute="length", op="le", value=4),))
    leaning = with_memory(query, [SKA, NO_DUB, SONG], CONFIG)
    assert [one.weight for one in leaning.leanings] == [0.8, -0.8, 0.8]
    assert leaning.model_copy(update={"leanings": (), "leaning_weight": query.leaning_weight}) == query
    assert with_memory(query, [], CONFIG) is query


ITEMS = {
    name: Item(id=name, title=name, attributes={"genre": (genre,)})
    for name, genre in zip("abcdef", ("Pop", "Pop", "Ska", "Dub", "Ska", "Pop"), strict=True)
}
TABLE = VectorTable(list(ITEMS), np.eye(6, dtype=np.float32))


def test_shifts_follow_strength_and_direction_and_stay_small() -> None:
    leanings = Leanings([leaning_of(SKA), leaning_of(NO_DUB)], SCHEMA, TABLE)
    shifts = leanings.shifts(ITEMS, 1.0, 0.5)
    assert shifts["c"] == shifts["e"] > shifts["a"] > shifts["d"]
    assert max(map(abs, shifts.values())) <= 0.5 * 0.8 * 2
    weak = Leanings([leaning_of(taste(strength=0.1))], SCHEMA, TABLE).shifts(ITEMS, 1.0, 0.5)
    assert 0 < weak["c"] < shifts["c"]


def test_a_known_item_falls_behind_whatever_is_like_it() -> None:
    shifts = Leanings([Leaning(id="x", item_id="a", weight=0.5)], SCHEMA, TABLE).shifts(ITEMS, 1.0, 1.0)
    assert shifts["a"] == min(shifts.values()) < 0


def test_where_something_was_asked_what_is_far_behind_is_not_lifted() -> None:
    scores = {f"i{n}": -float(n) for n in range(10)}
    shifts = dict.fromkeys(scores, 100.0)
    asked = within_reach(scores, shifts, 1, asked=True)
    assert sorted(asked, key=asked.__getitem__)[-3:] == ["i2", "i1", "i0"]
    assert asked["i3"] == -3.0
    assert within_reach(scores, shifts, 1, asked=False)["i9"] == 91.0


def test_a_change_is_owed_to_the_tastes_that_what_rose_fits() -> None:
    leanings = Leanings([leaning_of(SKA), leaning_of(NO_DUB), leaning_of(SHORT)], SCHEMA, TABLE)
    before = [ITEMS[name] for name in "abd"]
    assert leanings.owed(before, before) == ()
    assert leanings.owed(before, [ITEMS[name] for name in "abc"]) == ("genre.Ska", "genre.Dub")
    assert leanings.owed(before, [ITEMS[name] for name in "abf"]) == ("genre.Dub",)


@pytest.mark.parametrize(
    ("held", "words"),
    [
        (SKA, "you like ska songs"),
        (NO_DUB, "you don't like dub songs"),
        (taste("i1", attribute=ITEM, label="Madness"), "you like Madness"),
    ],
)
def test_tastes_in_words(held: Taste, words: str) -> None:
    assert taste_words(held.preference(), SCHEMA) == words
    assert words in leaned_on([held.preference()], SCHEMA)


def test_long_lists_are_cut_short() -> None:
    told = leaned_on([taste(f"g{n}").preference() for n in range(5)], SCHEMA)
    assert "g2" in told and "g3" not in told and "2 more" in told


def test_what_was_forgotten_is_not_said_again() -> None:
    assert "ska" not in memory_answer("forget", [SKA.preference()], SCHEMA, consent=True)
    assert "don't remember" in memory_answer("forget", [], SCHEMA, consent=True)
    assert "ska" in memory_answer("show", [SKA.preference()], SCHEMA, consent=True)
    assert "allow" in memory_answer("remember", [SKA.preference()], SCHEMA, consent=False)


def talked(*wishes: Preference, remembered: tuple[Preference, ...] = ()) -> Conversation:
    state = Conversation(session_id="s")
    reply = Reply(session_id="s", turn_id="t", text="", action=RecommendAction(), remembered=remembered)
    said = MessageReceived(turn_id="t", text="hi", update=PreferenceUpdate(add=wishes))
    return advance(advance(state, said, SCHEMA), ReplyGiven(turn_id="t", reply=reply), SCHEMA)


def test_forget_that_means_what_was_taught_last_or_what_was_leaned_on() -> None:
    from agent.memory.types import taste_key

    ska = SKA.model_copy(update={"id": taste_key("genre", "eq", "Ska")})
    memory = Memory(consent=True, tastes=(ska, NO_DUB))
    that = PreferenceUpdate(memory=MemoryRequest(wish="forget_last"))
    assert to_forget(that, talked(wish()), memory) == (ska.id,)
    assert to_forget(that, talked(remembered=(NO_DUB.preference(),)), memory) == (NO_DUB.id,)
    assert to_forget(that, talked(), memory) == ()
    assert to_forget(PreferenceUpdate(undo=1), talked(wish()), memory) == (ska.id,)
    assert to_forget(PreferenceUpdate(), talked(wish()), memory) == ()
    assert to_forget(PreferenceUpdate(memory=MemoryRequest(wish="clear")), talked(), memory) == (ska.id, NO_DUB.id)
