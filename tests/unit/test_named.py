"""Names and titles in small letters, on a shelf of songs: believed by themselves, by a cue, and despite a slip."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from agent.types import Conversation, ShownList
from agent.understanding import LexicalUnderstander
from agent.understanding.vocabulary import Vocabulary
from retrieval.types import AttributeSpec, CatalogSchema, Constraint, Facet, Item

EMPTY = Conversation(session_id="s")

ARTISTS = AttributeSpec(
    name="artists", kind="categories", label="artist", names=True, sentence="was recorded by {value}",
    aliases=("singer", "band", "who sings"),
)  # fmt: skip
ALBUM = AttributeSpec(name="album", kind="category", names=True, sentence="is on the album {value}")
VERSION = AttributeSpec(
    name="version", kind="categories", complete=True, sentence="is marked as {value}", nouns={"remix": "remix"}
)
SCHEMA = CatalogSchema(
    name="songs", noun="song", noun_plural="songs", verb="hear", verb_aliases=("play",), naming="want",
    attributes=(ARTISTS, ALBUM, VERSION),
)  # fmt: skip
VALUES = {
    "artists": [("Adele", 25), ("Weezer", 6), ("Heart", 9), ("Céline Dion", 23), ("Celine Dion", 3),
                ("Led Zeppelin", 24), ("Marshmello", 20), ("The Who", 26)],
    "album": [("21", 10), ("1989", 8), ("American Idiot", 6), ("The Car", 2), ("Happier", 1)],
    "version": [("live", 5), ("remix", 5)],
}  # fmt: skip
TITLES = [
    "Happier", "Halo", "American Idiot", "Heart of Glass", "Heartless", "Un-break My Heart", "Giraffe", "tiger",
    "Heart and Soul", "Total Eclipse of the Heart", "Two Hearts One Heart", "HALO", "Someone Like You",
]  # fmt: skip
BY = {len(TITLES) - 2: {"artists": ("Adele",)}}
EVERYDAY = set("adele heart car the play some music happier american idiot tiger giraffe".split())


def understander(schema: CatalogSchema = SCHEMA) -> LexicalUnderstander:
    def items(ids: Sequence[str]) -> list[Item]:
        return [Item(id=one, title=TITLES[int(one)], attributes=BY.get(int(one), {})) for one in ids]

    def count(constraints: Sequence[Constraint]) -> int:
        return 10

    values = {name: [Facet(value=value, count=held) for value, held in listed] for name, listed in VALUES.items()}
    titles = [(str(place), title, 0.0) for place, title in enumerate(TITLES)]
    coverage = {"artists": 1.0, "album": 1.0, "version": 0.1}
    vocabulary = Vocabulary(schema, values, titles, EVERYDAY)
    return LexicalUnderstander(schema, vocabulary, items=items, count=count, coverage=coverage)


def wishes(text: str, schema: CatalogSchema = SCHEMA) -> set[str]:
    update = understander(schema).understand(text, EMPTY, "t1")
    return {
        f"{'+' if p.polarity == 'like' else '-'}{p.attribute} {p.label or p.value}{' !' if p.hard else ''}"
        for p in update.add
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("adele", {"+artists Adele !"}),
        ("play me some adele", {"+artists Adele !"}),
        ("weezer but nothing live", {"+artists Weezer !", "-version live !"}),
        ("adele but not from the album 21", {"+artists Adele !", "-album 21 !"}),
        ("songs off the album american idiot", {"+album American Idiot !"}),
        ("anything by the band heart", {"+artists Heart !"}),
        ("celine dion", {"+artists Céline Dion !"}),
        ("got any led zepelin?", {"+artists Led Zeppelin !"}),
        ("marshmelo please", {"+artists Marshmello !"}),
        ("songs for the car", set()),
    ],
)
def test_names_need_no_capitals(text: str, expected: set[str]) -> None:
    assert {wish for wish in wishes(text) if not wish.startswith("+text")} == expected


def test_an_everyday_word_of_many_titles_is_no_name_by_itself() -> None:
    assert wishes("songs from the heart") == {"+text heart"}


@pytest.mark.parametrize("text", ["who sings happier?", "who sings the song Happier"])
def test_a_question_is_about_the_title_behind_it(text: str) -> None:
    question = understander().understand(text, EMPTY, "t1").question
    assert question is not None
    assert question.item_ids == ("0",)


@pytest.mark.parametrize("text", ["play halo", "please play halo", "giraffee"])
def test_naming_an_item_means_the_item_where_the_catalogue_says_so(text: str) -> None:
    title = "Halo" if "halo" in text else "Giraffe"
    assert wishes(text) == {f"+text {title}"}
    assert wishes(text, SCHEMA.model_copy(update={"naming": "like"})) == {f"+item {title}"}


@pytest.mark.parametrize("text", ["something like halo", "something like the tiger"])
def test_likeness_is_likeness_in_any_catalogue(text: str) -> None:
    assert wishes(text) == {f"+item {'Halo' if 'halo' in text else 'tiger'}"}


def test_of_songs_of_one_title_the_one_by_whom_it_is_said_is_meant() -> None:
    update = understander().understand("something like halo by adele", EMPTY, "t1")
    assert [(p.attribute, p.value) for p in update.add] == [("item", str(TITLES.index("HALO")))]


def test_plain_words_with_capitals_amid_small_letters_are_a_title() -> None:
    question = understander().understand("who is it that sings Someone Like You?", EMPTY, "t1").question
    assert question is not None
    assert question.item_ids == (str(TITLES.index("Someone Like You")),)


@pytest.mark.parametrize(("text", "years"), [("songs from the 80s", "80s"), ("weezer before 1990", "before 1990")])
def test_years_that_the_catalogue_does_not_know_are_owned_up_to(text: str, years: str) -> None:
    update = understander().understand(text, EMPTY, "t1")
    assert update.missing_titles == (years,)


def test_a_number_that_is_a_name_is_no_year() -> None:
    assert wishes("weezer 1989") == {"+artists Weezer !", "+album 1989 !"}


def test_words_that_describe_what_is_wanted_are_kept_beside_a_condition() -> None:
    assert "+text remix that shakes rafters" in wishes("a remix that shakes rafters")


def test_what_is_unwanted_is_kept_apart_from_what_is_wanted() -> None:
    assert wishes("a remix, scared of kazoos, no kazoo") == {
        "+version remix !",
        "+text scared of kazoos",
        "-text kazoo",
    }


def test_none_of_these_turns_all_of_them_down() -> None:
    shown = EMPTY.model_copy(update={"shown": (ShownList(turn_id="t0", item_ids=("0", "1", "2")),)})
    update = understander().understand("none of these appeal to me", shown, "t1")
    assert update.reject_ids == ("0", "1", "2")
    assert update.add == ()


@pytest.mark.parametrize("text", ["songs by the who", "anything by the who, please"])
def test_a_name_of_everyday_words_is_believed_behind_by(text: str) -> None:
    assert wishes(text) == {"+artists The Who !"}


def test_a_rare_label_binds_only_where_labels_are_complete() -> None:
    assert wishes("live") == {"+version live !"}
    loose = VERSION.model_copy(update={"complete": False})
    assert wishes("live", SCHEMA.model_copy(update={"attributes": (ARTISTS, ALBUM, loose)})) == {"+version live"}


def test_kinds_of_items_are_counted() -> None:
    update = understander().understand("three remixes", EMPTY, "t1")
    assert update.k == 3
