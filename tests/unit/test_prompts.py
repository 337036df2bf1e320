"""Prompts are read strictly: what they declare is what they take."""

from __future__ import annotations

from pathlib import Path

import pytest

from prompts import PromptFormatError, PromptNotFoundError, PromptVariableError, load, names

HEAD = "---\nname: {name}\nversion: {version}\nvariables: {variables}\noutput: text\n---\n"


def write(folder: Path, text: str, *, name: str = "greet", version: str = "1", variables: str = "noun, facts") -> None:
    head = HEAD.format(name=name, version=version, variables=variables)
    (folder / "greet.md").write_text(head + text, encoding="utf-8")


def test_a_prompt_renders_its_variables(tmp_path: Path) -> None:
    write(tmp_path, 'One $noun. {"json": "stays"} costs $$5. $facts\n')
    prompt = load("greet", tmp_path)
    assert (prompt.version, prompt.variables, prompt.output) == (1, ("noun", "facts"), "text")
    assert prompt.render(noun="film", facts="none") == 'One film. {"json": "stays"} costs $5. none'


def test_values_are_not_rendered_again(tmp_path: Path) -> None:
    write(tmp_path, "$noun / $facts")
    assert load("greet", tmp_path).render(noun="$facts", facts="x") == "$facts / x"


@pytest.mark.parametrize("values", [{"noun": "film"}, {"noun": "a", "facts": "b", "extra": "c"}, {}])
def test_missing_and_unknown_variables_are_named(tmp_path: Path, values: dict[str, str]) -> None:
    write(tmp_path, "$noun $facts")
    with pytest.raises(PromptVariableError) as caught:
        load("greet", tmp_path).render(**values)
    wrong = set(values) ^ {"noun", "facts"}
    assert all(repr(name) in str(caught.value) for name in wrong)


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("no places", {}),
        ("$noun $facts $more", {}),
        ("$noun $facts costs $ 5", {}),
        ("$noun $facts", {"name": "other"}),
        ("$noun $facts", {"version": "one"}),
        ("$noun $facts", {"version": "1\nauthor: me"}),
    ],
)
def test_a_wrong_file_is_refused(tmp_path: Path, text: str, fields: dict[str, str]) -> None:
    write(tmp_path, text, **fields)
    with pytest.raises(PromptFormatError, match="greet"):
        load("greet", tmp_path)


def test_a_file_without_front_matter_is_refused(tmp_path: Path) -> None:
    (tmp_path / "greet.md").write_text("Hello", encoding="utf-8")
    with pytest.raises(PromptFormatError, match="front matter"):
        load("greet", tmp_path)


def test_an_unknown_name_lists_the_known_ones(tmp_path: Path) -> None:
    write(tmp_path, "$noun $facts")
    with pytest.raises(PromptNotFoundError, match=r"'\.\./greet'.*greet"):
        load("../greet", tmp_path)


def test_the_digest_is_of_the_text_only(tmp_path: Path) -> None:
    write(tmp_path, "$noun $facts")
    first = load("greet", tmp_path)
    write(tmp_path, "$noun $facts", version="2")
    assert load("greet", tmp_path).sha256 == first.sha256
    write(tmp_path, "$noun, $facts")
    assert load("greet", tmp_path).sha256 != first.sha256


def test_every_prompt_of_the_package_is_well_formed() -> None:
    for name in names():
        prompt = load(name)
        assert prompt.render(**dict.fromkeys(prompt.variables, "x"))
