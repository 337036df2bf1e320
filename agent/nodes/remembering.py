"""What a turn does with the long memory: which tastes lean on a search, and what a message asks to keep or forget."""

from __future__ import annotations

from collections.abc import Sequence

from retrieval import satisfies
from retrieval.types import Item, Query

from ..memory.config import MemoryConfig
from ..memory.learn import from_message
from ..memory.types import Memory, Taste, taste_key
from ..memory.use import usable, with_memory
from ..parts import Parts
from ..query import item_ids
from ..sentences import Sentence
from ..turn import TurnState
from ..types import Conversation, MemoryRequest, Preference, PreferenceUpdate
from ..voices import Voice


class Remembering:
    """Read the memory that came with a turn; it is changed only when the turn is finished."""

    def __init__(self, parts: Parts) -> None:
        """Work with the shared parts."""
        self._parts = parts
        self._config: MemoryConfig = parts.settings.memory

    def lean(self, query: Query, state: TurnState) -> Query:
        """Return the query with the user's tastes as weak priors; blocking."""
        memory = state.get("memory", Memory())
        if not memory.tastes:
            return query
        conversation = state["conversation"]
        liked = self._parts.facts.get(item_ids(conversation.preferences, "like"))
        return with_memory(query, usable(memory, conversation, self._parts.schema, self._config, liked), self._config)

    def moved(self, state: TurnState, leaned: Sequence[str]) -> tuple[Preference, ...]:
        """Return the tastes that moved a search, as wishes."""
        tastes = {taste.id: taste for taste in state.get("memory", Memory()).tastes}
        return tuple(tastes[taste_id].preference() for taste_id in leaned if taste_id in tastes)

    def said(self, state: TurnState) -> list[Sentence]:
        """Say what moved the order, if anything did."""
        remembered = state.get("remembered", ())
        return [Sentence(text=self._voice(state).leaned_on(remembered), memory=True)] if remembered else []

    def _voice(self, state: TurnState) -> Voice:
        return self._parts.voices.of(state["conversation"].language)

    def answer(self, state: TurnState, request: MemoryRequest) -> tuple[Sentence, tuple[Preference, ...]]:
        """Answer a message about memory; with it the tastes that the answer names."""
        memory = state.get("memory", Memory())
        if request.wish == "show":
            about = tuple(taste.preference() for taste in memory.tastes)
        elif request.wish == "remember":
            about = self._kept(state)
        else:
            held = {taste.id: taste for taste in (*memory.tastes, *memory.pending)}
            about = tuple(held[key].preference() for key in self.forgotten(state) if key in held)
        text = self._voice(state).memory_answer(request.wish, about, consent=memory.consent)
        return Sentence(text=text, memory=True), about if request.wish in ("show", "remember") else ()

    def forgotten(self, state: TurnState) -> tuple[str, ...]:
        """Return the ids of the tastes that the message wants forgotten."""
        return to_forget(state["update"], state["before"], state.get("memory", Memory()))

    def reasons(self, state: TurnState, items: Sequence[Item]) -> tuple[list[Sentence], tuple[Preference, ...]]:
        """Say of explained items which remembered tastes spoke for them when they were shown, if still remembered."""
        held = {taste.id for taste in state.get("memory", Memory()).tastes}
        sentences: list[Sentence] = []
        named: dict[str, Preference] = {}
        for item in items:
            spoke = [wish for wish in _used_for(state["conversation"], item.id) if wish.id in held]
            fitting = [wish for wish in spoke if self._fits(item, wish)]
            if fitting:
                text = self._voice(state).remembered_reason(fitting)
                sentences.append(Sentence(text=text, item_id=item.id, memory=True))
                named |= {wish.id: wish for wish in fitting}
        return sentences, tuple(named.values())

    def _fits(self, item: Item, wish: Preference) -> bool:
        constraint = wish.constraint()
        return constraint is not None and satisfies(item, constraint, self._parts.schema)

    def _kept(self, state: TurnState) -> tuple[Preference, ...]:
        """Return those wishes of the message that will be kept."""
        signs = from_message(state["text"], state["update"], state["session_id"], "", self._config, {})
        keys = {sign.taste for sign in signs if sign.source == "lasting"}
        return tuple(w for w in state["update"].add if taste_key(w.attribute, w.op, w.value) in keys)


def to_forget(update: PreferenceUpdate, before: Conversation, memory: Memory) -> tuple[str, ...]:
    """Return the ids of the tastes that a message wants forgotten; an undo unlearns what it takes back.

    ``forget_last`` means what the last message taught, or else what the last reply said it leaned on.
    """
    held: tuple[Taste, ...] = (*memory.tastes, *memory.pending)
    request = update.memory
    if request is not None and request.wish == "clear":
        return tuple(taste.id for taste in held)
    if request is not None and request.wish == "forget":
        return tuple(
            taste.id
            for taste in held
            if any(one.attribute == taste.attribute and one.value in (None, taste.value) for one in request.about)
        )
    if not (update.undo or (request is not None and request.wish == "forget_last")) or not before.turns:
        return ()
    last = before.turns[-1]
    taught = {taste_key(w.attribute, w.op, w.value) for w in before.preferences if w.turn_id == last.turn_id}
    used = {wish.id for wish in last.reply.remembered} if last.reply and request is not None else set()
    wanted = taught or used
    return tuple(taste.id for taste in held if taste.id in wanted)


def _used_for(conversation: Conversation, item_id: str) -> tuple[Preference, ...]:
    """Return the tastes that the latest reply which showed the item leaned on."""
    for turn in reversed(conversation.turns):
        reply = turn.reply
        if reply and reply.action.kind == "recommend" and item_id in {p.item_id for p in reply.recommendations}:
            return reply.remembered
    return ()
