"""Put the last run into the page on the scoreboard: ``python -m evals.ranking.page docs/scoreboard.md DIR...``.

Each DIR is what ``--out`` of a board wrote. What stands between the page's two markers is replaced, and the plots are
copied beside the page's other pictures.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from ..errors import ReportError
from .files import Results
from .render import markdown

BEGIN, END = "<!-- results -->", "<!-- end of results -->"


def fill(page: Path, folders: Sequence[Path]) -> None:
    """Replace the results on the page.

    Raises:
        ReportError: The page lacks its markers, or a folder holds no results.
    """
    text = page.read_text(encoding="utf-8")
    before, found, rest = text.partition(BEGIN)
    _, closed, after = rest.partition(END)
    if not found or not closed:
        raise ReportError(f"{str(page)!r} has no place for results.", hint=f"Write {BEGIN} and {END} into it.")
    sections = [section for folder in folders for section in _sections(folder, page.parent / "images")]
    page.write_text("\n\n".join([f"{before}{BEGIN}", *sections, f"{END}{after}"]), encoding="utf-8")


def _sections(folder: Path, images: Path) -> list[str]:
    path = folder / "results.json"
    if not path.is_file():
        raise ReportError(f"There are no results in {str(folder)!r}.", hint="Run palate bench BOARD --out DIR first.")
    found = []
    for report in Results.model_validate_json(path.read_bytes()).boards:
        picture = f"scoreboard-{report.board}.svg"
        shutil.copyfile(folder / f"recall-{report.board}.svg", images / picture)
        found += [markdown(report).strip(), f"![Recall of every row on {report.board}](images/{picture})"]
    return found


if __name__ == "__main__":
    fill(Path(sys.argv[1]), [Path(name) for name in sys.argv[2:]])
