"""The policy is pure: the same state and facts give the same action, and each rule is visible here."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from agent.policy import PolicyConfig, decide, entropy
from agent.types import (
    Action,
    AskAction,
    Conversation,
    Intent,
    ItemQuestion,
    Preference,
    PreferenceUpdate,
    RecommendAction,
    Reply,
    Turn,
)
from retrieval.types import AttributeSpec, CatalogSchema, Facet

SCHEMA = CatalogSchema(
    name="films",
    attributes=(
        AttributeSpec(name="genres", kind="categories", question="Which genre?", askable=0.9),
        AttributeSpec(name="moods", kind="categories", question="Which mood?", askable=0.9),
        AttributeSpec(name="year", kind="number", question="When?", askable=0.9),
        AttributeSpec(name="director", kind="categories"),
    ),
)
FACETS = {
    "genres": [Facet(value="Drama", count=40), Facet(value="Comedy", count=30), Facet(value="Crime", count=30)],
    "moods": [Facet(value="warm", count=3), Facet(value="dark", count=3)],
    "director": [Facet(value=str(n), count=1) for n in range(100)],
}
WISH = Preference(id="1", attribute="genres", value="Crime", turn_id="1", quote="crime")
EMPTY = Conversation(session_id="s")


def facets(attribute: str) -> Sequence[Facet]:
    return FACETS[attribute]


def act(
    *intents: Intent,
    conversation: Conversation = EMPTY,
    k: int | None = None,
    config: PolicyConfig | None = None,
    **update: object,
) -> Action:
    change = PreferenceUpdate(intents=intents, **update)  # type: ignore[arg-type]
    return decide(change, conversation, SCHEMA, facets, config or PolicyConfig(), total=lambda: 100, k=k)


def knowing(**changes: object) -> Conversation:
    return EMPTY.model_copy(update={"preferences": (WISH,), **changes})


def test_a_vague_opening_gets_the_most_telling_question() -> None:
    action = act("greet")
    assert isinstance(action, AskAction)
    assert (action.attribute, action.options) == ("genres", ("Drama", "Comedy", "Crime"))


def test_an_attribute_that_few_candidates_have_is_not_asked_about() -> None:
    """Moods split evenly, but only six of a hundred candidates have one."""
    action = act(conversation=EMPTY.model_copy(update={"asked": ("genres",)}), config=PolicyConfig(max_questions=3))
    assert action.kind == "recommend"


@pytest.mark.parametrize(
    ("intents", "conversation"),
    [
        (("inform",), knowing()),
        (("no_questions",), EMPTY),
        ((), EMPTY.model_copy(update={"no_questions": True})),
        (("dont_know",), EMPTY.model_copy(update={"asked": ("genres",)})),
        ((), EMPTY.model_copy(update={"asked": ("genres",)})),
        (("more",), knowing()),
    ],
)
def test_when_to_recommend(intents: tuple[Intent, ...], conversation: Conversation) -> None:
    assert act(*intents, conversation=conversation).kind == "recommend"


def test_the_users_number_of_items_wins() -> None:
    assert act("inform", conversation=knowing(), k=4) == RecommendAction(k=4)
    assert act("inform", conversation=knowing(), k=4).model_copy() == RecommendAction(k=4)
    change = PreferenceUpdate(intents=("inform",), k=2)
    assert decide(change, knowing(), SCHEMA, facets, PolicyConfig(), total=lambda: 100, k=4) == RecommendAction(k=2)


@pytest.mark.parametrize(
    ("intent", "kind"),
    [
        ("abuse", "refuse"),
        ("off_topic", "refuse"),
        ("close", "close"),
        ("help", "answer"),
        ("show_preferences", "answer"),
    ],
)
def test_talk(intent: Intent, kind: str) -> None:
    assert act(intent).kind == kind


def test_thanks_close_only_a_conversation_that_has_begun() -> None:
    reply = Reply(session_id="s", turn_id="1", text="", action=RecommendAction())
    turns = (Turn(turn_id="1", user="a", reply=reply), Turn(turn_id="2", user="thanks"))
    assert act("thanks", conversation=knowing(turns=turns)).kind == "close"
    assert act("thanks", conversation=knowing(turns=turns[:1])).kind == "recommend"


def test_an_accepted_item_closes() -> None:
    assert act("accept", conversation=knowing(), accept_ids=("a",)).kind == "close"


def test_a_question_about_items_is_answered() -> None:
    action = act("ask_item", conversation=knowing(), question=ItemQuestion(topic="fact", item_ids=("a",)))
    assert action.kind == "answer"


def test_an_undo_that_leaves_nothing_is_confirmed_rather_than_followed_by_items() -> None:
    assert act("undo", undo=1).kind == "answer"
    assert act("undo", undo=1, conversation=knowing()).kind == "recommend"


def test_entropy_is_in_bits() -> None:
    assert entropy([1, 1]) == 1.0
    assert entropy([5]) == 0.0
    assert entropy([]) == 0.0
