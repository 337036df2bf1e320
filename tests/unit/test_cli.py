"""The command line as a program: help is quick, mistakes are told in one line, statuses are 0, 2 and 3."""

from __future__ import annotations

import os
import subprocess
import sys
import time

import pytest

from agent.errors import ModelUnavailableError, SessionNotFoundError, SettingsError, StoreError
from retrieval.errors import CatalogRejectedError, ConstraintError, IndexMissingError
from ui import cli
from ui.exits import failure_of

HEAVY = ("torch", "transformers", "gradio", "chromadb", "langgraph", "fastapi", "onnxruntime", "sqlalchemy", "numpy")


def test_help_needs_no_heavy_library_and_is_quick() -> None:
    program = f"""
import sys
try:
    from ui.cli import main
    main(["--help"])
finally:
    sys.stderr.write("HEAVY:" + ",".join(name for name in {HEAVY!r} if name in sys.modules))
"""
    began = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    seconds = time.perf_counter() - began
    assert done.returncode == 0
    assert "demo" in done.stdout and "chat" in done.stdout
    assert done.stderr.endswith("HEAVY:"), done.stderr
    assert seconds < 5, "generous for a busy machine; alone it takes about half a second"


@pytest.mark.parametrize(
    "arguments", [["nonsense"], ["chat", "--json"], ["serve", "--port", "99999"], ["chat", "--k", "0"], ["erase"]]
)
def test_a_wrong_call_leaves_with_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        cli.main(arguments)
    assert left.value.code == 2
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (SettingsError("Bad."), 2),
        (SessionNotFoundError("Bad."), 2),
        (ConstraintError("Bad."), 2),
        (CatalogRejectedError("Bad."), 2),
        (StoreError("Bad."), 3),
        (IndexMissingError("Bad."), 3),
        (ModelUnavailableError("Bad."), 3),
        (ZeroDivisionError("Bad."), 3),
        (KeyboardInterrupt(), 130),
    ],
)
def test_the_status_says_whose_turn_it_is(error: BaseException, status: int) -> None:
    assert failure_of(error).status == status


def test_an_error_is_one_line_and_a_hint(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def fail(*_: object, **__: object) -> None:
        raise SettingsError("Unknown setting 'serch'.", hint="Did you mean 'search'?")

    monkeypatch.setattr(cli, "app", fail)
    with pytest.raises(SystemExit) as left:
        cli.main([])
    assert left.value.code == 2
    assert capsys.readouterr().err == "Error: Unknown setting 'serch'.\nHint: Did you mean 'search'?\n"


def test_an_unforeseen_error_is_one_line_too(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise KeyError("a\nb")

    monkeypatch.setattr(cli, "app", fail)
    with pytest.raises(SystemExit) as left:
        cli.main([])
    assert left.value.code == 3
    error = capsys.readouterr().err
    assert error.startswith("Error: KeyError: ")
    assert len(error.splitlines()) == 2
    monkeypatch.setenv("PALATE_DEBUG", "1")
    with pytest.raises(KeyError):
        cli.main([])


def test_a_missing_settings_file_is_the_callers_mistake(tmp_path: object) -> None:
    command = [
        sys.executable,
        "-c",
        "from ui.cli import main; main()",
        "chat",
        "--once",
        "hi",
        "--config",
        "nowhere.toml",
    ]
    done = subprocess.run(command, capture_output=True, text=True, env=os.environ | {"NO_COLOR": "1"})
    assert done.returncode == 2, done.stderr
    assert "nowhere.toml" in done.stderr and "Traceback" not in done.stderr
    assert done.stdout == ""
