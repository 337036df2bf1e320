"""Items side by side, and the channels that spoke for a pick, as doors show them."""

from __future__ import annotations

from agent.types import AnswerAction, Preference, Recommendation, Reply, Table, TableRow
from retrieval.types import AttributeSpec, AttributeValue, CatalogSchema
from ui.channels import Channel, channel_words, channels
from ui.comparing import comparison
from ui.language import load_words

SCHEMA = CatalogSchema(
    name="books",
    noun="book",
    noun_plural="books",
    verb="read",
    attributes=(
        AttributeSpec(name="pages", kind="number", unit="pp"),
        AttributeSpec(name="subject", kind="categories"),
        AttributeSpec(name="author", kind="category", names=True),
        AttributeSpec(name="blurb", kind="text"),
        AttributeSpec(name="shelf", kind="category", shown=False),
    ),
)


def compared(
    *books: dict[str, AttributeValue], wishes: tuple[Preference, ...] = (), told: tuple[str, ...] = ()
) -> Reply:
    picks = tuple(
        Recommendation(item_id=str(at), title=f"Book {at}", rank=at + 1, attributes=book)
        for at, book in enumerate(books)
    )
    rows = tuple(TableRow(label=name, cells=("",) * len(books), attribute=name) for name in told)
    return Reply(
        session_id="s",
        turn_id="t",
        text="",
        action=AnswerAction(topic="compare"),
        recommendations=picks,
        preferences=wishes,
        table=Table(columns=tuple(pick.title for pick in picks), rows=rows),
    )


def wish(attribute: str, op: str, value: AttributeValue, **more: object) -> Preference:
    data = {"id": "w", "attribute": attribute, "op": op, "value": value, "turn_id": "t", "quote": ""}
    return Preference.model_validate(data | more)


def test_what_differs_is_apart_from_what_is_the_same_and_labels_are_whole() -> None:
    books: list[dict[str, AttributeValue]] = [
        {"pages": 90, "subject": ("sea", "war", "love", "death", "tea"), "author": "Ada", "blurb": "x", "shelf": "A"},
        {"pages": 120, "subject": ("tea", "sea"), "author": "Ada", "blurb": "y", "shelf": "B"},
    ]
    found = comparison(compared(*books, told=("subject", "pages")), SCHEMA)
    assert found is not None
    assert [row.label for row in found.differing] == ["subject", "pages"]
    assert [row.label for row in found.alike] == ["author"]
    own = [[part.text for part in cell.parts if part.own] for cell in found.differing[0].cells]
    assert own == [["war", "love", "death"], []]
    assert [part.text for part in found.differing[0].cells[1].parts] == ["tea", "sea"]


def test_a_fact_that_one_item_lacks_is_a_difference_and_fits_nothing() -> None:
    asked = (wish("pages", "le", 100),)
    found = comparison(compared({"pages": 90}, {"author": "Bo"}, wishes=asked), SCHEMA)
    assert found is not None
    assert not found.alike
    pages = found.differing[0]
    assert [(cell.fits, len(cell.parts)) for cell in pages.cells] == [(True, 1), (None, 0)]


def test_every_wish_about_a_fact_has_to_be_granted() -> None:
    asked = (wish("subject", "eq", "sea"), wish("subject", "eq", "war", polarity="dislike"))
    found = comparison(compared({"subject": ("sea", "war")}, {"subject": ("sea",)}, wishes=asked), SCHEMA)
    assert found is not None
    assert [cell.fits for cell in found.differing[0].cells] == [False, True]


def test_a_reply_that_compares_nothing_has_no_comparison() -> None:
    reply = compared({"pages": 1}, {"pages": 2})
    assert comparison(reply.model_copy(update={"table": None}), SCHEMA) is None


def picks(**scores: tuple[float | None, ...]) -> list[Recommendation]:
    count = len(next(iter(scores.values())))
    return [
        Recommendation(
            item_id=str(at),
            title="",
            rank=at + 1,
            scores={stage: score for stage, values in scores.items() if (score := values[at]) is not None},
        )
        for at in range(count)
    ]


def test_channels_are_told_by_their_place_the_strongest_first() -> None:
    found = channels(picks(dense=(0.1, 0.9, 0.5), lexical=(None, 3.0, 4.0), graph=(0.7, 0.2, None), final=(3, 2, 1)))
    assert found["0"] == (Channel(name="graph", place=1, of=3), Channel(name="words", place=3, of=3))
    assert found["1"] == (Channel(name="words", place=1, of=3), Channel(name="graph", place=2, of=3))
    assert found["2"] == (Channel(name="words", place=1, of=3),)


def test_a_channel_that_tells_none_apart_speaks_for_none() -> None:
    assert channels(picks(wishes=(1.0, 1.0), image=(0.3, 0.3))) == {"0": (), "1": ()}
    assert channels(picks(image=(0.3,)))["0"] == (Channel(name="picture", place=1, of=1),)


def test_channels_are_said_in_every_language() -> None:
    said = {channel_words(Channel(name="picture", place=1, of=5), words) for words in load_words().values()}
    assert len(said) == len(load_words())
    assert "the picture: number 1 of 5" in said
    assert channel_words(Channel(name="likes", place=1, of=1)) == "what you like"
