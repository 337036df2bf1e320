"""What the README and the catalogue guide show is true: their blocks run, and what they print is what is printed.

A ``python`` block runs as it stands. In a ``console`` block each ``$`` line is a command: ``palate`` runs in this
process, ``make`` is looked up in the Makefile. A comment ``file: NAME`` before a block makes it that file, for the
commands below. Replies are compared by their picks, since the wording of reasons varies from turn to turn on purpose.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import typer.main
from typer.testing import CliRunner

from agent import Settings
from agent.grounding import GroundingContext, check
from agent.types import Conversation
from agent.understanding import LexicalUnderstander
from retrieval import CatalogConfig, IndexConfig, RetrievalSettings, build_index
from retrieval.catalog import AttributeColumn, Columns
from retrieval.demo import films, schema
from ui.cli import app

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
GUIDE = ROOT / "docs" / "your-catalogue.md"
PAGES = (README, ROOT / "NOTICE.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md")))

SERVING = ("demo", "serve", "models")
"""Commands that run until they are stopped, or fetch gigabytes: they and their options must exist, no more."""

_BLOCK = re.compile(r"(?:<!-- file: (?P<file>\S+) -->\n)?^```(?P<language>\w+)\n(?P<text>.*?)^```$", re.M | re.S)
_PICK = re.compile(r"^ ?(?P<rank>\d+)\. (?P<pick>.+)$", re.M)
_NUMBERED = re.compile(r"^\d+\. (?P<title>.+?)(?:\.| is an? | was )(?P<rest>.*)$")


@pytest.fixture(scope="module")
def demo_slice(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Variables under which Palate serves some sixty films of the demo without a language model."""
    folder = tmp_path_factory.mktemp("demo")
    best_known = sorted(films(), key=lambda film: -film.popularity)
    older = [film for film in best_known if 1970 <= int(str(film.attributes.get("year", 0))) < 1980]
    rows = [film.model_dump(mode="json") | film.attributes for film in (*best_known[:30], *older[:30])]
    (folder / "films.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    words = schema()
    catalog = CatalogConfig(
        path=folder / "films.jsonl",
        noun=words.noun,
        noun_plural=words.noun_plural,
        columns=Columns(description="description", popularity="popularity"),
        attributes=tuple(AttributeColumn(**spec.model_dump()) for spec in words.attributes),
    )
    index = IndexConfig(path=folder / "index")
    build_index(RetrievalSettings(catalog=catalog, index=index))
    return {
        "PALATE_CATALOG": catalog.model_dump_json(),
        "PALATE_DATA_DIR": str(folder),
        "PALATE_INDEX__PATH": str(index.path),
        "PALATE_LLM__ENGINE": "none",
    }


class Block(NamedTuple):
    """One fenced block."""

    language: str
    text: str
    file: str


class Command(NamedTuple):
    """One command of a console block and what is shown under it."""

    line: str
    shown: str


def blocks(page: Path) -> list[Block]:
    found = _BLOCK.finditer(page.read_text(encoding="utf-8"))
    return [Block(match["language"], match["text"], match["file"] or "") for match in found]


def commands(text: str) -> Iterator[Command]:
    for part in re.split(r"^\$ ", text, flags=re.M)[1:]:
        line, _, shown = part.partition("\n")
        yield Command(line.split("  #")[0].strip(), shown)


def run(line: str) -> str:
    """Run a ``palate`` command line here and return what it prints."""
    words = shlex.split(line)
    assert words[0] == "palate", f"this page shows a command that the test cannot check: {line}"
    if words[1] in SERVING:
        assert_understood(words[1:])
        return ""
    result = CliRunner().invoke(app, words[1:])
    assert result.exit_code == 0, f"{line}: {result.output}\n{result.exception!r}"
    return result.stdout


def assert_understood(words: list[str]) -> None:
    """Parse a command line without running it; an unknown command or option raises."""
    command, rest = find(words)
    command.make_context(command.name, rest)


def find(words: list[str]) -> tuple[Any, list[str]]:
    """Return the command that these words name, and the words left over."""
    command: Any = typer.main.get_command(app)
    rest = list(words)
    while rest and hasattr(command, "commands"):
        name = rest.pop(0)
        assert name in command.commands, f"there is no command {' '.join(words)!r}"
        command = command.commands[name]
    return command, rest


def picks(text: str) -> list[str]:
    """Return the lines that name what was picked; they stand above the reasons."""
    return [" ".join(match["pick"].split()) for match in _PICK.finditer(text.partition("\n\n")[0])]


def assert_shown(command: Command, printed: str) -> None:
    """Compare line by line; ``...`` stands for anything, and of a reply only the picks count."""
    if command.line.startswith("palate chat"):
        assert picks(printed) == picks(command.shown), command.line
        return
    pattern = re.escape(command.shown.strip()).replace(re.escape("..."), ".*?")
    assert re.fullmatch(pattern, printed.strip(), re.S), f"{command.line} prints:\n{printed}"


@pytest.mark.parametrize("page", (README, GUIDE), ids=lambda page: page.name)
def test_every_make_command_exists(page: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):.*##", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M))
    shown = re.findall(r"^(?:\$ )?make ([a-z-]+)", page.read_text(encoding="utf-8"), re.M)
    assert set(shown) <= targets


def test_the_readme_names_the_two_commands() -> None:
    shown = [command.line for block in blocks(README) for command in commands(block.text)]
    assert {"make demo", "make test"} <= set(shown)


def test_python_of_the_readme_runs(
    demo_slice: dict[str, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in demo_slice.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    shown = _reply_in_readme()
    for block in blocks(README):
        if block.language == "python":
            exec(compile(block.text, str(README), "exec"), {"__name__": "readme"})
    printed = capsys.readouterr().out.splitlines()
    assert len(printed) == len(shown), printed
    assert [bool(_NUMBERED.match(line)) for line in printed] == [bool(_NUMBERED.match(line)) for line in shown]


def test_every_sentence_that_the_readme_shows_is_borne_out_by_facts(understander: LexicalUnderstander) -> None:
    by_title = {film.title: film for film in sorted(films(), key=lambda item: item.popularity)}
    said = re.search(r'reply_sync\("(.*?)"', README.read_text(encoding="utf-8"))
    assert said is not None
    wishes = understander.understand(said[1], Conversation(session_id="readme"), "t1").add
    numbered = [match for line in _reply_in_readme() if (match := _NUMBERED.match(line))]
    assert numbered
    for match in numbered:
        film = by_title[match["title"]]
        line = match.string.partition(" ")[2].removeprefix(f"{film.title}. ")
        context = GroundingContext(item=film, catalog=schema(), preferences=wishes)
        for sentence in re.split(r"(?<=\.)\s+(?=[A-Z])", line):
            assert check(sentence, context).supported, f"{film.title}: {sentence}"


def test_the_guide_works_from_file_to_chat(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PALATE_LLM__ENGINE", "none")
    ran = 0
    for block in blocks(GUIDE):
        if block.file:
            Path(block.file).write_text(block.text, encoding="utf-8")
        elif block.language == "console":
            for command in commands(block.text):
                assert_shown(command, run(command.line))
                ran += 1
    assert ran >= 5


@pytest.mark.parametrize("page", (README, GUIDE), ids=lambda page: page.name)
def test_every_piece_of_settings_fits(page: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for block in blocks(page):
        if block.language == "toml":
            assert tomllib.loads(block.text)
            Path("palate.toml").write_text(block.text, encoding="utf-8")
            Settings.load()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_named_in_passing_exists(page: Path) -> None:
    for said in re.findall(r"`palate ((?:[a-z][a-z0-9]* ?)+)", page.read_text(encoding="utf-8")):
        find(said.split())


def test_console_commands_of_the_readme_exist() -> None:
    for block in blocks(README):
        if block.language == "console":
            for command in commands(block.text):
                words = shlex.split(command.line)
                if words[0] == "palate" and len(words) > 1:
                    assert_understood([word for word in words[1:] if not os.path.exists(word)])


def _reply_in_readme() -> list[str]:
    text = next(block.text for block in blocks(README) if block.language == "text")
    return [line for line in text.splitlines() if line.strip()]
