"""Answer from a recording, with no model. A request that was not recorded is an error, never a guess."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncGenerator, Sequence
from pathlib import Path
from typing import Any, cast

from pydantic import ValidationError

from agent import errors
from agent.types import ChatMessage, Completion

from ..errors import NotRecordedError, RecordingError
from .lines import FORMAT, Answer, Exchange, Header, Request, describe

_HINT = "Record again: palate eval run SUITE --record FILE."


class ReplayedModel:
    """Give the recorded answers; the same request made again gets its next answer, and at last the same one."""

    def __init__(self, path: Path) -> None:
        """Read a recording.

        Raises:
            RecordingError: the file is unreadable, no recording, or one of a run in which the model failed: Palate
                then leaves the model alone for a while by the clock, which no replay could repeat.
        """
        header, exchanges = _read(path)
        lost = sum(one.answer.end == "cut" or one.answer.error == "ModelUnavailableError" for one in exchanges)
        if lost:
            raise RecordingError(
                f"{str(path)!r} holds {lost} of {len(exchanges)} requests that the model did not answer in time.",
                hint=f"A replay would not be the same run. {_HINT}",
            )
        self.name = f"{header.model} (replayed)"
        self._recorded = [one.request for one in exchanges]
        self._answers: dict[str, list[Answer]] = {}
        for one in exchanges:
            self._answers.setdefault(one.request.key, []).append(one.answer)
        self._asked: Counter[str] = Counter()

    async def complete(
        self,
        messages: Sequence[ChatMessage],
        *,
        schema: dict[str, Any] | None = None,
        max_tokens: int = 256,
        temperature: float = 0.0,
    ) -> Completion:
        """Answer as the model did.

        Raises:
            NotRecordedError: it was never asked this.
        """
        answer = self._answer(describe(messages, schema, max_tokens, temperature, streamed=False))
        _fail(answer)
        return Completion(
            text="".join(answer.pieces),
            model=self.name,
            prompt_tokens=answer.prompt_tokens,
            completion_tokens=answer.completion_tokens,
        )

    async def stream(
        self, messages: Sequence[ChatMessage], *, max_tokens: int = 256, temperature: float = 0.0
    ) -> AsyncGenerator[str]:
        """Yield what the model yielded.

        Raises:
            NotRecordedError: it was never asked this, or the reader wants more than was read when it was recorded.
        """
        request = describe(messages, None, max_tokens, temperature, streamed=True)
        answer = self._answer(request)
        for piece in answer.pieces:
            yield piece
        _fail(answer)
        if answer.end == "closed":
            raise NotRecordedError(
                f"The answer to a request of prompt {request.prompt!r} was recorded only as far as it was read then, "
                "and more is read now.",
                hint=_HINT,
            )

    async def health(self) -> str | None:
        """Return None: a recording always answers."""
        return None

    def _answer(self, request: Request) -> Answer:
        answers = self._answers.get(request.key)
        if answers is None:
            raise NotRecordedError(f"No recorded answer: {_difference(request, self._recorded)}", hint=_HINT)
        number = self._asked[request.key]
        self._asked[request.key] += 1
        return answers[min(number, len(answers) - 1)]


def _fail(answer: Answer) -> None:
    if answer.end == "failed":
        kind = getattr(errors, answer.error, errors.ModelError)
        raise kind(answer.message)


def _difference(asked: Request, recorded: Sequence[Request]) -> str:
    """Say which part of a request is another than in the recording."""
    prompt = f"prompt {asked.prompt!r}" if asked.prompt else "a request of no known prompt"
    alike = [one for one in recorded if one.prompt == asked.prompt and one.streamed == asked.streamed]
    if not alike:
        return f"{prompt} was never asked with."
    if all(one.prompt_sha256 != asked.prompt_sha256 for one in alike):
        return f"the text of {prompt} changed ({alike[0].prompt_sha256[:12]} to {asked.prompt_sha256[:12]})."
    if all(one.system != asked.system for one in alike):
        return f"what is filled into {prompt} changed: the catalogue's words."
    if all(one.json_schema != asked.json_schema for one in alike):
        return f"the schema of the answer to {prompt} changed."
    if all((one.max_tokens, one.temperature) != (asked.max_tokens, asked.temperature) for one in alike):
        return f"the settings of {prompt} changed: max_tokens {alike[0].max_tokens} to {asked.max_tokens}."
    return f"{prompt} is now given something it was not given then: other words of the user, or other items."


def _read(path: Path) -> tuple[Header, list[Exchange]]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise RecordingError(f"The recording {str(path)!r} cannot be read: {error}.", hint=_HINT) from None
    read: list[Header | Exchange] = []
    for number, line in enumerate(lines, start=1):
        try:
            read.append((Exchange if read else Header).model_validate_json(line))
        except ValidationError as error:
            told = error.errors()[0]["msg"]
            raise RecordingError(
                f"Line {number} of {str(path)!r} is none of a recording: {told}.", hint=_HINT
            ) from None
    if not read:
        raise RecordingError(f"The recording {str(path)!r} is empty.", hint=_HINT)
    header = cast("Header", read[0])
    if header.palate_recording != FORMAT:
        raise RecordingError(
            f"{str(path)!r} has format {header.palate_recording}; this version reads {FORMAT}.", hint=_HINT
        )
    return header, cast("list[Exchange]", read[1:])
