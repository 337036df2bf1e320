"""Read what is let go: "forget the year", "any genre is fine", "the Spanish can go too", "the kids are asleep now"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..types import AnswerAction, Conversation, Removal
from .scan import Mention, Scan
from .words import ARTICLES, STOP

_REMOVERS = re.compile(
    r"\b(forget( about)?|drop|ignore|remove|lose|lift|relax|clear|scrap|get rid of|never ?mind( about)?|"
    r"(dont|do not) (really )?care( about)?|"
    r"regardless of|no matter( the)?|any|whatever|"
    r"(doesnt|does not|dont|do not|neednt) ?((actually|really|necessarily|even|always) )?(have|need)? ?(to)? be|"
    r"no limit on|without (any )?limit on)"
    r"(?: (?:the |any |that |my )?(?:limits?|restrictions?|conditions?|requirements?|bounds?|caps?|rules?|filters?)"
    r"(?: (?:on|about|for|of|with|to))?)?\b"
)
_INDIFFERENT = re.compile(
    r"\b(doesnt|does not|dont|do not) (really )?matter\b|\b(is|are) (not important|irrelevant|fine|ok|okay|no object|"
    r"no problem|no issue|not an issue|up to you)\b|\bisnt an issue\b|\blimit\b"
)
_LET_GO = re.compile(
    r"(bit |part |thing )?(can|could|may) (go|be dropped|be left out)\b|"
    r"(bit |part |thing )?(is|are|was|were) (not|no longer) (needed|necessary|required|important)\b|"
    r"(bit |part |thing )?(isnt|arent) (needed|necessary|required|important)\b|"
    r"(bit |part |thing )?(doesnt|dont|no longer) matters?\b"
)
_LONGEST_WORDING = 6
"""Most words from a wording of letting go to what is let go."""
_KIDS = r"(the )?(kids?|children|child|little ones?|boys|girls|baby|toddlers?|family|parents|guests?|friends)"
_OURSELVES = r"(me|us|myself|ourselves|the adults|the grown ?ups|the (two|both) of us|us two|the parents)"
_MOVED_ON = re.compile(
    rf"\b({_KIDS}|(once|when|after|as soon as) (they|he|she|theyre|hes|shes)) "
    r"(is|are|have|has|re|s)? ?(now |finally |all |both |already |fast )*(asleep|in bed|gone|out|away|sleeping|"
    r"off to bed|gone to bed|gone home)\b|"
    rf"\bnow (something|one|a \w+|a film|some) for {_OURSELVES}\b|"
    rf"^(ok |okay |and |so |now |then )*((something|one) )?(just |only )?for {_OURSELVES}\b"
)
_JUST = re.compile(r"^(lol |haha |ok |okay |fine |alright |well |hmm |then |so |no |please )*(just|only)\b")


_ALLOWING = re.compile(
    r"\b(?:(?:dont|do not|wouldnt|would not|doesnt|does not) (?:really )?(?:mind|matter|care|bother me)"
    r"(?: (?:if|when|whether))?|"
    r"(?:fine|ok|okay|happy|alright|no problem|not a problem)(?: with| if)|(?:it|they|that) (?:can|may) (?:also )?be)"
    r"(?: \w+){0,3}$"
)
_ALLOWED = re.compile(r"(?:is|are|would be|ones are|films are) (?:also )?(?:fine|ok|okay|alright|no problem|allowed)\b")
_BARRING_HIGHER = ("lt", "le", "between", "eq")
_BARRING_LOWER = ("gt", "ge", "between", "eq")


_QUESTION = (
    r"((?:who|whos|whoever|how|however|when|whenever|where|wherever|what|which|whichever)\b"
    r"(?: (?!(?:just|only|nothing|so|as)\b)\w+){0,7}?)"
)
_END = r"(?=$| (?:just|only|nothing|so|as)\b)"
_ASKING = frozenset("who whos how when where what which".split())
_NO_MATTER = re.compile(
    r"(?:(?:and|but|it|that|i|we|you|really|honestly|as for|regardless of|whatever) )*"
    r"(?:(?:doesnt|does not|dont|do not|couldnt|never) (?:really |actually |much )?(?:matter|care|mind)"
    r"(?: (?:to me|about|"
    rf"at all|less))*|no matter|irrespective of|is all the same to me|not important) {_QUESTION}{_END}|"
    rf"{_QUESTION} (?:is |are )?(?:(?:doesnt|does not|dont) (?:really )?matter|is not important|isnt important|"
    r"irrelevant|all the same to me|not important)(?: to me| at all)?$|"
    r"((?:whoever|whenever|wherever|however (?:long|old|short))\b(?: \w+){0,5})$"
)
"""A question that does not matter, whole between commas and sentence marks."""
_ASKED = (
    (r"who(?:ever|s)?\b.*\b(?:in|plays?|acts?|acting|stars?|appears?)\b", ("actor",)),
    (r"who(?:ever|s)?\b.*\b(?:made|makes|did|shot|directs?|directed)\b", ("director",)),
    (r"who(?:ever|s)?\b", ("artist",)),
    (r"(?:when|whenever)\b|how (?:old|new|recent)|however old", ("release", "year")),
    (r"how (?:long|short)|however (?:long|short)", ("length",)),
    (r"(?:where|wherever)\b", ("country",)),
    (r"(?:what|which|whichever) (?:genre|kind|type|sort)", ("genre",)),
    (r"(?:what|which|whichever) language", ("language",)),
)
"""What is asked for by questions that catalogues have no wording of: pattern -> a name of the attribute."""


def _part_end(scan: Scan, at: int) -> int:
    """Return where the part of a sentence ends that begins at token ``at``: at a mark, a "but", a comma.

    A comma before a question word ends nothing: "it doesn't matter, who is in it".
    """
    end = at + 1
    while end < len(scan.tokens) and not scan.tokens[end].starts_clause and scan.tokens[end].norm != "but":
        if "," in scan.tokens[end].sep and scan.tokens[end].norm not in _ASKING:
            break
        end += 1
    return end


class RemovalReader:
    """Find the wishes in force that a message takes back without putting others in their place."""

    def __init__(self, aliases: Sequence[tuple[tuple[str, ...], str]]) -> None:
        """Take (wording, attribute) for every wording under which an attribute is mentioned."""
        self._aliases = aliases

    def read(self, scan: Scan, conversation: Conversation) -> tuple[Removal, ...]:
        """Return what is taken back, and take its words, so that no rule after this one makes wishes of them."""
        removed = [
            *_by_allowance(scan, conversation),
            *self._by_attribute(scan, conversation),
            *_by_value(scan, conversation),
        ]
        return tuple(dict.fromkeys((*removed, *_side_meanings(removed, conversation))))

    def indifferent(self, scan: Scan, conversation: Conversation) -> tuple[Removal, ...]:
        """Return what nobody cares about any more by a question that does not matter: "doesn't matter who's in it".

        The words are taken, and what they name is no wish and no question.
        """
        held = {preference.attribute for preference in conversation.preferences}
        removed: list[Removal] = []
        for at in range(len(scan.tokens)):
            end = _part_end(scan, at)
            said = " ".join(scan.norms(at, end))
            match = _NO_MATTER.match(said) if at == 0 or not scan.taken[at] else None
            asked = next((group for group in match.groups() if group), "") if match else ""
            attribute = self._asked_of(asked) if asked else ""
            if not attribute:
                continue
            assert match is not None
            stop = at + len(match[0].split())
            if attribute in held:
                removed.append(Removal(attribute=attribute))
            scan.mentions = [m for m in scan.mentions if not at <= m.start < stop]
            scan.take(at, stop)
            for taken in range(at, stop):
                scan.reword(taken, "and")
        return tuple(removed)

    def _asked_of(self, question: str) -> str:
        """Return the attribute that a question is about, by the catalogue's wordings first."""
        named = [(len(phrase), name) for phrase, name in self._aliases if f" {' '.join(phrase)} " in f" {question} "]
        if named:
            return max(named)[1]
        of = {phrase: name for phrase, name in self._aliases}
        return next((of[key] for pattern, key in _ASKED if key in of and re.match(pattern, question)), "")

    def _by_attribute(self, scan: Scan, conversation: Conversation) -> list[Removal]:
        removed: list[Removal] = []
        held = {preference.attribute for preference in conversation.preferences}
        asked = conversation.pending_question.attribute if conversation.pending_question else ""
        meant = [(phrase, attribute) for phrase, attribute in self._aliases if attribute in held or attribute == asked]
        for at in range(len(scan.tokens)):
            for phrase, attribute in meant:
                end = at + len(phrase)
                if scan.norms(at, end) != phrase:
                    continue
                before = _before(scan, _list_start(scan, at))
                behind = " ".join(scan.norms(end, min(scan.clause_end(at), end + 4)))
                if _ends_with_remover(before) or _INDIFFERENT.search(behind):
                    removed.append(Removal(attribute=attribute))
                    scan.take(at, end)
        return removed


def _by_value(scan: Scan, conversation: Conversation) -> list[Removal]:
    removed: list[Removal] = []
    held = {preference.attribute for preference in conversation.preferences}
    before = {mention: _before(scan, _list_start(scan, mention.start)) for mention in scan.mentions}
    for mention in list(scan.mentions):
        if mention.kind not in ("sense", "name", "number"):
            continue
        meanings = [(mention.attribute, mention.value), *mention.others]
        behind = " ".join(scan.tail(mention.end, 5))
        dropped = _ends_with_remover(before[mention], strong=True) or bool(_LET_GO.match(behind))
        allowed = mention.kind in ("sense", "name") and _is_allowed_again(scan, mention, conversation)
        dropped = dropped and any(attribute in held for attribute, _ in meanings)
        if allowed or dropped:
            removed += [
                Removal(attribute=attribute, value=None if mention.kind == "number" else value)
                for attribute, value in meanings
            ]
            scan.mentions.remove(mention)
    return removed


def moved_on(scan: Scan, conversation: Conversation) -> tuple[Removal, ...]:
    """Return what no longer counts because somebody left or everything but what is said now was given up.

    Wishes on behalf of people who were along end with "the kids are asleep, now something for me"; "just Tom Cruise"
    after a search that found nothing lets all the other conditions go.
    """
    said = " ".join(token.norm for token in scan.tokens)
    reply = conversation.turns[-1].reply if conversation.turns else None
    gone = [p for p in conversation.preferences if p.scope == "company"] if _MOVED_ON.search(said) else []
    nothing = reply is not None and isinstance(reply.action, AnswerAction) and reply.action.topic == "nothing"
    opens = (at for at, token in enumerate(scan.tokens) if not at or token.starts_clause or "," in token.sep)
    if nothing and any(_JUST.search(" ".join(scan.norms(at, len(scan.tokens)))) for at in opens):
        gone = list(conversation.preferences)
    return tuple(Removal(attribute=preference.attribute, value=preference.id) for preference in gone)


def _is_allowed_again(scan: Scan, mention: Mention, conversation: Conversation) -> bool:
    """Whether "war is fine after all" takes an earlier dislike back."""
    behind = scan.tail(mention.end, 3)
    disliked = any(
        p.attribute == mention.attribute and p.value == mention.value and p.polarity == "dislike"
        for p in conversation.preferences
    )
    return (
        disliked
        and behind[:1] in (("is",), ("are",))
        and behind[1:2] in (("fine",), ("ok",), ("okay",), ("allowed",), ("alright",))
    )


def _by_allowance(scan: Scan, conversation: Conversation) -> list[Removal]:
    """Let go of bounds beyond which it may now be, "I don't mind if it's older", which wishes for nothing itself.

    Where no bound is held, "it can be longer than that" says which way to go from what was shown, and stays a wish.
    """
    removed: list[Removal] = []
    for mention in [m for m in scan.mentions if m.kind == "comparative" and m.value == ""]:
        allowed = _ALLOWING.search(_before(scan, mention.start)) or _ALLOWED.match(" ".join(scan.tail(mention.end, 5)))
        if not allowed:
            continue
        barring = _BARRING_HIGHER if mention.direction == "higher" else _BARRING_LOWER
        held = [p for p in conversation.preferences if p.attribute == mention.attribute and p.op in barring]
        removed += [Removal(attribute=p.attribute, value=p.id) for p in held]
        if held or scan.norms(mention.end, mention.end + 1) != ("than",):
            scan.mentions.remove(mention)
    return removed


def _side_meanings(removed: Sequence[Removal], conversation: Conversation) -> list[Removal]:
    """Return what the words of wishes let go also meant: with Iceland goes its language."""
    gone = [
        p
        for p in conversation.preferences
        for r in removed
        if p.attribute == r.attribute and r.value in (None, p.value, p.id)
    ]
    said = {(p.turn_id, p.quote) for p in gone}
    return [
        Removal(attribute=p.attribute, value=p.id)
        for p in conversation.preferences
        if p.strength < 1.0 and p.quote and (p.turn_id, p.quote) in said and p not in gone
    ]


def _list_start(scan: Scan, at: int, *, ends_in_and: bool = False) -> int:
    """Return where the list begins in which token ``at`` stands behind other things: "Iceland and the year"."""
    low = at
    while low and scan.tokens[low - 1].norm in ARTICLES:
        low -= 1
    comma = ends_in_and and bool(low) and "," in scan.tokens[low].sep
    joined = comma or (bool(low) and scan.tokens[low - 1].norm in ("and", "or"))
    end = low - (scan.tokens[low - 1].norm in ("and", "or")) if joined else -1
    before = next((m for m in scan.mentions if m.end == end), None)
    return _list_start(scan, before.start, ends_in_and=True) if before is not None else at


def _before(scan: Scan, at: int) -> str:
    return " ".join(scan.norms(max(scan.clause_start(at), at - _LONGEST_WORDING), at))


def _ends_with_remover(before: str, *, strong: bool = False) -> bool:
    """Whether a wording of letting go stands in the few words before; ``strong`` leaves out "any" and "whatever"."""
    match = list(_REMOVERS.finditer(before))
    if not match or (strong and match[-1][0] in ("any", "whatever")):
        return False
    rest = before[match[-1].end() :].split()
    return all(word in STOP for word in rest)
