"""Read prompts: markdown files with front matter and ``$variable`` places. No logic lives in a prompt.

A file begins with its contract::

    ---
    name: explain
    version: 3
    variables: noun, facts
    output: text
    ---
    Say in one sentence why this $noun suits the viewer. Facts: $facts

``output`` names what the answer is parsed as. ``$$`` is a plain dollar sign.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from string import Template

from pydantic import BaseModel, ConfigDict

from .errors import PromptFormatError, PromptNotFoundError, PromptVariableError

FOLDER = Path(__file__).parent
FIELDS = ("name", "version", "variables", "output")
_FILE = re.compile(r"\A---\n(?P<head>.*?)\n---\n(?P<text>.*)\Z", re.DOTALL)


class Prompt(BaseModel):
    """One prompt: what it is called, what it needs, what it says."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    version: int
    variables: tuple[str, ...]
    """Names that ``render`` must be given, all of them and no others."""
    output: str
    """What the answer is parsed as: ``text`` or the name of a type."""
    text: str

    @property
    def sha256(self) -> str:
        """Digest of the text before rendering, as run records keep it."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    def render(self, **values: str) -> str:
        """Return the text with every variable replaced; what a value contains is never replaced again.

        Raises:
            PromptVariableError: a declared variable is missing, or an undeclared one is given.
        """
        missing = sorted(set(self.variables) - values.keys())
        unknown = sorted(values.keys() - set(self.variables))
        if missing or unknown:
            raise PromptVariableError(
                f"Prompt {self.name!r} was given variables it does not have {unknown!r} or not given {missing!r}.",
                hint=f"It takes exactly {list(self.variables)!r}.",
            )
        return Template(self.text).substitute(values)


def load(name: str, folder: Path = FOLDER) -> Prompt:
    """Read the prompt of that name.

    Raises:
        PromptNotFoundError: there is no such file.
        PromptFormatError: the file's front matter or places are wrong.
    """
    known = names(folder)
    if name not in known:
        raise PromptNotFoundError(f"There is no prompt {name!r}.", hint=f"There are: {', '.join(known) or 'none'}.")
    prompt = _parse(name, (folder / f"{name}.md").read_text(encoding="utf-8"))
    _require_declared(prompt)
    return prompt


def names(folder: Path = FOLDER) -> tuple[str, ...]:
    """Return the names of all prompts, sorted."""
    return tuple(sorted(path.stem for path in folder.glob("*.md")))


def _parse(name: str, content: str) -> Prompt:
    match = _FILE.match(content)
    if match is None:
        raise PromptFormatError(f"Prompt {name!r} has no front matter.", hint="Begin the file with lines between ---.")
    head = _fields(name, match["head"])
    if head["name"] != name:
        raise PromptFormatError(f"Prompt {name!r} calls itself {head['name']!r}.", hint="Name and file must agree.")
    if not head["version"].isdigit():
        raise PromptFormatError(f"Prompt {name!r} has version {head['version']!r}.", hint="Use a whole number from 1.")
    variables = tuple(part.strip() for part in head["variables"].split(",") if part.strip())
    return Prompt(
        name=name,
        version=int(head["version"]),
        variables=variables,
        output=head["output"],
        text=match["text"].strip(),
    )


def _fields(name: str, head: str) -> dict[str, str]:
    pairs = (line.partition(":") for line in head.splitlines() if line.strip())
    fields = {key.strip(): value.strip() for key, _, value in pairs}
    if set(fields) != set(FIELDS):
        raise PromptFormatError(
            f"Prompt {name!r} has the fields {sorted(fields)!r}.", hint=f"It needs exactly {', '.join(FIELDS)}."
        )
    return fields


def _require_declared(prompt: Prompt) -> None:
    """Refuse a text whose places are not the declared variables."""
    template = Template(prompt.text)
    if not template.is_valid():
        raise PromptFormatError(f"Prompt {prompt.name!r} has a lone dollar sign.", hint="Write $$ for a plain one.")
    used = set(template.get_identifiers())
    if used != set(prompt.variables):
        raise PromptFormatError(
            f"Prompt {prompt.name!r} declares {sorted(prompt.variables)!r} and uses {sorted(used)!r}.",
            hint="Declare what is used, and nothing else.",
        )
