"""The terminal chat over a scripted recommender: what is shown, what commands do, what a script reads."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence

import pytest
from rich.console import Console

from agent.types import (
    AnswerAction,
    AskAction,
    Conversation,
    DoneEvent,
    ErrorEvent,
    ItemsEvent,
    Preference,
    RecommendAction,
    Recommendation,
    Relaxed,
    Reply,
    SentenceEvent,
    StateEvent,
    StreamEvent,
    Table,
    TableRow,
)
from retrieval.types import AttributeSpec, CatalogSchema, Item
from ui.terminal import Terminal, TurnFailedError
from ui.testing import ScriptedRecommender

SCHEMA = CatalogSchema(
    name="films",
    noun="film",
    noun_plural="films",
    attributes=(AttributeSpec(name="year", kind="number"), AttributeSpec(name="genres", kind="categories")),
)
ITEMS = (
    Item(id="a", title="Alien", attributes={"year": 1979, "genres": ("Horror",)}),
    Item(id="b", title="Brazil\x1b[31m", attributes={"year": 1985}),
)
WISH = Preference(id="p1", attribute="genres", value="Horror", hard=True, turn_id="t1", quote="scary")


def script(text: str, before: Conversation) -> Sequence[StreamEvent]:
    session = before.session_id
    if text == "fail":
        return [ErrorEvent(message="The store failed.", hint="Try again.")]
    if text == "crash":
        raise TurnFailedError("The index is gone.", hint="palate index build")
    if text == "ask":
        ask = AskAction(attribute="genres", question="Which genre?", options=("Crime", "Horror"))
        reply = Reply(session_id=session, turn_id="t1", text="Which genre?", action=ask, degraded=("no model",))
        return [StateEvent(preferences=()), SentenceEvent(text="Which genre?"), DoneEvent(reply=reply)]
    if text == "compare":
        rows = (TableRow(label="Year", cells=("1979", "1985\x1b[31m")),)
        table = Table(columns=("Alien", "Brazil"), rows=rows)
        reply = Reply(
            session_id=session, turn_id="t1", text="Alien is older.", action=AnswerAction(topic="compare"), table=table
        )
        return [StateEvent(preferences=()), SentenceEvent(text="Alien is older."), DoneEvent(reply=reply)]
    picks = tuple(
        Recommendation(item_id=item.id, title=item.title, rank=n, attributes=item.attributes)
        for n, item in enumerate(ITEMS, start=1)
    )
    relaxed = (Relaxed(constraint="before 1960", would_add=12),)
    reply = Reply(
        session_id=session,
        turn_id="t1",
        text=f"Two for {text!r}.",
        action=RecommendAction(k=2),
        recommendations=picks,
        preferences=(WISH,),
        relaxed=relaxed,
    )
    return [
        StateEvent(preferences=(WISH,)),
        ItemsEvent(recommendations=picks),
        SentenceEvent(text="Two films:"),
        SentenceEvent(text="Alien is scary.", item_id="a"),
        SentenceEvent(text="It is from 1979.", item_id="a"),
        SentenceEvent(text="It is odd.", item_id="b"),
        DoneEvent(reply=reply),
    ]


class Screen:
    """A terminal whose user types the given lines and then Ctrl-D."""

    def __init__(self, lines: Sequence[str] = (), *, json: bool = False) -> None:
        self.out = io.StringIO()
        self.recommender = ScriptedRecommender(ITEMS, SCHEMA, script)
        waiting: Iterator[str] = iter(lines)

        def read(_prompt: str) -> str:
            try:
                return next(waiting)
            except StopIteration:
                raise EOFError from None

        console = Console(file=self.out, width=100, highlight=False, markup=False)
        self.terminal = Terminal(self.recommender, json=json, console=console, read=read)

    def run(self, once: Sequence[str] | None = None) -> str:
        self.terminal.run(once, session="s1", user=None)
        return self.out.getvalue()


def test_a_turn_shows_cards_sentences_and_what_to_relax() -> None:
    shown = Screen().run(["something scary"])
    assert "1. Alien  1979 · Horror" in shown
    assert "Two films:\n 1. Alien\n    Alien is scary.\n    It is from 1979.\n 2. Brazil" in shown
    assert "without “before 1960”: 12 more films" in shown


def test_words_of_the_catalogue_cannot_steer_the_terminal() -> None:
    assert "\x1b" not in Screen().run(["something scary"])


def test_a_comparison_is_drawn_below_its_sentence() -> None:
    lines = [line.split() for line in Screen().run(["compare"]).splitlines() if line.strip()]
    assert lines[0] == ["Alien", "is", "older."]
    assert lines[1] == ["Alien", "Brazil"]
    assert lines[-1] == ["Year", "1979", "1985[31m"]


def test_json_is_one_reply_per_turn_and_nothing_else() -> None:
    lines = Screen(json=True).run(["first", "second"]).splitlines()
    replies = [Reply.model_validate_json(line) for line in lines]
    assert [reply.text for reply in replies] == ["Two for 'first'.", "Two for 'second'."]
    assert {reply.session_id for reply in replies} == {"s1"}


def test_a_question_shows_its_options_and_a_degraded_reply_says_so() -> None:
    shown = Screen().run(["ask"])
    assert "Which genre?" in shown and "Crime, Horror" in shown and "note: no model" in shown


def test_a_failed_turn_of_a_script_is_an_error() -> None:
    with pytest.raises(TurnFailedError, match="The store failed"):
        Screen().run(["fail"])


def test_a_failed_turn_of_a_talk_is_said_and_the_talk_goes_on() -> None:
    shown = Screen(["fail", "crash", "something scary"]).run()
    assert "The store failed. Try again." in shown
    assert "The index is gone. palate index build" in shown
    assert "Alien is scary." in shown


def test_commands_react_show_and_undo() -> None:
    screen = Screen(["something scary", "/like 1", "/seen 2", "/like 9", "/prefs", "/undo", "/help", "/quit", "never"])
    shown = screen.run()
    assert "Noted: like Alien." in shown and "Noted: seen Brazil" in shown
    assert "Which one? Shown: 1 Alien, 2 Brazil" in shown
    assert "genres: Horror  (must)  “scary”" in shown
    assert "film: Alien" in shown
    assert "Ctrl-C stops a reply" in shown
    assert "never" not in shown
    before_undo, after_undo = shown.split("film: Alien")
    assert "genres: Horror" in before_undo and "genres: Horror" in after_undo


def test_the_dial_is_shown_turned_and_taken_back() -> None:
    shown = Screen(["/dial", "/dial 0.8", "/dial 2", "/dial far", "/undo", "/dial", "/quit"]).run()
    places = [line.split()[-1] for line in shown.splitlines() if "familiar ─" in line]
    assert places == ["0.50", "0.80", "0.50"]
    assert "/dial takes a number from 0 to 1, not '2'" in shown
    assert "/dial takes a number from 0 to 1, not 'far'" in shown


def test_a_new_talk_forgets_what_was_shown() -> None:
    shown = Screen(["something scary", "/new", "/like 1"]).run()
    assert "A fresh start." in shown
    assert "Which one? Shown: nothing yet." in shown


def test_an_interrupted_turn_leaves_the_talk_open(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Screen(["something scary", "ask"])
    calls = 0
    original = screen.terminal._turn

    async def interrupted(text: str) -> None:
        nonlocal calls
        calls += 1
        if calls == 1:
            raise KeyboardInterrupt
        await original(text)

    monkeypatch.setattr(screen.terminal, "_turn", interrupted)
    shown = screen.run()
    assert "(stopped)" in shown and "Which genre?" in shown
