"""Search by word with BM25 in Tantivy, on disk and incremental. The only file that knows tantivy.

Words are folded to plain letters, and stemmed for English except in names: Hanks is not Hank. There is no query
language, so no user text is ever a syntax error.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

import tantivy

from .errors import IndexMissingError
from .texts import SearchFields

_ENGLISH = "folded_english"
_PLAIN = "folded"
_TOKENIZERS = {"title": _ENGLISH, "names": _PLAIN, "body": _ENGLISH}
"""Fields and how their words are made. All weigh alike: BM25 itself favours a match in a short field like a title."""
_FEW = 1000
"""Up to this many ids are tested inside the search (2 ms); beyond it, filtering what comes back is cheaper."""
_FIRST_PAGE = 4
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

    def upsert(self, documents: Mapping[str, SearchFields]) -> None:
        """Add or replace items by id; visible and durable when the call returns."""
        writer = self._index.writer(_HEAP_BYTES, num_threads=1)
        for item_id, fields in documents.items():
            writer.delete_documents_by_term("id", item_id)
            writer.add_document(tantivy.Document(id=item_id, **fields.model_dump()))
        self._finish(writer)

    def delete(self, ids: Iterable[str]) -> None:
        """Remove items; unknown ids are ignored."""
        writer = self._index.writer(_HEAP_BYTES, num_threads=1)
        for item_id in ids:
            writer.delete_documents_by_term("id", item_id)
        self._finish(writer)

    def count(self) -> int:
        """Return the number of items."""
        return int(self._index.searcher().num_docs)

    def query(self, text: str, k: int, among: Iterable[str] | None = None) -> list[tuple[str, float]]:
        """Return up to k (id, score), best first; ``among`` restricts to these ids exactly."""
        terms = self._terms(text)
        if not terms or k < 1:
            return []
        wanted = _any_of(self._index.schema, terms)
        if among is None:
            return self._top(wanted, k)
        allowed = frozenset(among)
        if not allowed:
            return []
        if len(allowed) <= _FEW:
            return self._top(_within(self._index.schema, wanted, allowed), k)
        return self._filtered(wanted, k, allowed)

    def _filtered(self, wanted: tantivy.Query, k: int, allowed: frozenset[str]) -> list[tuple[str, float]]:
        """Read ever more of the ranking until k allowed items are found: the same answer as filtering first."""
        total = max(1, self.count())
        page = _FIRST_PAGE * k * total // len(allowed) + k
        while True:
            found = self._top(wanted, page)
            kept = [hit for hit in found if hit[0] in allowed]
            if len(kept) >= k or len(found) < page:
                return kept[:k]
            page *= 4

    def _top(self, query: tantivy.Query, k: int) -> list[tuple[str, float]]:
        searcher = self._index.searcher()
        found = searcher.search(query, min(k, max(1, searcher.num_docs)), count=False)
        return [(str(searcher.doc(address)["id"][0]), float(score)) for score, address in found.hits]

    def _terms(self, text: str) -> list[tuple[str, str]]:
        with self._analyzing:
            words = {name: dict.fromkeys(analyzer.analyze(text)) for name, analyzer in self._analyzers.items()}
        return [(field, word) for field, name in _TOKENIZERS.items() for word in list(words[name])[:_MAX_WORDS]]

    def _finish(self, writer: tantivy.IndexWriter) -> None:
        writer.commit()
        writer.wait_merging_threads()
        self._index.reload()


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
    for field, tokenizer in _TOKENIZERS.items():
        builder.add_text_field(field, tokenizer_name=tokenizer, index_option="freq")
    return builder.build()


def _any_of(schema: tantivy.Schema, terms: Collection[tuple[str, str]]) -> tantivy.Query:
    parts = [(tantivy.Occur.Should, tantivy.Query.term_query(schema, field, word, "freq")) for field, word in terms]
    return tantivy.Query.boolean_query(parts)


def _within(schema: tantivy.Schema, wanted: tantivy.Query, allowed: Collection[str]) -> tantivy.Query:
    members = tantivy.Query.const_score_query(tantivy.Query.term_set_query(schema, "id", sorted(allowed)), 0.0)
    return tantivy.Query.boolean_query([(tantivy.Occur.Must, wanted), (tantivy.Occur.Must, members)])
