"""Make the parts of an open retriever fail on demand, at the seam where the library below them would."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import sqlalchemy as sa

from .retriever import Retriever
from .types import Reranker


@dataclass
class Breaker:
    """Decides what calls of one part do: as usual, late, or not at all."""

    error: Callable[[], Exception]
    """Makes the error that the library raises."""
    broken: bool = False
    delay_s: float = 0.0
    struck: int = field(default=0)
    """Calls that were made while something was wrong."""

    def strike(self) -> None:
        """Wait, and raise, as is asked for."""
        self.struck += bool(self.broken or self.delay_s)
        if self.delay_s:
            time.sleep(self.delay_s)
        if self.broken:
            raise self.error()


class Breakable:
    """Stands in for an object whose calls go through a breaker."""

    def __init__(self, inner: Any, breaker: Breaker) -> None:
        """Take the object."""
        self._inner, self._breaker = inner, breaker

    def __getattr__(self, name: str) -> Any:
        """Return the object's attribute; its methods ask the breaker first."""
        found = getattr(self._inner, name)
        if not callable(found):
            return found

        def call(*given: Any, **named: Any) -> Any:
            self._breaker.strike()
            return found(*given, **named)

        return call


def break_parts(retriever: Retriever, reranker: Reranker) -> dict[str, Breaker]:
    """Put breakers, all at rest, below the parts of a retriever over an index in a folder; return them by part.

    Args:
        retriever: changed in place.
        reranker: takes the place of the retriever's.
    """
    finder: Any = retriever._finder
    collection = finder.vectors._collection
    breakers = {
        "vectors": Breaker(lambda: _failure_of(collection)),
        "lexical": Breaker(lambda: ValueError("An IO error occurred: 'No such file or directory'")),
        "encoder": Breaker(lambda: RuntimeError("the encoder's weights are gone")),
        "reranker": Breaker(lambda: RuntimeError("[ONNXRuntimeError] : 1 : FAIL")),
        "facts": Breaker(lambda: sa.exc.OperationalError("SELECT", {}, sqlite3.OperationalError("disk I/O error"))),
    }
    finder.vectors._collection = Breakable(collection, breakers["vectors"])
    finder.lexical._index = Breakable(finder.lexical._index, breakers["lexical"])
    facts: Any = retriever.facts
    facts._engine = Breakable(facts._engine, breakers["facts"])
    opened: Any = retriever
    opened._encoder = Breakable(retriever._encoder, breakers["encoder"])
    ranked: Any = Breakable(reranker, breakers["reranker"])
    retriever._ranker = replace(retriever._ranker, reranker=ranked)
    return breakers


def _failure_of(collection: Any) -> Exception:
    """Return an error of the vector library's own, by asking it for what it cannot do."""
    try:
        collection.query(query_embeddings=[[0.0]], n_results=1)
    except Exception as error:
        return error
    raise AssertionError("the vector library took a vector of another length")
