"""Take out of items' descriptions what gives orders, holds markup or praises the item, and name items that have any.

Whatever slips through is still quoted in prompts, escaped on pages and never obeyed. A catalogue's facts are taken as
they are: who writes a false year into one is not found out here.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from retrieval.types import Item

from .guard import fired_rules

_MARKUP = re.compile(r"</?[a-z][a-z0-9-]*(?:\s[^<>]*)?/?>|&#\w+;", re.I)
_TOKENS = re.compile(r"<\|[^|<>]{1,40}\|>|\[/?INST\]|<<<|>>>")
_RUNS = re.compile(r"^\s*(?:javascript|data|vbscript|file):", re.I)


_PRAISE = re.compile(
    r"\b(?:this|it) is (?:\w+ ){0,2}the (?:best|greatest|finest|most)\b"
    r"|^\W*(?:\w+ )?(?:the )?(?:best|greatest|finest|(?:top|highest)[- ]rated)\b"
    r"[^.!?]{0,40}\b(?:ever|of all time)\b"
    r"|\b(?:rated|voted|ranked|named) (?:as )?(?:the )?(?:best|number one|#1|no\. ?1)\b"
    r"|\bmust-(?:see|watch|read|hear|have|buy)\b|\bdon't miss\b|\b(?:buy|order|call) now\b",
    re.I,
)
"""Praise of the item itself; praise of somebody in its story stays."""
_SENTENCE = re.compile(r"(?<=[.!?\u3002])\s+|\n+")


def told(item: Item) -> Item:
    """Return the item with only those sentences of its description that a reader may be told."""
    kept = _kept(item.description)
    return item if kept == item.description else item.model_copy(update={"description": kept})


# The same few thousand items are shown over and over, and the patterns read each for about half a millisecond.
@lru_cache(4096)
def _kept(description: str) -> str:
    if not description or not _hostile(description):
        return description
    return " ".join(part for part in _SENTENCE.split(description) if part.strip() and not _hostile(part))


def _hostile(text: str) -> bool:
    return any(pattern.search(text) for pattern in (_MARKUP, _TOKENS, _PRAISE)) or bool(fired_rules(text))


def item_warnings(item: Item) -> tuple[str, ...]:
    """Return what is suspicious about an item, one line each: the field, and why."""
    return tuple(dict.fromkeys(_warnings(item)))


def _warnings(item: Item) -> Iterator[str]:
    for field, text in _texts(item):
        if rules := fired_rules(text):
            yield f"{field} reads like an order to a language model ({', '.join(rules)})"
        if _TOKENS.search(text):
            yield f"{field} holds a language model's delimiters"
        if _MARKUP.search(text):
            yield f"{field} holds markup"
        if any(unicodedata.category(char) in ("Cf", "Cc", "Co") for char in text.replace("\n", " ").replace("\t", " ")):
            yield f"{field} holds invisible characters"
        if field == "description" and _PRAISE.search(text):
            yield "description praises the item, which is never repeated"
    for field in ("url", "image", "audio", "video"):
        if _RUNS.match(str(getattr(item, field) or "")):
            yield f"{field} is an address that runs or embeds something"


def _texts(item: Item) -> Iterator[tuple[str, str]]:
    yield from (("id", item.id), ("title", item.title), ("description", item.description))
    for name, value in item.attributes.items():
        for one in value if isinstance(value, tuple) else (value,):
            if isinstance(one, str):
                yield name, one
