"""What the page does when a visitor acts: frames, sessions, failures."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import pytest

from agent.errors import MessageError, OverloadedError, PreferenceNotFoundError, StoreError
from agent.types import (
    Conversation,
    DoneEvent,
    ErrorEvent,
    ItemsEvent,
    Preference,
    RecommendAction,
    Recommendation,
    Reply,
    SentenceEvent,
    StateEvent,
    StreamEvent,
)
from retrieval.types import AttributeSpec, CatalogSchema, Item
from ui.page.controller import Controller
from ui.page.frames import Edit, Frame, Open, React, Send
from ui.page.panel import parse
from ui.page.samples import default_samples
from ui.testing import ScriptedRecommender

SCHEMA = CatalogSchema(
    name="songs",
    noun="song",
    noun_plural="songs",
    attributes=(
        AttributeSpec(name="genre", kind="categories"),
        AttributeSpec(name="length", kind="number", unit="min"),
        AttributeSpec(name="singer", kind="category", names=True),
    ),
)
ITEMS = (
    Item(id="a", title="Alpha", attributes={"genre": ("Ska", "Dub"), "length": 3, "singer": "Ann"}, popularity=2),
    Item(id="b", title="Beta", attributes={"genre": ("Ska",), "length": 9}, popularity=1),
)
SKA = Preference(id="p1", attribute="genre", value="Ska", turn_id="t1", quote="some ska")
SHORT = Preference(id="p2", attribute="length", op="le", value=5, hard=True, turn_id="t1", quote="short")


def script(text: str, before: Conversation) -> Sequence[StreamEvent]:
    if text == "fail":
        return [ErrorEvent(message="It broke off.", hint="Try again.", retryable=True)]
    if text == "busy":
        raise OverloadedError("Calls wait 2 s for the processor.", hint="Later.", retry_after_s=3.2)
    if text == "defect":
        raise RuntimeError("SECRET")
    turn = f"t{len(before.turns) + 1}"
    pick = Recommendation(item_id="a", title="Alpha", rank=1, attributes=ITEMS[0].attributes)
    reason = "It runs 3 min. It is ska."
    wishes = (SKA.model_copy(update={"turn_id": turn}), SHORT.model_copy(update={"turn_id": turn}))
    reply = Reply(
        session_id=before.session_id,
        turn_id=turn,
        text=f"One for you.\n{reason}",
        action=RecommendAction(),
        recommendations=(pick.model_copy(update={"reason": reason}),),
        preferences=wishes,
    )
    return [
        StateEvent(preferences=wishes),
        ItemsEvent(recommendations=(pick,)),
        SentenceEvent(text="One for you."),
        SentenceEvent(text="It runs 3 min.", item_id="a"),
        SentenceEvent(text="It is ska.", item_id="a"),
        DoneEvent(reply=reply),
    ]


@pytest.fixture
def controller() -> Controller:
    return Controller(ScriptedRecommender(ITEMS, SCHEMA, script), ("Try me",))


async def say(controller: Controller, text: str, session: str | None = None) -> list[Frame]:
    return [frame async for frame in controller.send(Send(session=session, turn="k1", text=text))]


async def test_a_first_message_begins_a_session_and_every_frame_names_it(controller: Controller) -> None:
    frames = await say(controller, "hello")
    assert {frame.session for frame in frames} == {"s1"}
    assert [frame.turns[0].key for frame in frames] == ["k1"] * len(frames)
    assert len({frame.rev for frame in frames}) == len(frames)


async def test_frames_of_a_turn_only_ever_add(controller: Controller) -> None:
    turns = [frame.turns[0] for frame in await say(controller, "hello")]
    for earlier, later in itertools.pairwise(turns):
        assert later.text.startswith(earlier.text)
        assert later.cards.startswith(earlier.cards)
        for name, html in earlier.fills.items():
            assert later.fills[name].startswith(html)
    assert [turn.state for turn in turns] == ["busy"] * (len(turns) - 1) + ["done"]


async def test_the_cards_are_there_before_the_reasons(controller: Controller) -> None:
    turns = [frame.turns[0] for frame in await say(controller, "hello")]
    first = next(turn for turn in turns if turn.cards)
    assert "why:a" not in first.fills
    assert "It is ska." in turns[-1].fills["why:a"]


async def test_a_turn_shown_again_equals_the_turn_as_it_streamed(controller: Controller) -> None:
    streamed = (await say(controller, "hello"))[-1].turns[0]
    again = (await controller.open(Open(session="s1"))).turns[0]
    assert again.cards == streamed.cards
    assert again.noted == streamed.noted
    assert again.foot == streamed.foot
    assert "One for you." in again.text
    assert "It runs 3 min. It is ska." in again.fills["why:a"]


async def test_the_last_frame_holds_the_state_for_the_panel(controller: Controller) -> None:
    last = (await say(controller, "hello"))[-1]
    assert last.wishes == 2
    assert "at most 5 min" in (last.panel or "")
    assert last.reactions == {}


async def test_two_tabs_have_two_sessions(controller: Controller) -> None:
    first, second = (await say(controller, "hello"))[-1], (await say(controller, "hello"))[-1]
    assert first.session != second.session
    await controller.react(React(session=first.session, item="a", kind="like"))
    assert (await controller.open(Open(session=second.session))).reactions == {}


async def test_a_session_that_is_gone_is_replaced_and_that_is_said(controller: Controller) -> None:
    frame = await controller.open(Open(session="guessed"))
    assert frame.session is None
    assert frame.fresh
    assert "gone" in frame.toast


async def test_an_id_from_outside_never_becomes_a_session(controller: Controller) -> None:
    frames = await say(controller, "hello", session="guessed")
    assert frames[-1].session == "s1"


async def test_an_error_event_ends_the_turn_with_a_way_to_try_again(controller: Controller) -> None:
    turn = (await say(controller, "fail"))[-1].turns[0]
    assert turn.state == "error"
    assert "Something went wrong on our side." in turn.foot and "It broke off." not in turn.foot
    assert 'data-text="fail"' in turn.foot


async def test_a_refused_turn_is_told_in_the_pages_language_with_its_values(controller: Controller) -> None:
    for language, told in (
        ("en", "Too many people are asking at the moment. Nothing of it was kept. Try again in 4 s."),
        ("de", "Im Moment fragen zu viele auf einmal. Davon wurde nichts gespeichert. Versuch es in 4 s noch einmal."),
    ):
        turn = (await say(controller.in_language(language), "busy"))[-1].turns[0]
        assert turn.state == "error" and turn.spoken == told
        assert told.split(". ")[0] in turn.foot and 'data-text="busy"' in turn.foot
        assert "processor" not in turn.foot


async def test_a_defect_ends_the_turn_in_words_and_is_logged(
    controller: Controller, caplog: pytest.LogCaptureFixture
) -> None:
    turn = (await say(controller.in_language("fr"), "defect"))[-1].turns[0]
    assert turn.state == "error" and turn.spoken.startswith("Un problème est survenu de notre côté.")
    assert "SECRET" not in turn.foot
    assert "SECRET" in caplog.text


async def test_what_failed_is_told_even_where_the_state_cannot_be_read(controller: Controller) -> None:
    async def down(session_id: str) -> Conversation:
        raise StoreError(f"postgres://SECRET-HOST failed on {session_id!r}.")

    session = (await say(controller, "hello"))[-1].session
    controller._recommender.conversation = down  # type: ignore[method-assign]
    frame = await controller.in_language("de").failed(session, StoreError("SECRET-HOST failed."))
    assert frame.toast == "Gespräche können gerade nicht gespeichert werden. Versuch es gleich noch einmal."
    assert frame.problem and frame.panel is None
    assert frame.language == "de" and frame.words is not None, "a page that could not be opened gets its words"


async def test_a_reaction_can_be_taken_back(controller: Controller) -> None:
    session = (await say(controller, "hello"))[-1].session
    liked = await controller.react(React(session=session, item="a", kind="like"))
    assert liked.reactions == {"a": ("like",)}
    assert liked.wishes == 3
    back = await controller.react(React(session=session, item="a", kind="like", on=False))
    assert back.reactions == {}


async def test_every_change_by_hand_can_be_undone(controller: Controller) -> None:
    session = (await say(controller, "hello"))[-1].session
    start = await controller.open(Open(session=session))
    for change in (
        Edit(session=session, do="remove", id="p1"),
        Edit(session=session, do="toggle", id="p1"),
        Edit(session=session, do="value", id="p2", value="3"),
        Edit(session=session, do="clear"),
    ):
        changed = await controller.edit(change)
        assert changed.panel != start.panel
        undone = await controller.edit(Edit(session=session, do="undo"))
        assert undone.wishes == start.wishes


async def test_the_dial_is_turned_and_taken_back(controller: Controller) -> None:
    session = (await say(controller, "hello"))[-1].session
    turned = await controller.edit(Edit(session=session, do="dial", value="80"))
    assert 'value="80"' in str(turned.panel)
    undone = await controller.edit(Edit(session=session, do="undo"))
    assert 'value="50"' in str(undone.panel)
    for wrong in ("", "-1", "101", "0.5", "²", "x"):
        with pytest.raises(MessageError):
            await controller.edit(Edit(session=session, do="dial", value=wrong))


async def test_the_dial_can_be_turned_before_anything_was_said(controller: Controller) -> None:
    turned = await controller.edit(Edit(do="dial", value="20"))
    assert turned.session
    assert 'value="20"' in str((await controller.open(Open(session=turned.session))).panel)


async def test_a_typed_value_that_nothing_has_is_refused(controller: Controller) -> None:
    session = (await say(controller, "hello"))[-1].session
    with pytest.raises(MessageError, match="genre Opera"):
        await controller.edit(Edit(session=session, do="value", id="p1", value="Opera"))


async def test_a_wish_that_is_gone_is_named(controller: Controller) -> None:
    session = (await say(controller, "hello"))[-1].session
    with pytest.raises(PreferenceNotFoundError, match="'nope'"):
        await controller.edit(Edit(session=session, do="remove", id="nope"))


@pytest.mark.parametrize(
    ("text", "spec", "value", "read"),
    [
        ("1,200", SCHEMA.get("length"), 5, 1200),
        ("4.5 min", SCHEMA.get("length"), 5, 4.5),
        ("90 - 120", SCHEMA.get("length"), (1.0, 2.0), (90, 120)),
        ("90–120", SCHEMA.get("length"), (1.0, 2.0), (90, 120)),
        (" Ska ", SCHEMA.get("genre"), "Dub", "Ska"),
        ("Ska, Dub,", SCHEMA.get("genre"), ("Dub",), ("Ska", "Dub")),
    ],
)
def test_typed_values_are_read_as_their_kind_asks(
    text: str, spec: AttributeSpec, value: float | str | tuple[str, ...], read: object
) -> None:
    assert parse(text, spec, SHORT.model_copy(update={"value": value})) == read


@pytest.mark.parametrize(("text", "value"), [("", 5), ("soon", 5), ("9 - 3", (1.0, 2.0)), ("7", (1.0, 2.0))])
def test_values_that_cannot_be_read_are_refused_with_a_hint(text: str, value: float | tuple[float, float]) -> None:
    with pytest.raises(MessageError) as caught:
        parse(text, SCHEMA.get("length"), SHORT.model_copy(update={"value": value}))
    assert caught.value.hint


def test_samples_come_from_the_schema_or_else_from_the_catalogue() -> None:
    recommender = ScriptedRecommender(ITEMS, SCHEMA, script)
    assert default_samples(recommender) == (
        "Ska songs, but not Dub",
        "Songs with Ann",
        "Something like Alpha",
        "Surprise me with a song I would not find by myself",
    )
    recommender.schema = SCHEMA.model_copy(update={"samples": ("Sing to me",)})
    assert default_samples(recommender) == ("Sing to me",)
