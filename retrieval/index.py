"""Lay an index out on disk: generations, the pointer to the one that serves, and what each was built from.

    index/
      current                   name of the generation that serves; replaced atomically, last of all
      lock                      held by the one process that builds
      encodings.db              what a build has encoded so far, by text (``encodings.py``); gone when it is done
      media.db                  vectors of pictures, sounds and films by content (``modalities/cache.py``); kept
      generations/NAME/         manifest.json (written last), facts.db, places/, lexical/, chroma/, vectors.*,
                                modalities/ (their spaces)

A build makes a new generation beside the serving one, from a copy of it where that saves work. Killed at any moment it
leaves the pointer as it was; what it had encoded is kept, and the next build starts a new generation from that.
"""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout
from pydantic import Field, ValidationError

from .chroma import drop_collection
from .encoders import EncoderConfig
from .engines import EngineConfig
from .errors import IndexMismatchError, IndexMissingError, RetrievalError
from .modalities.config import ModalityConfig, ModalityRecord
from .modalities.places import all_collections
from .types import Modality, Value

LAYOUT = 3
"""Raised whenever files of a generation change meaning, so that an old index is refused and not misread."""
BUILD = "palate index build"


class IndexConfig(Value):
    """Say where the index lies and what makes its vectors."""

    path: Path = Path(".palate/index")
    """Folder of the index; made when missing."""
    chroma_url: str | None = None
    """Address of a Chroma server (``chroma run``); empty keeps the vectors in the index folder."""
    encoder: EncoderConfig = EncoderConfig()
    """The text encoder."""
    image: ModalityConfig = ModalityConfig()
    """What looks at pictures."""
    audio: ModalityConfig = ModalityConfig()
    """What listens to sounds."""
    video: ModalityConfig = ModalityConfig()
    """What watches films."""
    batch_size: int = Field(1024, ge=1)
    """Items read, encoded and stored at a time; a killed build loses at most one batch of encoding."""
    engine: EngineConfig = EngineConfig()
    """Where a build encodes its items."""

    @property
    def modalities(self) -> dict[Modality, ModalityConfig]:
        """Settings by modality."""
        return {"image": self.image, "audio": self.audio, "video": self.video}


class Manifest(Value):
    """Say what a generation was built from; written when all else is on disk."""

    layout: int = LAYOUT
    generation: str
    catalog: str
    """Name of the catalogue."""
    catalog_hash: str
    """Hash of the catalogue's files and mapping."""
    schema_hash: str
    encoder: str
    dimension: int
    items: int
    problems: int = 0
    """Rows of the catalogue that could not be loaded."""
    media_problems: int = 0
    """Pictures, sounds and films that could not be used; their items are in the index without them."""
    modalities: dict[Modality, ModalityRecord] = Field(default_factory=dict)
    """What is held of pictures, sounds and films."""
    built_at: str
    """ISO 8601, UTC."""
    seconds: Mapping[str, float] = {}
    """How long the build took: ``read`` the catalogue, ``index`` its texts, and its ``media``; within ``index``, to
    ``encode`` and, in a thread of its own, to ``store`` vectors."""


class Generation:
    """Paths of one generation, and where its vectors are."""

    def __init__(self, folder: Path, config: IndexConfig) -> None:
        """Name the paths; creates nothing."""
        self.folder = folder
        self.name = folder.name
        self.facts = folder / "facts.db"
        self.lexical = folder / "lexical"
        self.manifest = folder / "manifest.json"
        self.text_keys = folder / "vectors.keys.npy"
        self.vector_place: Path | str = config.chroma_url or folder / "chroma"
        # Beside that of the texts, which an update copies from the generation before.
        self.media_place: Path | str = config.chroma_url or folder / "modalities" / "chroma"
        self.collection = f"palate-{folder.name}"

    def read(self) -> Manifest:
        """Return the manifest.

        Raises:
            IndexMissingError: the generation was never finished.
            IndexMismatchError: the manifest is damaged or of another layout.
        """
        try:
            manifest = Manifest.model_validate_json(self.manifest.read_bytes())
        except FileNotFoundError:
            raise IndexMissingError(f"No finished index at {str(self.folder)!r}.", hint=f"Build it: {BUILD}") from None
        except (OSError, ValidationError) as error:
            raise IndexMismatchError(
                f"The manifest {str(self.manifest)!r} cannot be read: {error}", hint=f"Rebuild: {BUILD}"
            ) from error
        if manifest.layout != LAYOUT:
            raise IndexMismatchError(
                f"The index at {str(self.folder)!r} has layout {manifest.layout}; this version reads {LAYOUT}.",
                hint=f"Rebuild: {BUILD}",
            )
        return manifest

    def drop(self) -> None:
        """Delete the generation, on the Chroma server too where one is used."""
        if isinstance(self.vector_place, str):
            for name in (self.collection, *all_collections(self.collection)):
                drop_collection(self.vector_place, name)
        shutil.rmtree(self.folder)


def read_manifest(config: IndexConfig) -> Manifest:
    """Return what the index that serves was built from.

    Raises:
        IndexMissingError: there is no index.
        IndexMismatchError: its manifest cannot be read.
    """
    return IndexFolder(config).current().read()


class IndexFolder:
    """The index of one catalogue: at most one generation serves, at most one is being built."""

    def __init__(self, config: IndexConfig) -> None:
        """Take the settings; creates nothing."""
        self._config = config
        self.path = config.path.expanduser()
        self.encodings = self.path / "encodings.db"
        self.media = self.path / "media.db"
        self._pointer = self.path / "current"
        self._generations = self.path / "generations"

    def current(self) -> Generation:
        """Return the generation that serves.

        Raises:
            IndexMissingError: there is none yet.
        """
        try:
            name = self._pointer.read_text("utf-8").strip()
        except FileNotFoundError:
            raise IndexMissingError(
                f"There is no index at {str(self.path)!r} yet.", hint=f"Build it: {BUILD}"
            ) from None
        return Generation(self._generations / name, self._config)

    @contextmanager
    def building(self) -> Iterator[Generation]:
        """Hold the build lock and give a new, empty generation; on failure it is deleted and nothing has changed.

        Raises:
            RetrievalError: another process is building.
        """
        self._generations.mkdir(parents=True, exist_ok=True)
        try:
            lock = FileLock(self.path / "lock").acquire(timeout=0)
        except Timeout:
            raise RetrievalError(
                f"Another process is building the index at {str(self.path)!r}.", hint="Wait until it is done."
            ) from None
        with lock:
            self._drop_unfinished()
            generation = Generation(self._generations / uuid.uuid4().hex[:12], self._config)
            generation.folder.mkdir()
            try:
                yield generation
            except BaseException:
                generation.drop()
                raise

    def base(self, encoder: str, dimension: int) -> Generation | None:
        """Return the generation that serves, where its vectors are of this encoder."""
        try:
            generation = self.current()
            manifest = generation.read()
        except (IndexMissingError, IndexMismatchError):
            return None
        return generation if (manifest.encoder, manifest.dimension) == (encoder, dimension) else None

    def publish(self, generation: Generation, manifest: Manifest) -> None:
        """Write the manifest, then point at the generation; earlier ones go, except the last, which may be in use."""
        previous = self._serving()
        _sync(generation.folder)
        _write_atomically(generation.manifest, manifest.model_dump_json(indent=2))
        _write_atomically(self._pointer, generation.name)
        for other in self._all():
            if other.name not in (generation.name, previous):
                other.drop()
        # Every vector is in the generation now, under the key of its text.
        self.forget_encodings()

    def forget_encodings(self) -> None:
        """Delete what was encoded so far, so that everything is encoded anew; only while building."""
        for suffix in ("", "-wal", "-shm"):
            self.encodings.with_name(self.encodings.name + suffix).unlink(missing_ok=True)

    def _drop_unfinished(self) -> None:
        serving = self._serving()
        for generation in self._all():
            if not generation.manifest.exists() and generation.name != serving:
                generation.drop()

    def _all(self) -> list[Generation]:
        return [Generation(folder, self._config) for folder in self._generations.iterdir() if folder.is_dir()]

    def _serving(self) -> str | None:
        try:
            return self.current().name
        except IndexMissingError:
            return None


def _sync(folder: Path) -> None:
    """Bring every file to disk before anything points at them, so that a power cut leaves no half-written index."""
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                os.fsync(file.fileno())


def _write_atomically(path: Path, text: str) -> None:
    partial = path.with_name(path.name + ".partial")
    with partial.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)
