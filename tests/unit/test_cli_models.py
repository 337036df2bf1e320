"""``palate models`` and ``palate prompts`` on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ui.commands import models as cli_models
from ui.commands import prompts as cli_prompts

PROMPT = "---\nname: greet\nversion: 2\nvariables: noun\noutput: text\n---\nHello, $noun.\n"


@pytest.fixture
def models_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PALATE_MODELS_DIR", str(tmp_path))
    return tmp_path


def test_the_list_says_what_is_here(models_dir: Path) -> None:
    row = json.loads(CliRunner().invoke(cli_models.app, ["models", "list", "--json"]).stdout)[0]
    assert row["state"] == "not fetched" and row["path"].startswith(str(models_dir))
    Path(row["path"]).write_bytes(b"GGUF")
    out = CliRunner().invoke(cli_models.app, ["models", "list"]).stdout
    assert "1.12 GB" in out and "Apache-2.0" in out and "here, not checked" in out


def test_pulling_prints_the_path(models_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fetch(entry: object, folder: Path, **_: object) -> Path:
        return folder / "model.gguf"

    monkeypatch.setattr("agent.llm.pull_model", fetch)
    done = CliRunner().invoke(cli_models.app, ["models", "pull"])
    assert done.exit_code == 0, done.output
    assert str(models_dir / "model.gguf") in done.stdout


def test_pulling_an_unknown_model_names_the_known_ones(models_dir: Path) -> None:
    done = CliRunner().invoke(cli_models.app, ["models", "pull", "gpt-99"])
    assert "qwen2.5" in str(done.exception)


@pytest.fixture
def one_prompt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "greet.md").write_text(PROMPT, encoding="utf-8")
    import prompts

    load, names = prompts.load, prompts.names
    monkeypatch.setattr(prompts, "load", lambda name: load(name, tmp_path))
    monkeypatch.setattr(prompts, "names", lambda: names(tmp_path))


@pytest.mark.usefixtures("one_prompt")
def test_prompts_are_listed_and_shown() -> None:
    run = CliRunner().invoke
    assert "greet  version 2" in run(cli_prompts.app, ["prompts", "list"]).stdout
    listed = json.loads(run(cli_prompts.app, ["prompts", "list", "--json"]).stdout)
    assert (listed[0]["variables"], len(listed[0]["sha256"])) == (["noun"], 64)
    assert run(cli_prompts.app, ["prompts", "show", "greet"]).stdout == "Hello, $noun.\n"
    assert run(cli_prompts.app, ["prompts", "show", "greet", "--set", "noun=film=x"]).stdout == "Hello, film=x.\n"


@pytest.mark.usefixtures("one_prompt")
@pytest.mark.parametrize("arguments", [["none"], ["greet", "--set", "verb=see"], ["greet", "--set", "noun"]])
def test_a_wrong_prompt_or_variable_leaves_with_2(arguments: list[str]) -> None:
    assert CliRunner().invoke(cli_prompts.app, ["prompts", "show", *arguments]).exit_code == 2
