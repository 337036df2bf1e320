"""Ask the language model to read what the rules could not, and believe only what is borne out.

The model writes a compact JSON object. Every phrase in it must stand in the message, in words that no rule explained,
and is resolved against the catalogue like the user's own words. Numbers and directions are never taken from it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Literal

from pydantic import Field, ValidationError

from prompts import CLOSE, OPEN, load, quote
from retrieval.types import CatalogSchema, Value

from ..errors import ModelOutputError
from ..types import ITEM, TEXT, ChatMessage, ChatModel, Intent, Polarity, Preference, PreferenceUpdate
from .config import UnderstandingConfig
from .text import words
from .vocabulary import Sense, Vocabulary
from .words import STOP

_LONGEST_MESSAGE = 600
_FEW = 4


class ModelReading(Value):
    """What the model writes."""

    intent: Literal["find", "off_topic", "chat"] = "find"
    want: tuple[str, ...] = Field((), max_length=_FEW)
    avoid: tuple[str, ...] = Field((), max_length=_FEW)
    like: tuple[str, ...] = Field((), max_length=_FEW)
    dislike: tuple[str, ...] = Field((), max_length=_FEW)
    about: str = ""


READING_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "intent": {"enum": ["find", "off_topic", "chat"]},
        **{
            name: {"type": "array", "items": {"type": "string", "maxLength": 60}, "maxItems": _FEW}
            for name in ("want", "avoid", "like", "dislike")
        },
        "about": {"type": "string", "maxLength": 160},
    },
    "required": ["intent"],
    "additionalProperties": False,
}


class ModelUnderstander:
    """Complete a lexical reading with the model's."""

    def __init__(self, schema: CatalogSchema, vocabulary: Vocabulary, config: UnderstandingConfig) -> None:
        """Prepare the prompt, whose text is the same for every message so that servers can cache it."""
        self._schema = schema
        self._vocabulary = vocabulary
        self._config = config
        self.prompt = load("understand")
        names = ", ".join(spec.display for spec in schema.attributes if spec.kind in ("category", "categories"))
        self._system = self.prompt.render(noun_plural=schema.noun_plural, attributes=names)

    def wanted(self, update: PreferenceUpdate) -> bool:
        """Whether asking the model pays for a message that the rules read as ``update``."""
        if self._config.use_model == "never":
            return False
        if self._config.use_model == "always":
            return True
        structured = any(preference.attribute != TEXT for preference in update.add)
        acted = bool(update.question or update.remove or update.reset or update.undo or update.missing_titles)
        return (
            bool(update.unclear) and not structured and not acted and not set(update.intents) & {"off_topic", "abuse"}
        )

    def messages(self, text: str = "") -> list[ChatMessage]:
        """Return the request for a message; without one, the part that is always the same."""
        system = ChatMessage(role="system", content=self._system)
        asked = f"Message: {OPEN}{quote(text, _LONGEST_MESSAGE)}{CLOSE}\nJSON:"
        return [system, ChatMessage(role="user", content=asked)]

    async def understand(self, model: ChatModel, text: str, update: PreferenceUpdate, turn_id: str) -> PreferenceUpdate:
        """Return ``update`` completed by the model's reading of the words that it left unclear.

        Raises:
            ModelError: the model gave no usable reading; ``update`` stands.
        """
        answer = await model.complete(self.messages(text), schema=READING_SCHEMA, max_tokens=self._config.max_tokens)
        try:
            reading = ModelReading.model_validate(json.loads(answer.text))
        except (ValidationError, ValueError) as error:
            raise ModelOutputError(f"The model's reading does not fit: {answer.text!r}.", hint=str(error)) from None
        return self.merge(text, update, reading, turn_id)

    def merge(self, text: str, update: PreferenceUpdate, reading: ModelReading, turn_id: str) -> PreferenceUpdate:
        """Add what the message bears out; drop the rest."""
        if (
            reading.intent == "off_topic"
            and not any(p.attribute != TEXT for p in update.add)
            and not self._is_ours(reading)
        ):
            intents: tuple[Intent, ...] = (*(i for i in update.intents if i != "inform"), "off_topic")
            return update.model_copy(update={"intents": intents, "add": (), "source": "both"})
        known = {(p.attribute, str(p.value)) for p in update.add}
        found: list[Preference] = []
        missing = list(update.missing_titles)
        groups: tuple[tuple[Sequence[str], Polarity], ...] = ((reading.want, "like"), (reading.avoid, "dislike"))
        for phrases, polarity in groups:
            for phrase in phrases:
                for sense in self._senses(phrase, text):
                    found.append(self._wish(sense.attribute, sense, phrase, polarity, turn_id))
        for titles, polarity in ((reading.like, "like"), (reading.dislike, "dislike")):
            for title in titles:
                found += self._title(title, text, polarity, turn_id)
        new = [p for p in found if (p.attribute, str(p.value)) not in known]
        kept = self._free_words(update, reading, new)
        numbered = tuple(p.model_copy(update={"id": f"{turn_id}.{n}"}) for n, p in enumerate((*kept, *new), start=1))
        return update.model_copy(update={"add": numbered, "missing_titles": tuple(missing), "source": "both"})

    def _senses(self, phrase: str, text: str) -> list[Sense]:
        if not _stands_in(phrase, text):
            return []
        senses = self._vocabulary.senses(words(phrase)) or self._vocabulary.senses(
            tuple(w for w in words(phrase) if w not in STOP)
        )
        return senses[:1]

    def _title(self, title: str, text: str, polarity: Polarity, turn_id: str) -> list[Preference]:
        if not _stands_in(title, text):
            return []
        ids = self._vocabulary.title_ids(words(title))
        item_id = ids[0] if ids else self._vocabulary.closest_title(title)
        if item_id is None:
            return []
        label = self._vocabulary.title_of(item_id)
        return [
            Preference(
                id="new", attribute=ITEM, value=item_id, label=label, polarity=polarity, turn_id=turn_id, quote=title
            )
        ]

    def _wish(self, attribute: str, sense: Sense, phrase: str, polarity: Polarity, turn_id: str) -> Preference:
        return Preference(
            id="new",
            attribute=attribute,
            op=sense.op,
            value=sense.value,
            polarity=polarity,
            hard=polarity == "dislike" and sense.op == "eq",
            strength=0.8,
            turn_id=turn_id,
            quote=phrase,
        )

    def _free_words(
        self, update: PreferenceUpdate, reading: ModelReading, new: Sequence[Preference]
    ) -> list[Preference]:
        """Return the wishes of the rules with their free words narrowed to what the model calls the subject."""
        about = reading.about.strip()
        kept: list[Preference] = []
        for preference in update.add:
            if preference.attribute != TEXT:
                kept.append(preference)
            elif about and _stands_in(about, str(preference.quote)):
                kept.append(preference.model_copy(update={"value": about}))
            elif not new or about:
                kept.append(preference)
        return kept

    def _is_ours(self, reading: ModelReading) -> bool:
        return bool(reading.like or reading.dislike)


def _stands_in(phrase: str, text: str) -> bool:
    """Whether most content words of ``phrase`` stand in ``text``."""
    asked = [word for word in words(phrase) if word not in STOP]
    said = set(words(text))
    return bool(asked) and sum(word in said for word in asked) >= 0.8 * len(asked)
