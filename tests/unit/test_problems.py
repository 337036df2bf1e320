"""Errors as problem documents: who is told what, in full or in general words."""

from __future__ import annotations

import pytest

from agent.errors import (
    ItemNotFoundError,
    MessageError,
    ModelUnavailableError,
    PreferenceNotFoundError,
    SessionNotFoundError,
    SettingsError,
    StoreError,
)
from retrieval.errors import ConstraintError, IndexMissingError
from ui.problems import from_error, from_status, from_validation


@pytest.mark.parametrize(
    ("error", "status", "kind"),
    [
        (SessionNotFoundError("It is gone.", hint="Do this."), 404, "session-not-found"),
        (PreferenceNotFoundError("It is gone.", hint="Do this."), 404, "preference-not-found"),
        (ItemNotFoundError("It is gone.", hint="Do this."), 404, "item-not-found"),
        (MessageError("It is gone.", hint="Do this."), 422, "message"),
        (ConstraintError("It is gone.", hint="Do this."), 422, "constraint"),
    ],
)
def test_the_callers_mistakes_are_told_in_full(error: Exception, status: int, kind: str) -> None:
    problem = from_error(error, "r1")
    assert (problem.status, problem.type) == (status, f"urn:palate:problem:{kind}")
    assert (problem.detail, problem.hint, problem.request_id) == ("It is gone.", "Do this.", "r1")


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (StoreError("postgres://db.internal refused"), 503),
        (IndexMissingError("No index in /srv/palate"), 503),
        (SettingsError("/etc/palate.toml is wrong"), 503),
        (ModelUnavailableError("http://gpu.internal"), 503),
        (RuntimeError("secret"), 500),
    ],
)
def test_failures_of_the_installation_are_told_in_general_words(error: Exception, status: int) -> None:
    problem = from_error(error, "r1")
    assert problem.status == status
    assert str(error.args[0]) not in problem.model_dump_json()
    assert problem.detail and problem.hint


def test_types_of_http_errors_do_not_depend_on_the_python_version() -> None:
    assert from_status(413, "", "r").type == "urn:palate:problem:content-too-large"
    assert from_status(404, "Nothing here.", "r").detail == "Nothing here."
    assert "Content-Type" in from_status(415, "", "r").hint


def test_fields_are_named_and_their_values_left_out() -> None:
    errors = [
        {"type": "less_than_equal", "loc": ("body", "add", 0, "k"), "msg": "Input should be small", "input": "PRIVATE"},
        {"type": "missing", "loc": ("body", "text"), "msg": "Field required", "input": {"a": "PRIVATE"}},
    ]
    problem = from_validation(errors, "r")
    assert [field.field for field in problem.errors] == ["body.add.0.k", "body.text"]
    assert problem.detail == "body.add.0.k: Input should be small; body.text: Field required"
    assert "PRIVATE" not in problem.model_dump_json()


def test_many_bad_fields_do_not_make_an_endless_detail() -> None:
    errors = [{"type": "missing", "loc": ("body", n), "msg": "Field required"} for n in range(500)]
    assert len(from_validation(errors, "r").detail) < 300
    assert len(from_validation(errors, "r").errors) <= 50
