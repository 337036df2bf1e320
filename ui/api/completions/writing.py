"""The text of a turn, piece by piece: the same whether it is streamed or not, since clients send it back. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from agent.types import DoneEvent, ItemsEvent, Recommendation, SentenceEvent, StreamEvent

from .models import Usage

_TOKEN = re.compile(r"\w+|[^\w\s]")


class Writer:
    """Turn events into Markdown: a lead, a numbered list of items with their reasons, and a question below."""

    def __init__(self) -> None:
        """Start with nothing written."""
        self._picks: dict[str, Recommendation] = {}
        self._listed: list[str] = []
        self.text = ""

    def write(self, event: StreamEvent) -> str:
        """Return what the event adds to the text; may be nothing."""
        added = "".join(self._added(event))
        self.text += added
        return added

    def _added(self, event: StreamEvent) -> Iterator[str]:
        if isinstance(event, ItemsEvent):
            self._picks = {pick.item_id: pick for pick in event.recommendations}
        elif isinstance(event, SentenceEvent):
            yield from self._sentence(event)
        elif isinstance(event, DoneEvent) and not self.text:
            yield event.reply.text

    def _sentence(self, event: SentenceEvent) -> Iterator[str]:
        pick = self._picks.get(event.item_id or "")
        if pick is None:
            # What stands below the items stands apart from them.
            before = "" if not self.text else "\n\n" if event.question or self._listed else "\n"
            yield before + event.text
        elif self._listed and self._listed[-1] == pick.item_id:
            yield f" {event.text}"
        else:
            before = "" if not self.text else "\n" if self._listed else "\n\n"
            self._listed.append(pick.item_id)
            yield f"{before}{pick.rank}. **{pick.title}** — {event.text}"


def usage(asked: str, answered: str) -> Usage:
    """Count words and signs."""
    prompt, completion = (len(_TOKEN.findall(text)) for text in (asked, answered))
    return Usage(prompt_tokens=prompt, completion_tokens=completion, total_tokens=prompt + completion)
