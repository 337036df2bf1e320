"""Keep vectors in Chroma, in a folder or on a server. The only file that knows chromadb.

Attributes are never stored here: filtering by Chroma's metadata cost 20 to 40 times the search itself when measured,
and ``planner.py`` does without. Embeddings are always given; Chroma's own embedding function would download a model.
"""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

import numpy as np

from .errors import IndexFailedError, IndexMissingError, RetrievalError
from .types import Vectors

if TYPE_CHECKING:
    from chromadb.api.client import Client
    from chromadb.api.collection_configuration import CreateHNSWConfiguration
    from chromadb.api.models.Collection import Collection

_BATCH = 1000
_PAGE = 20_000
"""Ids read at a time."""
_SYNCS = 50
"""How often the graph is written to disk over a build. Each time, Chroma writes all ids: at its own 1,000 rows a
million items would cost a thousand such writes."""
_MOST_UNSYNCED = 20_000
_DATABASE = "chroma.sqlite3"
_HNSW: CreateHNSWConfiguration = {"space": "cosine", "ef_construction": 64, "ef_search": 800}
"""Building at 64 is 1.7 times as fast as at 128. Among a million synthetic items, searching 200, 400 and 800 deep found
85, 87 and 94 of the true 100 nearest in 1.4, 1.8 and 2.4 ms."""


class ChromaIndex:
    """Nearest neighbours by cosine in one Chroma collection; safe to query from several threads."""

    def __init__(self, client: Client, collection: Collection, place: Path | str) -> None:
        """Take an opened collection and the client to close with it; use ``create`` or ``open`` instead."""
        self._client = client
        self._collection = collection
        self._place = place

    @classmethod
    def create(cls, place: Path | str, name: str, count: int = 0) -> ChromaIndex:
        """Make an empty collection in a folder (a Path) or on a server (its address), replacing one of that name.

        Args:
            place: where.
            name: of the collection.
            count: rows to be expected.
        """
        client = _client(place)
        _drop(client, name)
        wait = min(max(_BATCH, count // _SYNCS // _BATCH * _BATCH), _MOST_UNSYNCED)
        hnsw: CreateHNSWConfiguration = {**_HNSW, "sync_threshold": wait}
        made = client.create_collection(name, configuration={"hnsw": hnsw}, embedding_function=None)
        return cls(client, made, place)

    @classmethod
    def copy(cls, source: Path, old: str, target: Path, new: str) -> ChromaIndex:
        """Copy a collection from a folder to an absent one, under a new name; others may be reading the source.

        Raises:
            IndexMissingError: there is none of that name.
        """
        shutil.copytree(source, target, ignore=shutil.ignore_patterns(f"{_DATABASE}*"))
        with (
            closing(sqlite3.connect(source / _DATABASE)) as there,
            closing(sqlite3.connect(target / _DATABASE)) as here,
        ):
            there.backup(here)
        copied = cls.open(target, old)
        copied._collection.modify(name=new)
        return copied

    @classmethod
    def open(cls, place: Path | str, name: str) -> ChromaIndex:
        """Open an existing collection.

        Raises:
            IndexMissingError: there is none of that name, or the server does not answer.
        """
        from chromadb.errors import NotFoundError

        client = _client(place)
        try:
            return cls(client, client.get_collection(name, embedding_function=None), place)
        except NotFoundError as error:
            client.close()
            raise IndexMissingError(
                f"Chroma has no collection {name!r} at {str(place)!r}.", hint="Build it: palate index build"
            ) from error

    def upsert(self, ids: Sequence[str], vectors: Vectors) -> None:
        """Add or replace rows."""
        for start in range(0, len(ids), _BATCH):
            end = start + _BATCH
            self._collection.upsert(ids=list(ids[start:end]), embeddings=np.ascontiguousarray(vectors[start:end]))

    def delete(self, ids: Sequence[str]) -> None:
        """Remove rows; unknown ids are ignored."""
        for start in range(0, len(ids), _BATCH):
            self._collection.delete(ids=list(ids[start : start + _BATCH]))

    def query(self, vector: Vectors, k: int) -> list[tuple[str, float]]:
        """Return up to k (id, cosine), best first.

        Raises:
            IndexFailedError: the library or the server failed.
        """
        if k < 1:
            return []
        with _told():
            found = self._collection.query(query_embeddings=[vector.tolist()], n_results=k, include=["distances"])
        distances = found["distances"] or [[]]
        return [(item_id, 1.0 - float(far)) for item_id, far in zip(found["ids"][0], distances[0], strict=True)]

    def get(self, ids: Sequence[str]) -> dict[str, Vectors]:
        """Return the vectors of the ids that are present."""
        vectors: dict[str, Vectors] = {}
        for start in range(0, len(ids), _BATCH):
            found = self._collection.get(ids=list(ids[start : start + _BATCH]), include=["embeddings"])
            rows = np.asarray(found["embeddings"], dtype=np.float32)
            vectors.update(zip(found["ids"], rows, strict=True))
        return vectors

    def ids(self) -> set[str]:
        """Return all ids present."""
        return {item_id for page in self._pages() for item_id in page}

    def count(self) -> int:
        """Return the number of rows."""
        return int(self._collection.count())

    def seal(self) -> None:
        """Bring the whole graph of a folder to disk, so that whoever opens it need not build the rest of it first.

        Chroma writes the graph every ``sync_threshold`` rows and makes every process that opens the folder insert what
        came after: 10 s for 20,000 rows. Opening it once with a lower threshold and asking it anything writes all.
        """
        if isinstance(self._place, str) or self.count() == 0:
            return
        name = self._collection.name
        self._collection.modify(configuration={"hnsw": {"sync_threshold": 2}})
        self._client.close()
        self._client = _client(self._place)
        self._collection = self._client.get_collection(name, embedding_function=None)
        row = self._collection.get(limit=1, include=["embeddings"])["embeddings"]
        self._collection.query(query_embeddings=np.asarray(row, dtype=np.float32), n_results=1, include=[])
        self._collection.modify(configuration={"hnsw": {"sync_threshold": _BATCH}})

    def close(self) -> None:
        """Release the files or the connection."""
        self._client.close()

    def _pages(self) -> Iterator[list[str]]:
        for offset in range(0, self.count(), _PAGE):
            yield self._collection.get(limit=_PAGE, offset=offset, include=[])["ids"]


@contextlib.contextmanager
def _told() -> Iterator[None]:
    """Turn the library's errors, and those of the connection to its server, into ours."""
    from chromadb.errors import ChromaError
    from httpx import HTTPError

    try:
        yield
    except (ChromaError, HTTPError, OSError, RuntimeError, ValueError) as error:
        raise IndexFailedError(f"Chroma does not answer: {error}", hint="See its log; palate index verify") from error


def preload() -> None:
    """Import the library now, for processes that are forked later; opens nothing."""
    import chromadb.config  # noqa: F401


def drop_collection(place: Path | str, name: str) -> None:
    """Delete a collection; one that is not there is fine."""
    client = _client(place)
    _drop(client, name)
    client.close()


def _drop(client: Client, name: str) -> None:
    from chromadb.errors import NotFoundError

    with contextlib.suppress(NotFoundError):
        client.delete_collection(name)


def _client(place: Path | str) -> Client:
    import chromadb
    from chromadb.config import Settings

    settings = Settings(anonymized_telemetry=False)
    # Both constructors are declared to return an interface that lacks ``close``; both return a Client.
    if isinstance(place, Path):
        return cast("Client", chromadb.PersistentClient(str(place), settings=settings))
    address = urlsplit(place)
    if address.scheme not in ("http", "https") or not address.hostname:
        raise RetrievalError(f"{place!r} is not the address of a Chroma server.", hint="Example: http://localhost:8000")
    secure = address.scheme == "https"
    port = address.port or (443 if secure else 8000)
    try:
        return cast("Client", chromadb.HttpClient(address.hostname, port, ssl=secure, settings=settings))
    except (ValueError, OSError) as error:
        raise RetrievalError(
            f"The Chroma server at {place!r} does not answer: {error}",
            hint="Start it (chroma run --path DIR), or unset index.chroma_url.",
        ) from error
