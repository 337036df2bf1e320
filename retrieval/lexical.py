"""Search by word with BM25 in Tantivy, on disk and incremental. The only file that knows tantivy.

Words are folded to plain letters, and stemmed for English except in names: Hanks is not Hank. There is no query
language, so no user text is ever a syntax error.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import tantivy

from .errors import IndexFailedError, IndexMissingError
from .places import Among, item_key
from .texts import SearchFields

_ENGLISH = "folded_english"
_PLAIN = "folded"
_TOKENIZERS = {"title": _ENGLISH, "names": _PLAIN, "body": _ENGLISH}
"""Fields and how their words are made. All weigh alike: BM25 itself favours a match in a short field like a title."""
_FEW = 2000
"""Up to this many items are tested inside the search; beyond it, filtering what comes back is cheaper: among a million,
testing 500 took 24 ms, 2,000 34 ms, 5,000 45 ms and 10,000 64 ms."""
_FIRST_PAGE = 2
"""How many times the hits that are expected to do are read first."""
_MAX_WORDS = 64
"""Distinct words of a query that count, so that a pasted page cannot stall the search."""
_HEAP_BYTES = 64_000_000


class TantivyIndex:
    """BM25 over titles, names and the other words of items; safe to query from several threads, one writer."""

    def __init__(self, index: tantivy.Index) -> None:
        """Take an opened index; use ``create`` or ``open`` instead."""
        self._index = index
        self._analyzers = {_ENGLISH: _analyzer(stemmed=True), _PLAIN: _analyzer(stemmed=False)}
        for name, analyzer in self._analyzers.items():
            index.register_tokenizer(name, analyzer)
        self._analyzing = threading.Lock()

    @classmethod
    def create(cls, folder: Path) -> TantivyIndex:
        """Make an index in an empty or new folder."""
        folder.mkdir(parents=True, exist_ok=True)
        return cls(tantivy.Index(_schema(), path=str(folder), reuse=False))

    @classmethod
    def open(cls, folder: Path) -> TantivyIndex:
        """Open an existing index.

        Raises:
            IndexMissingError: the folder holds none.
        """
        if not folder.is_dir() or not tantivy.Index.exists(str(folder)):
            raise IndexMissingError(f"No lexical index at {str(folder)!r}.", hint="Build it: palate index build")
        return cls(tantivy.Index.open(str(folder)))

    @contextmanager
    def writing(self) -> Iterator[LexicalWriter]:
        """Give a writer; what it wrote is visible and durable when the block is left, and gone when that fails."""
        writer = self._index.writer(_HEAP_BYTES, num_threads=1)
        try:
            yield LexicalWriter(writer)
        except BaseException:
            writer.rollback()
            raise
        writer.commit()
        writer.wait_merging_threads()
        self._index.reload()

    def upsert(self, documents: Mapping[str, SearchFields]) -> None:
        """Add or replace items by id; visible and durable when the call returns."""
        with self.writing() as writer:
            writer.delete(documents)
            writer.add(documents)

    def delete(self, ids: Iterable[str]) -> None:
        """Remove items; unknown ids are ignored."""
        with self.writing() as writer:
            writer.delete(ids)

    def count(self) -> int:
        """Return the number of items."""
        return int(self._index.searcher().num_docs)

    def query(self, text: str, k: int, among: Among | None = None) -> list[tuple[str, float]]:
        """Return up to k (id, score), best first; ``among`` restricts to these items exactly.

        Raises:
            IndexFailedError: the files cannot be read.
        """
        terms = self._terms(text)
        if not terms or k < 1:
            return []
        try:
            return self._found(terms, k, among)
        except (OSError, RuntimeError, ValueError) as error:
            raise IndexFailedError(f"The word index does not answer: {error}", hint="palate index verify") from error

    def _found(self, terms: list[tuple[str, str]], k: int, among: Among | None) -> list[tuple[str, float]]:
        wanted = _any_of(self._index.schema, terms)
        searcher = self._index.searcher()
        if among is None:
            return _named(searcher, _top(searcher, wanted, k))
        if len(among) == 0:
            return []
        if len(among) <= _FEW:
            return _named(searcher, _top(searcher, _within(self._index.schema, wanted, among), k))
        return _named(searcher, _filtered(searcher, wanted, k, among))

    def _terms(self, text: str) -> list[tuple[str, str]]:
        with self._analyzing:
            words = {name: dict.fromkeys(analyzer.analyze(text)) for name, analyzer in self._analyzers.items()}
        return [(field, word) for field, name in _TOKENIZERS.items() for word in list(words[name])[:_MAX_WORDS]]


class LexicalWriter:
    """Changes to the index that become visible together."""

    def __init__(self, writer: tantivy.IndexWriter) -> None:
        """Take the library's writer; use ``TantivyIndex.writing`` instead."""
        self._writer = writer

    def add(self, documents: Mapping[str, SearchFields]) -> None:
        """Add items that are not in the index, or were deleted."""
        for item_id, fields in documents.items():
            document = tantivy.Document(id=item_id, **fields.model_dump())
            document.add_unsigned("key", item_key(item_id))
            self._writer.add_document(document)

    def delete(self, ids: Iterable[str]) -> None:
        """Remove items; unknown ids are ignored."""
        for item_id in ids:
            self._writer.delete_documents_by_term("id", item_id)


_Hit = tuple[float, tantivy.DocAddress]


def _top(searcher: tantivy.Searcher, query: tantivy.Query, k: int) -> list[_Hit]:
    hits: list[_Hit] = searcher.search(query, min(k, max(1, searcher.num_docs)), count=False).hits
    return hits


def _filtered(searcher: tantivy.Searcher, wanted: tantivy.Query, k: int, among: Among) -> list[_Hit]:
    """Read ever more of the ranking until k allowed items are found: the same answer as filtering first."""
    page = _FIRST_PAGE * k * max(1, searcher.num_docs) // len(among) + k
    while True:
        found = _top(searcher, wanted, page)
        keys = searcher.fast_field_values("key", [address for _, address in found])
        kept = np.flatnonzero(among.holds(np.array(keys, dtype=np.uint64)))
        if len(kept) >= k or len(found) < page:
            return [found[at] for at in kept[:k]]
        page *= 4


def _named(searcher: tantivy.Searcher, hits: Sequence[_Hit]) -> list[tuple[str, float]]:
    return [(str(searcher.doc(address)["id"][0]), float(score)) for score, address in hits]


def _analyzer(*, stemmed: bool) -> tantivy.TextAnalyzer:
    steps = [
        tantivy.Filter.remove_long(60),
        tantivy.Filter.lowercase(),
        tantivy.Filter.ascii_fold(),
        tantivy.Filter.stopword("english"),
    ]
    builder = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
    for step in [*steps, tantivy.Filter.stemmer("English")] if stemmed else steps:
        builder = builder.filter(step)
    return builder.build()


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_unsigned_field("key", stored=False, indexed=True, fast=True)
    for field, tokenizer in _TOKENIZERS.items():
        builder.add_text_field(field, tokenizer_name=tokenizer, index_option="freq")
    return builder.build()


def _any_of(schema: tantivy.Schema, terms: Collection[tuple[str, str]]) -> tantivy.Query:
    parts = [(tantivy.Occur.Should, tantivy.Query.term_query(schema, field, word, "freq")) for field, word in terms]
    return tantivy.Query.boolean_query(parts)


def _within(schema: tantivy.Schema, wanted: tantivy.Query, among: Among) -> tantivy.Query:
    members = tantivy.Query.const_score_query(tantivy.Query.term_set_query(schema, "key", among.keys().tolist()), 0.0)
    return tantivy.Query.boolean_query([(tantivy.Occur.Must, wanted), (tantivy.Occur.Must, members)])
