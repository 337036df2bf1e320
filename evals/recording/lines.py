"""The lines of a recording: what was asked, as hashes, and what was answered. Reads and writes no files.

A recording quotes no request, so it holds nothing of messages, addresses or keys; it holds the model's answers.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from typing import Any, Literal

from agent.types import ChatMessage
from prompts import load, names
from retrieval.types import Value

FORMAT = 1
"""Version of the lines below."""
_VARIABLE = re.compile(r"\$\$|\$\w+|\$\{\w+\}")
_SHORTEST = 40
"""Characters of a prompt's fixed text below which it says too little about where a message comes from."""


class Header(Value):
    """The first line."""

    palate_recording: int = FORMAT
    model: str
    """Name of the model that answered."""


class Request(Value):
    """What a model was asked, part by part, so that a replay can say which part is another."""

    prompt: str
    """Name of the prompt that the system message was made from; empty when it is none of Palate's."""
    prompt_sha256: str
    """Digest of that prompt's text before it was filled in."""
    system: str
    """Digest of the system message."""
    messages: str
    """Digest of the other messages."""
    json_schema: str
    """Digest of the schema of the answer; empty for none."""
    max_tokens: int
    temperature: float
    streamed: bool

    @property
    def key(self) -> str:
        """Digest of everything that could change the answer."""
        return _digest(self.model_dump(exclude={"prompt", "prompt_sha256"}))


class Answer(Value):
    """What came back."""

    pieces: tuple[str, ...] = ()
    """Text as it was streamed; in one piece when it was not."""
    end: Literal["whole", "closed", "cut", "failed"] = "whole"
    """Read to the end; left by the reader, who knew enough; broken off by the reader's clock; failed."""
    error: str = ""
    """Name of the error, for ``failed``."""
    message: str = ""
    """What the error said."""
    model: str = ""
    prompt_tokens: int | None = None
    completion_tokens: int | None = None


class Exchange(Value):
    """One line after the first."""

    request: Request
    answer: Answer


def describe(
    messages: Sequence[ChatMessage],
    schema: dict[str, Any] | None,
    max_tokens: int,
    temperature: float,
    *,
    streamed: bool,
) -> Request:
    """Return what identifies a request."""
    system = "\n".join(message.content for message in messages if message.role == "system")
    prompt, sha256 = _prompt(system)
    return Request(
        prompt=prompt,
        prompt_sha256=sha256,
        system=_digest(system),
        messages=_digest([message.model_dump() for message in messages if message.role != "system"]),
        json_schema=_digest(schema) if schema is not None else "",
        max_tokens=max_tokens,
        temperature=temperature,
        streamed=streamed,
    )


def _prompt(system: str) -> tuple[str, str]:
    """Return name and digest of the prompt of which most fixed text stands in a message."""
    found = ("", "")
    most = _SHORTEST - 1
    for name in names():
        prompt = load(name)
        fixed = [part for part in _VARIABLE.split(prompt.text) if part in system]
        if (length := sum(map(len, fixed))) > most:
            found, most = (name, prompt.sha256), length
    return found


def _digest(content: Any) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
