"""Turn an edit made by hand into the update that the conversation folds."""

from __future__ import annotations

import uuid

from agent.errors import ItemNotFoundError, MessageError, PreferenceNotFoundError
from agent.types import ITEM, Conversation, Preference, PreferenceUpdate, Removal
from retrieval import Facts, validate
from retrieval.types import CatalogSchema

from .api.models import ChangedPreference, NewPreference, PreferencesPatch


def to_update(patch: PreferencesPatch, conversation: Conversation) -> PreferenceUpdate:
    """Translate ids into what they stand for.

    Raises:
        MessageError: the patch changes nothing, or mixes undo with changes.
        PreferenceNotFoundError: an id is not one of the session's preferences.
    """
    changes = bool(patch.add or patch.change or patch.remove or patch.adventure is not None)
    if changes == bool(patch.undo):
        what = "mixes undo with other changes" if changes else "changes nothing"
        raise MessageError(f"The edit {what}.", hint="Send add, change, remove and adventure together, or undo alone.")
    if patch.undo:
        return PreferenceUpdate(undo=patch.undo, source="door")
    changed = [(find(conversation, change.id), change) for change in patch.change]
    gone = [find(conversation, identity) for identity in patch.remove] + [old for old, _ in changed]
    turn = f"hand-{uuid.uuid4().hex[:8]}"  # no message expressed them; a later edit must count as later
    return PreferenceUpdate(
        remove=tuple(Removal(attribute=old.attribute, value=old.id) for old in gone),
        add=tuple(_changed(old, change) for old, change in changed)
        + tuple(_new(wish, f"{turn}.{n}", turn) for n, wish in enumerate(patch.add, start=1)),
        adventure=patch.adventure,
        source="door",
    )


def checked(update: PreferenceUpdate, schema: CatalogSchema, facts: Facts) -> PreferenceUpdate:
    """Return the update if the catalogue can express its wishes, with titles for the items they name.

    Raises:
        ConstraintError: a wish names an unknown attribute, or a value that does not fit it.
        ItemNotFoundError: a wish names an unknown item.
        MessageError: free words are empty.
    """
    return update.model_copy(update={"add": tuple(_checked(wish, schema, facts) for wish in update.add)})


def find(conversation: Conversation, identity: str) -> Preference:
    """Return the preference with that id.

    Raises:
        PreferenceNotFoundError: the session has none.
    """
    found = next((wish for wish in conversation.preferences if wish.id == identity), None)
    if found is None:
        known = ", ".join(wish.id for wish in conversation.preferences) or "none"
        raise PreferenceNotFoundError(f"There is no preference {identity!r}.", hint=f"The session has: {known}.")
    return found


def _changed(old: Preference, change: ChangedPreference) -> Preference:
    changes = change.model_dump(exclude={"id"}, exclude_none=True)
    if change.value is not None:
        changes["label"] = ""  # it named the old value
    return old.model_copy(update=changes)


def _new(wish: NewPreference, identity: str, turn: str) -> Preference:
    return Preference(id=identity, turn_id=turn, quote="", **wish.model_dump())


def _checked(wish: Preference, schema: CatalogSchema, facts: Facts) -> Preference:
    constraint = wish.constraint()
    if constraint is not None:
        validate(constraint, schema)
        return wish
    if wish.attribute == ITEM:
        found = facts.get([str(wish.value)])
        if not found:
            raise ItemNotFoundError(
                f"There is no item {wish.value!r}.", hint="Find ids with GET /v1/items?query=TITLE."
            )
        return wish.model_copy(update={"label": found[0].title})
    if not (isinstance(wish.value, str) and wish.value.strip()):
        raise MessageError(f"Free words are text, not {wish.value!r}.", hint="Say what it should be about.")
    return wish
