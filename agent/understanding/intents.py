"""Recognise what a message does, apart from what it wishes: undo, reset, more, "no questions", off-topic."""

from __future__ import annotations

import re
from collections.abc import Collection

from retrieval.types import Value

from ..types import Intent
from .text import fold

_PATTERNS: tuple[tuple[Intent, str], ...] = (
    (
        "reset",
        r"\b(start (over|again|afresh)|from scratch|reset( everything)?|begin again|new search|"
        r"(forget|clear|delete|drop|remove) (everything|it all|all( of)? (that|it|my \w+))|clean slate)\b",
    ),
    (
        "undo",
        r"\bundo\b|\b(scratch|cancel|revert) (that|this|the last( one| change)?)\b|\btake (that|it) back\b|"
        r"^(oh |no |sorry |actually |wait )*(never ?mind( that| the last)?|go back( one)?|forget (that|it|"
        r"what i( just)? said))[\s.!]*$|"
        r"\bgo back to (before|what|how)\b|^(no |sorry |oh |ok |please )*go back\b(?! to)|"
        r"\bthat was a mistake\b|\b(forget|ignore) (that|what i( just)? said|my last)\b",
    ),
    (
        "no_questions",
        r"\b(no|without|skip|enough|stop)( any| more| the| asking| with the)* questions\b|\b(dont|do not|"
        r"stop|quit|without) ask(ing)?\b|"
        r"\bno need to ask\b|\bjust (show|give|recommend|suggest|tell|pick|choose|find)\b|\bsurprise me\b|"
        r"\banything goes\b",
    ),
    (
        "dont_know",
        r"^(hmm+ |um+ |well )*(i )?(really )?(dont|do not) (really )?(know|mind|care)\b|\bno (strong |"
        r"real |particular )?preferences?\b|"
        r"^(whatever|anything|any|either)( is fine| works| will do| you like)?[\s.!]*$|^(im )?not (really "
        r")?sure[\s.!]*$|\bno idea\b|"
        r"^(it )?doesnt matter[\s.!]*$|\b(you|u) (choose|pick|decide)\b|\bup to you\b|^dunno\b|^idk\b|"
        r"^skip( it| this)?( question)?[\s.!]*$|"
        r"\b(havent (got )?(a|any|the)|have not (got )?(a|any|the)|without a|not a|no|got no) (clue|idea|foggiest)\b|"
        r"\bcould(nt| not) care less\b|\b(not|never) (really )?(fussed|bothered|fussy|picky|choosy)\b|"
        r"^(well |hm+ |um+ |oh )*(thats |its )?(hard|difficult|tough|tricky) (to (say|tell|answer|decide)|"
        r"question|one)\b|^(well |hm+ |um+ |oh )*(who knows|beats me|good question|cant say|couldnt (say|tell))\b|"
        r"\bleave (it|that|the choice|everything)( all)?( up)? to (you|u)\b|\b(you|u)re the (expert|boss)\b|"
        r"\b(you|u) are the (expert|boss)\b|\byour (call|choice|decision|pick)\b|\bi trust (you|your)\b|"
        r"\bno (opinion|idea|clue)\b|^(oh )*(whichever|all the same|all the same to me)[\s.!]*$",
    ),
    (
        "more",
        r"\b(more|other|another|different|new|further) (ones?|options?|suggestions?|recommendations?|"
        r"ideas?|picks?|choices?|results?|NOUN)\b|"
        r"\bwhat else\b|\banything (else|more)\b|\bsomething (else|different)\b|\b(show|give|find) me (some "
        r")?(more|others|another)\b(?! like)|"
        r"\bany (others|more)\b|^(some )?more( please)?[\s.!?]*$|^(next|others|another( one)?)( "
        r"please)?[\s.!?]*$|\bkeep going\b|"
        r"^(once |yet )?(again|encore)( please)?[\s.!]*$|\bonce more\b|\b(do|try|roll|spin|surprise me|go) (it |that )?"
        r"again\b|\banother (go|round|batch|lot|set|try|list|surprise|page)\b|"
        r"\bthe (rest|remaining ones?|others)( of (them|those|these|it))?\b(?! of (the|my|our) \w+)|"
        r"\b(you )?(havent|have not|didnt|did not) (shown?|showed|mentioned|listed)( me| us)?( yet| before)?\b|"
        r"\bCOUNT (more|others?|further ones?)( please| of \w+| by \w+| from \w+)?[\s.!?]*$|\banother COUNT\b|"
        r"\bmore (of (those|these|them|that|the same)|like)\b|\bmore (of|by|from) (her|him)\b|"
        r"\b(something|anything) else (of|by|from) (her|him|them)\b",
    ),
    (
        "reject",
        r"\b(none|neither|not (any|one)) of (these|those|them|the above)\b|^(no )?not (these|those|them|"
        r"that|this)( ones?)?\b|"
        r"\b(dont|didnt|do not) (really )?(like|want|fancy) (any of )?(these|those|them)\b|^(no thanks|"
        r"nope|no|nah|meh)[\s.!]*$|"
        r"\bnot (really )?(my (thing|cup of tea|taste|style)|feeling (it|this|these|those|them)|into (it|"
        r"these|those|them))\b",
    ),
    (
        "accept",
        r"\b(ill|i will|lets|let us|im going to|i am going to|gonna) (take|watch|go (with|for)|try|pick|"
        r"choose|read|hear|listen to|buy|get|do)\b|"
        r"\b(one|that|this|NOUN) it is\b|"
        r"\b(sounds|looks) (good|great|perfect|fun|excellent|amazing|lovely)\b|\bthats (the one|perfect|"
        r"it)\b|^(perfect|great choice|sold|deal)[\s.!]*|[.!] (sold|deal|perfect)[\s.!]*$",
    ),
    (
        "show_preferences",
        r"\bwhat (do|have) (you|i) (know|told|remember|got|have|noted|said)\b.*|\b(show|list|see|what "
        r"are) (me )?my (preferences|wishes|tastes|filters|constraints)\b|"
        r"\bwhat am i (looking|searching) for\b|"
        r"\bwhat( all)? (you|i) (have |ve )?(noted|got|written|understood|know|saved|told|said|asked)\b.*\b(so far|"
        r"of me|about me|from me|down|my (wishes|preferences|tastes?))\b|"
        r"\bwhat (have|did) (you|i) (noted?|understood|understand|saved?|written|ask(ed)?( you)? for|say|said|tell "
        r"you)\b|"
        r"\b(what|which|whose)( \w+){1,2} (did|had|have) i (just |already |originally |first )?(ask(ed)?|tell|told|say|"
        r"said|want(ed)?|wish(ed)?|mention(ed)?|name[d]?)\b(?! to (watch|see|hear|read|try))|"
        r"\bwhat was (it|that) (that )?i (wanted|asked|said|wished|told)\b|"
        r"\b(sum up|summari[sz]e|recap|repeat|remind me( of)?) (what|which \w+|everything) i (want|wanted|asked|said|"
        r"told|wish|am after)\b",
    ),
    ("help",
    r"^help[\s.!?]*$|\bwhat can (you|u) do\b|\bhow (does this|do (you|i)) (work|use)\b|\bwho are you\b|"
    r"\bare you (a )?(bot|human|real|ai)\b|\bwhat are you\b"),
    ("close",
    r"\b(good ?bye|bye( bye)?|see you( later)?|thats all|thats it for (now|today)|im done|we are done|"
    r"(were |all )?done[\s.!]*$|"
    r"nothing else|no more,? thanks|good night|ciao)\b"),
    ("thanks", r"\b(thanks|thank you|thx|cheers|ta|much appreciated)\b"),
    ("greet", r"^(hi|hello|hey|hiya|howdy|good (morning|evening|afternoon)|greetings|yo)\b|"
    r"\bhow(s| is| are) (you|u|things|life|your (day|evening|weekend))\b|\bwhats up\b|\bhow do you do\b"),
    ("abuse",
    r"\b(fuck( (you|off))?|(you )?(stupid|dumb|useless|idiotic) (bot|machine|thing|ai)|(?<!nt )shut up(?! about)|"
    r"piss off|go to hell)\b|(?:^|[.!?] ?|\b(?:you|youre|are|ur|such|total|complete|fucking|bloody) (?:an? )?)"
    r"(?:idiots?|morons?|asshole|bitch)\b"),
)  # fmt: skip
_REVISION = re.compile(
    r"\b(actually|instead|on second thought|no wait|wait|i meant|i mean|change (it|that|my mind)|changed "
    r"my mind|switch( it)? to|"
    r"make (it|that|them)|what about|how about|lets (do|make|try|go)|rather|scratch that|correction|"
    r"sorry)\b|^no,? |^(ok |okay |so |well )*(then|just) "
)
_OFF_TOPIC = re.compile(
    r"\b(weather|forecast|will it (rain|snow|be (hot|cold|warm|sunny|windy))|"
    r"(explain|teach me|show me|tell me) how to (?!"
    r"(find|search|use|get|choose|pick|change|delete|remove|reset|undo|start|rate|ask|compare|save|work)\b)|"
    r"stock price|(buy|sell|invest)\b.*\b(stocks?|shares)|bitcoin|crypto|"
    r"exchange rate|recipe for|(the )?capital of|who (is|"
    r"was) the (president|king|queen|pope|prime minister)|"
    r"president of|translate|poem|essay|"
    r"(?<!for )(?<!for my )(?<!for the )(?<!for our )homework|solve|equation|calculate|square root|python|javascript|"
    r"sql|source code|write (me )?(a|an|some|the)?( \w+)? ?(code|script|program|function|email|letter|"
    r"story|song|essay|poem|joke)|debug|regex|book (me )?(a|an) (flight|table|hotel|room|taxi)|order (me "
    r")?(a|some) (pizza|food)|flight to|"
    r"tell me a joke|meaning of life|what time is it|what day is it|todays? (date|news)|news today|"
    r"medical advice|diagnos|legal advice|"
    r"tax(es)? return|lottery|football score|who won the (match|game|election)|"
    r"how (do|can|would|should) (i|we|you|one|someone|somebody) (?!("
    r"find|search|use|get (more|better|a|some|it|this|to see|your)|watch|see|choose|pick|decide|know|tell|change|"
    r"delete|remove|reset|undo|start|work|rate|say|ask|describe|put|like|feel|mean|recommend|suggest|compare|define|do|"
    r"did|go|save|buy|order|rent|stream|download|read|hear|listen|play)\b)[a-z]+\b|\d+ ?[+*x] ?\d+|\d+ / \d+|"
    r"(what|how much) (is|are|s) \d+ (times|plus|minus|divided|multiplied|percent|squared)|\d+ percent of \d+|"
    r"what (is|are|was|s) [\w ]{1,40} worth|how much (is|are|does|do|did) [\w ]{1,40} (worth|cost)|"
    r"(what|whats|wheres|remember|tell me|repeat)( is| was| are| were)? my (\w+ )?(name|surname|number|card|address|"
    r"e ?mail|"
    r"phone|password|pin|account|birthday))\b"
)


_COUNT = r"(?:\d{1,2}|one|two|three|four|five|six|seven|eight|nine|ten|a few|a couple)"
_OPENING = re.compile(
    r"^(?:(?:ok|okay|k|kk|alright|right|cool|fine|well|so|oh|ah|hm+|um+|uh|yeah|yes|yep|sure|great|nice|good|lovely|and|"
    r"now|then|haha|lol)[\s.!,]+)+"
)
"""Words that open a message and do nothing: "k next", "hmm none of these"."""


class IntentReading(Value):
    """What the wording of a message does."""

    intents: tuple[Intent, ...] = ()
    revises: bool = False
    """Whether a new wish replaces the old one about the same thing."""
    off_topic: bool = False
    """Whether the words belong to a request that no catalogue can serve."""


class IntentReader:
    """Match the wordings; the nouns of the catalogue complete them."""

    def __init__(self, nouns: Collection[str]) -> None:
        """Compile the patterns with the catalogue's own words for an item."""
        alternatives = "|".join(sorted((re.escape(noun) for noun in nouns), key=len, reverse=True)) or "items"
        self._patterns = tuple(
            (intent, re.compile(pattern.replace("NOUN", f"(?:{alternatives})").replace("COUNT", _COUNT)))
            for intent, pattern in _PATTERNS
        )

    def read(self, text: str) -> IntentReading:
        """Return all intents whose wording stands in ``text``."""
        plain = " ".join(re.sub(r"[^\w\s.!?+*/]", " ", fold(text)).split())
        opened = _OPENING.sub("", plain)
        found = tuple(intent for intent, pattern in self._patterns if pattern.search(plain) or pattern.search(opened))
        with_commas = " ".join(fold(text).split())
        return IntentReading(
            intents=found,
            revises=bool(_REVISION.search(with_commas)),
            off_topic=bool(_OFF_TOPIC.search(plain)),
        )
