"""What OpenAI's clients send and read, as far as it means something here.

Clients send many more fields (temperature, tools, ...): they are taken and ignored, since replies are not sampled.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from agent.types import Recommendation, Reply
from retrieval.types import Value

MODEL = "palate"


class _Taken(BaseModel):
    """A body of which fields that are unknown here are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Part(_Taken):
    """One part of a message; only text is read."""

    type: str
    text: str = Field("", max_length=20_000)


class ChatTurn(_Taken):
    """One message of the conversation so far."""

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: Annotated[str, Field(max_length=100_000)] | Annotated[tuple[Part, ...], Field(max_length=50)] | None = None

    @property
    def text(self) -> str:
        """What it says."""
        if self.content is None or isinstance(self.content, str):
            return self.content or ""
        return "\n".join(part.text for part in self.content if part.type == "text")


class StreamOptions(_Taken):
    """How to stream."""

    include_usage: bool = False


class PalateOptions(Value):
    """What Palate takes beyond OpenAI's fields: ``extra_body={"palate": {...}}`` in OpenAI's clients."""

    session_id: str | None = Field(None, max_length=200)
    """Go on in this session of yours, whatever the earlier messages say."""
    k: int | None = Field(None, ge=1, le=20)
    """How many items to recommend."""
    adventure: float | None = Field(None, ge=0.0, le=1.0)
    """Turn the dial from familiar, 0, to adventurous, 1."""


class ChatRequest(_Taken):
    """A conversation so far, whose last message is to be answered."""

    model_config = ConfigDict(
        frozen=True,
        extra="ignore",
        json_schema_extra={
            "examples": [
                {"model": MODEL, "messages": [{"role": "user", "content": "A slow-burning crime film, no gore"}]}
            ]
        },
    )

    model: str = Field(max_length=200)
    messages: tuple[ChatTurn, ...] = Field(min_length=1, max_length=500)
    stream: bool = False
    stream_options: StreamOptions | None = None
    n: int | None = Field(None, ge=1, le=1)
    user: str | None = Field(None, min_length=1, max_length=200)
    """Your id of the user, where the key may speak for several."""
    response_format: dict[str, JsonValue] | None = None
    palate: PalateOptions = PalateOptions()


class Extras(Value):
    """What Palate knows beyond the text: in ``message.palate``, and in ``delta.palate`` when streaming."""

    session_id: str
    turn_id: str = ""
    action: str = ""
    recommendations: tuple[Recommendation, ...] = ()
    preferences: tuple[dict[str, JsonValue], ...] = ()
    relaxed: tuple[dict[str, JsonValue], ...] = ()
    degraded: tuple[str, ...] = ()
    question: str | None = None
    language: str = "en"

    @classmethod
    def of(cls, reply: Reply) -> Extras:
        """Take them out of a reply."""
        return cls(
            session_id=reply.session_id,
            turn_id=reply.turn_id,
            action=reply.action.kind,
            recommendations=reply.recommendations,
            preferences=tuple(wish.model_dump(mode="json") for wish in reply.preferences),
            relaxed=tuple(one.model_dump(mode="json") for one in reply.relaxed),
            degraded=reply.degraded,
            question=reply.question,
            language=reply.language,
        )


class Usage(Value):
    """Words and signs of what was sent and answered. They are counted without a model's tokens, and cost nothing."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


class AnswerMessage(Value):
    """The answer."""

    role: Literal["assistant"] = "assistant"
    content: str
    refusal: None = None
    palate: Extras


class Choice(Value):
    """The one answer there is."""

    index: int = 0
    message: AnswerMessage
    finish_reason: Literal["stop"] = "stop"
    logprobs: None = None


class ChatCompletion(Value):
    """A whole answer."""

    id: str
    object: Literal["chat.completion"] = "chat.completion"
    created: int
    model: str = MODEL
    choices: tuple[Choice, ...]
    usage: Usage


class ModelCard(Value):
    """A model that may be named."""

    id: str
    object: Literal["model"] = "model"
    created: int = 0
    owned_by: str = "palate"


class ModelList(Value):
    """The models that may be named."""

    object: Literal["list"] = "list"
    data: tuple[ModelCard, ...]


def chunk(identity: str, created: int, delta: dict[str, Any], finish: str | None = None) -> dict[str, Any]:
    """Return one piece of a streamed answer."""
    choice = {"index": 0, "delta": delta, "finish_reason": finish, "logprobs": None}
    return {
        "id": identity,
        "object": "chat.completion.chunk",
        "created": created,
        "model": MODEL,
        "choices": [choice],
    }
