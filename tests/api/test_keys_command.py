"""``palate keys``: from making a key to its end."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from agent.errors import SettingsError
from ui.cli import app


@pytest.fixture(autouse=True)
def _own_store(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PALATE_DATA_DIR", str(tmp_path))


def run(*words: str) -> str:
    result = CliRunner().invoke(app, ["keys", *words])
    assert result.exit_code == 0, result.output
    return result.stdout


def made(*words: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run("create", *words, "--json"))
    return found


def test_a_key_is_shown_once_and_listed_without_its_secret() -> None:
    secret = run("create", "ada", "--label", "phone", "--days", "30").strip()
    assert secret.startswith("palate_") and "\n" not in secret
    listed = run("list")
    assert secret not in listed and secret[:15] in listed
    assert "active" in listed and "ada" in listed and "phone" in listed and "never used" in listed
    (entry,) = json.loads(run("list", "--of", "ada", "--json"))
    assert entry["scopes"] == ["chat", "read"] and "secret" not in entry and "digest" not in entry
    assert json.loads(run("list", "--of", "bob", "--json")) == []


def test_keys_are_rotated_and_revoked_by_id_or_prefix() -> None:
    old = made("shop", "--scopes", "chat, users")
    new = json.loads(run("rotate", old["key_id"], "--overlap-hours", "0", "--json"))
    assert new["scopes"] == ["chat", "users"] and new["secret"] != old["secret"]
    states = {entry["key_id"]: entry["state"] for entry in json.loads(run("list", "--json"))}
    assert states == {old["key_id"]: "expired", new["key_id"]: "active"}
    assert "revoked" in run("revoke", f"palate_{new['key_id']}")
    assert run("list").count("revoked") == 1


@pytest.mark.parametrize(
    "words",
    [("create", "a b"), ("create", "ada", "--scopes", "chat,fly"), ("create", "ada", "--scopes", ""), ("revoke", "x")],
)
def test_slips_are_told(words: tuple[str, ...]) -> None:
    result = CliRunner().invoke(app, ["keys", *words])
    assert isinstance(result.exception, SettingsError) and result.exception.hint


def test_without_keys_it_says_how_to_make_one() -> None:
    assert "palate keys create" in run("list")
