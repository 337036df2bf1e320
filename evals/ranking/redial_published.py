"""Read ReDial as it was published (Li et al., NeurIPS 2018) into the shape that the cutter takes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from retrieval.corpora import Record

from .dialogues import RECOMMENDER, USER

_MENTION = re.compile(r"@(\d+)")


def dialogues_of(records: Iterable[Record]) -> list[Record]:
    """Return records with published dialogues (``messages``) turned into turns; all others as they are."""
    return [_dialogue(record) if "messages" in record else record for record in records]


def _dialogue(record: Record) -> Record:
    titles = {str(key): str(title).strip() for key, title in _mentions(record)}
    seeker = record["initiatorWorkerId"]
    return {"dialog_id": record["conversationId"], "turns": list(_turns(record, titles, seeker))}


def _turns(record: Record, titles: Mapping[str, str], seeker: object) -> Iterator[Record]:
    for message in record["messages"]:
        ids = [one for one in _MENTION.findall(message["text"]) if one in titles]
        yield {
            "role": USER if message["senderWorkerId"] == seeker else RECOMMENDER,
            "text": _MENTION.sub(lambda match: titles.get(match[1], match[0]), message["text"]),
            "mentioned_ids": ids,
            "mentioned_titles": [titles[one] for one in ids],
        }


def _mentions(record: Record) -> Iterable[tuple[str, str]]:
    """Return the films mentioned; a dialogue without any has an empty list in place of a mapping."""
    mentions = record.get("movieMentions") or {}
    return [(key, title) for key, title in mentions.items() if title]
