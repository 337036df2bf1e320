"""The first steps of a turn: guard the message, understand it, decide what to do."""

from __future__ import annotations

import asyncio

from ..budget import exhausted, patience
from ..conversation import advance
from ..errors import ModelError
from ..guard import GuardVerdict, check_input
from ..memory.types import Memory
from ..parts import Parts
from ..policy import decide
from ..query import hard_constraints, to_query
from ..redact import redact
from ..turn import Emit, TurnState
from ..types import (
    AnswerAction,
    Conversation,
    Intent,
    MessageReceived,
    PreferenceUpdate,
    RecommendAction,
    RefuseAction,
    StateEvent,
)
from ..understanding import with_memory_talk
from .looking import about_uploads, nothing_to_compare
from .remembering import to_forget

_TELLING = 500
"""Characters of a refused message by which its language is told; it may have been refused for its length."""


class Reading:
    """Guard, understand and decide."""

    def __init__(self, parts: Parts) -> None:
        """Work with the shared parts."""
        self._parts = parts

    async def guard(self, state: TurnState, emit: Emit) -> TurnState:
        """Clean the message, take personal data out, and refuse what must not be answered."""
        with state["log"].stage("guard"):
            shown = bool(state.get("uploads"))
            verdict = check_input(state["raw"], self._parts.settings.guard)
            if shown and verdict.reason == "empty":
                # A picture says enough.
                verdict = GuardVerdict(text="")
            text, _ = redact(verdict.text)
        if verdict.action != "refuse":
            return {"text": text, "refusal": ""}
        intent: Intent = "abuse" if verdict.reason == "abuse" else "off_topic"
        spoken = self._parts.lexical.languages.detect(text[:_TELLING], state["before"].language)
        update = PreferenceUpdate(intents=(intent,), language=spoken)
        return {
            "text": text,
            "refusal": verdict.reason,
            "update": update,
            "action": RefuseAction(reason=verdict.reason),
            "conversation": self._applied(state, text, update),
        }

    async def understand(self, state: TurnState, emit: Emit) -> TurnState:
        """Read the message by rules, and with the model where that pays."""
        log, text, turn_id = state["log"], state["text"], state["turn_id"]
        with log.stage("understand"):
            update = PreferenceUpdate(intents=("inform",))
            if text:
                update = await self._parts.blocking(self._parts.lexical.understand, text, state["before"], turn_id)
            update = about_uploads(text, update, state["before"], sent=bool(state.get("uploads")))
        dial = state.get("adventure")
        if update.adventure is None and dial != state["before"].adventure:
            update = update.model_copy(update={"adventure": dial})
        degraded = state.get("degraded", ())
        if state.get("remembers"):
            update = with_memory_talk(self._parts.lexical.english(text, state["before"]), update)
        if text and update.memory is None and self._parts.reader.wanted(update):
            with log.stage("understand_model"):
                update, degraded = await self._with_model(state, update, degraded)
        conversation = self._applied(state, text, update)
        language = self._parts.voices.of(conversation.language).language
        emit(StateEvent(preferences=conversation.preferences, language=language))
        return {"update": update, "conversation": conversation, "degraded": degraded}

    async def _with_model(
        self, state: TurnState, update: PreferenceUpdate, degraded: tuple[str, ...]
    ) -> tuple[PreferenceUpdate, tuple[str, ...]]:
        gate, reader, log = self._parts.gate, self._parts.reader, state["log"]
        budget, passed = self._parts.settings.budget, log.since_start_ms() / 1000
        if gate.model is not None and exhausted(budget, log.spending, passed):
            return update, (*degraded, "budget")
        model = gate.open()
        if model is None:
            return update, (*degraded, gate.reason)
        log.count_call(reader.prompt.name, reader.prompt.sha256)
        wait_s = patience(budget, self._parts.settings.understanding.timeout_s, passed)
        try:
            with log.spending.counted():
                async with asyncio.timeout(wait_s):
                    update = await reader.understand(model, state["text"], update, state["turn_id"])
        except TimeoutError:
            # The rules have read the message already; theirs is the answer when the model's is late.
            gate.breaker.late()
            return update, (*degraded, "model_slow")
        except ModelError as error:
            if error.retryable:
                gate.breaker.failed()
            else:
                gate.breaker.worked()
            return update, (*degraded, "model_down") if error.retryable else degraded
        gate.breaker.worked()
        return update, degraded

    async def decide(self, state: TurnState, emit: Emit) -> TurnState:
        """Choose the next action."""
        if _about_memory(state):
            return {"action": AnswerAction(topic="memory")}
        conversation, parts = state["conversation"], self._parts
        # Questions are weighed by what the channels found; no order of it is needed.
        query = to_query(conversation, 1).model_copy(update={"depth": 0})
        with state["log"].stage("decide"):
            action = await parts.blocking(
                lambda: decide(
                    state["update"],
                    conversation,
                    parts.schema,
                    parts.settings.policy,
                    lambda: parts.choice(parts.retriever.search(query), hard_constraints(query)),
                    k=state.get("k"),
                )
            )
        if state.get("uploads") and (action.kind == "ask" or not state["text"]):
            # Whoever shows something has said what they are after.
            action = RecommendAction(k=state.get("k") or parts.settings.policy.k)
        if nothing_to_compare(state, parts.retriever.senses.modalities):
            action = AnswerAction(topic="cannot_look")
        return {"action": action}

    def _applied(self, state: TurnState, text: str, update: PreferenceUpdate) -> Conversation:
        event = MessageReceived(turn_id=state["turn_id"], text=text, update=update, uploads=state.get("uploads", ()))
        return advance(state["before"], event, self._parts.schema)


def _about_memory(state: TurnState) -> bool:
    """Whether the message is to be answered as one about memory."""
    update = state["update"]
    if update.memory is None:
        return False
    if update.memory.wish in ("on", "off"):
        return not (update.add or update.question)
    if update.memory.wish == "forget_last":
        return bool(to_forget(update, state["before"], state.get("memory", Memory())))
    return True
