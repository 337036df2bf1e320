"""Look at a message before anything else does: clean it, and refuse what is no request for a recommendation but an attack.

A recommender has a closed set of actions and little to leak, so turning away a harmless film fan is worse than letting a clumsy
trick through: rules add up, one word alone never refuses, and talk about what a story is about is always welcome.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Literal, NamedTuple

from pydantic import Field

from retrieval.types import Value

from .redact import redact

__all__ = ["GuardConfig", "GuardVerdict", "check_input", "redact"]


class GuardConfig(Value):
    """How strict the guard is."""

    max_chars: int = Field(2_000, ge=100)
    """Longer messages are cut here."""
    refuse_chars: int = Field(20_000, ge=1_000)
    """Longer messages are refused."""
    threshold: int = Field(3, ge=1)
    """Points at which a message counts as an attack."""


class GuardVerdict(Value):
    """What to do with a message."""

    action: Literal["allow", "refuse", "neutralise"] = "allow"
    """``neutralise``: answer ``text``, from which the attack was taken out."""
    reason: Literal["", "injection", "harmful", "abuse", "too_long", "empty"] = ""
    text: str = ""
    """The message, cleaned; what may be stored, understood and answered."""
    rules: tuple[str, ...] = ()
    """Names of the rules that fired."""


class _Rule(NamedTuple):
    name: str
    points: int
    pattern: re.Pattern[str]


def _rule(name: str, points: int, pattern: str) -> _Rule:
    return _Rule(name, points, re.compile(pattern, re.I | re.S))


_DROP = r"(?:ignore|ignoring|disregard|disregarding|forget|override|neglect|bypass|skip|drop|discard|vergiss|vergessen|ignoriere?n?)"
_EARLIER = r"(?:all|any|every|previous|prior|above|earlier|preceding|your|these|those|following|system|initial|original|vorherig\w*|obig\w*|alle)"
_ORDERS = (
    r"(?:instruct\w*|prompts?|directi(?:ons?|ves?)|commands?|conditions|guidelines?|programming|anweisungen|befehle?|aufgaben|"
    r"guardrails?|safety \w+)"
)
_LOOSE_ORDERS = r"(?:rules?|orders|restrictions|filters?|text|sentences?|inputs?|messages?|information|tasks?|context|conversation|everything)"
_TELL = (
    r"(?:reveal|show|print|repeat|tell|give|display|output|write|say|spell|share|leak|expose|summari[sz]e|translate|encode|"
    r"what(?:'s| is| are| was| were)|describe|return|list|recite|analy[sz]e|rewrite|provide)"
)
_HIDDEN = (
    r"(?:(?:your|the) system prompts?\b(?! engineering)|initial (?:prompt|instructions?|text)|"
    r"(?:your|the above|the previous|the prior|original|hidden|secret|prior|previous|above) (?:\w+ )?(?:prompts?|instructions?|rules|directions|directives|guidelines|guardrails|sentences?|text|messages?)|"
    r"secret (?:key|code|phrase)|(?:rules|instructions|text|words?|sentences?|everything) (?:above|before this))"
)
_INJECTION = (
    _rule("drop_orders", 3, rf"\b{_DROP}\b[^.?!\n]{{0,30}}\b{_EARLIER}\b[^.?!\n]{{0,30}}\b{_ORDERS}\b"),
    _rule("drop_something", 1, rf"\b{_DROP}\b[^.?!\n]{{0,40}}\b(?:{_ORDERS}|{_LOOSE_ORDERS})\b"),
    _rule("tell_hidden", 3, rf"\b{_TELL}\b[^.?!\n]{{0,60}}\b{_HIDDEN}"),
    _rule("hidden_letters", 3, r"\b(?:letters?|characters?|digits?)\b[^.?!\n]{0,30}\b(?:password|secret|prompt|instructions?|not allowed)\b"),
    _rule("instructions", 1, r"\b(?:your|the|those|these|all|other|what|which|new|previous\w*|last|my) ?(?:\w+ )?int?s?tru\w*ions?\b"),
    _rule("tell_instructions", 2, rf"\b(?:{_TELL}|duplicate|copy)\b[^.?!\n]{{0,40}}\b(?:instructions?|prompt)\b"),
    _rule("drop_instructions", 2, rf"\b(?:{_DROP}|delete)\b[^.?!\n]{{0,40}}\b(?:int?s?tru\w*ions?|prompt|rules|directions)\b"),
    _rule("password", 2, r"\bpass ?(?:words?|phrases?|codes?)\b"),
    _rule("tell_password", 1, rf"\b{_TELL}\b[^.?!\n]{{0,60}}\bpass ?(?:word|phrase|code)s?"),
    _rule("secret", 1, r"\bthe secret\b|\bconfidential\b"),
    _rule("role_tags", 3, r"<\|?(?:im_start|im_end|system|assistant|endoftext)\|?>|\[/?INST\]|^\s*#{2,}\s*(?:system|instructions?)|^\s*(?:system|developer)\s*:\s"),
    _rule("persona", 2, r"\b(?:you are now|you are going to (?:act|be)|pretend you(?:'re| are)|act as|role-?playing\b|simulate being|imagine (?:you are|you're)|you(?:'re| are) (?:no longer|not an? ai)|assume the role|du bist (?:jetzt|nun)|stell dir vor)"),
    _rule("mode", 3, r"\b(?:developer|admin|debug|god|test|dan) mode\b|\bdan enabled\b"),
    _rule("unlock", 2, r"\bdo anything now\b|\b(?:no|without(?: any)?) (?:restrictions|filters|limitations|censorship)\b"),
    _rule("loosen", 1, r"\bjailbr\w+|\bunrestricted\b|\bunfiltered\b|\bfrom now on\b"),
    _rule("authority", 2, r"\bi(?:'m| am) (?:the|your|an?) (?:\w+ )?(?:developer|admin\w*|creator|owner|programmer)\b|\bfull access\b|\b(?:never|cannot|can not|must not) refuse\b"),
    _rule("just_print", 3, r"\b(?:just|only|simply) (?:print|say|output|respond|answer|write|reply)\b[^.\n]{0,30}[\"“‘':]|\b(?:respond|answer|reply)\w* (?:only |just )?(?:with|in|using)(?: only)? (?:the words?|rot ?13|base ?64|binary|morse|hex)"),
    _rule("encoding", 2, r"\b(?:rot ?13|base ?64|leetspeak|morse code|caesar cipher)\b"),
    _rule("above", 1, r"\b(?:text|sentences?|message|commands?|instructions?|prompt|lines?) (?:\w+ ){0,2}(?:above|before this|previously|so far)\b"),
    _rule("new_task", 1, r"\bnew (?:task|instructions?|orders?)\b|\bnow (?:write|tell|say|answer|focus|print|act|respond)\b|\bstop everything\b|\bneue aufgaben?\b"),
)  # fmt: skip
_STRONG = 3
"""Points of a rule that may turn away a message about films on its own."""

_HOW = r"(?:how (?:to|do i|can i|would i)|step[- ]by[- ]step|instructions?|guide|tutorial|plan|recipe|strategy|strategies|write|create|provide|develop|explain|describe|design|draft|help me|teach me|give me|list|argue|convince|promote|encourage\w*|recommends?)"
_HARM = (
    r"(?:(?:build|make|mak\w+|assembl\w+|construct\w*|creat\w+|produc\w+) (?:and \w+ )?(?:an? |some )?(?:\w+ ){0,2}(?:bombs?|explosives?|weapons?|nerve gas|meth|drugs|virus|ransomware|malware|counterfeit|fake (?:id|passport)s?)|"
    r"(?:hack\w*|break\w*) (?:into|in to) (?:an? |the |some\w* |my |a corporate )?(?:\w+ )?(?:account|network|computer|phone|bank|atm|system|server|email)s?|malware|ransomware|keylogger|phishing|"
    r"counterfeit|forg(?:e|ing) (?:documents|money|a)|launder\w*|traffick\w+|child porn\w*|(?:commit\w*|into) suicide|self[- ]harm|kill (?:someone|my|a person|him|her)|poison (?:someone|my)|"
    r"(?:bypass|evad\w+|avoid\w*) (?:\w+ )?(?:detection|police|taxes|paywalls?)|steal\w* (?:from|a|an|someone|identity|confidential|electronic)|identity theft|blackmail\w*|stalk\w*|ponzi|insider|tax fraud|"
    r"(?:racist|sexist|antisemitic|defamatory|hateful) (?:\w+ )?(?:\w+)|white supremac\w+|ethnic cleansing|genocide against|shoot(?:ing)? up|school shooting tutorial|torture ring|cannibal\w*|"
    r"holocaust (?:never|did not|didn't)|anti-vax\w*|cyberbull\w+|harass\w+|bully\w*|doxx?\w*|cocaine|heroin|underage)"
)
_HARMFUL = _rule("harmful_how", 3, rf"\b{_HOW}\b.{{0,80}}\b{_HARM}")
_ABOUT_STORIES = re.compile(
    r"\b(?:films?|movies?|titles?|watch(?:ing)?|series|documentar\w+|thrillers?|comed\w+|dramas?|novels?|books?|songs?|albums?|tracks?|"
    r"recommend|something (?:like|about|with)|in the mood|plot|starring|scenes?|directors?|courses?|games?)\b",
    re.I,
)
_ABUSE = (
    _rule("insult", 3, r"\b(?:you(?:'re| are|r)?|u r)\s+(?:\w+ ){0,2}(?:stupid|idiots?|useless|dumb|moron\w*|worthless|garbage|trash|pathetic|retard\w*|bitch|asshole|a joke)\b"),
    _rule("swear_at", 3, r"\b(?:fuck|screw|damn) (?:you|off|yourself)\b|\bshut (?:the \w+ )?up\b|\bgo to hell\b|\bkill yourself\b|\bstupid (?:bot|machine|ai|thing)\b|\bpiece of (?:shit|crap|garbage)\b"),
)  # fmt: skip
_WISHES = re.compile(r"\b(?:want|like|recommend|suggest|find|show me|looking|mood|film|movie|watch|instead|something|shorter|longer)\b", re.I)
_SENTENCES = re.compile(r"(?<=[.!?\n])\s+|\n+")


def check_input(text: str, config: GuardConfig | None = None) -> GuardVerdict:
    """Return whether to answer a message, and the cleaned text to go on with."""
    config = config or GuardConfig()
    clean = _clean(text)
    if not clean:
        return GuardVerdict(action="refuse", reason="empty")
    if len(clean) > config.refuse_chars:
        return GuardVerdict(action="refuse", reason="too_long", text=clean[: config.max_chars])
    cut = clean[: config.max_chars]
    rules = _fired(clean, _INJECTION)
    strong = any(rule.points >= _STRONG for rule in rules)
    if _points(rules) >= config.threshold and (strong or not _ABOUT_STORIES.search(clean)):
        return _attacked(cut, rules, config)
    if _HARMFUL.pattern.search(clean) and not _ABOUT_STORIES.search(clean):
        return GuardVerdict(action="refuse", reason="harmful", text=cut, rules=("harmful_how",))
    abuse = _fired(clean, _ABUSE)
    if abuse and not _WISHES.search(clean):
        return GuardVerdict(action="refuse", reason="abuse", text=cut, rules=tuple(rule.name for rule in abuse))
    return GuardVerdict(text=cut)


def _attacked(text: str, rules: list[_Rule], config: GuardConfig) -> GuardVerdict:
    """Keep the sentences that ask for a recommendation and fire no rule; refuse when none does."""
    names = tuple(rule.name for rule in rules)
    kept = [part for part in _SENTENCES.split(text) if not _fired(part, _INJECTION)]
    left = " ".join(part.strip() for part in kept if part.strip())
    if _ABOUT_STORIES.search(left) and len(left) < config.max_chars // 2:
        return GuardVerdict(action="neutralise", reason="injection", text=left, rules=names)
    return GuardVerdict(action="refuse", reason="injection", text=text, rules=names)


def _fired(text: str, rules: tuple[_Rule, ...]) -> list[_Rule]:
    return [rule for rule in rules if rule.pattern.search(text)]


def _points(rules: list[_Rule]) -> int:
    return sum(rule.points for rule in rules)


def _clean(text: str) -> str:
    """Drop control, invisible and direction-changing characters, which only hide things from readers."""
    normal = unicodedata.normalize("NFKC", text)
    kept = (c for c in normal if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cf", "Co", "Cs", "Cn"))
    return "".join(kept).strip()
