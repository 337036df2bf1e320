"""Read a suite from YAML, and describe the format to editors. Runs nothing."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from .errors import SuiteError
from .types import Case, Expect, Suite

SUITES = Path(__file__).parent / "suites"
"""Folder of the suites that ship with Palate."""
SCHEMA = SUITES / "suite.schema.json"
"""What editors read, named in each suite's first line."""


def bundled() -> tuple[str, ...]:
    """Return the names of the suites that ship with Palate."""
    return tuple(sorted(path.stem for path in SUITES.glob("*.yaml")))


def find_suite(name: str) -> Path:
    """Return the file of a bundled suite or of a path.

    Raises:
        SuiteError: there is no such suite.
    """
    path = Path(name)
    path = path if path.suffix in (".yaml", ".yml") else SUITES / f"{name}.yaml"
    if not path.is_file():
        raise SuiteError(f"There is no suite {name!r}.", hint=f"Give a YAML file or one of: {', '.join(bundled())}.")
    return path


def load_suite(path: Path) -> Suite:
    """Read and check a suite.

    Raises:
        SuiteError: the file is unreadable, a key is unknown, a value does not fit, or two cases share a name; the
            message names the case.
    """
    data = _read(path)
    cases = data.pop("cases", None)
    if not isinstance(cases, list) or not cases:
        raise SuiteError(f"Suite {path.name!r} has no cases.", hint="Give a list under 'cases'.")
    read = tuple(_case(raw, number) for number, raw in enumerate(cases, start=1))
    names = [case.name for case in read]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise SuiteError(f"Case names are given twice: {twice!r}.", hint="Each case needs a name of its own.")
    try:
        return Suite(cases=read, **data)
    except (ValidationError, TypeError) as error:
        raise SuiteError(f"Suite {path.name!r} does not fit: {_explain(error)}.", hint=_HINT) from None


def select(suite: Suite, *, tags: tuple[str, ...] = (), names: tuple[str, ...] = ()) -> Suite:
    """Return the cases that have any of the tags and any of the names; an empty filter lets all through.

    Raises:
        SuiteError: no case is left.
    """
    kept = tuple(
        case for case in suite.cases if (not tags or set(tags) & set(case.tags)) and (not names or case.name in names)
    )
    if not kept:
        known = sorted({tag for case in suite.cases for tag in case.tags})
        raise SuiteError(f"No case has tags {tags!r} and names {names!r}.", hint=f"Known tags: {', '.join(known)}.")
    return suite.model_copy(update={"cases": kept})


def expectations(suite: Suite, own: Expect) -> Expect:
    """Return what a turn must satisfy: what the suite always asks, and what the turn asks, which wins."""
    always = {name: getattr(suite.always, name) for name in suite.always.model_fields_set}
    return own.model_copy(update={name: value for name, value in always.items() if name not in own.model_fields_set})


def suite_digest(suite: Suite) -> str:
    """Return a hash of everything the suite says."""
    return hashlib.sha256(suite.model_dump_json().encode()).hexdigest()


def case_digest(suite: Suite, case: Case) -> str:
    """Return a hash of a case and of what its suite asks of every turn."""
    asked = f"{suite.always.model_dump_json()}\n{case.model_dump_json()}"
    return hashlib.sha256(asked.encode()).hexdigest()


def json_schema() -> str:
    """Return the JSON schema of suite files, as it lies beside the bundled ones."""
    return json.dumps(Suite.model_json_schema(), indent=1, ensure_ascii=False, sort_keys=True) + "\n"


_HINT = "The keys are described in evals/suites/suite.schema.json."


def _read(path: Path) -> dict[str, Any]:
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise SuiteError(f"Suite {str(path)!r} cannot be read: {error}.", hint="It must be a YAML file.") from None
    if not isinstance(data, dict):
        raise SuiteError(f"Suite {str(path)!r} holds {type(data).__name__!r}, not a mapping.", hint=_HINT)
    return data


def _case(raw: object, number: int) -> Case:
    name = raw.get("name") if isinstance(raw, dict) else None
    try:
        return Case.model_validate(raw)
    except ValidationError as error:
        raise SuiteError(f"Case {name or number!r} does not fit: {_explain(error)}.", hint=_HINT) from None


def _explain(error: ValidationError | TypeError) -> str:
    if isinstance(error, TypeError):
        return str(error)
    parts = []
    for problem in error.errors():
        place = ".".join(str(part) for part in problem["loc"]) or "case"
        unknown = problem["type"] == "extra_forbidden"
        parts.append(
            f"{place!r} is not a known key" if unknown else f"{place} = {problem['input']!r}: {problem['msg']}"
        )
    return "; ".join(parts)
