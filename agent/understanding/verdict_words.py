"""Wordings by which people judge things: before what is judged, behind it, and in the next sentence. Closed classes.

Patterns are matched against comparable words (small letters, no apostrophes) with " . " and " , " for marks.
"""

from __future__ import annotations

import re

from .polarity import BAD, GOOD


def _any(words: str) -> str:
    """Return a group that matches any of the phrases, which ``|`` separates, however they are broken into lines."""
    return "(?:" + "|".join(" ".join(phrase.split()) for phrase in words.split("|")) + ")"


_ADVERBS = _any(
    """really|very|so|pretty|quite|just|also|actually|too|a|an|the|bit|little|lot|such|kind|sort|of|absolutely|totally|
    definitely|super|rather|kinda|extremely|truly|one|all|that|as|always|still|personally|honestly|much|especially|both|
    probably|big|huge|ever|even|particularly|exactly|my|thoroughly|loved|to|be|been|say|had"""
)
ADVERB = f"(?:{_ADVERBS} )*"
"""Any number of words that only strengthen or weaken."""
NO = _any(
    """not|never|dont|didnt|doesnt|wasnt|isnt|arent|werent|wont|wouldnt|hardly|cant|couldnt|havent|nor|no|aint|did not|
    do not|does not"""
)
TASTE = _any(
    """love|loved|loves|loving|like|liked|likes|enjoy|enjoyed|enjoys|adore|adored|recommend|appreciate|appreciated|
    care for|cared for|get into|got into|into|fan of|fans of|fan|keen on|fond of|dig|dug"""
)
HATE = _any(
    """hate|hates|hated|dislike|disliked|dislikes|despise|despised|detest|detested|loathe|loathed|cant stand|
    couldnt stand|cannot stand|could not stand|tired of|sick of|bored by|bored of|burned by|disappointed by|
    disappointed in|disappointed with|disappointed|walked out of|fell asleep during|turned off by|regret watching"""
)
_MORE_GOOD = frozenset(
    """funny hilarious cute cool entertaining enjoyable classic solid epic touching phenomenal decent outstanding
    terrific stellar gem hit blast greatest favorites favourites okay ok alright worth memorable scary intense
    sweet""".split()
)
"""Praise of something watched or read, which may describe it as well and so is no plain word of judgement."""
_MORE_BAD = frozenset(
    """cheesy confusing mediocre weak cringe unwatchable predictable pointless sucky lousy poor underwhelming
    underwhelmed disappointed unimpressed annoyed confused asleep flop letdown slow forgettable disturbing overhyped
    nonsense bored gross""".split()
)
BLAME = BAD | _MORE_BAD
_JUDGING = "|".join(sorted(GOOD | _MORE_GOOD | BLAME, key=len, reverse=True))
_COPULA = "(?P<copula>" + _any(
    """is|was|are|were|looks|looked|sounds|seems|seemed|felt|feels|has been|isnt|wasnt|arent|werent|had|turned out"""
) + ")"  # fmt: skip
_OBJECT = _any("it|that|them|both|those|this|these|all")
_SUBJECT = (
    _any("it|that|this|they|both|those|these|which|all") + f"(?: {_any('one|ones|movie|movies|film|films|two')})?"
)
_OPENINGS = _any(
    """and|but|so|though|although|because|cause|cuz|since|while|i|we|thought|think|felt|guess|found|honestly|overall|yes|
    yeah|wow|man|boy|oh|well|lol|haha|say|must|have|to|admit|me|said"""
)
_OPENING = f"(?:{_OPENINGS} )*"
_PART = rf"(?:^|[.,] |\b{_any('and|but|because|cause|though')} )"
_WHEN_WORDS = _any(
    """last|this|the other|yesterday|today|recently|lately|night|week|weekend|month|year|already|too|also|again|before|
    in theaters?|a|few|days|weeks|ago|and|though|tho|but"""
)
_WHEN = f"(?:{_WHEN_WORDS} )*"
_FELT = _any(
    """bored|disappointed|unimpressed|underwhelmed|annoyed|confused|asleep|moved|impressed|hooked|blown away|glued|
    thrilled|delighted|amazed|captivated|touched|charmed|enchanted"""
)
"""What somebody says they were, which judges what they saw."""
_WORD = f"(?P<word>{_JUDGING})"
_PREDICATE = rf"{_COPULA} (?P<no>{_any('not|never|no')} )?{ADVERB}{_WORD}\b"

AVERSE_BEFORE = re.compile(
    rf"\b(?:{HATE}|{NO} {ADVERB}{TASTE}|not so much|not (?:stuff|\w+s) like|(?:boring|bad|terrible|awful) like)\b"
)
"""Words before an item that say it is disliked."""
FOND_BEFORE = re.compile(
    r"\b"
    + _any(
        """love|loved|loves|loving|liked|likes|like|enjoy|enjoyed|enjoys|adore|adored|favorites?|favourites?|fans? of|
        fond of|prefer|preferred|as good as|obsessed with|enough of|enough|hooked on|crazy about|great|amazing|
        similar to|in the vein of|along the lines of|in the style of|vibe of|classics?|really into|big into"""
    )
    + r"\b"
)
"""Words before an item that say it is liked."""
EXAMPLE_BEFORE = re.compile(
    rf"(?:^|\b(?!{_any('i|we|you|they|really|also|id|would|do|did|he|she')}\b)\w+ )"
    r"(?:like|similar to|in the vein of|along the lines of|in the style of)(?: the| a| an)?$"
)
"""Words before an item that make it an example of something, which may still be good or bad."""
UNSEEN = re.compile(
    rf"\b{_any('havent|have not|hadnt|has not|never|not|didnt|did not|dont think ive|dont think i have|nor')}"
    rf"(?: {_any('yet|even|actually|really|ever|have|i|get|got|to|been|able|had|a|chance|all|of')})*"
    rf" {_any('see|seen|watch|watched|saw|heard|hear')}\b"
)
"""Words before an item that say it is not known."""
_PROMISING = _any("good|great|interesting|fun|funny|awesome|amazing|cool|perfect|promising|intriguing|it")
_WILL = _any("ill|i will|will|might|gonna|may|should|id")
_GOING = _any("definitely|have to|probably|try to|try and|totally|go and|go|just|maybe|think ill")
WANTED = re.compile(
    rf"\b(?:{_any('want|wanted|like|love|need|have|going|dying|hoping|excited|planning')} to "
    rf"{_any('see|watch|check|try|give')}|looking forward|cant wait|{_WILL} "
    rf"(?:{_GOING} )*{_any('see|watch|check|try|give|look|add|rent|get|put|go')}|check {_OBJECT} out|"
    rf"{_any('looks?|sounds?|seems?')} (?:{_any('very|really|so|pretty|like')} )*{_PROMISING}|"
    rf"heard (?:{_any('very|really|some|only|so many|a lot of')} )*{_any('good|great')} |on my list)\b"
)
"""Words behind an unknown item that say it is wanted all the same."""
CHOSEN_BEFORE = re.compile(
    rf"\b(?:{_any('ill|i will|lets|let us|might|gonna|may|should')} (?:{_GOING} )*"
    rf"{_any('watch|rewatch|re watch|take|try|go with|go for|pick|check out|check|see|give|look up|look for|rent')}"
    r"|go with|want to (?:see|watch)|wanted to see|wanna see|i will)\b"
)
"""Words before an item that say it is chosen."""
CHOSEN_BEHIND = re.compile(
    rf"^(?:one )?{_any('works|it is|will do|would do|sounds good|looks good|is the one|does it for me')}"
    rf"(?: {_any('for me|for us|then|nicely|fine|please')})*(?= ?[.,]|$)"
)
"""Words behind an item that say it is chosen: "the second works"."""
SEEN_BEFORE = re.compile(r"\b(?:seen|saw|watched|watching|rewatched|finished|heard|read)\b")
SEEN_BEHIND = re.compile(r"^(?:\w+ ){0,4}(?:seen|watched|already)\b")
ASKED_BEFORE = re.compile(
    rf"\b(?:have|did|do|had|has) {_any('you|u|anyone|ya')} (?:{_any('ever|also|guys|all|already|even')} )*"
    rf"{_any('seen|see|saw|watch|watched|heard|know|like|liked|enjoy')}\b"
)
"""Words before an item that ask whether the other one knows it."""

OWN_PREDICATE = re.compile(rf"^{_WHEN}(?:\w+ ){{0,3}}?{_PREDICATE}")
"""What is said of the item directly behind it: "Heat was great"."""
VERDICTS_BEHIND = (
    re.compile(rf"{_PART}{_OPENING}{_SUBJECT} {_PREDICATE}"),  # "..., it was not bad"
    re.compile(rf"(?:{_PART}|\bth(?:ink|ought) )(?:its|thats|theyre) (?P<no>not )?{ADVERB}{_WORD}\b"),
    re.compile(rf"\b(?:(?P<no>{NO}) {ADVERB})?(?P<verb>{TASTE}|{HATE})(?: {_any('all|both|most')} of)? {_OBJECT}\b"),
    re.compile(rf"\b(?:i|we) (?:was|were|got|felt|left|came away) (?P<no>not )?{ADVERB}(?P<word>{_FELT})\b"),
    re.compile(rf"\b(?:found|thought|find) {_OBJECT} (?P<no>not )?{ADVERB}(?:was |were |is )?{_WORD}\b"),
    re.compile(  # "Heat. Very good film", "Heat, not a fan"
        rf"^(?:[.,] )?{_WHEN}{_OPENING}(?P<no>{NO} )?{ADVERB}(?P<word>{_JUDGING}|fans?)"
        rf"(?: {_any('movie|film|one|flick|too|of it|of that|show')})?(?= ?[.,]|$| (?:too|though|imo|lol))"
    ),
)
"""What is said of it further on."""
_MINE = _any("my cup|my thing|my speed|my style|my taste|my type|my kind|my favorite|my favourite|my jam|for me")
NOT_MINE = re.compile(
    rf"\b(?:not|isnt|wasnt|arent|werent) (?:{_any('really|quite|exactly|so much')} )?{_MINE}\b|\bdidnt do it for me|"
    r"\bturn(?:s|ed) me off|\b(?:sucks|sucked|stinks|blows|stunk|bombed)\b|\bcould(?:nt| not) (?:get into|finish)|"
    r"\bmade me (?:sick|fall asleep)|\bnot (?:so|that) much\b"
)
MINE = re.compile(
    r"^(?:\w+ ){0,3}?(?:rocks|rocked|rules|cracks me up|cracked me up|made me (?:laugh|cry|smile))\b|"
    r"\bfavou?rites?\b|\bgood (?:movie|film|one|flick)\b"
)
VETO_BEHIND = re.compile(
    rf"^(?:[\w,]+ ){{0,8}}?{_any('veto|vetoed|vetoing|ruling out|ruled out|forbid|against|not having|not doing')} "
    r"(?:that|it|them|this|those)\b|"
    r"^(?:[\w,.]+ ){0,4}?(?:so|then|and|please) (?:none|nothing|no more) of "
    r"(?:that|it|them|this|those|these)(?= ?[.,]|$)|"
    r"^(?:[\w,.]+ ){0,8}?(?:had|have|seen)(?: \w+)? enough of (?:that|it|them|this|those|these)(?= ?[.,]|$)|"
    rf"^(?:\w+ ){{0,3}}(?:, )?(?:but|and|though) (?:i|we|he|she|they) (?:\w+ )?"
    rf"(?:{HATE}|{NO} {ADVERB}{TASTE}|dont want) {_OBJECT}\b(?!.*{_any('compromise|in the middle|both of us')})"
)
"""Words behind a wish, somebody else's as a rule, that turn it down: "he wants horror but I'm against that"."""
PAST = re.compile(r"\b(?:was|were|wasnt|werent|loved|liked|enjoyed)\b")
"""Words that show somebody knows a thing already."""
REFUSED_BEHIND = re.compile(
    r"^(?:still |also |again |always )?(?:isnt|arent|is not|are not|no|not)"
    r"(?: (?:really|thanks|thank you|please|so much))?(?= ?[.,]|$)|"
    r"^(?:is|are) (?:both |all |also |definitely |right )?out(?: (?:too|as well|then|for me|please))*(?= ?[.,]|$)|"
    r"^(?:\w+ ){0,2}, but no(?= ?[.,]|$)"
)
"""Words behind a wish that refuse it in short: "comedy yes, horror no", "historical is fine, battles aren't"."""
USED_TO_LIKE = re.compile(
    rf"\b(?:i|we) (?:\w+ )?used to (?:{ADVERB})(?:love|like|enjoy|adore|watch|"
    r"be (?:really )?(?:into|a fan of|mad about|crazy about|keen on))\b"
)
"""Words before something that was liked once."""
WANTED_AFTER_ALL = re.compile(
    r"^(?:(?!(?:not|no|never|dont|wont|cant)\b)\w+ )*?(?:want|like|love|fancy|up for|mood for|try|have|watch|see|give|"
    r"need|take|make an exception for) (?:one|it|them|some|that)\b"
)
"""Words behind an aversion and a "but" that make an exception of it."""
