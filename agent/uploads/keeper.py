"""Keep uploads in a folder: what is kept was decoded and written anew, so nothing of the sender's bytes survives.

    uploads/
      ID.jpg, ID.wav      the picture or sound
      ID.json             to whom it belongs; written last, so that a file without it was never accepted

An id is 128 random bits. Only who sent it may use it; what has expired is deleted when the next one arrives.
"""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Collection, Iterator
from contextlib import suppress
from pathlib import Path

from pydantic import ValidationError

from retrieval.errors import MediaError
from retrieval.media import reencode_picture, reencode_sound
from retrieval.types import Value

from ..errors import (
    StoreError,
    TooManyUploadsError,
    UploadError,
    UploadNotFoundError,
    UploadsOffError,
    UploadTooLargeError,
)
from ..types import UploadKind, UploadRef
from .config import UploadConfig
from .kinds import kind_of

_ID = re.compile(r"[0-9a-f]{32}")
_ENDINGS: dict[UploadKind, str] = {"image": ".jpg", "audio": ".wav"}
_TAKEN = "Send a JPEG, PNG, WebP or GIF picture, or a WAV, MP3 or OGG sound."
_MB = 1024 * 1024


class _Card(Value):
    kind: UploadKind
    session_id: str | None = None
    subject: str | None = None


class UploadKeeper:
    """Takes, gives back and forgets uploads; safe to share between threads and processes on one folder."""

    def __init__(self, folder: Path, config: UploadConfig) -> None:
        """Name the folder; it is made with the first upload."""
        self._folder = folder
        self.config = config

    def add(self, data: bytes, session_id: str | None = None, subject: str | None = None) -> UploadRef:
        """Keep a picture or sound; blocking, for as long as decoding takes.

        Args:
            data: the bytes of the file, as they came.
            session_id: the conversation that it is for; None lets any of its owner's use it.
            subject: the caller that it belongs to; None where callers are not told apart.

        Raises:
            UploadError: it is empty, too large, or neither a picture nor a sound that can be read; or none are taken.
            StoreError: it could not be written.
        """
        if not self.config.enabled:
            raise UploadsOffError("Pictures and sounds are not taken here.", hint="Describe it in words.")
        if len(data) > self.config.max_mb * _MB:
            raise UploadTooLargeError(
                f"The file has {len(data):,} bytes; at most {self.config.max_mb} MB are taken.",
                hint="Send a smaller picture, or a shorter sound.",
                most_mb=self.config.max_mb,
            )
        kind = kind_of(data)
        try:
            fresh = reencode_picture(data) if kind == "image" else reencode_sound(data)
        except MediaError as error:
            raise UploadError(error.what, hint=error.hint if kind == "image" else _TAKEN) from None
        upload = UploadRef(id=secrets.token_hex(16), kind=kind)
        card = _Card(kind=kind, session_id=session_id, subject=subject)
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._sweep()
            self._path(upload).write_bytes(fresh)
            self._card(upload.id).write_text(card.model_dump_json(), "utf-8")
        except OSError as error:
            raise StoreError(f"An upload could not be written: {error}.", hint="Try again.") from None
        return upload

    def refs(
        self, ids: Collection[str], session_id: str | None = None, subject: str | None = None
    ) -> tuple[UploadRef, ...]:
        """Return what these ids name, for a conversation and a caller.

        Raises:
            UploadNotFoundError: one is unknown, has expired, or is somebody else's.
            UploadError: there are too many.
        """
        if len(ids) > self.config.per_message:
            raise TooManyUploadsError(
                f"{len(ids)} files are too many for one message.",
                hint=f"Send at most {self.config.per_message}.",
                most=self.config.per_message,
            )
        return tuple(self._ref(one, session_id, subject) for one in dict.fromkeys(ids))

    def read(self, upload: UploadRef) -> bytes | None:
        """Return the picture or sound; None once it has expired."""
        try:
            return None if self._expired(self._path(upload)) else self._path(upload).read_bytes()
        except OSError:
            return None

    def held(
        self, session_ids: Collection[str], *, subject: str | None = None, ids: Collection[str] = ()
    ) -> list[UploadRef]:
        """Return what belongs to these conversations, to this caller, or has one of these ids."""
        return [
            UploadRef(id=identity, kind=card.kind)
            for identity, card in self._cards()
            if card.session_id in session_ids or (subject is not None and card.subject == subject) or identity in ids
        ]

    def forget(self, session_ids: Collection[str], *, subject: str | None = None, ids: Collection[str] = ()) -> int:
        """Delete what ``held`` returns, and return how many files that were.

        Raises:
            StoreError: one cannot be deleted.
        """
        gone = self.held(session_ids, subject=subject, ids=ids)
        try:
            for upload in gone:
                self._drop(upload.id)
        except OSError as error:
            raise StoreError(f"An upload could not be deleted: {error}.", hint="Try again.") from None
        return len(gone)

    def _ref(self, identity: str, session_id: str | None, subject: str | None) -> UploadRef:
        card = self._read_card(identity) if _ID.fullmatch(identity) else None
        theirs = card is not None and card.session_id in (None, session_id) and card.subject in (None, subject)
        if card is None or not theirs or self._expired(self._card(identity)):
            raise UploadNotFoundError(
                f"There is no upload {identity!r}, or it has expired.", hint="Send the file again: POST /v1/uploads."
            )
        return UploadRef(id=identity, kind=card.kind)

    def _sweep(self) -> None:
        """Delete what has expired, and the oldest while there is too much."""
        kept: list[tuple[float, int, str]] = []
        for path in self._folder.iterdir():
            with suppress(OSError):
                if self._expired(path):
                    path.unlink(missing_ok=True)
                elif path.suffix != ".json":
                    found = path.stat()
                    kept.append((found.st_mtime, found.st_size, path.stem))
        total = sum(size for _, size, _ in kept)
        for _, size, identity in sorted(kept):
            if total <= self.config.most_mb * _MB:
                break
            self._drop(identity)
            total -= size

    def _expired(self, path: Path) -> bool:
        return time.time() - path.stat().st_mtime > self.config.keep_hours * 3600

    def _cards(self) -> Iterator[tuple[str, _Card]]:
        if not self._folder.is_dir():
            return
        for path in self._folder.glob("*.json"):
            card = self._read_card(path.stem)
            if card is not None:
                yield path.stem, card

    def _read_card(self, identity: str) -> _Card | None:
        try:
            return _Card.model_validate_json(self._card(identity).read_bytes())
        except (OSError, ValidationError):
            return None

    def _drop(self, identity: str) -> None:
        for ending in (".json", *_ENDINGS.values()):
            (self._folder / f"{identity}{ending}").unlink(missing_ok=True)

    def _path(self, upload: UploadRef) -> Path:
        return self._folder / f"{upload.id}{_ENDINGS[upload.kind]}"

    def _card(self, identity: str) -> Path:
        return self._folder / f"{identity}.json"
