"""Find titles in a message: exact ones, misspelt ones, and ones the catalogue does not hold.

Titles are made of ordinary words ("Her", "Drive", "In the Mood for Love"), so a match alone proves nothing: it is
believed when the words are quoted, capitalised, followed by a year, or stand behind a cue such as "like" or "have you
seen".
"""

from __future__ import annotations

from collections.abc import Callable, Collection

from .dated import find_dated, years_in_brackets
from .named import asks_whether_held
from .polarity import SENTIMENT
from .scan import Mention, Scan
from .text import words
from .verdicts import judged_behind
from .vocabulary import Vocabulary
from .words import ARTICLES, STOP, STRONG_TITLE_CUES, TITLE_CUES

_QUOTES = "\"“”«»‘’'"
_SPAN_END = frozenset(
    """but and with from that which only except without directed starring please though because so or by than before
    after
    under over if when is was were are has have had made set too also yet who about""".split()
)
_LONGEST_SPAN = 8
_LONGEST_LIST = 10
"""A higher number is no place in a list."""
_TITLE_CASE = 3
"""Words in a row with capitals amid small letters that are a title, however plain: "Someone Like You"."""
_SINGLE_WORD_CUES = frozenset(
    {
        "is",
        "was",
        "does",
        "did",
        "directed",
        "wrote",
        "stars in",
        "starred in",
        "vs",
        "versus",
        "skip",
        "remove",
        "exclude",
        "forgot",
        "forgotten",
        "what happened to",
        "where is",
        "wheres",
    }
    | {
        "favorite is",
        "favourite is",
        "favorites are",
        "favourites are",
        "except",
        "into",
        "what about",
        "how about",
        "more about",
        "know about",
        "tell me about",
    }
)
"""Weaker cues after which one capitalised word may still be a title."""
_DETERMINERS = (("the",), ("a",), ("an",), ("my",), ("your",), ("his",), ("her",), ("its",), ("are",), ("is",))
_AMID = 3
"""So many small words at least stand beside a capital that means something."""
_PLACING = tuple((word,) for word in "in from to at near of by with mr mrs dr saint st the".split())
"""Words before the name of a place, a person or a thing."""
_CONTINUING = frozenset("or and also maybe even then like perhaps plus how about what".split())
"""Words that open a message which goes on with the one before: "or Titanic"."""
_TELLING = 5
"""Letters of a word that, written small at the end of "I hate ...", may be a well-known title."""
_CHOOSING = frozenset("watch see try pick choose between prefer better compare take".split())
"""Words before the first of two titles to choose between."""
_LIKING = frozenset(
    "i we you they he she would really also dont didnt do id wed just always usually quite still".split()
)
"""Words before "like" that make it a verb."""
_ASKING = frozenset("who whos whose what when whens where how did does was is which whats are were has".split())
_ASKING_FOR = frozenset("who whos what whats when where how which".split())
_LEADING = frozenset("and so ok okay but then now well".split())
"""Words before the first of a question."""
_FRAMES = (("do", "you"), ("any", "idea"), ("can", "you"), ("could", "you"), ("tell", "me"), ("remind", "me"))
"""Openings of a sentence that leads to a question: "do you know who..."."""
_ASKED_CUES = frozenset({"in", "of", "is", "was", "did", "does", "directed", "wrote", "starred in", "stars in", "on"})
"""Weaker cues behind which a question names what it is about."""
_VERB_CUES = frozenset({"like", "likes", "love", "enjoy", "adore", "hate", "dislike"})


YearOf = Callable[[str], int | None]
"""Item id -> the year it is from, None where unknown."""


def find_titles(
    scan: Scan, vocabulary: Vocabulary, shown: Collection[str], nouns: Collection[str], year_of: YearOf
) -> None:
    """Add a ``title`` mention for each catalogue title that the message names on purpose.

    A title with a year that no item of that title is from is added as ``missing``: it is another work of the same name.
    """
    find_dated(
        scan, vocabulary, {at: _titles_of(scan, vocabulary, at, shown, year_of) for at in years_in_brackets(scan)}
    )
    _find_listed(scan, vocabulary)
    at = 0
    while at < len(scan.tokens):
        end = 0 if scan.taken[at] else _longest_title(scan, vocabulary, at, shown, nouns, year_of)
        at = end or at + 1
    _complete_choices(scan, vocabulary)


def _find_listed(scan: Scan, vocabulary: Vocabulary) -> None:
    """Add the titles of a sentence that is a list of titles and no more: "Heat, Goodfellas, Casino ..."."""
    start = 0
    while start < len(scan.tokens):
        end = scan.clause_end(start)
        cuts = [at for at in range(start + 1, end) if "," in scan.tokens[at].sep]
        parts = [
            (low + (scan.tokens[low].norm in ("and", "or")), high)
            for low, high in zip([start, *cuts], [*cuts, end], strict=True)
        ]
        found = [vocabulary.title_ids(scan.norms(low, high)) if scan.free(low, high) else [] for low, high in parts]
        said = [scan.norms(low, high) for low, high in parts]
        raised = all(t.capital for low, high in parts for t in scan.tokens[low:high] if t.norm not in STOP)
        plain = any(vocabulary.name(norms) for norms in said) or all(vocabulary.senses(norms) for norms in said)
        if len(parts) > 1 and all(found) and raised and not plain:
            for (low, high), ids in zip(parts, found, strict=True):
                scan.add(Mention(start=low, end=high, kind="title", item_ids=(ids[0],)))
        start = end


def _complete_choices(scan: Scan, vocabulary: Vocabulary) -> None:
    """Add the first of two titles between which somebody chooses: "should i watch fargo or The Big Lebowski?"."""
    for second in [m for m in scan.mentions if m.kind == "title"]:
        end = second.start - 1
        if end < 1 or scan.tokens[end].norm not in ("or", "vs", "versus"):
            continue
        for at in range(max(0, end - vocabulary.longest_title), end):
            ids = vocabulary.title_ids(scan.norms(at, end)) if scan.free(at, end) else []
            named = all(t.capital for t in scan.tokens[at:end] if t.norm not in STOP)
            if ids and (named or at == 0 or scan.tokens[at - 1].norm in _CHOOSING):
                scan.add(Mention(start=at, end=end, kind="title", item_ids=(ids[0],)))
                break


def _titles_of(scan: Scan, vocabulary: Vocabulary, at: int, shown: Collection[str], year_of: YearOf) -> list[Mention]:
    """Return the titles that end before the year at token ``at`` and are from that year or one beside it."""
    year, found = int(scan.tokens[at].norm), list[Mention]()
    for start in range(max(0, at - vocabulary.longest_title), at):
        near = [i for i in _with_shorter(scan, vocabulary, start, at) if abs((year_of(i) or 0) - year) <= 1]
        near.sort(key=lambda i: (year_of(i) != year, i not in shown))
        if near:
            found.append(Mention(start=start, end=at + 1, kind="title", item_ids=(near[0],)))
    return found


def find_unknown_titles(scan: Scan, vocabulary: Vocabulary, nouns: Collection[str]) -> None:
    """Resolve what stands behind a title cue and is not explained yet: a misspelt title or a missing one."""
    for at in range(len(scan.tokens)):
        if scan.taken[at]:
            continue
        quoted_end = _quoted_end(scan, at)
        if quoted_end:
            _resolve(scan, vocabulary, at, quoted_end, certain=True)
            continue
        cue = _cue_before(scan, at, nouns)
        listed = _continues_list(scan, at) and scan.tokens[at].capital
        if _judged_stranger(scan, vocabulary, at):
            _resolve(scan, vocabulary, at, at + 1, certain=False)
            continue
        asked = _asked_about(scan, vocabulary, at, cue)
        if cue not in STRONG_TITLE_CUES and not listed and not asked and not _favourite_is(scan, at, cue):
            continue
        end = _span_end(scan, at)
        capitals = [i for i in range(at, end) if scan.tokens[i].capital and not scan.tokens[i].is_number]
        capitals = [i for i in capitals if scan.tokens[i].norm not in STOP or len(capitals) > 1]
        if capitals:
            _resolve(scan, vocabulary, at, capitals[-1] + 1, certain=True)
        elif asks_whether_held(scan, at) and end == at + 1 and not vocabulary.is_english(scan.tokens[at].norm):
            _resolve(scan, vocabulary, at, end, certain=True)
        elif asked or _may_be_lower_case_title(scan, cue, at, end, vocabulary):
            _resolve(scan, vocabulary, at, end, certain=False)


def _longest_title(
    scan: Scan, vocabulary: Vocabulary, at: int, shown: Collection[str], nouns: Collection[str], year_of: YearOf
) -> int:
    for end in range(min(len(scan.tokens), at + vocabulary.longest_title), at, -1):
        if not scan.free(at, end):
            continue
        ids = vocabulary.title_ids(scan.norms(at, end))
        quoted = bool(ids) and _quoted_end(scan, at) == end
        if ids and not quoted and (_is_place(scan, at, end, shown) or _is_name(scan, vocabulary, at, end, ids[0])):
            continue
        if not ids or (not quoted and (scan.inside_proper_name(at, end) or _goes_on(scan, vocabulary, at, end))):
            continue
        year, after = _year_behind(scan, at, end)
        if year or _believed(scan, vocabulary, at, end, ids, shown, nouns):
            if year:
                ids = _with_shorter(scan, vocabulary, at, end)
            _add_title(scan, at, end, after, ids, year, shown, year_of)
            return after
    return 0


def _add_title(
    scan: Scan,
    at: int,
    end: int,
    after: int,
    ids: list[str],
    year: int,
    shown: Collection[str],
    year_of: YearOf,
) -> None:
    of_that_year = [i for i in ids if abs((year_of(i) or 0) - year) <= 1] if year else ids
    exactly = [i for i in of_that_year if year_of(i) == year] if len(of_that_year) > 1 else []
    of_that_year = exactly or of_that_year
    if not of_that_year:
        named = scan.quote(at, end) if "(" in scan.tokens[end].sep else scan.quote(at, after)
        scan.add(Mention(start=at, end=after, kind="missing", value=named))
        return
    chosen = next((i for i in of_that_year if i in shown), of_that_year[0])
    scan.add(Mention(start=at, end=after, kind="title", item_ids=(chosen,)))


def _with_shorter(scan: Scan, vocabulary: Vocabulary, at: int, end: int) -> list[str]:
    """Return what the words can name when a year behind tells which: "the Alien (1979)" is Alien, not The Alien."""
    phrase = scan.norms(at, end)
    bare = vocabulary.every_title(phrase[1:]) if phrase[0] in ARTICLES else []
    return list(dict.fromkeys((*vocabulary.every_title(phrase), *bare)))


def _year_behind(scan: Scan, start: int, end: int) -> tuple[int, int]:
    """Return (year, end behind it) for "Title (1995)", "Title 1995" and "liked Title from 1995", else (0, end)."""
    held = asks_whether_held(scan, start)
    named = scan.tokens[end - 1].capital or (scan.tokens[start].capital and "(" in "".join(scan.seps(end, end + 1)))
    named, dated = named or held, held or _past_taste(scan, end)
    at = end + 1 if scan.norms(end, end + 1) == ("from",) and dated else end
    if not named or at >= len(scan.tokens):
        return 0, end
    token = scan.tokens[at]
    yearlike = token.is_number and len(token.norm) == 4 and token.norm.isdigit() and token.sep in ("", "(")
    return (int(token.norm), at + 1) if yearlike else (0, end)


def _past_taste(scan: Scan, end: int) -> bool:
    """Whether the title that ends before token ``end`` was liked or seen in the past, so that "from 2021" dates it."""
    return bool(
        set(scan.norms(max(scan.clause_start(end - 1), end - 6), end)) & {"liked", "loved", "saw", "seen", "enjoyed"}
    )


def _is_place(scan: Scan, at: int, end: int, shown: Collection[str]) -> bool:
    """Whether a bare number is a place in what was shown sooner than a title: "loved 1, hated 3"."""
    norm = scan.tokens[at].norm
    return bool(shown) and end - at == 1 and norm.isdigit() and int(norm) <= _LONGEST_LIST


def _is_name(scan: Scan, vocabulary: Vocabulary, at: int, end: int, item_id: str) -> bool:
    """Whether the words are somebody's name sooner than the title: behind "by", or when the title is longer."""
    names = vocabulary.name(scan.norms(at, end)) if end - at > 1 else {}
    if not names:
        return False
    if max(count for _, count in names.values()) >= vocabulary.WELL_KNOWN and not scan.tokens[at].capital:
        return True  # "billie eilish songs", whatever song is called so
    return scan.ends_at(at, ("by",)) or words(vocabulary.title_of(item_id)) != scan.norms(at, end)


def _goes_on(scan: Scan, vocabulary: Vocabulary, at: int, end: int) -> bool:
    """Whether one matched word begins a longer name: "Lost" in "Lost in Translation", but not in "Lost in German"."""
    following = scan.tokens[end : end + 2]
    if end - at > 1 or len(following) < 2 or any(token.sep for token in following):
        return False
    joined = following[0].norm in ("of", "in", "the", "to", "for", "on", "at") and not following[0].capital
    if _in_question(scan, at) and vocabulary.senses((following[1].norm,)):
        return False
    return joined and following[1].capital and not following[1].is_number and following[1].norm not in STOP


def _believed(
    scan: Scan,
    vocabulary: Vocabulary,
    at: int,
    end: int,
    ids: list[str],
    shown: Collection[str],
    nouns: Collection[str],
) -> bool:
    if _quoted_end(scan, at) == end or _in_title_case(scan, vocabulary, at, end):
        return True
    if _partly_quoted(scan, at, end):
        return False
    tokens = scan.tokens[at:end]
    content = [token for token in tokens if token.norm not in STOP]
    capitals = all(token.capital for token in (content or tokens))
    inside = at > 0 and not tokens[0].starts_clause
    cue = _cue_before(scan, at, nouns)
    strong = cue in STRONG_TITLE_CUES or _continues_list(scan, at) or _favourite_is(scan, at, cue)
    if any(item_id in shown for item_id in ids):
        return (capitals and (bool(content) or inside)) or (len(content) > 1 or (strong and bool(content)))
    famous = vocabulary.is_well_known(ids[0])
    common = not content or bool(vocabulary.senses(scan.norms(at, end)))
    numbered = end - at == 1 and tokens[0].is_number
    telling = not numbered and (famous or (capitals and not _is_plain_opening(scan, vocabulary, at, end)))
    if content and not common and _spoken_of(scan, vocabulary, at, end, telling=telling):
        return True
    if len(content) >= 2:
        return _phrase_believed(scan, vocabulary, at, end, capitals=capitals, strong=strong, famous=famous)
    if len(tokens) >= 2:
        return (capitals and inside and all(token.capital for token in tokens) and not common) or (
            strong and (capitals or not common) and not _is_plain_noun_phrase(scan, at, end, vocabulary)
        )
    if capitals and inside and famous and not common and _is_spoken_name(scan, vocabulary, at, end, cue, nouns):
        return True
    if famous and not (capitals or common) and cue in _VERB_CUES and len(scan.tokens[at].norm) >= _TELLING:
        return end == len(scan.tokens) or scan.tokens[end].starts_clause or bool(scan.tokens[end].sep)
    return _single_word_believed(scan, at, cue, strong, nouns, capitals=capitals, inside=inside, common=common)


def _is_spoken_name(scan: Scan, vocabulary: Vocabulary, at: int, end: int, cue: str, nouns: Collection[str]) -> bool:
    """Whether one word with a capital amid small letters is spoken of as a thing, and is neither place nor person."""
    beside = [*scan.tokens[scan.clause_start(at) + 1 : at], *scan.tokens[end : scan.clause_end(at)]]
    small = sum(not token.capital for token in beside) >= 2 * sum(token.capital for token in beside) + _AMID
    placed = scan.norms(at - 1, at) in _PLACING or vocabulary.is_name(scan.tokens[at].norm)
    described = end < len(scan.tokens) and scan.tokens[end].norm in nouns
    return small and not (placed or described or scan.tokens[at].is_number)


def _spoken_of(scan: Scan, vocabulary: Vocabulary, at: int, end: int, *, telling: bool) -> bool:
    """Whether the words are all there is, are called a favourite or, if they are telling, are judged."""
    return _stands_alone(scan, vocabulary, at, end) or _praised(scan, end) or (telling and judged_behind(scan, end))


def _phrase_believed(
    scan: Scan, vocabulary: Vocabulary, at: int, end: int, *, capitals: bool, strong: bool, famous: bool
) -> bool:
    """Whether words of which several have content name their title rather than what they plainly say."""
    common = bool(vocabulary.senses(scan.norms(at, end)))
    if common:
        return capitals and strong
    content = [token.norm for token in scan.tokens[at:end] if token.norm not in STOP]
    rare = any(not vocabulary.is_everyday(w) and (famous or not vocabulary.is_english(w)) for w in content)
    if capitals or (rare and scan.norms(at - 1, at) not in (("about",), ("with",), ("on",))):
        return True
    named = famous and not all(vocabulary.is_english(word) for word in content)
    plain = len(content) == 2 and not named and scan.norms(at - 1, at) in _DETERMINERS
    return (strong or judged_behind(scan, end)) and not plain


def _in_title_case(scan: Scan, vocabulary: Vocabulary, at: int, end: int) -> bool:
    """Whether several words are written as a title is, with capitals amid small letters, and mean nothing else."""
    beside = [token for token in (*scan.tokens[:at], *scan.tokens[end:]) if not token.is_number]
    raised = all(token.capital for token in scan.tokens[at:end]) and any(not token.capital for token in beside)
    return end - at >= _TITLE_CASE and raised and not vocabulary.senses(scan.norms(at, end))


def _single_word_believed(
    scan: Scan, at: int, cue: str, strong: bool, nouns: Collection[str], *, capitals: bool, inside: bool, common: bool
) -> bool:
    token = scan.tokens[at]
    if token.is_number:
        following = scan.norms(at + 1, at + 2)
        glued = at + 1 < len(scan.tokens) and scan.tokens[at + 1].sep == "" and scan.tokens[at + 1].start == token.end
        behind_name = at > 0 and scan.tokens[at - 1].capital and not token.sep and scan.tokens[at - 1].norm not in STOP
        aged = cue == "like" and len(token.norm) < 3  # "I was like 13"
        if cue == "than" or glued or behind_name or aged:
            return False
        return strong and not token.starts_clause and following not in (("minutes",), ("min",), ("hours",), ("s",))
    if capitals:
        asked = cue in _SINGLE_WORD_CUES and inside and (not common or _in_question(scan, at))
        asked |= _in_question(scan, at) and _is_offered(scan, at)
        return (strong and (inside or not common)) or asked or (cue in ("in", "of", "on") and _in_question(scan, at))
    if cue in _VERB_CUES and not _like_is_preposition(scan, at):
        return False
    if at + 1 < len(scan.tokens) and not scan.tokens[at + 1].sep and scan.tokens[at + 1].norm not in STOP:
        return strong and not common and scan.tokens[at + 1].norm in nouns
    return strong and not common and len(token.norm) > 2 and cue != "than"


def _stands_alone(scan: Scan, vocabulary: Vocabulary, at: int, end: int) -> bool:
    """Whether the message is the title and no more, "or" and the like apart; letters and makers' names are none."""
    word = scan.tokens[at].norm
    alone = end == len(scan.tokens) and set(scan.norms(0, at)) <= _CONTINUING
    plain = end - at == 1 and (word in SENTIMENT or len(word) < 2 or vocabulary.is_maker(word))
    return alone and not plain


def _is_plain_opening(scan: Scan, vocabulary: Vocabulary, at: int, end: int) -> bool:
    """Whether a capital shows no more than that a sentence begins: "Acting was great"."""
    opens = at == 0 or scan.tokens[at].starts_clause
    return opens and end - at == 1 and vocabulary.is_english(scan.tokens[at].norm)


def _praised(scan: Scan, end: int) -> bool:
    """Whether the words are said to be a favourite: "my neighbor totoro is my favourite"."""
    return bool(set(scan.tail(end, 4)) & {"favourite", "favorite"})


def _judged_stranger(scan: Scan, vocabulary: Vocabulary, at: int) -> bool:
    """Whether a word that is no English opens a sentence and is judged: "groundhogday was brilliant"."""
    norm = scan.tokens[at].norm
    opens = at == 0 or scan.tokens[at].starts_clause
    return opens and len(norm) >= _TELLING and not vocabulary.is_english(norm) and judged_behind(scan, at + 1)


def _asked_about(scan: Scan, vocabulary: Vocabulary, at: int, cue: str) -> bool:
    """Whether a word that is no English stands where a question names what it is about: "whos in inseption"."""
    token = scan.tokens[at]
    strange = not (token.is_number or token.capital or vocabulary.is_english(token.norm) or token.norm in STOP)
    return strange and cue in _ASKED_CUES and _in_question(scan, at)


def _favourite_is(scan: Scan, at: int, cue: str) -> bool:
    """Whether "my favourite film is" stands before token ``at``."""
    return cue.split()[-1:] in (["is"], ["are"]) and bool(
        set(scan.norms(at - 4, at)) & {"favourite", "favorite", "favourites", "favorites"}
    )


def _in_question(scan: Scan, at: int) -> bool:
    """Whether the sentence asks about something: "who's in Heat?", "when did Alien come out?"."""
    start = scan.clause_start(at)
    while start < at and scan.tokens[start].norm in _LEADING:
        start += 1
    framed = scan.norms(start, start + 2) in _FRAMES and set(scan.norms(start + 2, at)) & _ASKING_FOR
    end = scan.clause_end(at)
    behind = any("," in scan.tokens[i].sep and scan.tokens[i].norm in _ASKING_FOR for i in range(at + 1, end))
    return scan.tokens[start].norm in _ASKING or bool(framed) or behind


def _is_offered(scan: Scan, at: int) -> bool:
    """Whether a capitalised word stands on the other side of "or" or "and": "which is longer, Heat or Drive?"."""
    joins = (("or",), ("and",), ("vs",), ("versus",))
    behind = scan.norms(at + 1, at + 2) in joins and any(t.capital for t in scan.tokens[at + 2 : at + 4])
    return behind or (scan.norms(at - 1, at) in joins and at > 1 and scan.tokens[at - 2].capital)


def _is_plain_noun_phrase(scan: Scan, at: int, end: int, vocabulary: Vocabulary) -> bool:
    """Whether "the/a + one word" is written small and the word means something else in the catalogue."""
    return (
        scan.tokens[at].norm in ARTICLES
        and not scan.tokens[end - 1].capital
        and bool(vocabulary.senses(scan.norms(end - 1, end)))
    )


def _continues_list(scan: Scan, at: int) -> bool:
    """Whether a title stands directly before, joined by a comma, "and" or "or"."""
    before = at - 1
    if before >= 0 and scan.tokens[before].norm in ("and", "or", "nor"):
        before -= 1
    elif "," not in scan.tokens[at].sep:
        return False
    return any(m.kind in ("title", "missing") and m.end == before + 1 for m in scan.mentions)


def _cue_before(scan: Scan, at: int, nouns: Collection[str]) -> str:
    """Return the longest cue that stands before token ``at``, articles and nouns skipped; "" when there is none."""
    places = [at]
    while (
        at > 0
        and (scan.tokens[at - 1].norm in ARTICLES or scan.tokens[at - 1].norm in nouns)
        and not scan.tokens[at].starts_clause
    ):
        at -= 1
        places.append(at)
    found = [
        " ".join(cue)
        for place in places
        if not (place < len(scan.tokens) and scan.tokens[place].starts_clause)
        for cue in TITLE_CUES
        if scan.ends_at(place, cue)
    ]
    return max(found, key=len, default="")


def _like_is_preposition(scan: Scan, at: int) -> bool:
    """Whether the "like" before token ``at`` means "similar to"."""
    while at and scan.tokens[at - 1].norm in ARTICLES:
        at -= 1
    before = at - 2
    if before < 0 or scan.tokens[at - 1].norm != "like":
        return before < 0 and at > 0 and scan.tokens[at - 1].norm == "like"
    return scan.tokens[before].norm not in _LIKING or "," in scan.tokens[at - 1].sep


def _quoted_end(scan: Scan, at: int) -> int:
    """Return the end of a quotation that opens before token ``at``, or 0."""
    sep = scan.tokens[at].sep
    if not sep or sep[-1] not in _QUOTES:
        return 0
    for end in range(at + 1, min(len(scan.tokens), at + _LONGEST_SPAN) + 1):
        closing = scan.tokens[end].sep if end < len(scan.tokens) else scan.text[scan.tokens[-1].end :].strip()
        if any(mark in _QUOTES for mark in closing):
            return end
    return 0


def _partly_quoted(scan: Scan, at: int, end: int) -> bool:
    return any(any(mark in '"“”' for mark in token.sep) for token in scan.tokens[at + 1 : end])


def _span_end(scan: Scan, at: int) -> int:
    end = at
    while end < min(len(scan.tokens), at + _LONGEST_SPAN) and not scan.taken[end]:
        token = scan.tokens[end]
        if end > at and (token.starts_clause or "," in token.sep or "(" in token.sep or token.norm in _SPAN_END):
            break
        end += 1
    return end


def _may_be_lower_case_title(scan: Scan, cue: str, at: int, end: int, vocabulary: Vocabulary) -> bool:
    """Whether small letters behind a cue can be a misspelt title: no article "a", nothing the catalogue knows."""
    norms = scan.norms(at, end)
    if not norms or norms[0] in ("a", "an", "something", "anything", "to", "it", "this", "that", "these", "those"):
        return False
    if cue in _VERB_CUES and not _like_is_preposition(scan, at):
        return False
    return any(norm not in STOP and not vocabulary.senses((norm,)) for norm in norms)


def _resolve(scan: Scan, vocabulary: Vocabulary, at: int, end: int, *, certain: bool) -> None:
    if _all_explained(scan, vocabulary, at, end):
        return
    exact = vocabulary.title_ids(scan.norms(at, end))
    item_id = exact[0] if exact else _misspelt(scan, vocabulary, at, end)
    if item_id:
        scan.add(Mention(start=at, end=end, kind="title", item_ids=(item_id,)))
    elif certain:
        _, after = _year_behind(scan, at, end)
        scan.mentions = [m for m in scan.mentions if not (m.kind == "number" and end <= m.start < after)]
        scan.add(Mention(start=at, end=after, kind="missing", value=scan.quote(at, end)))


def _misspelt(scan: Scan, vocabulary: Vocabulary, at: int, end: int) -> str | None:
    """Return the title that the words are a few slips away from; words that are right as they stand allow one only."""
    spelt = all(vocabulary.is_english(norm) or norm in STOP for norm in scan.norms(at, end))
    return vocabulary.closest_title(scan.quote(at, end), most=1 if spelt else None)


def _all_explained(scan: Scan, vocabulary: Vocabulary, at: int, end: int) -> bool:
    """Whether every word is one that the catalogue knows otherwise, so that no title is meant."""
    if vocabulary.senses(scan.norms(at, end)) or vocabulary.name(scan.norms(at, end)):
        return True
    if end - at > 1 and all(token.capital for token in scan.tokens[at:end]):
        return False
    return all(t.norm in STOP or vocabulary.senses((t.norm,)) for t in scan.tokens[at:end])
