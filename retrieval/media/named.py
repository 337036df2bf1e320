"""Check that a picture, sound or film named in a catalogue can be opened, before hours of encoding find out."""

from __future__ import annotations

from pathlib import Path

from ..cells import CellError
from ..errors import MediaError
from .pictures import check_picture

_WEB = ("http://", "https://")


def check_media(text: str, column: str, kind: str, folder: Path) -> str:
    """Return the path or web address as it is to be kept: files absolute, addresses unchanged and not fetched.

    Raises:
        CellError: the file lies outside ``folder``, cannot be read, or is not a picture where one is meant.
    """
    if text.casefold().startswith(_WEB):
        return text
    path = (folder / text).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise _unfit(text, column, kind, f"It lies outside {str(folder)!r}; set media_folder.")
    try:
        with path.open("rb") as stream:
            empty = not stream.read(1)
    except OSError as error:
        raise _unfit(text, column, kind, f"{error.strerror or error}.") from None
    if empty:
        raise _unfit(text, column, kind, "The file is empty.")
    if kind == "image":
        _check_picture(path, text, column)
    return str(path)


def _check_picture(path: Path, text: str, column: str) -> None:
    try:
        check_picture(path)
    except MediaError as error:
        raise _unfit(text, column, "image", f"{error.what} {error.hint}".strip()) from None


def _unfit(text: str, column: str, kind: str, why: str) -> CellError:
    return CellError(f"Column {column!r} names the {kind} {text!r}, which cannot be read.", why, "media")
