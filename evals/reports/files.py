"""Write a report into a folder in every form, and read one back. Words and marks are made elsewhere."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from ..errors import ReportError
from ..types import Report
from .joined import join
from .junit import junit
from .page import page

JSON, JUNIT, PAGE = "report.json", "junit.xml", "report.html"
"""Names of the files in a folder of a run."""


def write_report(report: Report, folder: Path) -> tuple[Path, ...]:
    """Write a report as JSON, JUnit and a page, and return the files.

    Args:
        report: what a run found.
        folder: made if it is not there; files of these names in it are replaced.

    Raises:
        ReportError: the folder cannot be written.
    """
    texts = {JSON: report.model_dump_json(indent=1) + "\n", JUNIT: junit(report), PAGE: page(report)}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            (folder / name).write_text(text, encoding="utf-8")
    except OSError as error:
        raise ReportError(f"The report cannot be written to {str(folder)!r}: {error}.", hint="Give a folder.") from None
    return tuple(folder / name for name in texts)


def read_report(path: Path) -> Report:
    """Read the report that a path means; the reports of several suites become one, its cases named ``suite/case``.

    Raises:
        ReportError: see ``read_reports``.
    """
    return join(read_reports(path))


def read_reports(path: Path) -> list[Report]:
    """Read a report from its JSON or from the folder that holds it, or one for each suite of ``--all``.

    Raises:
        ReportError: there is no such file, or it is not a report.
    """
    several = sorted(path.glob(f"*/{JSON}")) if path.is_dir() and not (path / JSON).exists() else []
    return [_read(file) for file in several or [path / JSON if path.is_dir() else path]]


def _read(file: Path) -> Report:
    try:
        return Report.model_validate_json(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise ReportError(f"The report {str(file)!r} cannot be read: {error}.", hint=_HINT) from None
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the file"
        raise ReportError(f"{str(file)!r} is not a report: {place}: {first['msg']}.", hint=_HINT) from None


_HINT = "Give the report.json, or its folder, that 'palate eval run --out FOLDER' wrote."
