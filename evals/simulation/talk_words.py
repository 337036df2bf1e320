"""Patterns that tell what a turn of a real dialogue does, where our understander does not say. Pure.

They are rough, made in view of the labels of the part ``development``; what they miss and find too much of is measured
on the other part and corrected for.
"""

from __future__ import annotations

import re

_TASTE = re.compile(
    r"\b(what|which|who|whose|any|do you|are you|would you|did you have|tell me|how about|or)\b[^?.!]*"
    r"\b(kinds?|types?|sorts?|genres?|mood|prefer\w*|favou?rites?|actors?|actress\w*|directors?|era|"
    r"decade|style|into|"
    r"looking for|interested in|in particular|particular|else (do|would) you|like to (see|watch)|"
    r"want to (see|watch)|"
    r"comed\w+|dramas?|horror|action|romance|romantic|thrillers?|sci-?fi|animat\w+|documentar\w+|"
    r"musicals?|westerns?|"
    r"scary|funny|classics?|older|newer|artists?|songs?|music|bands?|upbeat)\b"
    r"|\bwhat (movies?|films?|else)?\s*(do|would|can|are) (you|i)\b[^?.!]*\b(like|enjoy|love|watch|"
    r"recommend|find|see|want)\b"
    r"|\b(any(thing)?|what) (other|else)\b[^?.!]*(preference|like|in mind|looking)"
    r"|\banything (specific|special|in particular|in mind)\b|\bdo you like\b(?!\s+(it|that|this|them|"
    r"those|these)\b)",
    re.IGNORECASE,
)
_PERSON = ("cast", "director", "writers", "artist")
_LEADS = (
    r"(really |also |do |would |absolutely |just |only |usually |mostly |always |still |definitely |"
    r"tend to |guess |think |am |'m )*"
)
_DESIRE = re.compile(
    rf"\b(i|we|he|she|they|kids|everyone|daughter|son|wife|husband|girlfriend|boyfriend|family|"
    rf"friends?)('?d|'?m)? {_LEADS}"
    r"(love|like|enjoy|prefer|want|need|hate|dislike|adore|into|(a )?(huge |big )?(fan|lover) of)s?\b"
    r"|\b(do|does|did)(n.?t| not) (really |usually |particularly )?(like|mind|care|want|enjoy|sound)\b"
    r"|\b(looking for|looking to|in the mood|mood for|interested in|fan of|favou?rites?|recommend\w*|"
    r"suggest\w*|rather|instead|please)\b"
    r"|\b(something|anything|any|another|some|more|less|other|how about an?|what about an?|maybe an?|"
    r"not too|preferably)\b"
    r"|^\W*(i )?(really )?(love|like|enjoy|prefer|want|need|hate)\b",
    re.IGNORECASE,
)
_OF_AN_ITEM = re.compile(
    r"\b(would|'d|will|wanna|want to|going to|need to|have to|like to|love to) (really |also |definitely )*"
    r"(see|watch|check|try|rent|have (it|that|this))\b[^.!?]*\b(it|that|this|those|them)\b"
    r"|\b(like|love|prefer|enjoy)\w* (that|the|this) ((new|old)(er|est)? |original |first |whole |"
    r"last )*(one|ones|it|movie|film|series|version)\b"
    r"|\b(like|love|enjoy)d\b|\bsome (of|good) (those|it|the|them)\b|\b(seen|saw|watched)\b",
    re.IGNORECASE,
)
"""What is said of items and not of taste."""
_PRAISE = re.compile(
    r"\b(is|are|'s) (so |really |very |always |pretty |an? )*(great|good|awesome|amazing|funny|"
    r"hilarious|(the|my) (best|favou?rite))|"
    r"\b(great|good|awesome|amazing|favou?rite|fantastic|brilliant) (director|actor|actress|artist|"
    r"singer|band|writer)\b",
    re.IGNORECASE,
)
_JUDGED = re.compile(
    r"\b(was|were|is|are|isn.?t|wasn.?t|does|did|has|have|had|seen|saw|watched|loved|liked|enjoyed|"
    r"heard|sounds?|looks?|makes?|made|"
    r"it|that|this|those|them|these)\b|'s\b|s\b the\b|thats",
    re.IGNORECASE,
)
"""What a wish without any verb, "comedies", does not have."""
_SENTENCE = re.compile(r"[.!?;\n]+|,? \bbut\b|, (?=i\b)", re.IGNORECASE)
SHRUG = re.compile(
    r"\b(not (really )?sure|(do ?n.?t|do not) (really )?(know|mind|care|have (a|any) (preference|"
    r"favou?rite))|no idea|"
    r"no preference|no particular|(does ?n.?t|does not) (really )?matter|anything (is|would be|"
    r"will be|goes|really)|"
    r"i like (anything|everything|all (kinds|types|sorts|genres))|open to (anything|any|all)|i.?m open|"
    r"whatever|surprise me|hard to say|nothing (specific|in particular)|not in particular)\b|"
    r"^\W*any(thing)?\W*$",
    re.IGNORECASE,
)
CLOSE = re.compile(
    r"\b(thanks?|thank you|thx|ty|bye|goodbye|good ?night|have a (good|great|nice|wonderful)|see (ya|"
    r"you)|take care|"
    r"(check|look|try) (it|that|them|those|these|him|her|this|both)( one)? ?(out|up)?|i.?ll (watch|"
    r"check|try|look|give|see)|"
    r"i will (watch|check|try|look|give|have to|definitely|see)|add(ed)? (it|that|them|those) to)\b",
    re.IGNORECASE,
)
OTHERS = re.compile(
    r"\b((any|some|one|few|anything|something|what|got|have|give me|can you|do you have|"
    r"show me) (more|else|other)s?|another|"
    r"any (other )?(ideas?|suggestions?|recommendations?)|other (ones?|movies?|suggestions?|ideas?|"
    r"options?))\b|"
    r"\bmore (please|suggestions?|movies?|recommendations?)\b",
    re.IGNORECASE,
)
SEEN = re.compile(
    r"\b(seen|saw|watched|watch(ed)? (it|that|them)|(have ?n.?t|have not|never) (seen|watched|heard))\b", re.IGNORECASE
)


def asks_taste(text: str) -> bool:
    """Whether a message asks what the seeker likes or is after, rather than about an item or how they are."""
    return _TASTE.search(text) is not None


def speaks_of_taste(attribute: str, quote: str, text: str) -> bool:
    """Whether a reading of a message is a wish or a taste, and not a judgement on one item.

    Args:
        attribute: what the reading is about.
        quote: the words that it was read from.
        text: the whole message.
    """
    said = next((one for one in _SENTENCE.split(text) if quote.casefold() in one.casefold()), text)
    if attribute in _PERSON and _PRAISE.search(said):
        return True
    if _DESIRE.search(said):
        return _OF_AN_ITEM.search(said) is None
    return _JUDGED.search(said) is None
