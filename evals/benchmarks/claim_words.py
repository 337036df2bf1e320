"""Closed word lists of English for spotting claims; nothing here names a value of any catalogue."""

from __future__ import annotations


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


def _wordings(text: str) -> tuple[str, ...]:
    return tuple(wording.strip() for wording in text.split(",") if wording.strip())


PRAISE = _wordings("""
    masterpiece, masterful, masterfully, must-see, must see, stunning, stunningly, brilliant, brilliantly, superb,
    outstanding, excellent, amazing, incredible, unforgettable, breathtaking, captivating, compelling, gripping,
    riveting, mesmerizing, mesmerising, hilarious, delightful, wonderful, great, fantastic, terrific, perfect,
    perfectly,
    best, finest, greatest, iconic, classic, timeless, legendary, acclaimed, critically acclaimed, beloved, celebrated,
    award-winning, powerful, poignant, thought-provoking, visually, beautifully, beautiful, talented, star-studded,
    groundbreaking, innovative, unique, unparalleled, remarkable, exceptional, impressive, memorable, fascinating,
    engaging, entertaining, thrilling, exciting, heartfelt, you will love, will keep you, keeps you, edge of your seat,
    fans of, popular, famous, renowned, well-known, success, successful, hit, favourite, favorite, worth watching,
    the most, better, worse, of all
""")
AWARDS = _wordings("""
    award, awards, nominated, nomination, nominations, palme d'or, golden globe, golden globes, bafta, cannes, prize,
    academy award, academy awards, cesar, golden lion, golden bear, emmy, grammy
""")
SOURCES = _wordings("""
    true story, true events, real events, based on, adapted from, adaptation, inspired by, sequel, prequel, remake,
    reboot, franchise, trilogy, spin-off, novel, play by, book by, directorial debut, debut, box office, audiences,
    critics, viewers, budget, filmed in, shot in, shot on, soundtrack, score by, cinematography, performance,
    performances
""")
GLUE = frozenset(
    _words("""
    the this that these those and but with for from into onto over under about after before while when where which who
    whom whose what how its his her their our your you are was were been being has have had does did not also only
    than then there here one two another other others some any all each both more most less least very too yet just
    such same film films movie movies item story stories tale plot follows follow tells tell told shows show gives give
    features feature featuring stars star starring directed directs written writes made runs run minutes minute hours
    hour long year years released release comes come came set out off within between among through around because
    asked ask wish wished wishes wanted want liked like shares share fits fit match matches meet meets listed genre
    genres kind counts count won win wins score percent takes take took deals deal feels feel offers offer brings bring
    keeps keep pace tone mood theme themes style piece title entry it he she him they them is as at by in of on or to
    a an so if be can could may might must will would should shall do nor per via upon until since during against
    without however though although even still ever never first last new old it's that's there's you'd i'd
    suits suit suitable enjoy enjoys approach approaches blends blend elements element focus focuses making make
    makes looking look looks characterized characters character example explores explore combines combine includes
    include including mix mixture lives life part parts set sets good well perfect choice recommended recommend
    viewers viewer audience audiences those anyone who's interested interest based suiting fitting storytelling
    narrative world time various different several many follows centered revolves journey themes theme use uses due
    half known knows give granted said say says reach close closest near right side falls short longer shorter
    newer older darker lighter slower faster place pick choice option match entry rather also
""")
)
"""Words that claim nothing by themselves; a story may use them freely."""
_UNITS = _words("zero one two three four five six seven eight nine ten eleven twelve")
NUMBERS = {word: number for number, word in enumerate(_UNITS) if number > 1} | {
    "twenties": 1920, "thirties": 1930, "forties": 1940, "fifties": 1950, "sixties": 1960, "seventies": 1970,
    "eighties": 1980, "nineties": 1990, "hundred": 100, "an hour": 60,
}  # fmt: skip
