"""Write the reasons for a list of picks: facts at once from templates, then one sentence each from the language model.

One model call serves the whole list and is read while it streams. No sentence is passed on before ``grounding`` has
checked it: one that says too much is cut once, and replaced by the item's own description if that does not help.
Without a model all reasons are templates.
"""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import aclosing
from typing import cast

from pydantic import Field

from prompts import CLOSE, OPEN, Prompt, load, quote
from retrieval.graph import SharedFact
from retrieval.types import CatalogSchema, Constraint, Item, Value

from .errors import ModelError
from .grounding import GroundingContext, repair, shorten, whole, words
from .sentences import Sentence
from .templates import ReasonContext, description, reason
from .types import ChatMessage, ChatModel, Preference

log = logging.getLogger(__name__)

_LINE = re.compile(r"^\s*(?:[-*]\s*)?(?P<number>\d{1,2})\s*[:.)]\s*(?P<text>.*)$")
_CHECKED = {"item": "model_checked"}
_SENTENCE_END = re.compile(r"(?<=[.!?])[\"”']?\s")


class ComposeConfig(Value):
    """How reasons are written."""

    model_items: int = Field(2, ge=0, le=20)
    """Picks whose reason the language model writes; the others get templates. 0 switches the model off here."""
    min_words: int = Field(7, ge=1)
    """A shorter sentence of the model tells too little and is replaced."""
    max_words: int = Field(30, ge=8, le=60)
    """Words of the model's sentence; a longer one is cut off at a clause."""
    max_tokens_per_item: int = Field(48, ge=16, le=200)
    """Tokens the model may write for each pick."""
    timeout_s: float = Field(20.0, gt=0)
    """Longest wait for all model sentences, in seconds; the rest are templates."""


class ComposeRequest(Value):
    """The picks and the wishes behind them."""

    catalog: CatalogSchema
    items: tuple[Item, ...]
    wish: str = ""
    """The user's words, for the model to lean on; they prove nothing about an item."""
    preferences: tuple[Preference, ...] = ()
    liked: tuple[Item, ...] = ()
    shared: Mapping[str, tuple[SharedFact, ...]] = Field(default_factory=dict)
    """Item id -> what it has in common with liked ones, the rarest first."""
    unmet: Mapping[str, tuple[Constraint, ...]] = Field(default_factory=dict)
    """Item id -> soft wishes it does not grant."""
    seed: str = ""
    """The turn; fixes the wording of templates."""


class ComposeReport:
    """What happened while composing; filled as the sentences come."""

    def __init__(self) -> None:
        """Start empty."""
        self.calls = 0
        self.accepted = 0
        self.repaired = 0
        self.replaced = 0
        self.checked_ms = 0.0
        """Milliseconds that checking the model's sentences took, within the writing."""
        self.problem = ""
        """Why the model wrote less than it was asked for, as a kind of degradation; empty when all went well."""
        self.prompts: dict[str, str] = {}
        """Prompt name -> sha256."""


async def compose(
    model: ChatModel | None,
    request: ComposeRequest,
    config: ComposeConfig | None = None,
    report: ComposeReport | None = None,
) -> AsyncGenerator[Sentence]:
    """Yield the reasons sentence by sentence: what needs no model first, then the model's as they are checked.

    Args:
        model: the language model, or None for templates alone.
        request: the picks and the wishes.
        config: limits; the defaults when None.
        report: filled with what happened; never read.
    """
    config, report = config or ComposeConfig(), report or ComposeReport()
    first = _told_by_model(request, config) if model is not None else []
    for place, item in enumerate(request.items):
        for sentence in reason(item, reason_context(request, item, place), described=item not in first):
            yield sentence
    if model is None or not first:
        return
    left = {item.id: item for item in first}
    async with aclosing(_written(model, request, first, config, report)) as lines:
        async for number, text in lines:
            item = first[number - 1]
            del left[item.id]
            began = time.perf_counter()
            sentence = _checked(text, request, item, config, report)
            report.checked_ms += 1000 * (time.perf_counter() - began)
            yield sentence
    for item in left.values():
        yield _replacement(item, report)


def _told_by_model(request: ComposeRequest, config: ComposeConfig) -> list[Item]:
    """Return the first picks that have something to tell; without a description the facts say it all."""
    return [item for item in request.items if item.description][: config.model_items]


def static_prompt(schema: CatalogSchema) -> tuple[ChatMessage, Prompt]:
    """Return the message that starts every request, for warming the model's cache, and the prompt it comes from."""
    prompt = load("compose")
    text = prompt.render(noun_plural=schema.noun_plural)
    return ChatMessage(role="system", content=text), prompt


def reason_context(request: ComposeRequest, item: Item, place: int) -> ReasonContext:
    """Return what the reason for the pick at ``place`` (0 first) may draw on."""
    return ReasonContext(
        catalog=request.catalog,
        preferences=request.preferences,
        liked=request.liked,
        shared=request.shared.get(item.id, ()),
        unmet=request.unmet.get(item.id, ()),
        seed=request.seed,
        place=place,
    )


def _checked(text: str, request: ComposeRequest, item: Item, config: ComposeConfig, report: ComposeReport) -> Sentence:
    """Return the model's sentence if it is borne out, mended if need be, else the item's own description."""
    context = GroundingContext(item=item, catalog=request.catalog, preferences=request.preferences, liked=request.liked)
    kept = repair(shorten(text, config.max_words), context)
    if kept is None or not config.min_words <= len(words(kept[0])) <= config.max_words or not whole(kept[0], context):
        return _replacement(item, report)
    shown, verdict = kept
    as_written = shown == text
    report.accepted += as_written
    report.repaired += not as_written
    proofs = tuple(
        proof.model_copy(update={"source": _CHECKED.get(proof.source, proof.source)}) for proof in verdict.evidence
    )
    return Sentence(text=shown, evidence=proofs, item_id=item.id, source="model" if as_written else "repaired")


def _replacement(item: Item, report: ComposeReport) -> Sentence:
    report.replaced += 1
    told = description(item)
    assert told is not None, "only items with a description are given to the model"
    return told


async def _written(
    model: ChatModel, request: ComposeRequest, items: Sequence[Item], config: ComposeConfig, report: ComposeReport
) -> AsyncGenerator[tuple[int, str], None]:
    """Yield (number, sentence) as the model writes them; a model that fails ends the stream and is reported."""
    system, prompt = static_prompt(request.catalog)
    report.prompts[prompt.name] = prompt.sha256
    report.calls += 1
    lines = _Lines(len(items))
    messages = [system, ChatMessage(role="user", content=_question(request, items))]
    stream = model.stream(messages, max_tokens=config.max_tokens_per_item * len(items))
    try:
        async with aclosing(_until(stream, config.timeout_s)) as pieces:
            async for piece in pieces:
                for line in lines.feed(piece):
                    yield line
                if lines.done:
                    return
        for line in lines.close():
            yield line
    except TimeoutError:
        log.warning("the language model wrote for longer than %g s", config.timeout_s)
        report.problem = "model_slow"
    except ModelError as error:
        log.warning("the language model failed: %s", error)
        report.problem = "model_down"


async def _until(stream: AsyncIterator[str], limit_s: float) -> AsyncGenerator[str]:
    """Pass on pieces until the limit.

    Only the waiting for a piece is under the clock's control: a limit around the ``yield`` would cancel whatever the
    reader of these pieces is doing when time is up.

    Raises:
        TimeoutError: the limit passed before the end.
    """
    deadline = asyncio.get_running_loop().time() + limit_s
    async with aclosing(cast("AsyncGenerator[str]", stream)):
        while True:
            try:
                async with asyncio.timeout_at(deadline):
                    piece = await anext(stream)
            except StopAsyncIteration:
                return
            yield piece


def _question(request: ComposeRequest, items: Sequence[Item]) -> str:
    """Return the wish and the compact notes on each pick."""
    listed = [f"{number}. {OPEN}{quote(item.description, 400)}{CLOSE}" for number, item in enumerate(items, start=1)]
    return "\n".join([f"Wish: {OPEN}{quote(request.wish, 200)}{CLOSE}", *listed, "Lines:"])


class _Lines:
    """Cut a growing text into numbered sentences."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._text = ""
        self._seen: set[int] = set()

    @property
    def done(self) -> bool:
        """Whether every number has its sentence."""
        return len(self._seen) == self._count

    def feed(self, piece: str) -> list[tuple[int, str]]:
        """Take another piece and return the sentences that it completed."""
        self._text += piece
        found = []
        while "\n" in self._text:
            line, self._text = self._text.split("\n", 1)
            found += self._line(line)
        match = _LINE.match(self._text)
        end = _SENTENCE_END.search(match["text"]) if match else None
        if match and end and int(match["number"]) not in self._seen:
            found += self._line(self._text)
        return found

    def close(self) -> list[tuple[int, str]]:
        """Return the last line; one that was cut off in the middle is left out."""
        whole = self._text.rstrip().endswith((".", "!", "?"))
        return self._line(self._text) if whole else []

    def _line(self, line: str) -> list[tuple[int, str]]:
        match = _LINE.match(line)
        number = int(match["number"]) if match else 0
        if match is None or not 1 <= number <= self._count or number in self._seen:
            return []
        text = re.sub(r"[*_`]+", "", _SENTENCE_END.split(match["text"].strip())[0]).strip()
        if not text:
            return []
        self._seen.add(number)
        return [(number, text if text[-1] in ".!?" else f"{text}.")]
