"""What is sent to Slack stays within its limits and rings nobody, whatever a catalogue or a user wrote."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from agent.types import Conversation, Preference, Table, TableRow
from retrieval.types import AttributeSpec, CatalogSchema
from ui.bots.posts import Wording
from ui.bots.slack import blocks, modal, mrkdwn
from ui.bots.slack.door import COMMAND
from ui.bots.slack.testing_shapes import valid_blocks, valid_view
from ui.bots.types import Button, Card, Post
from ui.view import CardView

EVIL = "<!channel> <@U1> <https://evil.example|click> & *bold* `code`"
ROOT = Path(__file__).parents[3]


def card(rank: int, text: str, cover: str | None = None) -> Card:
    shown = CardView(
        item_id=str(rank), title=text, rank=rank, reason=text, headline=(text,), facts=(), evidence=(), image_url=None
    )
    buttons = tuple(Button(label=text, data=f"like:t:{n}", on=n == 0) for n in range(4))
    return Card(shown=shown, cover=cover, buttons=buttons)


def post(text: str, cards: int = 20) -> Post:
    rows = tuple(TableRow(label=text, cells=(text, text)) for _ in range(10))
    return Post(
        text=text,
        cards=tuple(card(n, text, "https://covers.example/a.jpg") for n in range(1, cards + 1)),
        table=Table(columns=(text, text), rows=rows),
        question=text,
        choices=tuple(Button(label=text, data=f"say:t:{n}") for n in range(30)),
        notes=(text,) * 20,
    )


@pytest.mark.parametrize("text", [EVIL, "x" * 20_000, "&" * 5_000, "word " * 4_000, "“”", "𝕏" * 4_000])
def test_any_post_is_one_that_slack_takes(text: str) -> None:
    said = blocks.message(post(text), preferences="Preferences")
    assert len(said["blocks"]) <= blocks.MOST_BLOCKS
    assert valid_blocks(said["blocks"])
    assert len(said["text"]) <= blocks.LONGEST_TEXT
    assert valid_blocks(blocks.without_pictures(said["blocks"]))


def test_nothing_that_somebody_wrote_mentions_or_links() -> None:
    said = str(blocks.message(post(EVIL, cards=2)))
    shown = said.replace("'text': '" + EVIL, "")  # buttons are plain text, in which nothing is read
    marked = [block["text"]["text"] for block in blocks.blocks(post(EVIL, cards=2)) if "text" in block]
    assert marked and not any("<" in text or ">" in text for text in marked)
    assert "&lt;!channel&gt;" in shown


def test_an_empty_post_is_something() -> None:
    assert valid_blocks(blocks.blocks(Post()))


@pytest.mark.parametrize(
    ("text", "heard"),
    [
        ("<@UBOT> something funny", "something funny"),
        ("<@U1|ada> and <!here> and <!subteam^S1|@team>", "and and"),
        ("like <https://example.org/a|this page> in <#C1|general>", "like this page in #general"),
        ("a &lt;b&gt; &amp; c", "a <b> & c"),
        ("tom &amp;amp; jerry\n\n ", "tom &amp; jerry"),
        ("<https://example.org>", "https://example.org"),
        ("5 < 6 > 4", "5 < 6 > 4"),
    ],
)
def test_slacks_markup_is_taken_out_of_what_is_heard(text: str, heard: str) -> None:
    assert mrkdwn.heard(text) == heard


def test_shortened_text_fits_once_it_is_escaped() -> None:
    for text in ("&" * 500, "<b>" * 300, "plain words " * 50):
        assert 0 < len(mrkdwn.shortened(text, 100)) <= 100


def test_a_modal_with_very_many_wishes_is_one_that_slack_takes() -> None:
    schema = CatalogSchema(name="films", attributes=(AttributeSpec(name="genres", kind="categories", label=EVIL),))
    wishes = tuple(
        Preference(id=f"p{n}", attribute="genres", value=EVIL * 20, turn_id="t", quote=EVIL * 50) for n in range(60)
    )
    view = modal.preferences_view(Conversation(session_id="s", preferences=wishes), Wording(schema, "en"), 0.3, "{}")
    assert valid_blocks(view["blocks"])
    assert valid_view(view)
    assert "<!channel>" not in str([block.get("text") for block in view["blocks"]])


def test_the_manifest_asks_for_what_the_app_uses() -> None:
    manifest = yaml.safe_load((ROOT / "docs" / "slack-manifest.yaml").read_text(encoding="utf-8"))
    assert set(manifest) == {"display_information", "features", "oauth_config", "settings"}
    assert [one["command"] for one in manifest["features"]["slash_commands"]] == [COMMAND]
    events = set(manifest["settings"]["event_subscriptions"]["bot_events"])
    assert events == {"app_mention", "message.channels", "message.groups", "message.im", "message.mpim"}
    needed = {"app_mentions:read", "chat:write", "commands", "files:read"}
    needed |= {f"{event.partition('.')[2]}:history" for event in events if "." in event}
    assert set(manifest["oauth_config"]["scopes"]["bot"]) == needed
