"""The terminal chat: reads lines, shows replies as they come. Commands start with a slash; see ``HELP``."""

from __future__ import annotations

import asyncio
import math
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from rich import box
from rich.console import Console
from rich.table import Table as Grid
from rich.text import Text

from agent.errors import AgentError
from agent.types import (
    DoneEvent,
    ErrorEvent,
    FeedbackKind,
    ItemsEvent,
    PreferenceUpdate,
    Recommendation,
    Reply,
    SentenceEvent,
    StateEvent,
    Table,
)
from retrieval.errors import RetrievalError

from . import tastes, view
from .exits import failure_of

if TYPE_CHECKING:
    from agent import Recommender

HELP = """\
Say what you feel like, what you liked, what you cannot stand. Answer a question or ignore it.
  /prefs    what I know of your taste       /undo     take the last change back
  /like 2   you like the second pick        /dislike 2, /seen 2, /accept 2  likewise
  /dial     familiar or adventurous; /dial 0 what everybody knows, /dial 1 what hardly anybody does
  /memory   what I remember of you; /memory on, /memory off, /memory forget
  /new      start over                      /quit     leave (or Ctrl-D)
Ctrl-C stops a reply."""

_REACTIONS: dict[str, FeedbackKind] = {"/like": "like", "/dislike": "dislike", "/seen": "seen", "/accept": "accept"}
_UNPRINTABLE = {code: None for code in (*range(32), *range(127, 160)) if chr(code) not in "\n\t"}


class TurnFailedError(AgentError):
    """Report a turn that ended without a reply."""


class Terminal:
    """One person in front of one terminal; the loop runs only while a turn does."""

    def __init__(
        self,
        recommender: Recommender,
        *,
        json: bool = False,
        k: int | None = None,
        console: Console | None = None,
        read: Callable[[str], str] = input,
    ) -> None:
        """Show on ``console``, take lines from ``read``, which raises EOFError at the end."""
        self._recommender = recommender
        self._json = json
        self._k = k
        self._out = console or Console(highlight=False, markup=False, soft_wrap=not sys.stdout.isatty())
        self._read = read
        self._session = ""
        self._user: str | None = None
        self._shown: tuple[Recommendation, ...] = ()
        self._picks: dict[str, Recommendation] = {}
        self._about = ""

    def run(self, once: Sequence[str] | None, session: str | None, user: str | None) -> None:
        """Run the turns of ``once`` and leave, or talk until the end of input.

        Raises:
            TurnFailedError: a turn of ``once`` gave no reply.
        """
        with asyncio.Runner() as runner:
            try:
                info = runner.run(self._recommender.new_session(user_id=user, session_id=session))
                self._session, self._user = info.session_id, info.user_id
                if once is None:
                    self._talk(runner)
                for text in once or ():
                    runner.run(self._turn(text))
            finally:
                runner.run(self._recommender.aclose())

    def _talk(self, runner: asyncio.Runner) -> None:
        schema = self._recommender.schema
        self._say(
            f"Palate knows {view.plural(self._recommender.facts.count(), schema)}. /help lists commands.\n", "dim"
        )
        while True:
            try:
                line = self._read("you> ").strip()
            except (EOFError, KeyboardInterrupt):
                self._say("")
                return
            if line in ("/quit", "/exit"):
                return
            if line:
                self._answer(runner, line)

    def _answer(self, runner: asyncio.Runner, line: str) -> None:
        """Answer one line; what goes wrong is said, and the talk goes on."""
        try:
            runner.run(self._command(line) if line.startswith("/") else self._turn(line))
        except KeyboardInterrupt:
            self._say("\n(stopped)", "dim")
        except (AgentError, RetrievalError) as error:
            failure = failure_of(error)
            self._say(f"{failure.message} {failure.hint}".strip(), "red")

    async def _turn(self, text: str) -> None:
        reply: Reply | None = None
        self._picks, self._about = {}, ""
        async for event in self._recommender.stream(text, self._session, k=self._k):
            if isinstance(event, ErrorEvent):
                raise TurnFailedError(event.message, hint=event.hint)
            if isinstance(event, DoneEvent):
                reply = event.reply
            elif not self._json:
                self._show(event)
        if reply is None:
            raise TurnFailedError("The turn ended without a reply.", hint="Try again.")
        if reply.recommendations:
            self._shown = reply.recommendations
        if self._json:
            self._out.file.write(reply.model_dump_json() + "\n")
            self._out.file.flush()
        else:
            self._close(reply)

    def _show(self, event: StateEvent | ItemsEvent | SentenceEvent) -> None:
        if isinstance(event, ItemsEvent):
            self._picks = {pick.item_id: pick for pick in event.recommendations}
            for pick in event.recommendations:
                facts = " · ".join(view.headline(pick.attributes, self._recommender.schema))
                self._say(f" {pick.rank}. ", "bold cyan", end="")
                self._say(pick.title, "bold", end="")
                self._say(f"  {facts}", "dim")
            if event.recommendations:
                self._say("")
        elif isinstance(event, SentenceEvent):
            about = self._picks.get(event.item_id or "")
            if about is not None and about.item_id != self._about:
                self._say(f" {about.rank}. {about.title}", "bold")
            self._about = about.item_id if about is not None else ""
            self._say(event.text if about is None else f"    {event.text}")

    def _close(self, reply: Reply) -> None:
        """Say what stands beside the text: a comparison, what could be relaxed, options, and what did not work."""
        if reply.table is not None:
            self._side_by_side(reply.table)
        for relaxed in reply.relaxed:
            more = view.relaxed_words(relaxed, self._recommender.schema)
            self._say(f"  without “{relaxed.constraint}”: {more}", "yellow")
        if offered := view.options(reply):
            self._say(f"  for example: {', '.join(offered)}", "dim")
        for reason in reply.degraded:
            self._say(f"  note: {reason}", "dim yellow")
        self._say("")

    def _side_by_side(self, table: Table) -> None:
        """Draw a comparison; its text is data, like every other."""
        grid = Grid(box=box.SIMPLE, pad_edge=False)
        grid.add_column("", style="dim")
        for title in table.columns:
            grid.add_column(_printable(title, "bold"), overflow="fold")
        for row in table.rows:
            grid.add_row(_printable(row.label), *(_printable(cell) for cell in row.cells))
        self._out.print(grid)

    async def _command(self, line: str) -> None:
        word, _, rest = line.partition(" ")
        if word in _REACTIONS:
            await self._react(_REACTIONS[word], rest.strip())
        elif word == "/undo":
            await self._recommender.edit(self._session, PreferenceUpdate(undo=1, source="door"))
            await self._preferences()
        elif word == "/prefs":
            await self._preferences()
        elif word == "/dial":
            await self._dial(rest.strip())
        elif word == "/memory":
            await self._memory(rest.strip())
        elif word == "/new":
            self._session = (await self._recommender.new_session(user_id=self._user)).session_id
            self._shown = ()
            self._say("A fresh start.\n", "dim")
        else:
            self._say(HELP + "\n")

    async def _react(self, kind: FeedbackKind, number: str) -> None:
        pick = next((pick for pick in self._shown if str(pick.rank) == number), None)
        if pick is None:
            shown = ", ".join(f"{pick.rank} {pick.title}" for pick in self._shown) or "nothing yet"
            self._say(f"Which one? Shown: {shown}.\n", "yellow")
            return
        await self._recommender.feedback(self._session, pick.item_id, kind)
        self._say(f"Noted: {kind} {pick.title}.\n", "dim")

    async def _dial(self, wanted: str) -> None:
        """Turn the dial from familiar to adventurous, or say where it stands."""
        try:
            to = float(wanted.replace(",", ".")) if wanted else None
        except ValueError:
            to = math.nan
        if to is not None and not 0 <= to <= 1:
            self._say(f"/dial takes a number from 0 to 1, not {wanted!r}: /dial 0.7.\n", "yellow")
            return
        if to is None:
            state = await self._recommender.conversation(self._session)
        else:
            update = PreferenceUpdate(adventure=to, source="door")
            state = await self._recommender.edit(self._session, update)
        at = self._recommender.dial(state)
        self._say(f"  familiar {view.dial_bar(at)} adventurous  {at:.2f}\n", "dim")

    async def _preferences(self) -> None:
        conversation = await self._recommender.conversation(self._session)
        wishes = view.preferences(conversation.preferences, self._recommender.schema)
        for wish in wishes:
            noted = (*(("must",) if wish.hard else ()), *wish.notes)
            must = f"  ({', '.join(noted)})" if noted else ""
            quote = f"  “{wish.quote}”" if wish.quote else ""
            self._say(f"  {wish.label}: {wish.words}{must}", end="")
            self._say(quote, "dim")
        self._say("" if wishes else "Nothing yet.\n")

    async def _memory(self, wanted: str) -> None:
        keeper = self._recommender.memory
        if keeper is None or not keeper.config.enabled or self._user is None:
            self._say("I remember nobody here: that takes memory.enabled and palate chat --user NAME.\n", "yellow")
            return
        if wanted in ("on", "off"):
            await keeper.consent(self._user, wanted == "on")
        elif wanted == "forget":
            await keeper.forget(self._user)
        memory = await keeper.recall(self._user)
        for taste in memory.tastes:
            self._say(f"  {tastes.taste_line(taste, self._recommender.schema)}")
        if not memory.tastes:
            self._say("Nothing yet.\n" if memory.consent else "Off: /memory on lets me remember your tastes.\n")

    def _say(self, text: str, style: str = "", end: str = "\n") -> None:
        # Words of catalogues and users must not steer the terminal.
        self._out.print(_printable(text, style), end=end)


def _printable(text: str, style: str = "") -> Text:
    return Text(text.translate(_UNPRINTABLE), style=style)
