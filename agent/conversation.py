"""Fold a session's events into its state. Pure: the same events give the same conversation anywhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from retrieval.types import CatalogSchema, Op

from .types import (
    ITEM,
    TEXT,
    AskAction,
    Conversation,
    Event,
    FeedbackGiven,
    MessageReceived,
    Preference,
    PreferencesEdited,
    PreferenceUpdate,
    RecommendAction,
    Removal,
    Reply,
    ReplyGiven,
    ShownList,
    Snapshot,
    Turn,
    UploadRef,
)

_MOST_UNDO = 50
_LOWER: frozenset[Op] = frozenset({"lt", "le"})
_UPPER: frozenset[Op] = frozenset({"gt", "ge"})


def fold(session_id: str, events: Iterable[Event], schema: CatalogSchema) -> Conversation:
    """Return the state after all ``events``, in order."""
    state = Conversation(session_id=session_id)
    for event in events:
        state = advance(state, event, schema)
    return state


def advance(state: Conversation, event: Event, schema: CatalogSchema) -> Conversation:
    """Return the state after one more event."""
    if isinstance(event, MessageReceived):
        turns = (*state.turns, Turn(turn_id=event.turn_id, user=event.text, uploads=event.uploads))
        changes: dict[str, object] = {"turns": turns, "pending_question": None}
        if event.update.language:
            changes["language"] = event.update.language
        if state.pending_question is not None and "dont_know" in event.update.intents:
            changes["declined"] = _union(state.declined, (state.pending_question.attribute,))
        return apply_update(state, event.update, schema, event.uploads).model_copy(update=changes)
    if isinstance(event, PreferencesEdited):
        return apply_update(state, event.update, schema)
    if isinstance(event, FeedbackGiven):
        return _apply_feedback(state, event, schema)
    return _apply_reply(state, event)


def apply_update(
    state: Conversation, update: PreferenceUpdate, schema: CatalogSchema, uploads: Sequence[UploadRef] = ()
) -> Conversation:
    """Return the state with an update's changes made; an undo restores preferences, dial and uploads to what they were.

    Args:
        state: before.
        update: what changes.
        schema: the catalogue.
        uploads: a picture or sound that is searched by from now on.
    """
    if update.reset:
        state = Conversation(
            session_id=state.session_id,
            turns=state.turns,
            seen_ids=state.seen_ids,
            use_memory=state.use_memory,
            language=state.language,
        )
    if update.undo:
        state = _undo(state, update.undo)
    preferences = state.preferences
    for removal in update.remove:
        preferences = _without(preferences, removal)
    for new in update.add:
        preferences = _with(preferences, new, schema)
    changes: dict[str, object] = {
        "seen_ids": _union(state.seen_ids, update.seen_ids),
        "rejected_ids": _union(state.rejected_ids, update.reject_ids),
        "accepted_ids": _union(state.accepted_ids, update.accept_ids),
    }
    adventure = state.adventure if update.adventure is None else update.adventure
    sent = {} if update.drop_uploads else {upload.kind: upload for upload in state.uploads}
    in_force = tuple((sent | {upload.kind: upload for upload in uploads}).values())
    if (preferences, adventure, in_force) != (state.preferences, state.adventure, state.uploads):
        before = Snapshot(preferences=state.preferences, adventure=state.adventure, uploads=state.uploads)
        changes["undo_stack"] = (*state.undo_stack, before)[-_MOST_UNDO:]
        changes["preferences"] = preferences
        changes["adventure"] = adventure
        changes["uploads"] = in_force
    if update.ask_no_more is not None:
        changes["no_questions"] = update.ask_no_more
    if update.use_memory is not None:
        changes["use_memory"] = update.use_memory
    return state.model_copy(update=changes)


def _undo(state: Conversation, steps: int) -> Conversation:
    left = len(state.undo_stack) - min(steps, len(state.undo_stack))
    if left == len(state.undo_stack):
        return state
    kept = state.undo_stack[left]
    changes = {
        "preferences": kept.preferences,
        "adventure": kept.adventure,
        "uploads": kept.uploads,
        "undo_stack": state.undo_stack[:left],
    }
    return state.model_copy(update=changes)


def _without(preferences: Sequence[Preference], removal: Removal) -> tuple[Preference, ...]:
    def gone(preference: Preference) -> bool:
        if preference.attribute != removal.attribute:
            return False
        return removal.value is None or preference.value == removal.value or removal.value in (preference.id,)

    return tuple(left for preference in preferences if not gone(preference) and (left := _less(preference, removal)))


def _less(preference: Preference, removal: Removal) -> Preference | None:
    """Return a wish for one of several values without the value that is taken out; None when none is left."""
    value = preference.value
    if preference.attribute != removal.attribute or not isinstance(value, tuple) or removal.value not in value:
        return preference
    left = tuple(one for one in value if one != removal.value)
    if len(left) > 1:
        return preference.model_copy(update={"value": left})
    return preference.model_copy(update={"value": left[0], "op": "eq"}) if left else None


def _with(preferences: Sequence[Preference], new: Preference, schema: CatalogSchema) -> tuple[Preference, ...]:
    """Add a preference; what it contradicts or repeats gives way."""
    kept = tuple(old for old in preferences if not _gives_way(old, new, schema))
    return (*kept, new)


def _gives_way(old: Preference, new: Preference, schema: CatalogSchema) -> bool:
    if old.attribute != new.attribute:
        return False
    if old.attribute in (ITEM, TEXT):
        return old.value == new.value
    spec = schema.get(new.attribute)
    if spec is not None and spec.kind in ("number", "date"):
        return old.turn_id != new.turn_id and _same_side(old, new)
    if old.value == new.value and old.op == new.op:
        return True
    if spec is not None and spec.kind == "category" and old.polarity == new.polarity == "like":
        return old.turn_id != new.turn_id
    return _overlap(old, new)


def _same_side(old: Preference, new: Preference) -> bool:
    """Whether two conditions on one number bound the same end, or the newer contradicts the older."""
    first, second = old.constraint(), new.constraint()
    if first is None or second is None:
        return False
    if {first.op, second.op} & {"outside", "ne"}:
        return first.op == second.op and first.value == second.value
    if (first.op in _LOWER and second.op in _UPPER) or (first.op in _UPPER and second.op in _LOWER):
        low, high = (second.value, first.value) if first.op in _LOWER else (first.value, second.value)
        return not isinstance(low, tuple) and not isinstance(high, tuple) and not _fits(low, high)
    return True


def _fits(low: object, high: object) -> bool:
    if isinstance(low, (int, float)) and isinstance(high, (int, float)):
        return low < high
    return str(low) < str(high)


def _overlap(old: Preference, new: Preference) -> bool:
    """Whether a value liked before is disliked now, or the other way round."""
    if old.polarity == new.polarity:
        return False
    return bool(_values(old) & _values(new))


def _values(preference: Preference) -> set[str]:
    value = preference.value
    return {str(one).casefold() for one in value} if isinstance(value, tuple) else {str(value).casefold()}


def _apply_feedback(state: Conversation, event: FeedbackGiven, schema: CatalogSchema) -> Conversation:
    item_id = event.item_id
    if event.feedback == "seen":
        return state.model_copy(update={"seen_ids": _union(state.seen_ids, (item_id,))})
    if event.feedback == "accept":
        return state.model_copy(update={"accepted_ids": _union(state.accepted_ids, (item_id,))})
    if event.feedback in ("like", "dislike"):
        wish = Preference(
            id=f"{event.turn_id}.1",
            attribute=ITEM,
            value=item_id,
            label=event.title,
            polarity="like" if event.feedback == "like" else "dislike",
            turn_id=event.turn_id,
            quote=f"{event.feedback} button",
        )
        return apply_update(state, PreferenceUpdate(add=(wish,), source="door"), schema)
    return state


def _apply_reply(state: Conversation, event: ReplyGiven) -> Conversation:
    reply: Reply = event.reply
    turns = state.turns
    if turns and turns[-1].turn_id == event.turn_id:
        turns = (*turns[:-1], turns[-1].model_copy(update={"reply": reply}))
    changes: dict[str, object] = {"turns": turns}
    ids = tuple(recommendation.item_id for recommendation in reply.recommendations)
    if reply.action.kind == "recommend" and ids:
        changes["shown"] = (*state.shown, ShownList(turn_id=event.turn_id, item_ids=ids))
    question = asked_in(reply)
    if question is not None:
        changes["asked"] = (*state.asked, question.attribute)
        changes["pending_question"] = question
    return state.model_copy(update=changes)


def asked_in(reply: Reply) -> AskAction | None:
    """Return the question that a reply asks, alone or below its items."""
    if isinstance(reply.action, AskAction):
        return reply.action
    return reply.action.question if isinstance(reply.action, RecommendAction) else None


def _union(old: tuple[str, ...], new: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*old, *new)))
