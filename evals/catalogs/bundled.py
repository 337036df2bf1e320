"""Read a bundled catalogue: where its rows lie, which facts their words give, and how people talk about it."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from pydantic import Field, ValidationError, field_validator

from retrieval import CatalogConfig
from retrieval.types import Value

from ..errors import SuiteError

FOLDER = Path(__file__).parent


class Derived(Value):
    """A column that the data does not have but its words give: a label wherever a pattern is found."""

    column: str
    """Name of the new column, a list of labels; absent in a row where nothing is found."""
    columns: tuple[str, ...] = Field(min_length=1)
    """Columns whose words are searched."""
    labels: dict[str, str] = Field(min_length=1)
    """Label -> regular expression, found anywhere in those columns, case ignored."""

    @field_validator("labels")
    @classmethod
    def _patterns_compile(cls, labels: dict[str, str]) -> dict[str, str]:
        for label, pattern in labels.items():
            try:
                re.compile(pattern)
            except re.error as error:
                raise ValueError(f"the pattern of {label!r}, {pattern!r}, is not one: {error}") from None
        return labels


class Counted(Value):
    """A column that the data does not have but its rows give: how many rows share the commonest label of this one."""

    column: str
    """Name of the new column, a number."""
    of: str
    """Column of labels that is counted."""


class BundledCatalog(Value):
    """A catalogue's file, derived columns and mapping; the mapping is that of a ``palate.toml``."""

    file: str
    """Path of the rows inside the folder of the data sets."""
    derived: tuple[Derived, ...] = ()
    counted: tuple[Counted, ...] = ()
    catalog: CatalogConfig
    """What a user would write under ``[catalog]``, without the path."""


def bundled_catalogs() -> tuple[str, ...]:
    """Return the names of the bundled catalogues."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.toml")))


def find_catalog(name: str) -> BundledCatalog:
    """Return a bundled catalogue's mapping.

    Raises:
        SuiteError: there is none of that name, or it does not fit.
    """
    if name not in bundled_catalogs():
        raise SuiteError(f"There is no bundled catalogue {name!r}.", hint=f"Known: {', '.join(bundled_catalogs())}.")
    return read_bundled(FOLDER / f"{name}.toml")


def read_bundled(path: Path) -> BundledCatalog:
    """Read and check a mapping.

    Raises:
        SuiteError: it cannot be read, or a value does not fit.
    """
    try:
        return BundledCatalog.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except ValidationError as error:
        parts = [f"{'.'.join(map(str, one['loc']))} = {one['input']!r}: {one['msg']}" for one in error.errors()]
        raise SuiteError(f"Catalogue {path.name!r} does not fit: {'; '.join(parts)}.", hint=_HINT) from None
    except (OSError, ValueError) as error:
        raise SuiteError(f"Catalogue {path.name!r} cannot be read: {error}.", hint=_HINT) from None


_HINT = "It holds 'file', [[derived]] and a [catalog] as in palate.toml; see docs/your-catalogue.md."
