"""Answer questions about items: from their facts, the wishes in force and the ranking, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence

from retrieval import satisfies
from retrieval.types import AttributeValue, Constraint, Item, Value

from ..parts import Parts
from ..query import constraints, item_ids, to_query
from ..sentences import Sentence
from ..templates import Standing
from ..types import Conversation, ItemQuestion, Table
from ..voices import Voice

_MOST_COMPARED = 4
_RANKED = 100
"""How deep the ranking is looked into for the place of an item that was not picked."""


class Answer(Value):
    """What is said about some items, and the table beside it."""

    sentences: tuple[Sentence, ...]
    items: tuple[Item, ...] = ()
    table: Table | None = None


def _ranked(items: Sequence[Item], attribute: str | None, direction: str) -> tuple[Item, ...]:
    """Return items with the highest fact first, or with ``lower`` the lowest; those without the fact come last."""
    sign = 1.0 if direction == "lower" else -1.0
    facts = [item.attributes.get(attribute or "") for item in items]
    keys = [sign * fact if isinstance(fact, (int, float)) else float("inf") for fact in facts]
    return tuple(item for _, item in sorted(zip(keys, items, strict=True), key=lambda pair: pair[0]))


class Answering:
    """Answer one question about items; blocking, so it runs in the pool."""

    def __init__(self, parts: Parts) -> None:
        """Work with the shared parts."""
        self._parts = parts

    def answer(self, question: ItemQuestion, conversation: Conversation) -> Answer:
        """Return the answer to a question in the light of the conversation, in its language."""
        items = tuple(self._parts.items(question.item_ids))
        if question.topic == "compare" and len(items) > 1:
            return self._comparison(question, items, conversation)
        return Answer(sentences=tuple(self._about(question, items, conversation)), items=items)

    def _voice(self, conversation: Conversation) -> Voice:
        return self._parts.voices.of(conversation.language)

    def _comparison(self, question: ItemQuestion, items: tuple[Item, ...], conversation: Conversation) -> Answer:
        voice, attribute = self._voice(conversation), question.attribute
        best = voice.superlative(items, attribute, question.direction) if attribute else None
        if best is not None:
            # The one that was picked comes first: "who directed that one?" means it.
            return Answer(sentences=(best,), items=_ranked(items, attribute, question.direction))
        items = items[:_MOST_COMPARED]
        told = voice.compare(items, conversation.preferences, self._satisfied, attribute)
        return Answer(sentences=(told.sentence,), items=items, table=told.table)

    def _about(self, question: ItemQuestion, items: Sequence[Item], conversation: Conversation) -> list[Sentence]:
        voice = self._voice(conversation)
        if question.topic == "count":
            return [voice.how_many(self._parts.facts.count(question.constraints), question.constraints)]
        if question.topic == "values" and question.attribute is not None:
            held = self._parts.facts.facets(question.attribute, question.constraints, limit=None)
            return [voice.values(question.attribute, held, question.constraints)]
        if question.topic == "which":
            return [voice.which(items, question.constraints, self._satisfied)]
        if question.topic == "same" and question.attribute is not None and len(items) > 1:
            return [voice.same(items, question.attribute)]
        if question.topic == "explain":
            return self._explained(items, conversation)
        if question.topic == "why_not":
            return [self._excluded(item, conversation) for item in items]
        if question.topic in ("fact", "same") and question.attribute is None:
            return [voice.unknown_fact(item) for item in items]
        if question.topic == "fact":
            more = [question.model_copy(update={"attribute": name, "value": None}) for name in question.also]
            return [self._fact(item, one, voice) for item in items for one in (question, *more)]
        return [sentence for item in items for sentence in voice.describe(item)]

    def _explained(self, items: Sequence[Item], conversation: Conversation) -> list[Sentence]:
        liked_ids = item_ids(conversation.preferences, "like")
        liked = self._parts.items(liked_ids)
        shared = self._parts.retriever.shared([item.id for item in items], liked_ids)
        return [
            sentence
            for item in items
            for sentence in self._voice(conversation).explain(
                item,
                conversation.preferences,
                self._satisfied,
                scores=_scores_beside(conversation, item.id),
                liked=liked,
                shared=shared.get(item.id, ()),
            )
        ]

    def _excluded(self, item: Item, conversation: Conversation) -> Sentence:
        standing = Standing(state=_state(item, conversation))
        hard = [constraint for constraint in constraints(conversation.preferences) if constraint.hard]
        if not standing.state and all(self._satisfied(item, constraint) for constraint in hard):
            standing = self._ranking(item, conversation)
        return self._voice(conversation).why_not(item, conversation.preferences, self._satisfied, standing)

    def _ranking(self, item: Item, conversation: Conversation) -> Standing:
        """Find the item's place among all that fit the wishes as they stand."""
        result = self._parts.retriever.search(self._parts.looking(to_query(conversation, _RANKED), conversation))
        place = next((hit.rank for hit in result.hits if hit.item.id == item.id), None)
        return Standing(place=place, ranked=len(result.hits), eligible=result.eligible)

    def _fact(self, item: Item, question: ItemQuestion, voice: Voice) -> Sentence:
        """Answer for one fact; a yes-or-no question gets a yes, or what the catalogue says instead."""
        schema, attribute = self._parts.schema, str(question.attribute)
        if question.value is None or attribute not in item.attributes:
            return voice.answer_fact(item, attribute)
        if not self._satisfied(item, Constraint(attribute=attribute, op="eq", value=question.value)):
            return voice.denied(voice.answer_fact(item, attribute))
        spec = schema.get(attribute)
        several = spec is not None and spec.kind == "categories"
        narrowed: AttributeValue = (str(question.value),) if several else question.value
        known = item.model_copy(update={"attributes": {attribute: narrowed}})
        return voice.affirmed(voice.answer_fact(known, attribute))

    def _satisfied(self, item: Item, constraint: Constraint) -> bool:
        return satisfies(item, constraint, self._parts.schema)


def _state(item: Item, conversation: Conversation) -> str:
    """Return what the user said of the item that keeps it out, or that it was shown."""
    sides = {
        "rejected": conversation.rejected_ids,
        "accepted": conversation.accepted_ids,
        "disliked": item_ids(conversation.preferences, "dislike"),
        "seen": conversation.seen_ids,
        "liked": item_ids(conversation.preferences, "like"),
        "shown": conversation.last_shown,
    }
    return next((state for state, ids in sides.items() if item.id in ids), "")


def _scores_beside(conversation: Conversation, item_id: str) -> dict[str, dict[str, float]]:
    """Return the stage scores of the list in which an item was last shown, by item."""
    for turn in reversed(conversation.turns):
        picks = turn.reply.recommendations if turn.reply else ()
        scores = {pick.item_id: pick.scores for pick in picks if pick.scores}
        if item_id in scores:
            return scores
    return {}
