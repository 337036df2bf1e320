"""Answer, ask, refuse and close: what is said without new items, from facts and fixed wording only."""

from __future__ import annotations

from collections.abc import Sequence

from retrieval import satisfies
from retrieval.types import AttributeValue, Constraint, Item

from ..parts import Parts
from ..query import item_ids
from ..sentences import Sentence
from ..templates import (
    answer_fact,
    close,
    compare,
    describe,
    explain,
    greeting,
    help_text,
    missing_titles,
    nothing_to_undo,
    preference_summary,
    refuse,
    start_over,
    superlative,
    thanks,
    undone,
    unknown_fact,
    why_not,
)
from ..turn import Emit, TurnState
from ..types import AnswerAction, AskAction, CloseAction, ItemQuestion, RefuseAction, SentenceEvent

_MOST_COMPARED = 4


class Talking:
    """Say something that needs no search."""

    def __init__(self, parts: Parts) -> None:
        """Work with the shared parts."""
        self._parts = parts

    async def talk(self, state: TurnState, emit: Emit) -> TurnState:
        """Put the chosen action into words."""
        items: tuple[Item, ...] = ()
        action = state["action"]
        with state["log"].stage("talk"):
            if isinstance(action, AskAction):
                sentences = self._ask(state, action)
            elif isinstance(action, RefuseAction):
                sentences = [Sentence(text=refuse(action.reason, self._parts.schema))]
            elif isinstance(action, CloseAction):
                sentences = await self._close(state)
            else:
                assert isinstance(action, AnswerAction)
                sentences, items = await self._answer(state, action)
        for sentence in sentences:
            emit(SentenceEvent(text=sentence.text, item_id=sentence.item_id, evidence=sentence.evidence))
            state["log"].mark("first_sentence")
        return {"sentences": tuple(sentences), "items": items}

    def _ask(self, state: TurnState, action: AskAction) -> list[Sentence]:
        lines = []
        if missing := state["update"].missing_titles:
            lines.append(missing_titles(missing))
        if "greet" in state["update"].intents and len(state["conversation"].turns) == 1:
            lines.append(greeting(self._parts.schema).split(".")[0].split("!")[0] + "!")
        return [Sentence(text=line) for line in (*lines, action.question)]

    async def _close(self, state: TurnState) -> list[Sentence]:
        schema, update = self._parts.schema, state["update"]
        if update.accept_ids:
            items = await self._parts.blocking(self._parts.facts.get, update.accept_ids)
            return [Sentence(text=close(schema, items[0].title if items else ""))]
        if "close" in update.intents:
            return [Sentence(text=close(schema))]
        return [Sentence(text=thanks(schema))]

    async def _answer(self, state: TurnState, action: AnswerAction) -> tuple[list[Sentence], tuple[Item, ...]]:
        schema, conversation = self._parts.schema, state["conversation"]
        question = state["update"].question
        if question is not None and action.topic == question.topic:
            items = await self._parts.blocking(self._parts.facts.get, question.item_ids)
            return self._about(state, question, items), tuple(items)
        said = {
            "help": lambda: help_text(schema),
            "preferences": lambda: preference_summary(conversation.preferences, schema),
            "undone": lambda: undone() if state["before"].undo_stack else nothing_to_undo(),
            "reset": start_over,
        }
        return [Sentence(text=said[action.topic]())], ()

    def _about(self, state: TurnState, question: ItemQuestion, items: Sequence[Item]) -> list[Sentence]:
        schema, conversation = self._parts.schema, state["conversation"]
        if question.topic == "compare" and len(items) > 1:
            best = superlative(items, question.attribute, question.direction, schema) if question.attribute else None
            return [best] if best else [compare(items[:_MOST_COMPARED], schema)]
        if question.topic == "explain":
            liked = self._parts.facts.get(item_ids(conversation.preferences, "like"))
            scores = _scores_of(state, question.item_ids)
            return [
                sentence
                for item in items
                for sentence in explain(
                    item, conversation.preferences, schema, self._satisfied, scores=scores.get(item.id), liked=liked
                )
            ]
        if question.topic == "why_not":
            return [
                why_not(
                    item,
                    conversation.preferences,
                    schema,
                    self._satisfied,
                    seen=item.id in conversation.seen_ids,
                    rejected=item.id in conversation.rejected_ids,
                )
                for item in items
            ]
        if question.topic == "fact" and question.attribute is None:
            return [unknown_fact(item) for item in items]
        if question.topic == "fact":
            return [self._fact(item, question) for item in items]
        return [sentence for item in items for sentence in describe(item, schema)]

    def _fact(self, item: Item, question: ItemQuestion) -> Sentence:
        """Answer for one fact; a yes-or-no question gets a yes, or what the catalogue says instead."""
        schema, attribute = self._parts.schema, str(question.attribute)
        if question.value is None or attribute not in item.attributes:
            return answer_fact(item, attribute, schema)
        if not self._satisfied(item, Constraint(attribute=attribute, op="eq", value=question.value)):
            sentence = answer_fact(item, attribute, schema)
            return sentence.model_copy(update={"text": f"Not according to the catalogue: {sentence.text}"})
        spec = schema.get(attribute)
        several = spec is not None and spec.kind == "categories"
        narrowed: AttributeValue = (str(question.value),) if several else question.value
        sentence = answer_fact(item.model_copy(update={"attributes": {attribute: narrowed}}), attribute, schema)
        return sentence.model_copy(update={"text": f"Yes: {sentence.text}"})

    def _satisfied(self, item: Item, constraint: Constraint) -> bool:
        return satisfies(item, constraint, self._parts.schema)


def _scores_of(state: TurnState, ids: Sequence[str]) -> dict[str, dict[str, float]]:
    """Return the stage scores under which items were last shown."""
    scores: dict[str, dict[str, float]] = {}
    for turn in state["conversation"].turns:
        for pick in turn.reply.recommendations if turn.reply else ():
            if pick.item_id in ids and pick.scores:
                scores[pick.item_id] = pick.scores
    return scores
