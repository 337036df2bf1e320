"""Let simulated users talk to recommenders: the same needs, users and seeds under every policy."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, Protocol

from agent.errors import AgentError
from agent.types import AskAction, RecommendAction, Reply
from retrieval.types import CatalogSchema, Item

from .config import UserConfig
from .oracle import HiddenOracle, acceptable
from .types import MAX_TURNS, Dialogue, End, Exchange, Need, Option, Question, Screen, Seen, Utterance
from .user import AgendaUser
from .wants import match

_LISTED = 5
"""Items that the trivial baselines show a turn."""


class Talker(Protocol):
    """What is measured: ``agent.Recommender``, or anything that answers messages."""

    async def reply(self, text: str, session: str) -> Reply:
        """Answer one message."""
        ...


class System(Protocol):
    """One side of a dialogue: puts a screen before the user for every message."""

    async def respond(self, text: str, session: str) -> Screen:
        """Return what the user sees after a message."""
        ...


class Talking:
    """A recommender as a system."""

    def __init__(self, talker: Talker) -> None:
        """Take what answers."""
        self._talker = talker

    async def respond(self, text: str, session: str) -> Screen:
        """Return the reply as a screen."""
        return screen_of(await self._talker.reply(text, session))


class Listing:
    """The trivial systems: the next five items, the best known first or at random, whatever was said."""

    def __init__(self, items: Iterable[Item], order: Literal["popularity", "random"], seed: int) -> None:
        """Order all items once."""
        self._items = sorted(items, key=lambda item: (-item.popularity, item.id))
        self._order = order
        self._seed = seed
        self._shown: dict[str, int] = {}

    async def respond(self, text: str, session: str) -> Screen:
        """Return the next items."""
        start = self._shown.get(session, 0)
        self._shown[session] = start + _LISTED
        if self._order == "random":
            chosen = random.Random(f"{self._seed}/{session}/{start}").sample(self._items, _LISTED)
        else:
            chosen = self._items[start : start + _LISTED]
        return Screen(kind="recommend", items=tuple(Seen(item_id=i.id, attributes=i.attributes) for i in chosen))


class Voice(Protocol):
    """Puts messages into other words."""

    async def reword(self, said: Utterance, need: Need) -> Utterance:
        """Return the message in other words."""
        ...


class Cast:
    """Everybody who takes part besides the system: needs, and users of every type to have them."""

    def __init__(
        self,
        schema: CatalogSchema,
        items: Mapping[str, Item],
        users: UserConfig,
        phrases: Mapping[str, Sequence[str]],
        turns: int = MAX_TURNS,
    ) -> None:
        """Take the catalogue, how users behave and talk, and the turns after which every dialogue ends."""
        self.schema = schema
        self.turns = turns
        self._items = items
        self._users = users
        self._phrases = phrases

    @property
    def size(self) -> int:
        """How many items the catalogue has."""
        return len(self._items)

    def type_of(self, number: int) -> str:
        """Return the type of the user with the ``number``-th need: all types take turns."""
        names = sorted(self._users.types)
        return names[number % len(names)]

    async def play(
        self, system: System, policy: str, need: Need, number: int, seed: int, voice: Voice | None = None
    ) -> Dialogue:
        """Return one whole dialogue; a system that breaks off gives one with ``error``, which is not scored.

        Args:
            system: what is measured.
            policy: its name.
            need: what the user is after.
            number: of the need, which decides the type of user.
            seed: fixes what the user knows and says.
            voice: puts every message into other words; None keeps the agenda's.
        """
        kind = self.type_of(number)
        behaviour = self._users.types[kind]
        name = f"{seed}/{need.id}/{kind}"
        oracle = HiddenOracle(need, self._items, noise=behaviour.noise, seed=name)
        user = AgendaUser(need.knowledge, oracle, behaviour, self.schema, self._phrases, name)
        record = _Record(need, self._items, self.turns)
        said = user.open()
        error = ""
        end: End | Literal[""] = ""
        while not end:
            said = await voice.reword(said, need) if voice is not None else said
            try:
                screen = await system.respond(said.text, f"{policy}/{name}")
            except AgentError as problem:
                error, end = str(problem), "closed"
                continue
            record.add(Exchange(user=said, screen=screen))
            end = record.end(screen)
            if not end:
                said = user.respond(screen)
                end = "left" if said.act.kind == "leave" else ""
        return record.dialogue(kind, policy, end or "closed", error)


class _Record:
    """Keeps what happened in one dialogue."""

    def __init__(self, need: Need, items: Mapping[str, Item], turns: int) -> None:
        self._turns = turns
        self._need = need
        self._items = items
        self._exchanges: list[Exchange] = []
        self._match: list[float] = []
        self._acceptable_at: int | None = None

    def add(self, exchange: Exchange) -> None:
        self._exchanges.append(exchange)
        shown = [self._items[seen.item_id] for seen in exchange.screen.items if seen.item_id in self._items]
        best = max((match(self._need.knowledge.wants, item.attributes) for item in shown), default=0.0)
        self._match.append(max(best, self._match[-1] if self._match else 0.0))
        if self._acceptable_at is None and any(acceptable(self._need, item) for item in shown):
            self._acceptable_at = len(self._exchanges)

    def end(self, screen: Screen) -> End | Literal[""]:
        if any(seen.item_id in self._need.targets for seen in screen.items):
            return "found"
        if screen.kind == "close":
            return "closed"
        return "out_of_turns" if len(self._exchanges) >= self._turns else ""

    def dialogue(self, kind: str, policy: str, end: End, error: str) -> Dialogue:
        return Dialogue(
            need_id=self._need.id,
            source=self._need.source,
            user_type=kind,
            policy=policy,
            exchanges=tuple(self._exchanges),
            found_at=len(self._exchanges) if end == "found" else None,
            acceptable_at=self._acceptable_at,
            match_by_turn=tuple(self._match),
            end=end,
            error=error,
        )


def screen_of(reply: Reply) -> Screen:
    """Return what a user sees of a reply: items count only where they are recommended."""
    action = reply.action
    asked = action if isinstance(action, AskAction) else None
    if isinstance(action, RecommendAction):
        asked = action.question
    items = reply.recommendations if action.kind == "recommend" else ()
    return Screen(
        kind=action.kind,
        items=tuple(Seen(item_id=pick.item_id, attributes=pick.attributes) for pick in items),
        question=_question(asked) if asked is not None else None,
        degraded=bool(reply.degraded),
    )


def _question(asked: AskAction) -> Question:
    values = asked.values if len(asked.values) == len(asked.options) else (None,) * len(asked.options)
    about = asked.attributes or ("",) * len(asked.options)
    options = tuple(
        Option(label=label, value=value, attribute=name)
        for label, value, name in zip(asked.options, values, about, strict=True)
    )
    return Question(attribute=asked.attribute, text=asked.question, options=options, style=asked.style)
