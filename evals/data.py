"""Find the data sets that benchmarks and suites read and that no checkout holds."""

from __future__ import annotations

import os
from pathlib import Path

from .errors import DataMissingError

VARIABLE = "PALATE_DATA"
"""Environment variable that names the folder of the data sets."""


def data_root() -> Path:
    """Return the folder of the data sets: ``PALATE_DATA``, else ``shared/data`` beside the checkout."""
    return Path(os.environ.get(VARIABLE) or Path(__file__).parents[2] / "shared" / "data")


def data_file(name: str) -> Path:
    """Return a file of the data sets by its path inside their folder.

    Raises:
        DataMissingError: it is not there.
    """
    path = data_root() / name
    if not path.is_file():
        folder = Path(name).parent.as_posix()
        raise DataMissingError(
            f"There is no {name!r} under {str(data_root())!r}.",
            hint=f"Set {VARIABLE} to the folder that holds {folder}/.",
        )
    return path
