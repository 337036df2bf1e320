"""Let a language model put the agenda's messages into other words. It decides nothing and knows no more than they say.

The agenda keeps deciding what is meant, so a model cannot be over-cooperative. What it writes is held to a schema; a
text that leaks the target, loses a number or fails is replaced with the agenda's own words, and counted.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from agent.errors import ModelError
from agent.types import ChatMessage, ChatModel
from prompts import load, quote
from retrieval.types import CatalogSchema

from .leaks import Detector
from .types import Need, Utterance

_SCHEMA = {
    "type": "object",
    "properties": {"say": {"type": "string", "minLength": 1, "maxLength": 160}},
    "required": ["say"],
    "additionalProperties": False,
}
_MOST_TOKENS = 60
_NUMBER = re.compile(r"\d+")
_CHOSEN = frozenset({"answer", "contrast"})
"""Acts whose words stand for an option; other words could choose another."""


class ModelVoice:
    """Rewords messages of simulated users."""

    def __init__(self, model: ChatModel, schema: CatalogSchema, detector: Detector) -> None:
        """Take the model that words, the catalogue's nouns and the detector that judges its texts."""
        self._model = model
        self._detector = detector
        self._system = ChatMessage(role="system", content=load("simulate_user").render(noun_plural=schema.noun_plural))

    @property
    def name(self) -> str:
        """Name of the model."""
        return self._model.name

    async def warm(self) -> None:
        """Wait until the model is loaded and has read what every request begins with, if it can."""
        warm = getattr(self._model, "warm", None)
        if warm is not None:
            await warm([self._system])

    async def reword(self, said: Utterance, need: Need) -> Utterance:
        """Return the message in the model's words, or as it is where those will not do (``replaced``)."""
        if not said.text or said.act.kind in _CHOSEN:
            return said
        try:
            text = await self._words(said.text)
        except (ModelError, ValueError):
            return said.model_copy(update={"replaced": True})
        if self._detector.why(text, need.targets, need.titles) or not _keeps_numbers(said.text, text):
            return said.model_copy(update={"replaced": True})
        return said.model_copy(update={"text": text})

    async def _words(self, meaning: str) -> str:
        messages: Sequence[ChatMessage] = (
            self._system,
            ChatMessage(role="user", content=f"Meaning: {quote(meaning)}"),
        )
        answer = await self._model.complete(messages, schema=_SCHEMA, max_tokens=_MOST_TOKENS)
        text = str(json.loads(answer.text)["say"]).strip()
        if not text:
            raise ValueError("the model said nothing")
        return text


def _keeps_numbers(meaning: str, text: str) -> bool:
    return set(_NUMBER.findall(meaning)) <= set(_NUMBER.findall(text))
