"""A conversation is a pure fold: revisions, undo and feedback follow from the events alone."""

from __future__ import annotations

from agent.conversation import advance, fold
from agent.types import (
    AskAction,
    Conversation,
    Event,
    FeedbackGiven,
    MessageReceived,
    Preference,
    PreferencesEdited,
    PreferenceUpdate,
    RecommendAction,
    Recommendation,
    Removal,
    Reply,
    ReplyGiven,
)
from retrieval.types import AttributeSpec, AttributeValue, CatalogSchema, Op

SCHEMA = CatalogSchema(
    name="films",
    attributes=(
        AttributeSpec(name="genres", kind="categories"),
        AttributeSpec(name="certificate", kind="category"),
        AttributeSpec(name="year", kind="number"),
    ),
)


def wish(attribute: str, value: AttributeValue, turn: str, op: Op = "eq", polarity: str = "like") -> Preference:
    return Preference(
        id=f"{turn}.{attribute}.{value}", attribute=attribute, op=op, value=value, polarity=polarity,  # type: ignore[arg-type]
        hard=True, turn_id=turn, quote=str(value),
    )  # fmt: skip


def said(turn: str, *add: Preference, **update: object) -> MessageReceived:
    return MessageReceived(turn_id=turn, text="…", update=PreferenceUpdate(add=add, **update))  # type: ignore[arg-type]


def state(*events: Event) -> Conversation:
    return fold("s", events, SCHEMA)


def values(conversation: Conversation) -> list[AttributeValue]:
    return [preference.value for preference in conversation.preferences]


def test_the_same_events_give_the_same_state() -> None:
    events = [said("1", wish("genres", "Comedy", "1")), said("2", wish("year", 1995, "2", "lt"))]
    assert state(*events) == state(*events)


def test_a_newer_bound_replaces_the_older_on_the_same_side() -> None:
    after = state(said("1", wish("year", 1995, "1", "lt")), said("2", wish("year", 1980, "2", "lt")))
    assert values(after) == [1980]


def test_bounds_on_two_sides_stay_together() -> None:
    after = state(said("1", wish("year", 1995, "1", "lt")), said("2", wish("year", 1980, "2", "gt")))
    assert values(after) == [1995, 1980]


def test_a_bound_that_contradicts_the_older_takes_its_place() -> None:
    after = state(said("1", wish("year", 1995, "1", "lt")), said("2", wish("year", 2000, "2", "gt")))
    assert values(after) == [2000]


def test_a_dislike_takes_back_the_like_of_the_same_value() -> None:
    after = state(
        said("1", wish("genres", "Horror", "1")), said("2", wish("genres", "Horror", "2", polarity="dislike"))
    )
    assert [p.polarity for p in after.preferences] == ["dislike"]


def test_an_item_can_have_several_of_categories_but_one_category() -> None:
    both = state(said("1", wish("genres", "Crime", "1")), said("2", wish("genres", "Comedy", "2")))
    assert values(both) == ["Crime", "Comedy"]
    one = state(said("1", wish("certificate", "R", "1")), said("2", wish("certificate", "PG", "2")))
    assert values(one) == ["PG"]


def test_undo_restores_the_state_before_the_last_change_and_can_go_on() -> None:
    events = [said("1", wish("genres", "Crime", "1")), said("2", wish("year", 1995, "2", "lt"))]
    assert values(state(*events, said("3", undo=1))) == ["Crime"]
    assert values(state(*events, said("3", undo=1), said("4", undo=1))) == []
    assert values(state(*events, said("3", undo=5))) == []


def test_messages_without_wishes_are_not_undone() -> None:
    after = state(said("1", wish("genres", "Crime", "1")), said("2"), said("3", undo=1))
    assert values(after) == []


def test_removal_by_attribute_by_value_and_by_id() -> None:
    wishes = (wish("genres", "Crime", "1"), wish("genres", "War", "1"), wish("year", 1995, "1", "lt"))
    start = state(said("1", *wishes))
    edit = lambda *gone: advance(start, PreferencesEdited(turn_id="e", update=PreferenceUpdate(remove=gone)), SCHEMA)  # noqa: E731
    assert values(edit(Removal(attribute="genres"))) == [1995]
    assert values(edit(Removal(attribute="genres", value="War"))) == ["Crime", 1995]
    assert values(edit(Removal(attribute="genres", value=wishes[0].id))) == ["War", 1995]


def test_reset_forgets_wishes_and_keeps_what_was_seen() -> None:
    after = state(said("1", wish("genres", "Crime", "1"), seen_ids=("a",)), said("2", reset=True))
    assert values(after) == [] and after.seen_ids == ("a",)


def test_feedback_buttons() -> None:
    def press(kind: str) -> Conversation:
        return state(FeedbackGiven(turn_id="f", item_id="a", title="A", feedback=kind))  # type: ignore[arg-type]

    assert press("seen").seen_ids == ("a",)
    assert press("accept").accepted_ids == ("a",)
    assert [(p.attribute, p.value, p.polarity) for p in press("dislike").preferences] == [("item", "a", "dislike")]
    assert press("click") == Conversation(session_id="s")


def test_a_question_is_pending_until_the_next_message() -> None:
    ask = Reply(session_id="s", turn_id="1", text="?", action=AskAction(attribute="genres", question="?"))
    asked = state(said("1"), ReplyGiven(turn_id="1", reply=ask))
    assert asked.pending_question is not None and asked.asked == ("genres",)
    assert advance(asked, said("2"), SCHEMA).pending_question is None


def test_shown_items_are_remembered_in_order() -> None:
    picks = tuple(Recommendation(item_id=i, title=i, rank=n) for n, i in enumerate("ab", start=1))
    reply = Reply(session_id="s", turn_id="1", text="", action=RecommendAction(), recommendations=picks)
    after = state(said("1"), ReplyGiven(turn_id="1", reply=reply))
    assert after.last_shown == ("a", "b")
    assert after.turns[0].reply == reply
