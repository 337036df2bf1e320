"""The lexical understander alone handles plain requests, exactly, on the demo's films."""

from __future__ import annotations

import pytest

from agent.types import ANY, AskAction, Conversation, PreferenceUpdate, Removal, ShownList
from agent.understanding import LexicalUnderstander
from retrieval import Facts
from retrieval.types import Op

EMPTY = Conversation(session_id="s")


def ids(facts: Facts, *titles: str) -> tuple[str, ...]:
    return tuple(facts.search_title(title, limit=1)[0].id for title in titles)


@pytest.fixture(scope="module")
def shown(demo_facts: Facts) -> Conversation:
    """A conversation in which four films were just shown."""
    films = ids(demo_facts, "Heat", "Drive", "Prisoners", "Zodiac")
    return EMPTY.model_copy(update={"shown": (ShownList(turn_id="t0", item_ids=films),)})


def wishes(update: PreferenceUpdate) -> list[str]:
    """Return wishes in a form that reads well in a table: ``+genres eq Comedy !``."""
    return [
        f"{'+' if p.polarity == 'like' else '-'}{p.attribute} {p.op} {p.label or p.value}{' !' if p.hard else ''}"
        for p in update.add
    ]


PLAIN = [
    ("I want a French crime film from before 1980, under two hours",
     {"+year lt 1980 !", "+runtime lt 120 !", "+country eq France !", "+language eq French", "+genres eq Crime !"}),
    ("no horror, war or musicals", {"-genres eq Horror !", "-genres eq War !", "-genres eq Musical !"}),
    ("no horror, something funny and short", {"-genres eq Horror !", "+moods eq funny", "+runtime le 95 !"}),
    ("A romantic comedy from the 90s with Julia Roberts",
     {"+year between (1990.0, 1999.0) !", "+genres eq Romance !", "+genres eq Comedy !", "+cast eq Julia Roberts !"}),
    ("thrillers directed by David Fincher or Christopher Nolan",
     {"+genres eq Thriller !", "+director in ('David Fincher', 'Christopher Nolan') !"}),
    ("films by Kurosawa", {"+director eq Akira Kurosawa !"}),
    ("I like Tarantino", {"+director eq Quentin Tarantino !"}),
    ("directed by Denis Vileneuve", {"+director eq Denis Villeneuve !"}),
    ("comedies and dramas from Italy", {"+genres in ('Comedy', 'Drama') !", "+country eq Italy !"}),
    ("both action and comedy", {"+genres eq Action !", "+genres eq Comedy !"}),
    ("either action or comedy", {"+genres in ('Action', 'Comedy') !"}),
    ("anything but horror", {"-genres eq Horror !"}),
    ("must be in Japanese", {"+language eq Japanese !"}),
    ("ideally a western", {"+genres eq Western"}),
    ("documentries about music", {"+genres eq Documentary !", "+themes eq music", "+genres eq Music"}),
    ("a slow melancholy film about grief", {"+pace le 2", "+moods eq melancholy", "+themes eq grief"}),
    ("I'm in the mood for love stories", {"+genres eq Romance !"}),
    ("an oscar-winning war film over two hours", {"+runtime gt 120 !", "+oscars ge 1 !", "+genres eq War !"}),
    ("I loved Blade Runner and Alien, hated Prometheus",
     {"+item eq Blade Runner", "+item eq Alien", "-item eq Prometheus"}),
    ("nothing longer than 1h40, thriller", {"+runtime le 100 !", "+genres eq Thriller !"}),
    ("thrillers with a score of 80+", {"+critics_score ge 80 !", "+genres eq Thriller !"}),
    ("drama from the 40s or the 50s", {"+year between (1940.0, 1959.0) !", "+genres eq Drama !"}),
    ("kubrick before 1970", {"+director eq Stanley Kubrick !", "+year lt 1970 !"}),
    ("martin scorcese movies", {"+director eq Martin Scorsese !"}),
    ("not a fan of Gravity", {"-item eq Gravity"}),
    ("couldn't stand Avatar, but liked District 9", {"-item eq Avatar", "+item eq District 9"}),
    ("I hated Titanic, but I do want a love story", {"-item eq Titanic", "+genres eq Romance !"}),
    ("something like The Grand Budapst Hotel", {"+item eq The Grand Budapest Hotel"}),
    ("a laugh, nothing that drags on past an hour and 40", {"+runtime le 100 !", "+moods eq funny"}),
    ("i hate musicals, hate anything over 2.5 hrs", {"-genres eq Musical !", "+runtime le 150 !"}),
    ("not too long, not too old", {"+runtime le 120 !", "+year ge 2000 !"}),
    ("in english or french", {"+language in ('English', 'French') !"}),
    ("not Brazil after all, German rather", {"-country eq Brazil !", "+country eq Germany !", "+language eq German"}),
    ("no horror, comedy instead", {"-genres eq Horror !", "+genres eq Comedy !"}),
    ("my mum falls asleep if it's over two hours and refuses to watch musicals",
     {"+runtime le 120 !", "-genres eq Musical !"}),
    ("he gets bored after 90 minutes", {"+runtime le 90 !"}),
    ("films by Stanley Kubrick", {"+director eq Stanley Kubrick !"}),
    ("films by the coen brothers", {"+director eq Joel Coen !", "+director eq Ethan Coen !"}),
    ("anything by pixar", {"+studio eq Pixar !"}),
    ("woody allen but he's not in it", {"+director eq Woody Allen !", "-cast eq Woody Allen !"}),
    ("a comedy my 8 year old can watch", {"+genres eq Comedy !", "+genres eq Family !"}),
    ("a drama from the last ten years", {"+genres eq Drama !", "+year ge 2004 !"}),
    ("a comedy, nothing from the past five years", {"+genres eq Comedy !", "+year lt 2009 !"}),
    ("french new wave", {"+country eq France !", "+language eq French", "+year between (1958.0, 1970.0) !"}),
    ("films from the 80s rated at least 80%", {"+year between (1980.0, 1989.0) !", "+critics_score ge 80 !"}),
    ("3 hours is fine, something epic", {"+runtime le 180 !", "+moods eq epic"}),
    ("a quiet drama, ideally British, not longer than two hours",
     {"+moods eq reflective", "+genres eq Drama !", "+country eq United Kingdom", "+runtime le 120 !"}),
    ("a western, if possible", {"+genres eq Western"}),
    ("ideally, a western", {"+genres eq Western"}),
    ("anything with both de niro and pacino", {"+cast eq Robert De Niro !", "+cast eq Al Pacino !"}),
    ("dont mind which genre just nothing after 1990", {"+year le 1990 !"}),
    ("can't stand westerns i want some action", {"-genres eq Western !", "+genres eq Action !"}),
    ("last year we had a war film, so a comedy this time", {"+genres eq Comedy !"}),
    ("I used to watch horror, but now I need a romance", {"+genres eq Romance !"}),
    ("we live in France and want an Italian drama",
     {"+country eq Italy !", "+language eq Italian", "+genres eq Drama !"}),
    ("my son wants horror and I'm against that, so a comedy", {"-genres eq Horror !", "+genres eq Comedy !"}),
    ("anything as long as it's a comedy", {"+genres eq Comedy !"}),
    ("it must not be a musical", {"-genres eq Musical !"}),
    ("a drama, and it would be great if it was French",
     {"+genres eq Drama !", "+country eq France", "+language eq French"}),
    ("mystry films", {"+genres eq Mystery !"}),
    ("my son picked a horror last weekend, so a comedy please", {"+genres eq Comedy !"}),
    ("rather a drama than a comedy", {"+genres eq Drama", "-genres eq Comedy"}),
    ("something romantic for grown ups", {"+moods eq romantic"}),
    ("I've got a 2 hour train ride", {"+runtime le 120 !"}),
    ("I loved Heat, anything by the same director?", {"+item eq Heat", "+director eq Michael Mann !"}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), PLAIN, ids=[text for text, _ in PLAIN])
def test_plain_requests(understander: LexicalUnderstander, text: str, expected: set[str]) -> None:
    update = understander.understand(text, EMPTY, "t1")
    assert set(wishes(update)) == expected
    assert update.unclear == ""


def test_every_wish_quotes_the_message(understander: LexicalUnderstander) -> None:
    text = "No horror please, a French crime film from before 1980"
    for preference in understander.understand(text, EMPTY, "t1").add:
        assert preference.quote and preference.quote in text


def test_words_that_nothing_explains_are_kept_for_search_by_meaning(understander: LexicalUnderstander) -> None:
    update = understander.understand("a heist gone wrong in Paris", EMPTY, "t1")
    assert "+text eq heist gone wrong in Paris" in wishes(update)


def test_a_missing_title_is_said_and_its_words_are_used(understander: LexicalUnderstander) -> None:
    update = understander.understand("something like Oppenheimer", EMPTY, "t1")
    assert update.missing_titles == ("Oppenheimer",)
    assert wishes(update) == ["+text eq Oppenheimer"]


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("I loved Parasite (2019)", "Parasite"),
        ("more films like Blade Runner 2049", "Blade Runner 2049"),
        ("similar to Moonlight (2016)", "Moonlight"),
        ("loved Get Out", "Get Out"),
    ],
)
def test_another_work_of_a_known_or_unknown_name_is_missing(
    understander: LexicalUnderstander, text: str, title: str
) -> None:
    """A year that contradicts the catalogue, or a number behind a title, names another work; no year is left over."""
    update = understander.understand(text, EMPTY, "t1")
    assert update.missing_titles == (title,)
    assert all(preference.attribute == "text" for preference in update.add)


def test_seen_titles_are_no_wishes(understander: LexicalUnderstander, demo_facts: Facts) -> None:
    update = understander.understand("I've already seen Inception", EMPTY, "t1")
    assert update.seen_ids == ids(demo_facts, "Inception")
    assert update.add == ()


@pytest.mark.parametrize("text", ["hi", "I'm bored", "what should I watch tonight?", "recommend me something"])
def test_vague_openings_hold_no_wish(understander: LexicalUnderstander, text: str) -> None:
    assert understander.understand(text, EMPTY, "t1").add == ()


@pytest.mark.parametrize("text", ["just pick something, no questions", "stop asking", "surprise me"])
def test_no_questions_is_heard(understander: LexicalUnderstander, text: str) -> None:
    assert understander.understand(text, EMPTY, "t1").ask_no_more is True


@pytest.mark.parametrize(("text", "count"), [("show me three thrillers", 3), ("top 5 comedies", 5), ("a comedy", None)])
def test_the_number_of_items_is_heard(understander: LexicalUnderstander, text: str, count: int | None) -> None:
    assert understander.understand(text, EMPTY, "t1").k == count


def test_off_topic(understander: LexicalUnderstander) -> None:
    update = understander.understand("what's the weather in Paris?", EMPTY, "t1")
    assert "off_topic" in update.intents and update.add == ()


@pytest.mark.parametrize(
    ("text", "attribute", "op"), [("the longest western you have", "runtime", "ge"), ("your oldest film", "year", "le")]
)
def test_a_superlative_binds_to_the_end_of_the_range_that_holds_a_short_list(
    understander: LexicalUnderstander, demo_facts: Facts, text: str, attribute: str, op: Op
) -> None:
    held = [c for p in understander.understand(text, EMPTY, "t1").add if (c := p.constraint()) and p.hard]
    bound = next(c for c in held if c.attribute == attribute)
    tighter = 1 if op == "ge" else -1
    assert bound.op == op
    assert isinstance(bound.value, int)
    assert demo_facts.count(held) >= 5
    assert demo_facts.count([*held, bound.model_copy(update={"value": bound.value + tighter})]) < 5


def test_critique_of_one_shown(understander: LexicalUnderstander, shown: Conversation, demo_facts: Facts) -> None:
    update = understander.understand("more like the second but newer", shown, "t1")
    year = demo_facts.get(shown.last_shown[1:2])[0].attributes["year"]
    assert set(wishes(update)) == {f"+year gt {year} !", "+item eq Drive"}


def test_comparison_with_a_named_title_sets_a_bound_only(
    understander: LexicalUnderstander, shown: Conversation, demo_facts: Facts
) -> None:
    runtime = demo_facts.get(shown.last_shown[:1])[0].attributes["runtime"]
    update = understander.understand("something shorter than Heat", shown, "t1")
    assert wishes(update) == [f"+runtime lt {runtime} !"]


@pytest.mark.parametrize(
    ("text", "field", "places"),
    [
        ("not those", "reject_ids", (0, 1, 2, 3)),
        ("show me more", "reject_ids", (0, 1, 2, 3)),
        ("I've seen the first two", "seen_ids", (0, 1)),
        ("I'll watch the last one", "accept_ids", (3,)),
        ("the second one sounds great", "accept_ids", (1,)),
        ("the first one is boring", "reject_ids", (0,)),
        ("go on then, the third", "accept_ids", (2,)),
        ("oh yes, number one. sold", "accept_ids", (0,)),
    ],
)
def test_reactions_to_what_was_shown(
    understander: LexicalUnderstander, shown: Conversation, text: str, field: str, places: tuple[int, ...]
) -> None:
    update = understander.understand(text, shown, "t1")
    assert getattr(update, field) == tuple(shown.last_shown[place] for place in places)


@pytest.mark.parametrize(
    ("text", "topic", "attribute", "places"),
    [
        ("how long is Heat?", "fact", "runtime", (0,)),
        ("who directed the third one?", "fact", "director", (2,)),
        ("is the second one in English?", "fact", "language", (1,)),
        ("compare the first two", "compare", None, (0, 1)),
        ("which one is the shortest?", "compare", "runtime", (0, 1, 2, 3)),
        ("why did you suggest Drive?", "explain", None, (1,)),
        ("tell me more about Zodiac", "describe", None, (3,)),
        ("what's it about?", "describe", None, (0,)),
        ("newest of those", "compare", "year", (0, 1, 2, 3)),
        ("do you have Prisoners?", "describe", None, (2,)),
        ("is Heat in German?", "fact", "language", (0,)),
        ("which is longer, Heat or Zodiac?", "compare", "runtime", (0, 3)),
        ("which of these was made first?", "compare", "year", (0, 1, 2, 3)),
        ("what happens in the second one?", "describe", None, (1,)),
        ("is there anybody famous in the third one?", "fact", "cast", (2,)),
        ("whos in priosners", "fact", "cast", (2,)),
        ("how violent is the second one", "fact", "intensity", (1,)),
        ("the last one's a maybe, what's it about?", "describe", None, (3,)),
        ("who's the lead in the first one?", "fact", "cast", (0,)),
    ],
)
def test_questions_about_items(
    understander: LexicalUnderstander,
    shown: Conversation,
    text: str,
    topic: str,
    attribute: str | None,
    places: tuple[int, ...],
) -> None:
    question = understander.understand(text, shown, "t1").question
    assert question is not None
    assert question.topic == topic
    assert question.item_ids == tuple(shown.last_shown[place] for place in places)
    if attribute is not None:
        assert question.attribute == attribute


@pytest.mark.parametrize(
    "text", ["I'm surprised that Iron Man isn't there", "you forgot Iron Man", "where's Iron Man?"]
)
def test_a_title_that_is_missed_is_asked_about(
    understander: LexicalUnderstander, shown: Conversation, demo_facts: Facts, text: str
) -> None:
    question = understander.understand(text, shown, "t1").question
    assert question is not None
    assert (question.topic, question.item_ids) == ("why_not", ids(demo_facts, "Iron Man"))


@pytest.mark.parametrize(
    "text",
    ["I haven't a clue", "couldn't care less", "hard to say", "you're the expert, I leave it to you", "who knows"],
)
def test_no_answer_holds_no_wish(understander: LexicalUnderstander, text: str) -> None:
    update = understander.understand(text, EMPTY, "t1")
    assert ("dont_know" in update.intents, wishes(update)) == (True, [])


def test_an_answer_to_a_question_about_a_number_needs_no_unit(understander: LexicalUnderstander) -> None:
    asked = EMPTY.model_copy(update={"pending_question": AskAction(attribute="runtime", question="How long?")})
    assert wishes(understander.understand("under 100", asked, "t1")) == ["+runtime lt 100 !"]


@pytest.mark.parametrize("text", ["undo", "scratch that", "never mind", "go back, that was a mistake"])
def test_undo(understander: LexicalUnderstander, text: str) -> None:
    assert understander.understand(text, EMPTY, "t1").undo == 1


def test_reset(understander: LexicalUnderstander) -> None:
    assert understander.understand("let's start over", EMPTY, "t1").reset is True


OPENLY = AskAction(
    attribute=ANY,
    question="What matters?",
    options=("Comedy", "1990 to 1999", "at most 95 minutes"),
    values=("Comedy", (1990.0, 1999.0), (-1e12, 95.0)),
    attributes=("genres", "year", "runtime"),
    style="open",
)


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("Comedy", "+genres eq Comedy !"),
        ("1990 to 1999", "+year between (1990.0, 1999.0) !"),
        ("at most 95 minutes please", "+runtime le 95 !"),
        ("a western", "+genres eq Western !"),
    ],
)
def test_an_option_of_an_open_question_is_about_its_own_attribute(
    understander: LexicalUnderstander, text: str, wish: str
) -> None:
    asked = EMPTY.model_copy(update={"pending_question": OPENLY})
    assert wishes(understander.understand(text, asked, "t1")) == [wish]


def test_a_comparison_with_what_was_shown_contradicts_nothing(
    understander: LexicalUnderstander, shown: Conversation
) -> None:
    nineties = understander.understand("films from the 90s", EMPTY, "t0").add
    update = understander.understand("anything newer?", shown.model_copy(update={"preferences": nineties}), "t1")
    assert [wish.attribute for wish in update.add] == ["year"]
    assert not update.contradictions


def test_firm_wishes_that_no_item_grants_together_give_way_and_are_doubted(understander: LexicalUnderstander) -> None:
    first = understander.understand("with Uma Thurman", EMPTY, "t1").add
    held = EMPTY.model_copy(update={"preferences": first})
    update = understander.understand("also with Jackie Chan", held, "t2")
    assert [c.held_id for c in update.contradictions] == [first[0].id]
    assert Removal(attribute="cast", value=first[0].id) in update.remove
    together = understander.understand("also with John Travolta", held, "t2")
    assert not together.contradictions
    assert not together.remove


@pytest.mark.parametrize(
    ("text", "not_now"),
    [
        ("just show me something!!", True),
        ("you choose", True),
        ("the director doesn't matter", True),
        ("egal", True),
        ("I don't know", False),
        ("no preference", False),
        ("a comedy", False),
    ],
)
def test_when_questions_are_unwelcome(understander: LexicalUnderstander, text: str, not_now: bool) -> None:
    german = EMPTY.model_copy(update={"language": "de" if text == "egal" else "en"})
    assert understander.understand(text, german, "t1").not_now is not_now


@pytest.mark.parametrize(
    ("text", "off_topic"),
    [
        ("where does the mayor park?", True),
        ("who won the world cup in 2010?", True),
        ("where a king would live", False),
    ],
)
def test_a_question_about_the_world_is_no_wish_but_a_description_is(
    understander: LexicalUnderstander, text: str, off_topic: bool
) -> None:
    assert ("off_topic" in understander.understand(text, EMPTY, "t1").intents) is off_topic


def test_below_a_list_next_alone_turns_the_page_though_it_is_a_title(
    understander: LexicalUnderstander, shown: Conversation
) -> None:
    turned = understander.understand("next please", shown, "t1")
    assert (turned.add, turned.intents) == ((), ("more",))
    assert set(turned.reject_ids) == set(shown.last_shown)
    assert wishes(understander.understand("I liked Next", shown, "t1")) == ["+item eq Next"]
