"""Read messages over any facts, without searching or answering: for measuring how well messages are understood."""

from __future__ import annotations

from collections.abc import Sequence

from retrieval import Facts

from .conversation import advance
from .errors import ModelError
from .guard import check_input
from .parts import read_vocabulary
from .redact import redact
from .settings import Settings
from .types import (
    AnswerAction,
    ChatModel,
    Conversation,
    MessageReceived,
    PreferenceUpdate,
    RecommendAction,
    Recommendation,
    Reply,
    ReplyGiven,
    Turn,
)
from .understanding import LexicalUnderstander, ModelUnderstander


class Listener:
    """Follows what somebody says. Shows nothing and keeps nothing: the conversation goes in and comes out."""

    def __init__(self, facts: Facts, settings: Settings, model: ChatModel | None = None) -> None:
        """Learn the catalogue's words, which takes a second or two.

        Args:
            facts: the catalogue that names and titles are looked up in.
            settings: how messages are guarded, and when the model is asked.
            model: completes what the rules leave unclear; None for the rules alone.
        """
        vocabulary, coverage = read_vocabulary(facts)
        self._guard = settings.guard
        self._facts = facts
        self._model = model
        self._rules = LexicalUnderstander(
            facts.schema, vocabulary, items=facts.get, count=facts.count, coverage=coverage
        )
        self._reader = ModelUnderstander(facts.schema, vocabulary, settings.understanding)
        self.asked = 0
        """Messages that the model was asked about."""
        self.failed = 0
        """Messages that it gave no usable reading of; the rules' reading stood."""

    async def hear(self, text: str, conversation: Conversation) -> tuple[Conversation, PreferenceUpdate]:
        """Return the conversation with one more message, and what the message was understood to change."""
        turn_id = f"t{len(conversation.turns) + 1}"
        verdict = check_input(text, self._guard)
        said, _ = redact(verdict.text)
        if verdict.action == "refuse":
            update = PreferenceUpdate(intents=("off_topic",))
        else:
            update = await self._read(said, conversation, turn_id)
        event = MessageReceived(turn_id=turn_id, text=said, update=update)
        return advance(conversation, event, self._facts.schema), update

    def tell(self, conversation: Conversation, picks: Sequence[Recommendation], text: str = "") -> Conversation:
        """Return the conversation with an answer that says ``text`` and shows ``picks``, or only talks without them."""
        if not conversation.turns:
            conversation = conversation.model_copy(update={"turns": (Turn(turn_id="t0", user=""),)})
        turn_id = conversation.turns[-1].turn_id if conversation.turns else "t0"
        action = RecommendAction(k=len(picks)) if picks else AnswerAction()
        reply = Reply(
            session_id=conversation.session_id, turn_id=turn_id, text=text, action=action, recommendations=tuple(picks)
        )
        return advance(conversation, ReplyGiven(turn_id=turn_id, reply=reply), self._facts.schema)

    async def _read(self, text: str, conversation: Conversation, turn_id: str) -> PreferenceUpdate:
        update = self._rules.understand(text, conversation, turn_id)
        if self._model is None or not self._reader.wanted(update):
            return update
        self.asked += 1
        try:
            return await self._reader.understand(self._model, text, update, turn_id)
        except ModelError:
            self.failed += 1
            return update
