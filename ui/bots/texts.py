"""Posts as running text, for platforms without cards of their own. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from .types import Card, Post

LONGEST_REASON = 400
"""Characters of one reason; a reader of a chat wants the gist."""


class Markup(NamedTuple):
    """How a platform writes text: what it would take for markup is escaped first."""

    escape: Callable[[str], str]
    bold: Callable[[str], str]
    dim: Callable[[str], str]


def text_of(post: Post, markup: Markup, limit: int, size: Callable[[str], int] = len) -> str:
    """Return a post as one text of at most ``limit``; what does not fit is left out by paragraphs, from the end.

    Args:
        post: what is shown.
        markup: how the platform writes.
        limit: what the platform takes.
        size: how the platform counts.
    """
    kept: list[str] = []
    room = limit - size("\n\n…")
    for paragraph in _paragraphs(post, markup):
        room -= size(paragraph) + 2
        if room < 0:
            kept.append("…")
            break
        kept.append(paragraph)
    return "\n\n".join(kept) or "…"


def _paragraphs(post: Post, markup: Markup) -> Iterator[str]:
    if post.text:
        yield markup.escape(post.text)
    if post.table is not None:
        for row in post.table.rows:
            pairs = zip(post.table.columns, row.cells, strict=False)
            cells = "\n".join(f"{markup.escape(title)}: {markup.escape(cell)}" for title, cell in pairs)
            yield f"{markup.bold(markup.escape(row.label))}\n{cells}"
    for card in post.cards:
        yield _card(card, markup)
    if post.question:
        yield markup.bold(markup.escape(post.question))
    for note in post.notes:
        yield markup.dim(markup.escape(note))


def _card(card: Card, markup: Markup) -> str:
    shown = card.shown
    lines = [markup.bold(markup.escape(f"{shown.rank}. {shown.title}"))]
    if shown.headline:
        lines.append(markup.dim(markup.escape(" · ".join(shown.headline))))
    if shown.reason:
        lines.append(markup.escape(clipped(shown.reason, LONGEST_REASON)))
    return "\n".join(lines)


def clipped(text: str, limit: int) -> str:
    """Return a text of at most ``limit`` characters, cut between words where that is possible."""
    if len(text) <= limit:
        return text
    cut = text[: limit - 1]
    return (cut.rsplit(" ", 1)[0] or cut) + "…"
