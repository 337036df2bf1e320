"""Word lists of the lexical understander: small, closed classes of English words, none about any one domain."""

from __future__ import annotations

ARTICLES = frozenset("the a an".split())

STOP = frozenset(
    """a an the and or but nor so if then than that this these those there here it its i im ive id ill me my mine we
    us our
    you your youre youd he she they them their his her who whom which what when where why how is are was were be been
    being
    am do does did done doing dont doesnt didnt isnt arent wasnt werent has have had having havent hasnt can could
    cant couldnt
    will would wont wouldnt shall should shouldnt may might must of in on at by for with from to into onto as about over
    under out up down off not no yes yeah yep ok okay just only also too very really quite rather some any all both each
    every few more most less least much many lot lots one ones two other others another same such own him himself
    s t m re ve ll d
    lets let get got gets give gives go going gone come comes make makes made take takes put say said tell told know
    think
    feel feeling felt seem seems now today tonight tomorrow later again still already yet ever never always maybe
    perhaps
    please thanks thank hi hello hey oh well um uh hmm like liked likes love loved loves enjoy enjoyed enjoys want
    wants wanted
    need needs needed looking look find show see seen saw watch watched watching prefer preferred recommend recommended
    recommendation recommendations suggest suggested suggestion suggestions try tried something anything nothing
    everything
    someone anyone kind kinds sort sorts type types stuff thing things way bit little good great nice best better bad
    fan fans mood favourite favorite favourites favorites ideally preferably possible possibly else instead actually
    around between
    because since while until before after during without within through against fine sure right mind care matter
    time times night evening weekend day pick picks choose choice choices option options idea ideas help hand interested
    bored tired sick either neither hate hated hates dislike disliked disliked stand avoid except excluding unless
    unlike similar
    whats whos wheres whens hows thats theres theyre hes shes appeal appeals set released release made came
    come out total based involving featuring feature features include includes including
    dealing happens happen where whose ask questions question""".split()
)
"""Words that carry no wish of their own."""

CONNECTORS = frozenset("and or nor plus as well well also".split())

NEGATORS: tuple[tuple[str, ...], ...] = tuple(
    tuple(phrase.split())
    for phrase in (
        "anything but",
        "anyone but",
        "anybody but",
        "everyone but",
        "everything but",
        "nothing but",
        "but not",
        "not into",
        "not in the mood for",
        "not a fan of",
        "not keen on",
        "not interested in",
        "other than",
        "apart from",
        "rather than",
        "instead of",
        "as opposed to",
        "tired of",
        "sick of",
        "fed up with",
        "bored of",
        "had enough of",
        "enough of",
        "cant stand",
        "couldnt stand",
        "could not stand",
        "cannot stand",
        "could do without",
        "refuse to",
        "refuses to",
        "refuse",
        "refuses",
        "rather not",
        "allergic to",
        "put off by",
        "is against",
        "are against",
        "am against",
        "im against",
        "shes against",
        "hes against",
        "theyre against",
        "dead against",
        "turned off by",
        "bored by",
        "no time for",
        "no patience for",
        "cant be bothered with",
        "cant sit through",
        "keep away from",
        "spare me",
        "stay away from",
        "steer clear of",
        "leave out",
        "skip",
        "no more",
        "nothing",
        "none",
        "never",
        "not",
        "no",
        "without",
        "except",
        "except for",
        "excluding",
        "exclude",
        "minus",
        "avoid",
        "avoiding",
        "hate",
        "hates",
        "hated",
        "dislike",
        "dislikes",
        "disliked",
        "despise",
        "detest",
        "unlike",
        "dont",
        "doesnt",
        "didnt",
        "wasnt",
        "isnt",
        "arent",
        "wont",
        "wouldnt",
        "shouldnt",
        "mustnt",
        "must not",
        "cant",
        "cannot",
        "aint",
        "neither",
        "nor",
        "non",
    )
)
"""Wordings that turn what follows into a dislike; longer ones are tried first."""

FALSE_NEGATIONS: tuple[tuple[str, ...], ...] = tuple(
    tuple(phrase.split())
    for phrase in (
        "nothing but",
        "not only",
        "not just",
        "no problem",
        "no wait",
        "no i meant",
        "no i mean",
        "no make it",
        "no actually",
        "no sorry",
        "no hang on",
        "no hold on",
        "no worries",
        "no idea",
        "no preference",
        "no matter",
        "dont mind",
        "doesnt matter",
        "dont care",
        "why not",
        "cant wait",
        "dont know",
        "not sure",
        "cant get enough of",
        "cant remember",
        "cannot remember",
        "dont remember",
        "didnt remember",
        "cant recall",
        "cannot recall",
        "cant think of",
        "cannot think of",
        "cant find",
        "cannot find",
        "wouldnt mind",
        "no need",
        "never seen",
        "never heard",
        "never watched",
        "havent seen",
        "not yet",
        "never mind",
        "not opposed to",
        "not averse to",
        "not against",
    )
)
"""Wordings that contain a negator but negate no wish."""

MAYBE = frozenset("maybe perhaps possibly".split())
"""Words that make what follows unsure."""

SOFTENERS: tuple[tuple[str, ...], ...] = tuple(
    tuple(phrase.split())
    for phrase in (
        "if possible",
        "would be nice",
        "would be great",
        "would be good",
        "nice to have",
        "not necessarily",
        "kind of",
        "sort of",
        "a bit of",
        "a touch of",
        "leaning towards",
        "wouldnt mind",
        "ideally",
        "preferably",
        "optionally",
        "prefer",
        "rather a",
        "rather an",
        "rather have",
        "rather see",
        "rather watch",
        "rather something",
        "hopefully",
        "bonus",
    )
)
"""Wordings that make the wishes of their clause soft."""

INSISTING = frozenset("must strictly insist essential exclusively".split())
"""Words that make even what holds in general a condition."""

HARDENERS: tuple[tuple[str, ...], ...] = tuple(
    tuple(phrase.split())
    for phrase in (
        "has to be",
        "have to be",
        "got to be",
        "needs to be",
        "need to be",
        "must be",
        "must",
        "only",
        "strictly",
        "definitely",
        "absolutely",
        "exclusively",
        "never",
        "under no circumstances",
        "insist",
        "insist on",
        "insists on",
        "essential that",
        "important that",
    )
)
"""Wordings that make the wishes of their clause hard."""

HARDENERS_BEHIND: tuple[tuple[str, ...], ...] = tuple(
    tuple(phrase.split())
    for phrase in (
        "is a must",
        "are a must",
        "is essential",
        "is required",
        "is a requirement",
        "no exceptions",
        "non negotiable",
        "nonnegotiable",
        "no matter what",
    )
)
"""Wordings behind a wish that make it hard."""

NAME_PARTICLES = frozenset("de del della di da der den van von la le du dos el bin ibn".split())
"""Small words inside names: "Louis de Funès"."""

CLAUSE_BREAKERS = frozenset("but however though although while whereas yet except because so then".split())
"""Words that open a new clause, ending the reach of a negation or a hedge."""

POSITIVE_OPENERS = frozenset(
    "something anything want need prefer give show find maybe just only rather instead ideally "
    "preferably looking i id im lets try".split()
)
"""Words that end the reach of a negation when they follow a comma."""

STRONG_TITLE_CUES = frozenset(
    {
        "adore", "adored", "along the lines of", "big on", "called", "care for", "cared for", "enough of", "good as",
        "cant stand", "comparable to", "compare", "compared to",
        "couldnt stand", "disliked", "do you have",
        "do you carry", "do you stock", "do you know",
        "heard of", "enjoy", "enjoyed", "a fan of", "fan of", "fans of", "hated", "have you got",
        "in the spirit of", "in the style of", "in the vein of", "like", "liked", "love", "loved", "remind me of",
        "reminded me of", "reminds me of", "rewatched", "same feel as", "same mood as", "same vibe as", "saw",
        "seen", "similar to", "tell me about", "tell me more about", "than", "titled", "unlike", "watched",
        "why not", "you got", "you recommend", "you suggest",
    }
)  # fmt: skip
"""Cues after which even one plain lower-case word may be a title."""

WEAK_TITLE_CUES = frozenset(
    {
        "and", "but", "close to", "did", "directed", "dislike", "does", "except", "exclude",
        "favorite is", "favorites are", "favourite is", "favourites are", "finished", "forgot",
        "forgotten", "hate", "heard", "how about",
        "in", "into", "is", "know about", "likes", "more about", "not", "of", "on", "or", "read", "remove", "skip",
        "starred in", "stars in", "such as", "to", "versus", "vs", "was", "what about",
        "what happened to", "where is", "wheres", "why isnt", "with", "without",
        "wrote",
    }
)  # fmt: skip
"""Cues after which capitals, quotes or a question must speak for a title too."""

TITLE_CUES = tuple(tuple(cue.split()) for cue in sorted(STRONG_TITLE_CUES | WEAK_TITLE_CUES))
"""All cues, as words."""

ORDINALS: dict[str, int] = {
    "first": 1,
    "second": 2,
    "third": 3,
    "fourth": 4,
    "fifth": 5,
    "sixth": 6,
    "seventh": 7,
    "eighth": 8,
    "ninth": 9,
    "tenth": 10,
    "1st": 1,
    "2nd": 2,
    "3rd": 3,
    "4th": 4,
    "5th": 5,
}

NUMBER_WORDS: dict[str, int] = {
    "zero": 0,
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
    "eleven": 11,
    "twelve": 12,
    "thirteen": 13,
    "fourteen": 14,
    "fifteen": 15,
    "sixteen": 16,
    "seventeen": 17,
    "eighteen": 18,
    "nineteen": 19,
    "twenty": 20,
    "thirty": 30,
    "forty": 40,
    "fifty": 50,
    "sixty": 60,
    "seventy": 70,
    "eighty": 80,
    "ninety": 90,
    "hundred": 100,
}

DECADE_WORDS: dict[str, int] = {
    "twenties": 20,
    "thirties": 30,
    "forties": 40,
    "fifties": 50,
    "sixties": 60,
    "seventies": 70,
    "eighties": 80,
    "nineties": 90,
    "noughties": 0,
    "aughts": 0,
    "tens": 10,
}

TALK = frozenset(
    """undo reset restart preferences preference bye goodbye help scratch cheers thx ta revert cancel pls gimme fancy
    decent absolutely definitely
    available guess asking eh send email phone plane bed awful whatever dunno idk surprise bot forget
    drop ignore remove matter important irrelevant limit search everything recommender assistant palate actually wait
    sorry argh ugh oops whoops gah remember recall forgot forgotten called cannot aint
    u ur r gd w n b smth sth wanna gonna gotta lemme plz thru cos cuz coz tho
    scrap wana heard fussed bothered fussy picky
    change switch meant mean decide deciding undecided start fresh over clear list compare explain girlfriend
    boyfriend wife husband friend friends kid
    kids mum dad mother father partner date lol haha guys folks general generally usually normally typically probably
    presumably reckon suppose certain honestly basically literally kinda sorta anymore born looks sounds
    cared dear though although fair essential mandatory required crucial vital compulsory""".split()
)
"""Words of talk that say nothing about an item."""
