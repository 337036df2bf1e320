"""HTML of the page's parts: nothing from a catalogue or a visitor may become markup."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest

from agent.types import (
    AnswerAction,
    AskAction,
    Evidence,
    Preference,
    RecommendAction,
    Recommendation,
    Relaxed,
    Reply,
    Table,
    TableRow,
)
from retrieval.types import AttributeSpec, CatalogSchema, Item
from ui import view
from ui.channels import Channel
from ui.failures import Failure
from ui.page.cards import TINTS, evidence_slot, item_url, tint, why_slot
from ui.page.render import Renderer

EVIL = "<img src=x onerror=alert(1)>\"'`${1}{{2}}"
SCHEMA = CatalogSchema(
    name="books",
    noun="book",
    noun_plural="books",
    verb="read",
    attributes=(AttributeSpec(name="subject", kind="category"), AttributeSpec(name="pages", kind="number")),
)
WISH = Preference(id=EVIL, attribute="subject", value=EVIL, label=EVIL, turn_id="t", quote=EVIL)
REPLY = Reply(
    session_id="s",
    turn_id="t",
    text=EVIL,
    action=AskAction(attribute="subject", question="?", options=(EVIL,), escapes=("No preference",)),
    preferences=(WISH,),
    relaxed=(Relaxed(constraint=EVIL, would_add=2, preference_id=EVIL), Relaxed(constraint=EVIL, would_add=1)),
    degraded=(EVIL,),
)


class Tags(HTMLParser):
    """Collect elements with their attributes, and the text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def having(self, name: str, value: str) -> list[dict[str, str | None]]:
        return [attributes for _, attributes in self.found if attributes.get(name) == value]


@pytest.fixture
def render() -> Renderer:
    return Renderer(SCHEMA)


def evil_card() -> view.CardView:
    return view.card(
        Recommendation(
            item_id=EVIL,
            title=EVIL,
            rank=1,
            attributes={"subject": EVIL, "pages": 12},
            evidence=(Evidence(claim=EVIL, field=EVIL, value=EVIL),),
            image_url=f"/v1/{EVIL}",
        ),
        SCHEMA,
    )


def comparing(title: str) -> Reply:
    books = ({"subject": title, "pages": 12}, {"subject": title, "pages": 90})
    picks = tuple(
        Recommendation(item_id=str(at), title=title, rank=at + 1, attributes=book, image_url=f"/v1/{title}")
        for at, book in enumerate(books)
    )
    rows = (TableRow(label="Pages", cells=("12", "90"), attribute="pages"),)
    table = Table(columns=(title, title), rows=rows)
    return REPLY.model_copy(update={"recommendations": picks, "table": table, "action": AnswerAction(topic="compare")})


def parts(render: Renderer) -> dict[str, str]:
    return {
        "welcome": render.welcome([EVIL], [Item(id=EVIL, title=EVIL)], 3),
        "said": render.said(EVIL),
        "noted": render.noted([WISH]),
        "sentences": render.sentences([EVIL]),
        "cards": render.cards([evil_card()]),
        "comparison": render.comparison(comparing(EVIL)),
        "evidence": render.evidence(evil_card(), (Channel(name="words", place=1, of=2),)),
        "foot": render.foot(REPLY),
        "error": render.error(Failure(EVIL, EVIL, retryable=True), EVIL),
        "panel": render.panel([WISH], True, {"subject": [EVIL]}),
    }


def test_no_text_becomes_an_element_or_an_event_handler(render: Renderer) -> None:
    for name, html in parts(render).items():
        tags = Tags(html)
        assert not [tag for tag, attributes in tags.found if any(key.startswith("on") for key in attributes)], name
        covers = [attributes.get("src") or "" for tag, attributes in tags.found if tag == "img"]
        assert all(source.startswith(("v1/items/", "/v1/")) for source in covers), name
        assert not {tag for tag, _ in tags.found} & {"script", "iframe", "object", "style", "link", "base"}, name


def test_every_part_shows_the_text_as_it_was_given(render: Renderer) -> None:
    for name, html in parts(render).items():
        tags = Tags(html)
        shown = tags.text + "".join(value or "" for _, attributes in tags.found for value in attributes.values())
        assert EVIL in shown, name


def test_a_card_has_its_buttons_named_after_the_item(render: Renderer) -> None:
    tags = Tags(render.cards([evil_card()]))
    buttons = tags.having("data-act", "react")
    assert [button["data-kind"] for button in buttons] == ["like", "dislike", "seen"]
    assert all(EVIL in (button["aria-label"] or "") and button["aria-pressed"] == "false" for button in buttons)
    assert tags.having("data-text", f"More like {EVIL}")


def test_a_card_keeps_room_for_what_comes_later(render: Renderer) -> None:
    tags = Tags(render.cards([evil_card()]))
    assert len(tags.having("data-fill", why_slot(EVIL))) == 1
    assert len(tags.having("data-fill", evidence_slot(EVIL))) == 1


def test_a_comparison_names_its_rows_and_columns_and_can_be_scrolled_by_keyboard(render: Renderer) -> None:
    tags = Tags(render.comparison(comparing("Sea")))
    assert [len(tags.having("scope", kind)) for kind in ("col", "row", "rowgroup")] == [2, 3, 1]
    assert tags.having("role", "region") == tags.having("tabindex", "0")
    assert tags.having("role", "region")[0]["aria-label"]
    assert [group["data-item"] for group in tags.having("role", "group")] == ["0", "1"]
    assert render.comparison(REPLY) == ""


def test_a_question_offers_its_options_and_none(render: Renderer) -> None:
    offered = [button["data-text"] for button in Tags(render.foot(REPLY)).having("data-act", "say")]
    assert EVIL in offered
    assert "No preference" in offered


def test_a_condition_with_a_wish_can_be_dropped_by_one_press(render: Renderer) -> None:
    tags = Tags(render.foot(REPLY))
    assert [button["data-id"] for button in tags.having("data-act", "relax")] == [EVIL]
    assert "2 more books" in tags.text
    assert "1 more book" in tags.text


def test_a_reply_from_all_parts_has_nothing_to_say_below(render: Renderer) -> None:
    plain = Reply(session_id="s", turn_id="t", text="x", action=RecommendAction())
    assert render.foot(plain) == ""


def test_a_reduced_reply_says_so_twice_briefly_and_in_full(render: Renderer) -> None:
    assert "Running on reserves" in render.sentences(["x"], reserves=True)
    assert "Running on reserves" in render.foot(REPLY)
    assert "Running on reserves" not in render.sentences(["x"])


def test_free_words_are_not_noted_back(render: Renderer) -> None:
    assert render.noted([WISH.model_copy(update={"attribute": "text"})]) == ""


def test_the_panel_offers_each_change_by_hand(render: Renderer) -> None:
    tags = Tags(render.panel([WISH], True, {"subject": ["Art"]}))
    assert {button["data-do"] for button in tags.having("data-act", "edit")} == {"undo", "clear", "toggle", "remove"}
    assert tags.having("list", "choices-subject")
    assert tags.having("data-act", "edit-value")[0]["data-id"] == EVIL


def test_an_empty_panel_invites_and_cannot_be_undone(render: Renderer) -> None:
    tags = Tags(render.panel([], False, {}))
    undo = tags.having("data-do", "undo")
    assert "disabled" in undo[0]
    assert "collects here" in tags.text
    assert not tags.having("data-do", "clear")


def test_the_welcome_uses_the_catalogues_own_words(render: Renderer) -> None:
    text = Tags(render.welcome(["Try this"], [], 1200)).text
    assert "read" in text
    assert "1,200 books" in text


def test_covers_are_addressed_safely_and_tinted_alike_every_time() -> None:
    assert item_url("a/b?c") == "v1/items/a%2Fb%3Fc/cover"
    assert tint("tt1") == tint("tt1")
    assert {tint(str(n)) for n in range(200)} == set(range(TINTS))
