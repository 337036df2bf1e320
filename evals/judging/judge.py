"""Ask a language model to grade a reply from 1 to 5 for helpfulness and tone, under a schema.

The judge sees no labels, no names of systems and no facts; it must take what a reply says as true.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

from pydantic import ValidationError

from agent.errors import ModelError
from agent.types import ChatMessage, ChatModel
from prompts import CLOSE, OPEN, load, quote

from ..errors import EvalError
from .types import ASPECTS, Exchange, Judgement, LabelledReply

PROMPT = "judge_reply"
LABELLED = Path(__file__).parent / "replies.jsonl"
"""Replies labelled by hand, before any judge saw them: real ones of the suites' messages, and some made poor."""
_GRADE = {"type": "integer", "enum": [1, 2, 3, 4, 5]}
_SCHEMA = {
    "type": "object",
    "properties": dict.fromkeys(ASPECTS, _GRADE),
    "required": list(ASPECTS),
    "additionalProperties": False,
}
_MOST_TOKENS = 30
_MOST_CHARACTERS = 2000
"""Of one text in the request; the longest real replies are shorter."""


class Judge:
    """Grades replies."""

    def __init__(self, model: ChatModel, noun_plural: str) -> None:
        """Take the model and what is recommended, in the plural."""
        self.prompt = load(PROMPT)
        self.name = model.name
        self._model = model
        self._system = ChatMessage(role="system", content=self.prompt.render(noun_plural=noun_plural))

    def messages(self, user: str, reply: str, before: Sequence[Exchange] = ()) -> list[ChatMessage]:
        """Return the request for one reply."""
        said = [f"Earlier message: {_quoted(one.user)}\nEarlier reply: {_quoted(one.reply)}" for one in before]
        said.append(f"Message: {_quoted(user)}\nReply: {_quoted(reply)}")
        return [self._system, ChatMessage(role="user", content="\n".join(said))]

    async def warm(self) -> None:
        """Wait until the model is loaded and has read what every request begins with, if it can."""
        warm = getattr(self._model, "warm", None)
        if warm is not None:
            await warm([self._system])

    async def grade(self, one: LabelledReply) -> Judgement:
        """Return the scores, or why there are none: what could not be judged is not a low grade."""
        try:
            answer = await self._model.complete(
                self.messages(one.user, one.reply, one.before), schema=_SCHEMA, max_tokens=_MOST_TOKENS
            )
            given = json.loads(answer.text)
            return Judgement.model_validate({"id": one.id} | {aspect: given[aspect] for aspect in ASPECTS})
        except (ModelError, ValidationError, ValueError, KeyError, TypeError) as error:
            return Judgement(id=one.id, error=f"{type(error).__name__}: {error}")


async def grade_all(
    judge: Judge, replies: Sequence[LabelledReply], on_reply: Callable[[Judgement], None] | None = None
) -> list[Judgement]:
    """Grade all replies, one after the other; ``on_reply`` is told each."""
    judgements = []
    for one in replies:
        judgements.append(await judge.grade(one))
        if on_reply is not None:
            on_reply(judgements[-1])
    return judgements


def read_labelled(path: Path = LABELLED) -> list[LabelledReply]:
    """Read labelled replies, JSON lines.

    Raises:
        EvalError: the file is unreadable, a line does not fit, or an id stands twice.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise EvalError(f"The labels {str(path)!r} cannot be read: {error}.", hint=_HINT) from None
    read = []
    for number, line in enumerate(lines, start=1):
        try:
            read.append(LabelledReply.model_validate_json(line))
        except ValidationError as error:
            raise EvalError(
                f"Line {number} of {str(path)!r} does not fit: {error.errors()[0]['msg']}.", hint=_HINT
            ) from None
    if not read or len({one.id for one in read}) < len(read):
        raise EvalError(f"{str(path)!r} is empty or gives an id twice.", hint=_HINT)
    return read


_HINT = "Give JSON lines with id, kind, user, reply, helpful and tone."


def _quoted(text: str) -> str:
    return f"{OPEN}{quote(text, _MOST_CHARACTERS)}{CLOSE}"
