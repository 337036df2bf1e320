"""Pages lead somewhere, credits are complete, and nothing in the repository is tied to one machine."""

from __future__ import annotations

import re
import subprocess
import tomllib
from functools import cache
from pathlib import Path

import pytest

from agent.llm import MODELS

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])

_LINK = re.compile(r"!?\[[^\]]*\]\((?P<target>[^)\s]+)\)")
_FENCED = re.compile(r"^```.*?^```$", re.M | re.S)
_OUTSIDE = ("http://", "https://", "mailto:")
# In pieces, so that this file does not hold what it looks for.
_TIED = re.compile(
    "|".join((r"/" + r"home/\w+/", r"/" + r"root/", r"/" + r"work/\w+/", r"index-" + r"url", r"/simple" + r"/"))
)
_TEXT = {".py", ".md", ".toml", ".yaml", ".json", ".sh", ".svg", ".html", ".css", ".js", ".lock", ""}


def anchors(page: Path) -> set[str]:
    """Return the places in a page that a link may lead to, as the usual renderers name them."""
    headings = re.findall(r"^#+ (.+)$", _FENCED.sub("", page.read_text(encoding="utf-8")), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.casefold()).strip().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    text = _FENCED.sub("", page.read_text(encoding="utf-8"))
    for target in (match["target"] for match in _LINK.finditer(text)):
        if target.startswith(_OUTSIDE):
            continue
        name, _, anchor = target.partition("#")
        there = (page.parent / name).resolve() if name else page
        assert there.exists(), f"{page.name} links to {target}, which is not there"
        if anchor and there.suffix == ".md":
            assert anchor in anchors(there), f"{page.name} links to {target}; {there.name} has no such heading"


def test_the_pages_that_a_newcomer_looks_for_are_there() -> None:
    names = {str(page.relative_to(ROOT)) for page in PAGES}
    assert {"README.md", "NOTICE.md", "CHANGELOG.md", "docs/architecture.md", "docs/your-catalogue.md"} <= names
    assert (ROOT / "LICENSE").is_file()


def test_the_notice_lists_every_library_of_the_installation() -> None:
    listed = set(re.findall(r"^\| `([\w.-]+)` \|", (ROOT / "NOTICE.md").read_text(encoding="utf-8"), re.M))
    assert listed == declared(), "NOTICE.md and pyproject.toml name different libraries"


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_the_notice_names_every_model_that_can_be_fetched(model: object) -> None:
    text = (ROOT / "NOTICE.md").read_text(encoding="utf-8")
    assert str(getattr(model, "file", "?")) in text
    assert str(getattr(model, "license", "?")) in text


def test_the_architecture_page_draws_every_step_of_a_turn() -> None:
    source = (ROOT / "agent" / "graph.py").read_text(encoding="utf-8")
    steps = set(re.findall(r'^\s+"(\w+)": (?:reading|picking|talking|finish)', source, re.M))
    assert len(steps) >= 7
    drawn = re.search(r"```mermaid\n(.*?)```", (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8"), re.S)
    assert drawn is not None
    assert steps <= set(re.findall(r"\b\w+\b", drawn[1]))


def test_changes_stand_under_a_version_and_a_kind() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.search(r"^## (Unreleased|\d+\.\d+\.\d+)", text, re.M)
    kinds = set(re.findall(r"^### (.+)$", text, re.M))
    assert kinds <= {"Added", "Changed", "Deprecated", "Fixed", "Removed", "Security"}


def test_no_file_is_tied_to_one_machine_or_registry() -> None:
    tied = []
    for path in tracked():
        if path.suffix in _TEXT and path.is_file():
            lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
            found = (number for number, line in enumerate(lines, 1) if _TIED.search(line))
            tied += [f"{path.relative_to(ROOT)}:{number}" for number in found]
    assert not tied, "\n".join(tied)


def declared() -> set[str]:
    """Return the names of the libraries in pyproject.toml, extras included, tools for developing not."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    groups = [project["dependencies"], *project["optional-dependencies"].values()]
    names = (re.match(r"[\w.-]+", line) for group in groups for line in group)
    return {match[0] for match in names if match}


@cache
def tracked() -> tuple[Path, ...]:
    """Return the files under version control."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode:
        pytest.skip("this is no git checkout, so there is no list of files to look through")
    return tuple(ROOT / name for name in listed.stdout.decode().split("\0") if name)
