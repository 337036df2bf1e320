"""Leave out what a message tells but does not wish: "last time somebody chose a war film", "we live in France".

Only what is said beside another wish is left out: where a story is all there is, it shows what is meant after all.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from retrieval.types import Constraint

from .life import tells_event
from .polarity import negated
from .scan import Mention, Scan
from .scopes import PEOPLE
from .verdicts import given_up

_TOLD = re.compile(
    r"^(?:(?:and|but|so|because|since|well|oh|ok|anyway|cause|cos) )*"
    r"(?:(?:the )?last (?:time|week|weekend|night|month|year|meeting|session)|yesterday|the other (?:day|night|week)|"
    r"(?:years|ages|long) ago|(?:back )?when (?:i|we) (?:was|were)|(?:i|we|he|she|they|my \w+) (?:always )?used to|"
    r"used to|once upon a time|growing up|back in the day)\b"
)
"""Openings of a part of a sentence that tells of the past."""
_TOLD_WITH_TIME = re.compile(
    r"\b(?:saw|watched|had|picked|chose|rented|tried|put|showed|booked|went|were|was|got|made me|made us)\b.*"
    r"\b(?:last (?:time|week|weekend|night|month|year)|yesterday|the other (?:day|night|week)|ago)\b"
)
"""A part of a sentence that tells when something was watched: "she picked a horror last weekend"."""
_PARTS = frozenset("but so though although".split())
"""Words with which such a part ends, beside commas and sentence marks."""
_WHEREABOUTS = re.compile(
    r"\b(?:i|im|ive|we|were|weve|my|our|its|a)\b.*\b(?:live|lives|living|fly|flying|flight|travel|travelling|traveling|"
    r"trip|moving|moved|drive|driving|stay|staying|stuck|holiday|vacation|born|grew up|stop|stopover|layover|based|"
    r"visiting|back home|house|flat|hotel)(?: \w+){0,3} (?:in|to|from|near|via|at|through|around)(?: the)?$|"
    r"^(?:\w+ )?(?:i am|im|we are|were|i come|we come|he is|hes|she is|shes) (?:originally )?from(?: the)?$"
)
"""Words before a place that say where people are, not where an item is from."""
_SETTING = frozenset("about set film films movie movies story stories where something anything one".split())
"""Words that make the place belong to the item all the same: "films about my trip to India"."""
_MY = (("my",), ("our",))
_DID = re.compile(
    r"^(?:me |us |has |have |had |just |already |finally |kindly |both )*(?:showed|shown|told|gave|given|set|bought|"
    r"brought|sent|recommended|suggested|installed|taught|moved|left|lives?|living|works?|called|calls|helped|helps|"
    r"(?:is|are) (?:at|away|visiting|studying|working|abroad))\b"
)
"""What somebody of the user's own did, which is no wish for them."""
_I_AM = frozenset({("im", "a"), ("im", "an"), ("i", "am", "a"), ("i", "am", "an")})
_FANS = frozenset("fan lover buff person freak addict nerd guy girl kind type".split())
_OWN_LIFE = re.compile(
    r"^(?:(?:and|but|so|well|oh|ok|hi|hello|hey|sorry|anyway|because|since) )*"
    r"(?:i|im|ive|id been|we|were|weve|my \w+|our \w+|it is just|its just|just me|its been|it has been)\b"
)
"""Openings of a sentence about whoever speaks."""
_TASTE = re.compile(
    r"\b(?:want\w*|need\w*|lik\w+|lov\w+|enjoy\w*|hat\w+|dislik\w+|prefer\w*|fancy|fancies|look\w*|after|mood|into|fans?|"
    r"keen|favou?rites?|taste|interested|adore\w*|"
    r"feel like|up for|craving|crave|rather|watch\w*|see|saw|seen|show\w*|find|"
    r"recommend\w*|suggest\w*|give|films?|movies?|something|anything|nothing|stand|bear|tired|sick of|bored of|read\w*|"
    r"hear\w*|play\w*|listen\w*|search\w*|about|please|songs?|tracks?|music|pictures?|stamps?|books?|avoid|without)\b"
)
"""Words of a sentence that speaks of items or of what somebody likes."""
_OPINION = re.compile(
    r"\b(?:love\w*|lik\w+|like|enjoy\w*|prefer\w*|favou?rites?|fans?|into|hate\w*|dislike\w*|want\w*|appreciat\w+|adore\w*|"
    r"(?:it|they|that|this|these|those|which|films?|movies?|ones)(?: \w+)? (?:is|are|was|were|has|have|feels?|seems?)|"
    r"its|theyre|thats|too|very|really|pretty|always|usually|great|good|nice|best|kind of|genre|not enough|lots? of)\b"
)
"""Words of a part of a sentence in which somebody gives an opinion."""
_LISTED = 4
"""So few words between commas name a quality and tell no plot: "funny, good humour"."""
_YOUNG = frozenset("kids kid child children son daughter boys girls toddler toddlers family little young".split())
_THEIRS = frozenset("his her hers him theirs them".split())
_REACH = 12
_OWNED = re.compile(
    r"\b(?:my|our)(?: (?!favou?rites?|tastes?|mood|choice|idea|wish|problem|kind|type|sort|interest)\w+){1,2} "
    r"(?:in|at|on|with|from)(?: (?:the|a|an|my|our))?$"
)
"""Words before a thing that belongs to the user's own life: "since my time in the army"."""
_SOMEBODY_WANTS = re.compile(
    rf"^(?:(?:and|but|so|well|ok|oh) )*(?:(?:the|my|our|his|her) (?:\w+ )?)?(?:{PEOPLE}|he|she|they|hes|shes|theyre)"
    r"(?: (?:is|are|was|were|keeps?|just|only|always|all|would|really|again))*"
    r" (?:wants?|wanted|ask|asks|asking|asked|begging|beg|demand|demands|demanding|crying|prefers?|likes?|loves?|love|"
    r"chose|choose|picked|into|after|insists?|insisting|fancy|fancies|voted|vote)\b"
)
_I_WANT = re.compile(
    r"^(?:(?:and|but|so|well|ok|while|whereas|though) )*(?:(?:as )?for (?:me|us|myself)\b|me i\b|"
    r"(?:i|we) (?:(?:just|really|rather|myself|personally|actually) )*(?:want|need|prefer|fancy|would rather)\b|"
    r"(?:id|wed) (?:(?:much|rather|really) )*(?:like|love|prefer|rather|want|see|watch|have)\b|"
    r"(?:im|i am) (?:after|looking for|in the mood for)\b)"
)
_TOGETHER = re.compile(
    r"\b(?:both|together|all of us|the two of us|each of us|everyone|everybody|compromise|meet in the middle|we all|"
    r"one film for|please us|suits? us)\b"
)
_WISHES = ("sense", "name", "number", "comparative")


def drop_asides(scan: Scan, count: Callable[[Sequence[Constraint]], int]) -> None:
    """Take asides out of ``scan``, as long as a wish is left; their words stay explained.

    Args:
        scan: the message, with all that it names found.
        count: returns how many items satisfy some constraints.
    """
    scan.mentions = [m for m in scan.mentions if not (_is_kin(scan, m) or _introduces(scan, m))]
    if scan.asked in ("reasons", "reasons against"):
        scan.mentions = [m for m in scan.mentions if not _is_retold(scan, m)]
    told = [
        m
        for m in scan.mentions
        if m.kind in ("sense", "name", "number") and (_is_aside(scan, m, count) or _is_of_others(scan, m))
    ]
    if not told or not any(m.kind in _WISHES and m not in told for m in scan.mentions):
        return
    scan.mentions = [m for m in scan.mentions if m not in told]


def opens_told(scan: Scan, start: int) -> bool:
    """Whether the sentence that begins at token ``start`` tells of the past: "When I was a boy ..."."""
    return bool(_TOLD.search(" ".join(scan.norms(start, start + _REACH))))


def _is_aside(scan: Scan, mention: Mention, count: Callable[[Sequence[Constraint]], int]) -> bool:
    rule = Constraint(attribute=mention.attribute, op=mention.op, value=mention.value)
    bound = any(m.kind == "number" and m.attribute == mention.attribute and not m.approximate for m in scan.mentions)
    if mention.kind == "number" and mention.approximate and (bound or count([rule]) == 0):
        return True  # "it's 22 hours in total" is no length of any item; nor is "an hour in traffic" beside one
    if negated(scan, mention.start):
        return False  # what went wrong last time is not wanted now
    if given_up(scan, mention.start, mention.end) or _is_meant_again(scan, mention):
        return False
    if mention.kind == "sense" and (_is_own_life(scan, mention) or tells_event(scan, mention)):
        return True
    start = _part_start(scan, mention.start)
    if _TOLD.search(" ".join(scan.norms(start, mention.start))):
        return True
    if _TOLD_WITH_TIME.search(" ".join(scan.norms(start, _part_end(scan, mention.end)))):
        return True
    before = scan.norms(max(scan.clause_start(mention.start), mention.start - _REACH), mention.start)
    if mention.kind == "number":
        return False
    owned = _OWNED.search(" ".join(scan.norms(start, mention.start)))
    return bool(owned or (not set(before) & _SETTING and _WHEREABOUTS.search(" ".join(before))))


def _is_own_life(scan: Scan, mention: Mention) -> bool:
    """Whether a sense stands in a sentence of the user's own life; children who are along are no aside."""
    return tells_of_life(scan, mention.start) and not set(scan.norms(mention.start, mention.end)) & _YOUNG


def tells_of_life(scan: Scan, at: int) -> bool:
    """Whether the sentence of token ``at`` tells of the user's life and asks for nothing: "just me and the dog"."""
    start, end = scan.clause_start(at), scan.clause_end(at)
    if start == 0 and end >= len(scan.tokens):
        return False
    said = " ".join(scan.norms(start, end))
    named = any(m.kind in ("title", "name", "number") and start <= m.start < end for m in scan.mentions)
    return bool(_OWN_LIFE.search(said)) and not (_TASTE.search(said) or named)


def _is_retold(scan: Scan, mention: Mention) -> bool:
    """Whether something named in the answer to what one thinks of an item belongs to its plot: nothing judges it."""
    if mention.kind != "sense":
        return False
    start, end = _part_start(scan, mention.start), _part_end(scan, mention.end)
    said = " ".join(scan.norms(start, end))
    listed = end - start <= _LISTED
    return not (listed or _OPINION.search(said) or negated(scan, mention.start))


def _is_kin(scan: Scan, mention: Mention) -> bool:
    """Whether the words name somebody of the user's own and no subject: "my sister won't watch it"."""
    said = re.fullmatch(PEOPLE, scan.tokens[mention.start].norm) if mention.end == mention.start + 1 else None
    own = bool(said) and scan.norms(mention.start - 1, mention.start) in _MY
    spoken = scan.norms(mention.start, mention.end)
    named = spoken[:1] in _MY and len(spoken) > 1 and re.fullmatch(PEOPLE, spoken[-1]) is not None
    if named and _DID.search(" ".join(scan.norms(mention.end, mention.end + _REACH))):
        return True  # "my kids showed me this page" asks for nothing for kids
    is_one = (
        scan.norms(mention.start - 2, mention.start) in _I_AM or scan.norms(mention.start - 3, mention.start) in _I_AM
    )
    return own or (is_one and not set(scan.norms(mention.end, mention.end + 2)) & _FANS)


def _introduces(scan: Scan, mention: Mention) -> bool:
    """Whether a name is the user's own: "Hi, I'm Dana Whitfield"."""
    before = scan.norms(max(scan.clause_start(mention.start), mention.start - 3), mention.start)
    named = mention.kind in ("name", "missing", "title") and before[-3:] == ("my", "name", "is")
    return named or (mention.kind in ("name", "missing") and (before[-1:] == ("im",) or before[-2:] == ("i", "am")))


def _is_meant_again(scan: Scan, mention: Mention) -> bool:
    """Whether a person of whom the message tells is pointed at further on: "anything of his"."""
    return mention.kind == "name" and bool(_THEIRS & set(scan.norms(mention.end, len(scan.tokens))))


def _is_of_others(scan: Scan, mention: Mention) -> bool:
    """Whether somebody else wants it and the user goes on to want something of their own: "the kids want cartoons"."""
    said = " ".join(token.norm for token in scan.tokens)
    if _TOGETHER.search(said) or negated(scan, mention.start):
        return False
    start = _part_start(scan, mention.start)
    if not _SOMEBODY_WANTS.search(" ".join(scan.norms(start, mention.start))):
        return False
    parts = (at for at in range(mention.end, len(scan.tokens)) if _part_start(scan, at) == at)
    return any(_I_WANT.search(" ".join(scan.norms(at, at + _REACH))) for at in parts)


def _part_end(scan: Scan, at: int) -> int:
    """Return where that part ends: at the next comma, mark or "but"."""
    while at < len(scan.tokens) and not scan.tokens[at].starts_clause and "," not in scan.tokens[at].sep:
        if scan.tokens[at].norm in _PARTS:
            break
        at += 1
    return at


def _part_start(scan: Scan, at: int) -> int:
    """Return where the part of a sentence begins that holds token ``at``: behind a comma, a mark or a "but"."""
    while at > 0 and not scan.tokens[at].starts_clause and "," not in scan.tokens[at].sep:
        if scan.tokens[at - 1].norm in _PARTS:
            break
        at -= 1
    return at
