"""The doctor finds what is wrong, names it, and never stops at the first finding."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ui.doctor import PACKAGES, Check, examine, packages, python, write


def test_an_old_python_is_broken_and_a_recent_one_fine() -> None:
    assert python((3, 10, 9)).state == "broken"
    assert python((3, 11, 0)).state == "fine"


def test_our_packages_are_ours() -> None:
    assert [check.state for check in packages({name: ["palate"] for name in PACKAGES})] == ["fine"] * 5
    assert [check.state for check in packages({})] == ["fine"] * 5, "an editable install may list none"


def test_a_distribution_with_one_of_our_names_is_found() -> None:
    checks = {check.part: check for check in packages({"evals": ["palate", "evals"]})}
    assert checks["evals"].state == "broken"
    assert "taken by evals" in checks["evals"].detail
    assert checks["agent"].state == "fine"


def test_a_missing_index_is_told_with_the_command_that_builds_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PALATE_LLM__ENGINE", "none")
    checks = {check.part: check for check in examine(None)}
    assert checks["index"].state == "broken"
    assert "palate index build" in checks["index"].hint
    assert checks["store"].state == "fine"
    assert checks["model"].detail == "switched off"


def test_wrong_settings_are_told_and_the_rest_is_examined(tmp_path: Path) -> None:
    file = tmp_path / "palate.toml"
    file.write_text("[nonsense]\nx = 1\n", encoding="utf-8")
    checks = {check.part: check for check in examine(file)}
    assert checks["settings"].state == "broken"
    assert "nonsense" in checks["settings"].detail
    assert checks["python"].state == "fine"


def test_an_endpoint_that_does_not_answer_is_a_warning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("agent.llm.ALLOW_REAL_MODELS", True)
    file = tmp_path / "palate.toml"
    file.write_text('[llm]\nengine = "endpoint"\nbase_url = "http://127.0.0.1:9/v1"\nmodel = "m"\n', encoding="utf-8")
    model = next(check for check in examine(file) if check.part == "model")
    assert model.state == "warning"
    assert "127.0.0.1:9" in model.detail


def test_findings_are_written_for_people_and_for_programs() -> None:
    checks = [Check(part="index", state="broken", detail="missing", hint="build it"), python((3, 12, 0))]
    people = write(checks, as_json=False)
    assert people.splitlines()[0] == "FAIL  index      missing"
    assert "build it" in people
    assert json.loads(write(checks, as_json=True))[0]["state"] == "broken"
