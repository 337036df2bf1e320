"""Know whether a model file is there and whole. Fetching one is ``pull.py``."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from ..errors import ModelFileError
from .config import LlmConfig
from .registry import ModelEntry, find_model, models_folder

CHUNK = 1 << 20
GGUF_MAGIC = b"GGUF"

Progress = Callable[[int, int], None]
"""Called with (bytes done, bytes in all)."""


class Hash(Protocol):
    """The part of a hashlib object that is used here."""

    def update(self, data: bytes, /) -> None:
        """Take in more bytes."""
        ...

    def hexdigest(self) -> str:
        """Return the digest so far."""
        ...


def model_file(config: LlmConfig) -> Path:
    """Return the file to load: ``model_path``, else PALATE_MODEL_FILE, else the listed model in the models folder.

    Raises:
        ModelFileError: it is missing, damaged, or no GGUF.
    """
    given = config.model_path or os.environ.get("PALATE_MODEL_FILE")
    if given:
        path = Path(given).expanduser()
        _require_gguf(path)
        return path
    entry = find_model(config.model)
    path = models_folder() / entry.file
    if not path.is_file():
        raise ModelFileError(f"The model file {str(path)!r} is missing.", hint="Fetch it: palate models pull")
    if not is_verified(path, entry):
        verify(path, entry)
    return path


def is_verified(path: Path, entry: ModelEntry) -> bool:
    """Say whether ``path`` is unchanged since its bytes were last checked; reads a stamp, not the file."""
    try:
        stamp = json.loads(_stamp_path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return path.is_file() and stamp == _stamp(path, entry)


def verify(path: Path, entry: ModelEntry, on_progress: Progress | None = None) -> None:
    """Check size and sha256 of the whole file, and leave a stamp so that starting need not do it again.

    Raises:
        ModelFileError: the bytes are not those of ``entry``.
    """
    size = path.stat().st_size
    if size != entry.size:
        raise _damaged(path, f"it has {size:,} bytes instead of {entry.size:,}")
    digest = hashlib.sha256()
    hash_file(path, digest, on_progress=on_progress)
    if digest.hexdigest() != entry.sha256:
        raise _damaged(path, f"its sha256 is {digest.hexdigest()} instead of {entry.sha256}")
    mark_verified(path, entry)


def hash_file(path: Path, digest: Hash, *, on_progress: Progress | None = None) -> None:
    """Feed a file to ``digest``, a mebibyte at a time."""
    size, done = path.stat().st_size, 0
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
            done += len(chunk)
            if on_progress is not None:
                on_progress(done, size)


def mark_verified(path: Path, entry: ModelEntry) -> None:
    """Leave the stamp. A folder that cannot be written costs a check at each start, no more."""
    try:
        _stamp_path(path).write_text(json.dumps(_stamp(path, entry)), encoding="utf-8")
    except PermissionError:
        return


def _stamp(path: Path, entry: ModelEntry) -> dict[str, str | int]:
    stat = path.stat()
    return {"sha256": entry.sha256, "size": stat.st_size, "mtime_ns": stat.st_mtime_ns}


def _stamp_path(path: Path) -> Path:
    return path.with_name(path.name + ".verified")


def _damaged(path: Path, what: str) -> ModelFileError:
    return ModelFileError(f"The model file {str(path)!r} is damaged: {what}.", hint="Fetch it: palate models pull")


def _require_gguf(path: Path) -> None:
    try:
        with path.open("rb") as file:
            magic = file.read(len(GGUF_MAGIC))
    except OSError as error:
        raise ModelFileError(
            f"The model file {str(path)!r} cannot be read: {error.strerror}.",
            hint="Correct llm.model_path or PALATE_MODEL_FILE.",
        ) from error
    if magic != GGUF_MAGIC:
        raise ModelFileError(
            f"The file {str(path)!r} is no GGUF model.", hint="Correct llm.model_path or PALATE_MODEL_FILE."
        )
