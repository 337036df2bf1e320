"""Decide what to do next: ask, recommend, answer, refuse or close. Pure; measured on the same facts every time.

A question is worth asking when nothing is known yet and the answer would split the candidates well: the expected
reduction of uncertainty over the values of an attribute, weighted by how well people can answer it (Christakopoulou
et al., 2016, ask for the same reason; here the candidates are counted exactly). Once there is a wish, showing items
teaches more than asking.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from pydantic import Field

from retrieval.types import AttributeSpec, CatalogSchema, Facet, Value

from .types import (
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
    max_questions: int = Field(1, ge=0, le=10)
    """Questions in a row before something is recommended whatever is known."""
    options: int = Field(4, ge=2, le=8)
    """Concrete options offered with a question."""
    min_gain: float = Field(0.5, ge=0.0)
    """Least expected gain of a question, in bits, for it to be asked."""


Facets = Callable[[str], Sequence[Facet]]
"""Attribute -> its values among the current candidates, most frequent first."""


def decide(
    update: PreferenceUpdate,
    conversation: Conversation,
    schema: CatalogSchema,
    facets: Facets,
    config: PolicyConfig,
    *,
    total: Callable[[], int],
    k: int | None = None,
) -> Action:
    """Return the next action.

    Args:
        update: what the message that just came changed.
        conversation: the state with that update already applied.
        schema: the catalogue's attributes.
        facets: values of an attribute among the candidates.
        config: the policy's settings.
        total: counts the candidates; called only when a question is weighed.
        k: number of items the door asks for; the user's own number wins.
    """
    intents: set[str] = set(update.intents)
    count = update.k or k or config.k
    talk = _talk(update, intents, conversation)
    if talk is not None:
        return talk
    if update.question is not None:
        return AnswerAction(topic=update.question.topic)
    if _knows_something(conversation) or _wants_items(intents, conversation):
        return RecommendAction(k=count)
    asked = len(conversation.asked)
    if not conversation.no_questions and asked < config.max_questions:
        question = best_question(conversation, schema, facets, config, total=total())
        if question is not None:
            return question
    return RecommendAction(k=count)


def _talk(update: PreferenceUpdate, intents: set[str], conversation: Conversation) -> Action | None:
    """Return the action for messages that are about the conversation rather than about items."""
    wished = bool(update.add or update.remove or update.question or update.missing_titles)
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
    conversation: Conversation, schema: CatalogSchema, facets: Facets, config: PolicyConfig, *, total: int
) -> AskAction | None:
    """Return the question with the greatest expected gain, or None when none is worth a turn.

    An attribute known for few candidates says little about the others, so the gain counts by the share that has it.
    """
    best: tuple[float, AttributeSpec, Sequence[Facet]] | None = None
    known = {preference.attribute for preference in conversation.preferences} | set(conversation.asked)
    for spec in schema.attributes:
        if (
            not spec.question
            or spec.askable == 0.0
            or spec.name in known
            or spec.kind not in ("category", "categories")
        ):
            continue
        values = facets(spec.name)
        counts = [facet.count for facet in values]
        known_share = min(1.0, sum(counts) / total) if total else 0.0
        gain = spec.askable * known_share * entropy(counts)
        if gain >= config.min_gain and (best is None or gain > best[0]) and len(values) >= 2:
            best = (gain, spec, values)
    if best is None:
        return None
    _, spec, values = best
    options = tuple(str(facet.value) for facet in values[: config.options])
    return AskAction(attribute=spec.name, question=spec.question, options=options)


def entropy(counts: Sequence[int]) -> float:
    """Return the uncertainty over the values of an attribute in bits; 0 when only one is possible."""
    total = sum(counts)
    if total == 0:
        return 0.0
    return -sum(count / total * math.log2(count / total) for count in counts if count)
