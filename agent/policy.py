"""Decide what to do next: ask, recommend, answer, refuse or close. Pure; measured on the same facts every time.

Asking alone costs the user a turn, so it is done only while nothing is known and one answer would say more than a list
of well-known items. Below items a question costs only its reading: it is asked while an answer would narrow the
candidates by more than ``beside_cost``. Nobody is asked twice about one thing, nor after they lost patience.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Literal, NamedTuple

from pydantic import Field

from retrieval.types import CatalogSchema, Item, Value

from .contrast import contrast
from .conversation import asked_in
from .elicitation import Candidate, questions
from .facets import facets
from .templates import ESCAPES, clarify_words
from .types import (
    ANY,
    ITEM,
    Action,
    AnswerAction,
    AskAction,
    CloseAction,
    Conversation,
    PreferenceUpdate,
    RecommendAction,
    RefuseAction,
)


class PolicyConfig(Value):
    """When to ask and how much to show."""

    k: int = Field(5, ge=1, le=20)
    """Items shown at a time, unless the user asks for another number."""
    ask: Literal["gain", "never", "always", "random", "fixed"] = "gain"
    """Which question is asked: ``gain`` the one whose answer is expected to narrow the candidates most, if by enough;
    ``never`` none. The others are there to compare with: ``always`` asks by gain but alone, for as long as anything is
    left to ask; ``random`` asks about any attribute, ``fixed`` about the schema's next, both whenever they can."""
    beside: bool = True
    """Whether a question may stand below items; if not, questions are asked alone, ``max_questions`` of them first."""
    max_questions: int = Field(1, ge=0, le=10)
    """Questions in a row before something is recommended whatever is known."""
    options: int = Field(4, ge=2, le=8)
    """Concrete options offered with a question."""
    turn_cost: float = Field(0.5, ge=0.0)
    """Least expected gain, in bits, of a question that is asked alone."""
    beside_cost: float = Field(0.5, ge=0.0)
    """Least expected gain, in bits, of a question below items."""
    open_questions: int = Field(2, ge=0)
    """How often, below items, it is asked what matters at all before single attributes are asked about."""
    enough: int = Field(15, ge=0)
    """With no more items than these to choose from, looking at them says more than an answer."""
    rest: bool = True
    """Whether a question that was passed over is followed by a reply without one; only with ``gain``."""
    unanswered: int = Field(3, ge=1)
    """After so many questions in a row that were not answered, none is asked any more."""


class Choice(NamedTuple):
    """What there is to choose from when a question is weighed."""

    candidates: Sequence[Candidate]
    coverage: Mapping[str, float]
    """Share of all items that have an attribute."""


def decide(
    update: PreferenceUpdate,
    conversation: Conversation,
    schema: CatalogSchema,
    config: PolicyConfig,
    choice: Callable[[], Choice],
    *,
    k: int | None = None,
) -> Action:
    """Return the next action.

    Args:
        update: what the message that just came changed.
        conversation: the state with that update already applied.
        schema: the catalogue's attributes.
        config: the policy's settings.
        choice: returns what there is to choose from; called only when a question is weighed.
        k: number of items the door asks for; the user's own number wins.
    """
    intents: set[str] = set(update.intents)
    count = update.k or k or config.k
    talk = _talk(update, intents, conversation)
    if talk is not None:
        return talk
    if update.question is not None:
        return AnswerAction(topic=update.question.topic)
    dialled = update.adventure is not None
    if config.ask == "never" or conversation.no_questions or dialled or _wants_items(intents, conversation):
        return RecommendAction(k=count)
    if not update.not_now and _asks_alone(conversation, config):
        question = best_question(conversation, schema, config, choice(), cost=config.turn_cost)
        if question is not None:
            return question
    return RecommendAction(k=count)


def _asks_alone(conversation: Conversation, config: PolicyConfig) -> bool:
    """Whether a question without items may be asked now."""
    if config.ask == "always":
        return not _unanswered(conversation, config.unanswered)
    waits = len(conversation.asked) < config.max_questions
    return waits and (not config.beside or not _knows_something(conversation))


def question_beside(
    update: PreferenceUpdate,
    conversation: Conversation,
    schema: CatalogSchema,
    config: PolicyConfig,
    choice: Callable[[], Choice],
    picks: Sequence[Item],
    eligible: int,
) -> AskAction | None:
    """Return the question to ask below ``picks``, or None when looking at them is the better use of the turn.

    Args:
        update: what the message that just came changed.
        conversation: the state with that update already applied.
        schema: the catalogue's attributes.
        config: the policy's settings.
        choice: returns what the picks were chosen from; called only when a question is weighed.
        picks: the items shown, best first.
        eligible: how many items satisfy every hard wish.
    """
    if config.ask in ("never", "always") or not config.beside or conversation.no_questions:
        return None
    if (doubt := _doubt(update, conversation)) is not None:
        return doubt
    if update.not_now or (config.ask == "gain" and config.rest and _passed_over(update, conversation)):
        return None
    if eligible <= config.enough or _unanswered(conversation, config.unanswered):
        return None
    chosen = cache(choice)
    question = _open_question(conversation, schema, config, chosen)
    if question is None:
        question = best_question(conversation, schema, config, chosen(), cost=config.beside_cost)
    if question is None and config.ask == "gain" and ITEM not in conversation.asked:
        return contrast(picks, schema)
    return question


def _open_question(
    conversation: Conversation, schema: CatalogSchema, config: PolicyConfig, choice: Callable[[], Choice]
) -> AskAction | None:
    """Return the question what matters at all, while it is answered and ``open_questions`` allows it."""
    asked = conversation.asked.count(ANY)
    if config.ask != "gain" or asked >= config.open_questions or ANY in conversation.declined:
        return None
    known = {preference.attribute for preference in conversation.preferences}
    skip = frozenset(known | set(conversation.asked) | set(conversation.declined))
    candidates, coverage = choice()
    question = facets(candidates, schema, coverage, options=config.options, skip=skip, again=asked > 0)
    return question if question is not None and question.gain >= config.beside_cost else None


def _talk(update: PreferenceUpdate, intents: set[str], conversation: Conversation) -> Action | None:
    """Return the action for messages that are about the conversation rather than about items."""
    dialled = update.adventure is not None
    wished = bool(update.add or update.remove or update.question or update.missing_titles or dialled)
    if "abuse" in intents and not wished:
        return RefuseAction(reason="abuse")
    if "off_topic" in intents and not wished:
        return RefuseAction(reason="off_topic")
    if wished or "more" in intents:
        return None
    if "close" in intents or ("accept" in intents and update.accept_ids):
        return CloseAction()
    if "help" in intents:
        return AnswerAction(topic="help")
    if "show_preferences" in intents:
        return AnswerAction(topic="preferences")
    if "thanks" in intents and conversation.turns[:-1]:
        return CloseAction()
    if intents & {"undo", "reset"} and not _knows_something(conversation):
        return AnswerAction(topic="undone" if "undo" in intents else "reset")
    return None


def _knows_something(conversation: Conversation) -> bool:
    return any(preference.attribute != ITEM or preference.polarity == "like" for preference in conversation.preferences)


def _wants_items(intents: set[str], conversation: Conversation) -> bool:
    """Whether the user asked to be shown items without more talk."""
    answered = bool(conversation.asked) and bool(intents & {"dont_know", "no_questions"})
    return bool(intents & {"no_questions", "more", "reject"}) or answered


def best_question(
    conversation: Conversation, schema: CatalogSchema, config: PolicyConfig, choice: Choice, *, cost: float
) -> AskAction | None:
    """Return the question to ask, or None when none is left or none is worth ``cost`` bits."""
    known = {preference.attribute for preference in conversation.preferences}
    skip = frozenset(known | set(conversation.asked) | set(conversation.declined))
    found = questions(choice.candidates, schema, choice.coverage, options=config.options, skip=skip)
    if not found:
        return None
    if config.ask == "fixed":
        return found[0]
    if config.ask == "random":
        # Seeded by the conversation, so that the same one runs the same way again.
        return random.Random(f"{conversation.session_id}/{len(conversation.turns)}").choice(found)
    best = max(found, key=lambda question: question.gain)
    return best if best.gain >= cost else None


def _doubt(update: PreferenceUpdate, conversation: Conversation) -> AskAction | None:
    """Return the question which of two wishes holds, once for each attribute; meanwhile the newer one does."""
    told = {wish.id: wish.quote for turn in conversation.turns if turn.reply for wish in turn.reply.preferences}
    clarified = {
        asked.attribute
        for turn in conversation.turns
        if turn.reply and (asked := asked_in(turn.reply)) and asked.style == "clarify"
    }
    for doubt in update.contradictions:
        held, new = told.get(doubt.held_id, ""), doubt.new
        if held and new.attribute not in clarified:
            return AskAction(
                attribute=new.attribute,
                question=clarify_words(held, new.quote),
                options=(held, new.quote),
                escapes=ESCAPES,
                style="clarify",
            )
    return None


def _passed_over(update: PreferenceUpdate, conversation: Conversation) -> bool:
    """Whether the question before this message got no answer at all, be it that nothing matters."""
    last = conversation.turns[-2].reply if len(conversation.turns) > 1 else None
    if last is None or asked_in(last) is None:
        return False
    return not (update.add or update.remove or "dont_know" in update.intents)


def _unanswered(conversation: Conversation, most: int) -> bool:
    """Whether the last ``most`` questions were all left without an answer."""
    answered = {preference.attribute for preference in conversation.preferences} | ({ANY} - set(conversation.declined))
    last = conversation.asked[-most:]
    return len(last) >= most and not answered & set(last)
