"""Answer, ask, refuse and close: what is said without new items, from facts and fixed wording only."""

from __future__ import annotations

from ..parts import Parts
from ..sentences import Sentence
from ..turn import Emit, TurnState
from ..types import AnswerAction, AskAction, CloseAction, Preference, RefuseAction, SentenceEvent
from ..voices import Voice
from .answering import Answer, Answering
from .remembering import Remembering


class Talking:
    """Say something that needs no search."""

    def __init__(self, parts: Parts) -> None:
        """Work with the shared parts."""
        self._parts = parts
        self._answering = Answering(parts)
        self._remembering = Remembering(parts)

    async def talk(self, state: TurnState, emit: Emit) -> TurnState:
        """Put the chosen action into words."""
        action, voice = state["action"], self._voice(state)
        if isinstance(action, AskAction):
            action = voice.question(action)
        remembered: tuple[Preference, ...] = ()
        with state["log"].stage("talk"):
            if isinstance(action, AskAction):
                answer = Answer(sentences=self._ask(state, action))
            elif isinstance(action, RefuseAction):
                answer = Answer(sentences=(Sentence(text=voice.refuse(action.reason)),))
            elif isinstance(action, CloseAction):
                answer = Answer(sentences=(await self._close(state),))
            else:
                assert isinstance(action, AnswerAction)
                answer = await self._answer(state, action)
                answer, remembered = await self._parts.blocking(self._from_memory, state, action, answer)
        for sentence in answer.sentences:
            emit(SentenceEvent(text=sentence.text, item_id=sentence.item_id, evidence=sentence.evidence))
            state["log"].mark("first_sentence")
        changes: TurnState = {"sentences": answer.sentences, "items": answer.items, "table": answer.table}
        return {**changes, "remembered": remembered, "action": action}

    def _voice(self, state: TurnState) -> Voice:
        return self._parts.voices.of(state["conversation"].language)

    def _from_memory(
        self, state: TurnState, action: AnswerAction, answer: Answer
    ) -> tuple[Answer, tuple[Preference, ...]]:
        """Return the answer with what memory adds to it, and the tastes that it names; blocking."""
        request = state["update"].memory
        if action.topic == "memory" and request is not None:
            sentence, named = self._remembering.answer(state, request)
            return Answer(sentences=(sentence,)), named
        if action.topic != "explain":
            return answer, ()
        sentences, named = self._remembering.reasons(state, answer.items)
        return answer.model_copy(update={"sentences": (*answer.sentences, *sentences)}), named

    def _ask(self, state: TurnState, action: AskAction) -> tuple[Sentence, ...]:
        voice, lines = self._voice(state), []
        if missing := state["update"].missing_titles:
            lines.append(voice.missing_titles(missing))
        if "greet" in state["update"].intents and len(state["conversation"].turns) == 1:
            lines.append(voice.hello())
        return tuple(Sentence(text=line) for line in (*lines, action.question))

    async def _close(self, state: TurnState) -> Sentence:
        voice, update = self._voice(state), state["update"]
        if update.accept_ids:
            items = await self._parts.blocking(self._parts.facts.get, update.accept_ids)
            return Sentence(text=voice.close(items[0].title if items else ""))
        return Sentence(text=voice.close() if "close" in update.intents else voice.thanks())

    async def _answer(self, state: TurnState, action: AnswerAction) -> Answer:
        voice, conversation = self._voice(state), state["conversation"]
        question = state["update"].question
        if action.topic == "memory":
            return Answer(sentences=())
        if action.topic == "cannot_look":
            told = [voice.cannot_look(upload.kind) for upload in state.get("uploads", ())]
            return Answer(sentences=tuple(Sentence(text=line) for line in dict.fromkeys(told)))
        if question is not None and action.topic == question.topic:
            return await self._parts.blocking(self._answering.answer, question, conversation)
        said = {
            "help": voice.help_text,
            "preferences": lambda: voice.preference_summary(conversation.preferences),
            "undone": lambda: voice.undone() if state["before"].undo_stack else voice.nothing_to_undo(),
            "reset": voice.start_over,
        }
        return Answer(sentences=(Sentence(text=said[action.topic]()),))
