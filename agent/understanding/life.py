"""Tell what is said of people's lives from what is wished: "the whole family is coming, so a western"."""

from __future__ import annotations

import re

from .scan import Mention, Scan
from .scopes import PEOPLE

_WHOSE = (
    rf"(?:i|im|ive|id been|we|were|weve|he|she|they|hes|shes|theyre|everyone|everybody|it is|its|"
    rf"(?:my|our|his|her|their|the|all the|all my|all our|half the)(?: (?:whole|entire|old|big|little|younger|older))?"
    rf" (?:{PEOPLE}|\w+))"
)
_EVENT = (
    r"(?:teach|teaches|taught|teaching|stud(?:y|ies|ied|ying)|lectures?|work|works|worked|working|retire[sd]?|retiring|"
    r"com(?:e|es|ing) (?:over|round|around|back|home|to|for|by|in|on|from|tonight|today|tomorrow)|(?:is|are|re|all) "
    r"coming|visit|visits|visiting|staying|stays|will be (?:there|here|over|round|around|with us)|"
    r"(?:is|are|be|was|were|im|ive|been|just|re) (?:all )?(?:here|there|over|round|at (?:a|an|the|my|our)|"
    r"on (?:a|my|our|the) way)|off to|went to|got back from|back from|been to|"
    r"died|dying|passed away|moved|moving|married|marries|marrying|broke up|divorced|engaged|pregnant|graduates?|"
    r"graduated|joined|(?:had|have|has|got) (?:a|an|my|our|the|his|her) \w+(?: \w+)? (?:today|yesterday|tomorrow|"
    r"tonight|on \w+day|this \w+|last \w+|next \w+)|writing|wrote my|family of|turns \w+|turned \w+)"
)
_TELLS = re.compile(
    rf"^(?:(?:and|but|so|because|since|well|oh|ok|hi|hello|hey|sorry|anyway|as|after|when) )*{_WHOSE}\b.*\b{_EVENT}\b"
)
_WISHES = re.compile(
    r"\b(?:want\w*|need\w*|like|likes|lik\w+ (?:a|the)|lov\w+|enjoy\w*|hat\w+|prefer\w*|fancy|fancies|looking|"
    r"after (?:a|an|some)|mood|into|fans?|keen|favou?rites?|watch\w*|see|show\w*|find|recommend\w*|suggest\w*|"
    r"give|films?|movies?|something|"
    r"anything|nothing|about|please|without|not|no|never|play\w*|listen\w*|hear\w*)\b"
)
_JOINING = frozenset("and so".split())
_NEW_PART = frozenset(
    "i id im ive we wed were want wanted need would give show find fancy now looking he she they let lets please "
    "something anything a an so some maybe".split()
)
"""Words behind "and" or "so" with which another part of a sentence begins."""
_YOUNG = frozenset("kids kid child children son daughter boys girls toddler toddlers".split())


def tells_event(scan: Scan, mention: Mention) -> bool:
    """Whether what is named belongs to what happens in somebody's life and not to what they wish for.

    Children who are along say whom the wish is for.
    """
    start, end = _part(scan, mention.start)
    said = scan.norms(start, end)
    if set(scan.norms(mention.start, mention.end)) & _YOUNG or _WISHES.search(" ".join(said)):
        return False
    return bool(_TELLS.search(" ".join(said)))


def _part(scan: Scan, at: int) -> tuple[int, int]:
    """Return the part of a sentence that holds token ``at``: between marks, commas, "but", "so" and a new "and i"."""
    start, end = at, at + 1
    while start > 0 and not _begins_part(scan, start):
        start -= 1
    while end < len(scan.tokens) and not _begins_part(scan, end):
        end += 1
    return start, end


def _begins_part(scan: Scan, at: int) -> bool:
    token = scan.tokens[at]
    if token.starts_clause or any(mark in ",-–—:" for mark in token.sep) or token.norm in ("but", "though"):
        return True
    return token.norm in _JOINING and bool(set(scan.norms(at + 1, at + 2)) & _NEW_PART)
