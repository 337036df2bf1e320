"""Closed word lists of English that the checker relies on: words that claim nothing, and words that always claim.

Everything that names a value of a catalogue comes from its schema and items, never from here.
"""

from __future__ import annotations


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


ARTICLES = _set("a an the this that these those its it's his her their our")

TRANSPARENT = ARTICLES | _set(
    "it he she they them him who whose whom which where when while as is are was were be being been has have had "
    "of in on at to into onto with for over through across along around between among during within up down out "
    "off 's - , and or"
)
"""Words that may stand between two words of a plot without changing who does what to whom."""

FUNCTION = TRANSPARENT | _set("but though also too both by from about so here there yet plus if i'd")

NOUNS = _set(
    "story tale pick choice option match entry title piece plot tone mood theme themes subject lead-in mix blend"
)
"""Nouns that present an item without describing it."""

VERBS = _set(
    "is are was were has have follows follow tells tell told offers offer brings bring gives give shows show "
    "explores explore features feature includes include combines combine mixes mix blends blend centres centers "
    "revolves deals deal fits fit matches match meets meet suits suit runs run stays stay keeps keep comes come "
    "makes stars star won wins win lasts last takes holds shares share directed directs unfolds turns belongs "
    "sits counts clocks carries earned touches"
)
"""Verbs a whole sentence may rest on."""

PRESENTING = (
    NOUNS
    | (VERBS - _set("is are was were has have"))
    | _set(
        "following telling offering bringing showing exploring featuring including combining mixing blending centred "
        "centered focused focuses focus focusing dealing marked coming touching"
    )
)
"""Words that introduce a plot or a fact; a new plot run starts after them."""

CLAIMING_VERBS = _set(
    "won wins win stars star directed directs earned shares share fits fit matches match meets meet suits suit"
)
"""Verbs that need something to be claimed with them."""

TOPIC_PREFIXES: frozenset[tuple[str, ...]] = frozenset(
    {("about",), ("is", "about"), ("deals", "with"), ("explores",), ("covers",), ("treats",)}
)
"""Wordings of an attribute's sentence that make its values what an item is about."""

USER_WORDS = _set("you your you'd you've yours")
USER_GLUE = _set(
    "asked ask for wanted want wish wishes wished said say mentioned mention like liked love loved enjoy enjoyed "
    "prefer preferred looking look after request requested requests limit limits taste tastes preference "
    "preferences mind something one ones named set line with"
)
"""Words that talk about the user's wishes; neutral only in a clause about the user."""
USER_STATEMENTS = _set("asked wanted want said mentioned wished requested named")

NOUN_SYNONYMS: dict[str, frozenset[str]] = {
    "film": _set("film films movie movies picture pictures"),
    "movie": _set("film films movie movies picture pictures"),
    "track": _set("track tracks song songs piece pieces"),
    "song": _set("track tracks song songs piece pieces"),
    "book": _set("book books title titles read"),
    "video": _set("video videos clip clips"),
    "course": _set("course courses class classes"),
    "product": _set("product products"),
}
"""Other everyday words for a catalogue's noun, by noun."""

BARRIERS = _set(
    "not no never without neither nor none nobody nothing cannot can't don't doesn't didn't won't isn't aren't "
    "wasn't fail fails failed failing refuse refuses refused refusing try tries tried trying attempt attempts "
    "attempted attempting plan plans planned planning hope hopes hoped hoping dream dreams dreamed want wants "
    "wanted wanting pretend pretends pretended pretending seem seems seemed almost nearly threaten threatens "
    "threatened instead unless if whether supposedly believe believes believed believing claim claims claimed "
    "suspect suspects suspected alleged allegedly supposed apparently seemingly perhaps maybe avoid avoids "
    "avoiding stop stops stopping prevent prevents preventing fake false would could might may must should"
)
"""Words that change whether what follows them really happens; a plot may not be retold across one of them."""

NEGATIONS = _set(
    "not no never without neither nor none nobody nothing cannot can't don't doesn't didn't won't isn't aren't "
    "wasn't fake false"
)

RANKING = _set(
    "best worst most least greatest finest biggest top first last final only more less better worse greater "
    "favourite favorite every all"
)
"""Words that rank or count; in a plot they must stand before the same word as in the description."""

PREPOSITIONS = _set(
    "of in on at to into onto with for over through across along around between among during within by from "
    "against without"
)
RELATIVES = _set("who whom whose which that where")
CONJUNCTIONS = _set("and but or while when as until after before because")

DIRECTED = _set("by from against without despite before after until because than not no never or but only")
"""Words that change who does what, when or why; between plot words they must stand in the description too."""

COMPARATORS: dict[tuple[str, ...], str] = {
    ("under",): "lt",
    ("below",): "lt",
    ("less", "than"): "lt",
    ("fewer", "than"): "lt",
    ("before",): "lt",
    ("within",): "le",
    ("up", "to"): "le",
    ("at", "most"): "le",
    ("no", "more", "than"): "le",
    ("until",): "le",
    ("inside",): "le",
    ("or", "less"): "le",
    ("over",): "gt",
    ("above",): "gt",
    ("more", "than"): "gt",
    ("after",): "gt",
    ("later", "than"): "gt",
    ("at", "least"): "ge",
    ("since",): "ge",
    ("from", "at", "least"): "ge",
    ("about",): "near",
    ("around",): "near",
    ("roughly",): "near",
    ("approximately",): "near",
    ("circa",): "near",
    ("nearly",): "almost",
    ("almost",): "almost",
    ("just", "under"): "almost",
    ("a", "little", "under"): "almost",
    ("just", "over"): "just_over",
    ("a", "little", "over"): "just_over",
    ("slightly", "over"): "just_over",
    ("exactly",): "eq",
    ("only",): "eq",
    ("just",): "eq",
    ("some",): "near",
}
"""Words before a number and the relation they claim."""

_UNITS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
)
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
NUMBER_WORDS: dict[str, int] = {word: i for i, word in enumerate(_UNITS.split())} | {
    word: 10 * i for i, word in enumerate(_TENS.split(), start=2)
}
DECADE_WORDS: dict[str, int] = {
    "twenties": 1920,
    "thirties": 1930,
    "forties": 1940,
    "fifties": 1950,
    "sixties": 1960,
    "seventies": 1970,
    "eighties": 1980,
    "nineties": 1990,
}
MULTIPLIERS = {
    "hundred": 100,
    "thousand": 1_000,
    "million": 1_000_000,
    "billion": 1_000_000_000,
    "m": 1_000_000,
    "bn": 1_000_000_000,
}
TIME_UNITS: dict[str, float] = {
    "second": 1 / 60,
    "seconds": 1 / 60,
    "sec": 1 / 60,
    "secs": 1 / 60,
    "minute": 1,
    "minutes": 1,
    "min": 1,
    "mins": 1,
    "hour": 60,
    "hours": 60,
    "h": 60,
    "hr": 60,
    "hrs": 60,
}
"""Minutes per unit."""
MONEY_UNITS = _set("$ us$ usd dollar dollars € eur euro euros £ gbp pound pounds")
SHARE_UNITS = _set("% percent per cent points point")
