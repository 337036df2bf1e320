"""What failed is told in every language, by the error's kind and its values."""

from __future__ import annotations

import inspect
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from agent import errors
from agent.errors import AgentError, OverloadedError, TooManyUploadsError, UploadTooLargeError
from agent.uploads import UploadConfig, UploadKeeper
from retrieval.errors import ConstraintError, EncoderError, IndexFailedError, MediaError, RetrievalError
from ui.failures import WordedError, failure, kind_of
from ui.language import english, load_words
from ui.page.uploads import UPLOADS, add_uploads
from ui.problems import from_error

LANGUAGES = tuple(load_words())
SECRET = "/srv/secret"
VALUES = {"retry_after_s": 2.1, "most_mb": 10, "most": 2}
OPERATORS = {"AgentError", "SettingsError"}
"""Kinds that tell a visitor nothing: a general sentence stands for them."""


def made(kind: type[AgentError]) -> AgentError:
    wanted = inspect.signature(kind).parameters
    error: AgentError = kind(SECRET, hint=SECRET, **{name: VALUES[name] for name in VALUES if name in wanted})
    return error


AGENTS = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, AgentError)]
ERRORS: list[AgentError | RetrievalError] = [
    *(made(kind) for kind in AGENTS if kind.__name__ not in OPERATORS),
    ConstraintError(SECRET),
    IndexFailedError(SECRET),
    MediaError(SECRET, SECRET),
]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_every_kind_has_words_in_every_language(error: AgentError | RetrievalError, language: str) -> None:
    words = load_words()[language]
    told = failure(error, words)
    assert told.message != words.say("turn.broken") and told.message != told.hint
    assert SECRET not in str(told) and "{" not in str(told)
    assert told.retryable == error.retryable


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("error", [AgentError(SECRET), EncoderError(SECRET), RuntimeError(SECRET)], ids=repr)
def test_a_kind_without_words_is_told_in_general_ones(error: Exception, language: str) -> None:
    words = load_words()[language]
    assert failure(error, words) == (words.say("turn.broken"), words.say("turn.broken_hint"), True)


def test_no_words_are_kept_for_kinds_that_do_not_exist() -> None:
    kinds = {kind_of(kind) for error in ERRORS for kind in type(error).__mro__}
    known = {key.removesuffix("_hint") for key in english().section("failures")}
    assert known <= kinds


def test_values_are_told_as_people_write_them() -> None:
    german = load_words()["de"]
    assert "in 4 s" in failure(OverloadedError("", retry_after_s=3.2), german).hint
    assert "Höchstens 2.000 MB" in failure(UploadTooLargeError("", most_mb=2000), german).message
    assert "最多 3 个" in failure(TooManyUploadsError("", most=3), load_words()["zh"]).message


def test_words_that_were_chosen_for_the_reader_are_left_as_they_are() -> None:
    assert str(failure(WordedError("Das geht nicht.", hint="Lass es."), english())) == "Das geht nicht. Lass es."


def test_the_api_goes_on_saying_it_in_english() -> None:
    problem = from_error(UploadTooLargeError("The file has 3 bytes.", hint="Send less.", most_mb=1), "r")
    assert (problem.type, problem.status) == ("urn:palate:problem:upload", 422)
    assert (problem.detail, problem.hint) == ("The file has 3 bytes.", "Send less.")


@pytest.mark.parametrize(
    ("accepted", "sent", "told"),
    [
        ("de", b"x" * (1024 * 1024 + 1), "Diese Datei ist zu groß: Höchstens 1 MB sind möglich."),
        ("fr-CA,en;q=0.5", b"\x89PNG\r\n\x1a\n", "Ce fichier n’est ni une image ni un son lisible."),
        ("pt", b"\x89PNG\r\n\x1a\n", "That file cannot be read as a picture or a sound."),
    ],
)
async def test_a_refused_file_is_told_in_the_pages_language(
    tmp_path: Path, accepted: str, sent: bytes, told: str
) -> None:
    app = FastAPI()
    add_uploads(app, UploadKeeper(tmp_path, UploadConfig(max_mb=1)))
    headers = {"x-palate-page": "1", "accept-language": accepted}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost") as client:
        answer = await client.post(f"/{UPLOADS}", content=sent, headers=headers)
    assert answer.status_code == 422
    assert answer.json()["message"].startswith(told)
