"""The policy is pure: the same state and candidates give the same action, and each rule is visible here."""

from __future__ import annotations

import pytest

from agent.elicitation import entropy, questions, share_behind, weigh
from agent.facets import facets
from agent.policy import Choice, PolicyConfig, decide, question_beside
from agent.types import (
    ANY,
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
from agent.understanding.contradictions import contradictions
from retrieval.types import AttributeSpec, AttributeValue, CatalogSchema, Item

SCHEMA = CatalogSchema(
    name="films",
    attributes=(
        AttributeSpec(name="year", kind="number", question="When?", askable=0.4, sentence="came out in {value}"),
        AttributeSpec(name="genres", kind="categories", question="Which genre?", askable=0.9),
        AttributeSpec(name="moods", kind="categories", question="Which mood?", askable=0.9),
        AttributeSpec(name="director", kind="categories"),
    ),
)
GENRES = ("Drama", "Comedy", "Crime")


def item(number: int) -> Item:
    facts: dict[str, AttributeValue] = {
        "genres": (GENRES[number % 3],),
        "director": (str(number),),
        "year": 1960 + number,
    }
    if number < 6:
        facts["moods"] = ("warm" if number % 2 else "dark",)
    return Item(id=str(number), title=f"Film {number}", attributes=facts)


ITEMS = [item(number) for number in range(60)]
COVERAGE = {"genres": 1.0, "year": 1.0, "moods": 0.1}
CHOICE = Choice(weigh(ITEMS, depth=1000.0), COVERAGE)
WISH = Preference(id="1", attribute="genres", value="Crime", turn_id="1", quote="crime")
EMPTY = Conversation(session_id="s")


def act(
    *intents: Intent,
    conversation: Conversation = EMPTY,
    k: int | None = None,
    config: PolicyConfig | None = None,
    **update: object,
) -> Action:
    change = PreferenceUpdate(intents=intents, **update)  # type: ignore[arg-type]
    return decide(change, conversation, SCHEMA, config or PolicyConfig(), lambda: CHOICE, k=k)


def beside(
    *intents: Intent,
    conversation: Conversation = EMPTY,
    config: PolicyConfig | None = None,
    eligible: int = 60,
    not_now: bool = False,
) -> AskAction | None:
    turns = (*conversation.turns, Turn(turn_id="9", user="something good"))
    return question_beside(
        PreferenceUpdate(intents=intents, not_now=not_now),
        conversation.model_copy(update={"turns": turns}),
        SCHEMA,
        config or PolicyConfig(),
        lambda: CHOICE,
        ITEMS[:5],
        eligible,
    )


def knowing(**changes: object) -> Conversation:
    return EMPTY.model_copy(update={"preferences": (WISH,), **changes})


def test_a_vague_opening_gets_the_most_telling_question() -> None:
    action = act("greet")
    assert isinstance(action, AskAction)
    assert (action.attribute, set(action.options)) == ("genres", set(GENRES))
    assert action.values == action.options
    assert action.escapes


def test_an_attribute_that_few_candidates_have_is_not_asked_about() -> None:
    """Moods split evenly, but only six of sixty candidates have one."""
    asked = EMPTY.model_copy(update={"asked": ("genres", "year")})
    assert act(conversation=asked, config=PolicyConfig(max_questions=3)).kind == "recommend"


def test_numbers_are_offered_as_ranges_that_adjoin_and_leave_nothing_out() -> None:
    (question,) = [q for q in questions(CHOICE.candidates, SCHEMA, COVERAGE, options=4) if q.attribute == "year"]
    assert question.options == ("before 1970", "1970 to 1989", "1990 to 1999", "2000 or later")
    ends = [value for value in question.values if isinstance(value, tuple)]
    assert [high + 1 for _, high in ends[:-1]] == [low for low, _ in ends[1:]]


def test_gain_is_the_information_in_bits_times_how_askable_it_is() -> None:
    """Three genres of equal weight, each item with one: log2(3) bits, at 0.9."""
    (question,) = [q for q in questions(CHOICE.candidates, SCHEMA, COVERAGE, options=4) if q.attribute == "genres"]
    assert question.gain == pytest.approx(0.9 * 1.585, abs=0.01)


ASKED_OPENLY = EMPTY.model_copy(update={"declined": (ANY,)})


def test_below_items_it_is_asked_what_matters_with_an_option_of_several_attributes() -> None:
    question = beside()
    assert question is not None
    assert (question.attribute, question.style) == (ANY, "open")
    assert set(question.attributes) == {"genres", "year", "moods"}
    assert len(question.options) == len(question.values) == len(question.attributes)
    assert question.escapes


def test_an_open_question_is_asked_again_in_other_words_but_not_a_third_time() -> None:
    first, again = beside(), beside(conversation=EMPTY.model_copy(update={"asked": (ANY,)}))
    assert first is not None
    assert again is not None
    assert again.question != first.question
    third = beside(conversation=EMPTY.model_copy(update={"asked": (ANY, ANY)}))
    assert third is not None
    assert third.style == "attribute"


def test_the_gain_of_an_open_question_is_the_mean_of_what_may_be_named() -> None:
    question = facets(CHOICE.candidates, SCHEMA, COVERAGE, options=4)
    asked = questions(CHOICE.candidates, SCHEMA, COVERAGE, options=4)
    assert question is not None
    assert question.gain == pytest.approx(sum(q.gain for q in asked) / (0.4 + 0.9 + 0.9), abs=1e-4)


def test_an_open_question_needs_several_attributes() -> None:
    assert facets(CHOICE.candidates, SCHEMA, COVERAGE, options=4, skip=frozenset({"genres"})) is None


def test_below_items_the_most_telling_question_is_asked_once_nothing_more_is_said_openly() -> None:
    question = beside(conversation=ASKED_OPENLY)
    assert question is not None
    assert question.attribute == "genres"


def after_a_question(*, asked: bool = True) -> Conversation:
    """Return a conversation whose last reply asked below items, or did not."""
    question = AskAction(attribute="year", question="When?", options=("a", "b")) if asked else None
    reply = Reply(session_id="s", turn_id="1", text="", action=RecommendAction(question=question))
    return EMPTY.model_copy(update={"turns": (Turn(turn_id="1", user="a", reply=reply),), "asked": ("year",)})


@pytest.mark.parametrize(
    ("intents", "add", "asked", "rest", "rests"),
    [
        (("more",), (), True, True, True),
        (("more",), (), False, True, False),
        (("more",), (), True, False, False),
        (("inform",), (WISH,), True, True, False),
        (("dont_know",), (), True, True, False),
    ],
)
def test_a_question_that_was_passed_over_is_followed_by_a_reply_without_one(
    intents: tuple[Intent, ...], add: tuple[Preference, ...], asked: bool, rest: bool, rests: bool
) -> None:
    before = after_a_question(asked=asked)
    conversation = before.model_copy(update={"turns": (*before.turns, Turn(turn_id="2", user="b"))})
    update = PreferenceUpdate(intents=intents, add=add)
    config = PolicyConfig(rest=rest)
    question = question_beside(update, conversation, SCHEMA, config, lambda: CHOICE, ITEMS[:5], 60)
    assert (question is None) is rests


def test_what_there_is_to_choose_from_is_looked_up_once() -> None:
    looked: list[int] = []

    def choice() -> Choice:
        looked.append(1)
        return CHOICE

    question_beside(PreferenceUpdate(), ASKED_OPENLY, SCHEMA, PolicyConfig(), choice, ITEMS[:5], 60)
    question_beside(PreferenceUpdate(), ASKED_OPENLY, SCHEMA, PolicyConfig(), choice, ITEMS[:5], 5)
    assert looked == [1]


def test_a_sample_of_what_lies_behind_has_its_share_of_the_probability() -> None:
    weighed = weigh(ITEMS[:10], others=ITEMS[10:40], share=0.5)
    ranked, others = ([c.weight for c in part] for part in (weighed[:10], weighed[10:]))
    assert sum(ranked) == pytest.approx(sum(others))
    assert ranked == sorted(ranked, reverse=True)
    assert len(set(others)) == 1
    assert [c.item for c in weigh([], others=ITEMS[:3])] == ITEMS[:3]


@pytest.mark.parametrize(
    ("ranked", "behind", "share"), [(100, 0, 0.0), (97, 3, 0.03), (100, 100, 0.5), (100, 10_000, 0.5), (0, 3, 0.5)]
)
def test_the_few_that_lie_behind_do_not_get_half_of_the_probability(ranked: int, behind: int, share: float) -> None:
    assert share_behind(ranked, behind) == share


def test_what_is_seldom_known_is_offered_last() -> None:
    """Moods of all candidates split evenly, but few items of the catalogue have any."""
    warm = [
        one.model_copy(update={"attributes": {**one.attributes, "moods": (f"m{int(one.id) % 2}",)}}) for one in ITEMS
    ]
    question = facets(weigh(warm), SCHEMA, COVERAGE, options=3)
    assert question is not None
    assert question.attributes[-1] == "moods"
    known = facets(weigh(warm), SCHEMA, {**COVERAGE, "moods": 1.0}, options=3)
    assert known is not None
    assert known.attributes[-1] != "moods"


@pytest.mark.parametrize(
    ("why", "question"),
    [
        ("few are left to choose from", beside(eligible=5)),
        ("the user wants no questions", beside(conversation=EMPTY.model_copy(update={"no_questions": True}))),
        ("the user has no patience for it", beside(not_now=True)),
        (
            "three in a row went unanswered",
            beside(conversation=EMPTY.model_copy(update={"asked": ("moods", "director", "year")})),
        ),
        ("never", beside(config=PolicyConfig(ask="never"))),
        ("alone only", beside(config=PolicyConfig(beside=False))),
        ("no answer is worth it", beside(config=PolicyConfig(beside_cost=9.0), conversation=knowing(asked=("item",)))),
    ],
)
def test_when_nothing_is_asked_below_items(why: str, question: AskAction | None) -> None:
    assert question is None, why


def test_what_is_known_or_was_asked_is_not_asked_again() -> None:
    question = beside(conversation=knowing())
    assert question is not None
    assert question.attribute == "year"
    declined = beside(conversation=knowing(declined=("year",)))
    assert declined is None or declined.attribute == "item"


def test_when_no_attribute_is_worth_it_two_unlike_items_are_compared() -> None:
    question = beside(conversation=knowing(asked=("year",)))
    assert question is not None
    assert question.style == "contrast"
    first, second = (ITEMS[int(str(value))] for value in question.values)
    assert first.attributes["genres"] != second.attributes["genres"]
    assert question.options == (first.title, second.title)


@pytest.mark.parametrize(
    ("ask", "attributes"), [("fixed", {"year"}), ("random", {"year", "genres", "moods"}), ("gain", {"genres"})]
)
def test_the_ways_of_asking(ask: str, attributes: set[str]) -> None:
    config = PolicyConfig.model_validate({"ask": ask})
    seen = {
        q.attribute
        for n in range(30)
        if (q := beside(config=config, conversation=ASKED_OPENLY.model_copy(update={"session_id": str(n)})))
    }
    assert seen == attributes


def test_always_asking_asks_alone_though_something_is_known() -> None:
    assert act("inform", conversation=knowing(), config=PolicyConfig(ask="always")).kind == "ask"
    assert act("inform", config=PolicyConfig(ask="never")).kind == "recommend"


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
    assert decide(change, knowing(), SCHEMA, PolicyConfig(), lambda: CHOICE, k=4) == RecommendAction(k=2)


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


def held_and_new(held: Preference, new: Preference) -> tuple[PreferenceUpdate, Conversation]:
    """Return a message that goes against a wish in force, and the conversation it arrives in."""
    told = Turn(
        turn_id="0",
        user=held.quote,
        reply=Reply(session_id="s", turn_id="0", text="", action=RecommendAction(), preferences=(held,)),
    )
    conversation = EMPTY.model_copy(update={"turns": (told, Turn(turn_id="9", user=new.quote)), "preferences": (new,)})
    return PreferenceUpdate(add=(new,), contradictions=contradictions((new,), (held,), SCHEMA)), conversation


BEFORE = Preference(id="a", attribute="year", op="lt", value=1970.0, hard=True, turn_id="0", quote="before 1970")
AFTER = Preference(id="b", attribute="year", op="ge", value=2000.0, hard=True, turn_id="9", quote="from the 2000s on")


def test_two_wishes_that_cannot_both_hold_are_asked_about_once_in_the_users_words() -> None:
    update, conversation = held_and_new(BEFORE, AFTER)
    question = question_beside(update, conversation, SCHEMA, PolicyConfig(), lambda: CHOICE, ITEMS[:5], 60)
    assert question is not None
    assert (question.style, question.options) == ("clarify", ("before 1970", "from the 2000s on"))
    assert question.escapes
    reply = Reply(session_id="s", turn_id="8", text="", action=RecommendAction(question=question))
    asked = conversation.model_copy(
        update={"turns": (*conversation.turns[:1], Turn(turn_id="8", user="", reply=reply), conversation.turns[-1])}
    )
    again = question_beside(update, asked, SCHEMA, PolicyConfig(), lambda: CHOICE, ITEMS[:5], 60)
    assert again is None or again.style != "clarify"


@pytest.mark.parametrize(
    ("held", "new", "found"),
    [
        (BEFORE, AFTER, True),
        (BEFORE, AFTER.model_copy(update={"op": "lt"}), False),
        (BEFORE, AFTER.model_copy(update={"hard": False}), False),
        (BEFORE, AFTER.model_copy(update={"turn_id": "0"}), False),
        (WISH, WISH.model_copy(update={"polarity": "dislike", "turn_id": "2"}), True),
        (WISH, WISH.model_copy(update={"value": "Drama", "turn_id": "2"}), False),
        (
            WISH.model_copy(update={"origin": "memory"}),
            WISH.model_copy(update={"polarity": "dislike", "turn_id": "2"}),
            False,
        ),
    ],
)
def test_only_what_cannot_hold_together_is_a_contradiction(held: Preference, new: Preference, found: bool) -> None:
    assert bool(contradictions((new,), (held,), SCHEMA)) is found
