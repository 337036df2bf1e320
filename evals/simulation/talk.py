"""Read real dialogues as what a simulated user does: opens, answers, reacts. Counts nothing.

A step is all that the seeker says between two turns of the recommender. What it states is read by our own
understander, over the configured catalogue, with tagged titles taken out, so that no word of a title counts as a wish.
What the turn before it was (items, a question about taste) and whether the seeker shrugs or closes is told by fixed
patterns; docs/simulator.md says how often the reading is right.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal, Protocol

from agent.types import ITEM, TEXT, Conversation, Preference, PreferenceUpdate, Recommendation
from retrieval.types import Value

from ..errors import DataMissingError
from .talk_words import CLOSE, OTHERS, SEEN, SHRUG, asks_taste, speaks_of_taste

After = Literal["start", "items", "items and question", "question", "talk"]
"""What the recommender said just before: nothing yet; titles; titles and a question about taste; such a question alone;
anything else."""

_TITLE = "it"
"""Stands for a tagged title: what is said of it is said of an item."""
_LEAST_STRENGTH = 0.5
"""Weaker readings are overtones of a word that another wish stands for already."""


class Hearing(Protocol):
    """What reads the messages: ``agent.Listener``."""

    async def hear(self, text: str, conversation: Conversation) -> tuple[Conversation, PreferenceUpdate]:
        """Return the conversation with one more message."""
        ...

    def tell(self, conversation: Conversation, picks: Sequence[Recommendation]) -> Conversation:
        """Return the conversation with an answer that shows items."""
        ...


class Message(Value):
    """One message of a dialogue."""

    seeker: bool
    text: str
    titles: tuple[str, ...] = ()
    """Titles tagged in it."""


class Talk(Value):
    """A whole dialogue."""

    id: str
    messages: tuple[Message, ...]


class Step(Value):
    """What the seeker did between two turns of the recommender."""

    dialogue: str
    turn: int
    """Place of its first message among all of the dialogue, from 0."""
    after: After
    lists: int = 0
    """Turns of the recommender with titles before this step, the last one counted."""
    wishes: tuple[str, ...] = ()
    """Attributes of the wishes stated that were not held before, one entry a wish."""
    repeated: int = 0
    """Attribute wishes stated that were held already."""
    titles: int = 0
    """Titles named that the recommender had not named."""
    dropped: int = 0
    """Wishes taken back."""
    contradicted: int = 0
    """Wishes that go against one in force."""
    shrugs: bool = False
    """Whether it says that anything will do, or that the seeker does not know."""
    closes: bool = False
    """Whether it thanks, says goodbye or says that what was named will be watched."""
    others: bool = False
    """Whether it asks for others."""
    seen: bool = False
    """Whether it says what was seen before."""
    words: int = 0


def read_talks(path: Path) -> list[Talk]:
    """Return the dialogues of a set in the shared dialogue format.

    Raises:
        DataMissingError: the file is not there.
    """
    if not path.is_file():
        raise DataMissingError(
            f"There are no dialogues at {str(path)!r}.",
            hint="Give the folder of the shared sets with --data, or in PALATE_DATA.",
        )
    return [_talk(json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


async def steps(listener: Hearing, talk: Talk) -> list[Step]:
    """Return the steps of the seeker, each read in the light of what was said before."""
    state = Conversation(session_id=talk.id)
    found: list[Step] = []
    named: set[str] = set()
    lists = 0
    for start, turn in _turns(talk.messages):
        if not turn[0].seeker:
            titles = {title for message in turn for title in message.titles}
            named |= titles
            lists += bool(titles)
            state = listener.tell(state, ())
            continue
        before, said = state, []
        for message in turn:
            state, update = await listener.hear(plain(message), state)
            said.append((plain(message), update))
        own = {title for message in turn for title in message.titles} - named
        named |= own
        found.append(_step(talk, start, turn, before, said, lists, len(own)))
    return found


def plain(message: Message) -> str:
    """Return the text of a message without the titles tagged in it."""
    text = message.text
    for title in sorted(message.titles, key=len, reverse=True):
        text = text.replace(title, _TITLE)
    return text


def _step(
    talk: Talk,
    start: int,
    turn: Sequence[Message],
    before: Conversation,
    said: Sequence[tuple[str, PreferenceUpdate]],
    lists: int,
    own: int,
) -> Step:
    text = " ".join(plain(message) for message in turn)
    held = {(wish.attribute, wish.op, wish.value) for wish in before.preferences}
    stated = {_key(wish) for words, update in said for wish in update.add if _speaks(wish, words)}
    return Step(
        dialogue=talk.id,
        turn=start,
        after=_after(talk.messages[:start]),
        lists=lists,
        wishes=tuple(sorted(key[0] for key in stated - held)),
        repeated=len(stated & held),
        titles=own,
        dropped=sum(len(update.remove) + bool(update.undo) for _, update in said),
        contradicted=sum(len(update.contradictions) for _, update in said),
        shrugs=SHRUG.search(text) is not None,
        closes=CLOSE.search(text) is not None,
        others=OTHERS.search(text) is not None,
        seen=SEEN.search(text) is not None,
        words=sum(len(message.text.split()) for message in turn),
    )


def _key(wish: Preference) -> tuple[str, str, object]:
    return wish.attribute, wish.op, wish.value


def _speaks(wish: Preference, text: str) -> bool:
    if wish.attribute in (ITEM, TEXT) or wish.strength < _LEAST_STRENGTH:
        return False
    return speaks_of_taste(wish.attribute, wish.quote, text)


def _after(messages: Sequence[Message]) -> After:
    last: list[Message] = []
    for message in reversed(messages):
        if message.seeker:
            break
        last.append(message)
    if not last:
        return "start"
    items, asks = any(message.titles for message in last), any(asks_taste(plain(message)) for message in last)
    if items:
        return "items and question" if asks else "items"
    return "question" if asks else "talk"


def _turns(messages: Sequence[Message]) -> list[tuple[int, list[Message]]]:
    """Return messages of one speaker in a row together, with the place of the first."""
    found: list[tuple[int, list[Message]]] = []
    for place, message in enumerate(messages):
        if found and found[-1][1][-1].seeker == message.seeker:
            found[-1][1].append(message)
        else:
            found.append((place, [message]))
    return found


def _talk(row: dict[str, Any]) -> Talk:
    messages = tuple(
        Message(seeker=turn["role"] == "user", text=turn["text"], titles=tuple(turn.get("mentioned_titles") or ()))
        for turn in row["turns"]
    )
    return Talk(id=row["dialog_id"], messages=messages)
