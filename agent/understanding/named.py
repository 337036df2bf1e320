"""Find what a message names where ordinary words would hide it: names behind what they are, one-word names, slips.

"The album 21", "who sings Happier?", "some weezer" and "led zepelin" need the catalogue's own list of names and titles,
not capitals: most people type small letters.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

from retrieval.types import AttributeValue, CatalogSchema, Item

from ..types import Preference
from .polarity import negated
from .scan import Mention, Scan
from .text import words
from .vocabulary import Vocabulary
from .words import ARTICLES, ORDINALS, STOP, TALK

_ASKING = frozenset("who whos whose what whats which when whens where wheres how".split())
_DETERMINED = tuple((word,) for word in "a an the this that my your".split())
"""Words before a noun: "the train" is no band."""
_AUXILIARIES = frozenset("is was are were does did do has had can".split())
_BEFORE_TITLE = ARTICLES | _AUXILIARIES | {"me", "us"}
_OWNERS = frozenset("his hers theirs".split())
_PRONOUNS = frozenset("him her them".split()) | _OWNERS
_BEFORE_PRONOUN = frozenset(
    "never no avoid without with by of from except minus not but starring featuring than like".split()
)
"""Words before a pronoun that means somebody of the catalogue, not of the user's own life."""
_DANGLING = frozenset({"on", "off", "in", "at"})
"""Words that end a question behind its title: "what album is halo on"."""
_BEHIND_TITLE = frozenset({"by", "from", "please", "pls", "but", "though"})
"""Words that cannot belong to a title which stands alone behind its verb."""
_HELD_BEHIND = frozenset(
    tuple(phrase.split())
    for phrase in "on here|in here|available|in stock|in catalogue|in catalog|in library|in collection|in database|"
    "in list|on list|on offer|part of".split("|")
)
"""Words that complete the question whether the catalogue has something."""
_HELD_BEFORE = tuple(
    tuple(phrase.split())
    for phrase in "do you have|have you got|you got|got|do you carry|do you stock|you guys have".split("|")
)
"""Words before what the catalogue is asked to have."""
_LONGEST_ASKED = 8
_LONGEST_RUN = 3
"""Words of a misspelt name that is looked for without a cue."""
_SHORTEST_SLIP = 6
"""A single word with fewer letters is not taken for a slip of the pen in a name or title."""


class NamedFinder:
    """Match names and titles by the words around them, by the catalogue's one-word names, and with slips."""

    def __init__(self, schema: CatalogSchema, vocabulary: Vocabulary, nouns: Collection[str]) -> None:
        """Prepare the words for each attribute whose values are names, and the questions that the schema knows."""
        self._vocabulary = vocabulary
        self._nouns = nouns
        said = [
            (spec, {words(phrase) for phrase in (spec.name, spec.display, *spec.aliases)}) for spec in schema.attributes
        ]
        self._kinds = {phrase: spec.name for spec, phrases in said if spec.names for phrase in phrases if phrase}
        self._named = frozenset(spec.name for spec in schema.attributes if spec.names)
        self._longest_kind = max((len(phrase) for phrase in self._kinds), default=0)
        asked = {phrase for _, phrases in said for phrase in phrases if len(phrase) > 1 and phrase[0] in _ASKING}
        self._wanted = schema.naming == "want"
        self._openers = asked | {words(verb) for verb in (schema.verb, *schema.verb_aliases)}

    def find_asked_for(self, scan: Scan) -> None:
        """Add what somebody asks the catalogue for: "is Oppenheimer on here?", "is Alien available?"."""
        for at in range(1, len(scan.tokens)):
            start = at if scan.tokens[at - 1].norm in ("is", "are") else 0
            end = next(
                (end for end in range(at + 1, min(len(scan.tokens), at + _LONGEST_ASKED)) if asks_held(scan, end)), 0
            )
            tokens = scan.tokens[at:end]
            if not (start and end and scan.free(at, end)) or scan.clause_start(at) < at - 2:
                continue
            ids = self._vocabulary.title_ids(scan.norms(at, end))
            capitals = all(token.capital for token in tokens if token.norm not in STOP)
            named = bool(self._vocabulary.name(scan.norms(at, end)))
            known = named or self._vocabulary.senses(scan.norms(at, end))
            if ids and not named:
                scan.add(Mention(at, end, "title", item_ids=(ids[0],)))
            elif capitals and not known:
                scan.add(Mention(at, end, "missing", value=scan.quote(at, end)))

    def find_cued(self, scan: Scan) -> None:
        """Add the name behind what it is, however plain its words: "the album American Idiot", "the band Heart"."""
        for at in range(1, len(scan.tokens)):
            attribute = self._kind_before(scan, at)
            if not attribute and scan.ends_at(at, ("by",)):
                self._add_whole(scan, at)
            for end in range(min(len(scan.tokens), at + self._vocabulary.longest_name), at, -1):
                if not attribute or not scan.free(at, end) or scan.tokens[at].starts_clause:
                    continue
                norms = scan.norms(at, end)
                found = self._vocabulary.name(norms).get(attribute)
                if found and not set(norms) <= STOP:
                    scan.add(Mention(at, end, "name", attribute, "eq", found[0]))
                    break

    def _add_whole(self, scan: Scan, at: int) -> None:
        """Add the well-known name of everyday words between "by" and the end or a comma: "songs by the who"."""
        end = at + 1
        while end < len(scan.tokens) and not scan.tokens[end].sep and scan.tokens[end].norm not in _BEHIND_TITLE:
            end += 1
        norms = scan.norms(at, end)
        found = self._vocabulary.name(norms)
        well_known = max((count for _, count in found.values()), default=0) >= self._vocabulary.WELL_KNOWN
        if well_known and scan.free(at, end) and set(norms) <= STOP:
            self._add(scan, at, end, found)

    def find_opened(self, scan: Scan) -> None:
        """Add the title that is all there is behind a question or a verb: "who sings happier?", "play halo"."""
        for start in range(len(scan.tokens)):
            for phrase in self._openers:
                if scan.norms(start, start + len(phrase)) == phrase and self._add_opened(scan, start + len(phrase)):
                    return

        opened = bool(scan.tokens) and scan.tokens[0].norm in _AUXILIARIES and scan.norms(1, 2) == ("the",)
        if self._wanted and opened:
            self._add_longest(scan, 2)

    def _is_title(self, scan: Scan, at: int, end: int) -> bool:
        return bool(self._vocabulary.title_ids(scan.norms(at, end)))

    def _add_longest(self, scan: Scan, at: int) -> None:
        """Add the title behind "is the": where items are things, their titles are plain words."""
        for end in range(min(len(scan.tokens) - 1, at + self._vocabulary.longest_title), at, -1):
            norms = scan.norms(at, end)
            ids = self._vocabulary.title_ids(norms)
            if ids and not (set(norms) <= STOP or self._vocabulary.senses(norms) or norms[0] in ORDINALS):
                scan.add(Mention(at, end, "title", item_ids=(ids[0],)))
                return

    def settle_titles(self, scan: Scan, items: Callable[[Sequence[str]], list[Item]]) -> None:
        """Of several items of one title, take the one that is by whom the message says: "hurt by johnny cash"."""
        for title in [m for m in scan.mentions if m.kind == "title"]:
            by = next((m for m in scan.mentions if m.kind == "name" and _follows(scan, title, m)), None)
            alike = items(self._vocabulary.title_ids(scan.norms(title.start, title.end))) if by else []
            meant = [item.id for item in alike if by and by.value in _labels(item.attributes.get(by.attribute))]
            if by and meant:
                scan.mentions.remove(by)
                scan.mentions[scan.mentions.index(title)] = replace(title, item_ids=(meant[0],))

    def _add_opened(self, scan: Scan, at: int) -> bool:
        end = at
        while (
            end < len(scan.tokens) and not scan.tokens[end].starts_clause and scan.tokens[end].norm not in _BEHIND_TITLE
        ):
            end += 1
        if at + 1 < end and scan.tokens[end - 1].norm in _DANGLING and not self._is_title(scan, at, end):
            end -= 1
        while at < end and not self._is_title(scan, at, end) and self._may_stand_before_title(scan, at):
            at += 1
        norms = scan.norms(at, end)
        if at >= end or not scan.free(at, end) or set(norms) <= STOP or self._vocabulary.senses(norms):
            return False
        named = len(norms) == 1 and self._vocabulary.known_by(norms[0])
        ids = self._vocabulary.title_ids(norms)
        if named or not ids:
            return False
        scan.add(Mention(at, end, "title", item_ids=(ids[0],)))
        return True

    def _may_stand_before_title(self, scan: Scan, at: int) -> bool:
        return scan.tokens[at].norm in _BEFORE_TITLE or scan.tokens[at].norm in self._nouns

    def find_held(self, scan: Scan, held: Sequence[Preference]) -> None:
        """Add the person of a wish in force by the last name alone, however everyday a word: "anyone but cage"."""
        named = [(p.attribute, v) for p in held if p.attribute in self._named for v in _labels(p.value)]
        names = {said[-1]: (attribute, str(value)) for attribute, value in named if (said := words(str(value)))}
        for at, token in enumerate(scan.tokens):
            if token.norm in names and not scan.taken[at] and token.norm not in STOP:
                attribute, value = names[token.norm]
                scan.add(Mention(at, at + 1, "name", attribute, "eq", value))

    def find_pronouns(self, scan: Scan, held: Sequence[Preference]) -> None:
        """Add the person last wished for, or named before, whom a pronoun means: "without her", "more of him"."""
        for at in range(1, len(scan.tokens)):
            if scan.tokens[at].norm not in _PRONOUNS or scan.taken[at] or not _ends_phrase(scan, at + 1):
                continue
            if scan.tokens[at - 1].norm not in _BEFORE_PRONOUN or scan.tokens[at].starts_clause:
                continue
            if scan.tokens[at].norm in _OWNERS and negated(scan, at):
                scan.take(at, at + 1)  # "no documentaries of hers" says nothing against her
                continue
            named = [m for m in scan.mentions if m.kind == "name" and m.end <= at]
            wishes = [p for p in held if p.attribute in self._named and isinstance(p.value, str)]
            if named:
                scan.add(replace(named[-1], start=at, end=at + 1))
            elif wishes:
                scan.add(Mention(at, at + 1, "name", wishes[-1].attribute, "eq", wishes[-1].value))

    def find_single(self, scan: Scan) -> None:
        """Add names of one word that are hardly anything else: "adele", "weezer"; no cue is needed for them."""
        for at, token in enumerate(scan.tokens):
            norm = token.norm[:-1] if token.possessive and token.norm.endswith("s") else token.norm
            common = scan.norms(at - 1, at) in _DETERMINED if at else False
            if scan.taken[at] or common or scan.inside_proper_name(at, at + 1) or not self._may_name(norm):
                continue
            self._add(scan, at, at + 1, self._vocabulary.known_by(norm))

    def correct_half_misspelt(self, scan: Scan) -> None:
        """Correct the slip in a name of two words of which the other is right: "arnold schwarzeneger"."""
        for at in range(len(scan.tokens) - 1):
            norms = scan.norms(at, at + 2)
            strange = [norm for norm in norms if self._is_strange(norm) and len(norm) >= _SHORTEST_SLIP]
            if len(strange) != 1 or scan.tokens[at + 1].sep or not scan.free(at, at + 2):
                continue
            names = [words(name) for name, _ in self._vocabulary.closest_name(" ".join(norms)).values()]
            for name in names:
                if len(name) == len(norms) and sum(a == b for a, b in zip(name, norms, strict=True)) == 1:
                    scan.reword(at + norms.index(strange[0]), name[norms.index(strange[0])])
                    break

    def complete_names(self, scan: Scan) -> None:
        """Take the first names behind a last one as part of it: "Kurosawa, Akira"."""
        for mention in [m for m in scan.mentions if m.kind == "name" and m.end == m.start + 1]:
            full = words(str(mention.value))
            end = mention.end + len(full) - 1
            if len(full) > 1 and scan.norms(mention.end, end) == full[:-1] and "," in scan.tokens[mention.end].sep:
                scan.mentions = [m for m in scan.mentions if not mention.end <= m.start < end]
                scan.take(mention.end, end)

    def find_misspelt(self, scan: Scan) -> None:
        """Resolve words that neither catalogue nor language knows to the name or title that they nearly are."""
        for at in range(len(scan.tokens)):
            for end in range(min(len(scan.tokens), at + _LONGEST_RUN), at + 1, -1):
                if self._is_run(scan, at, end) and self._add(scan, at, end, self._nearly(scan, at, end)):
                    break
            if scan.free(at, at + 1) and self._is_strange(scan.tokens[at].norm):
                self._resolve_word(scan, at)

    def _nearly(self, scan: Scan, at: int, end: int) -> dict[str, tuple[str, int]]:
        """Return the name that a run nearly is; where other names hold all of its words, only a well-known one."""
        found = self._vocabulary.closest_name(scan.quote(at, end))
        strange = any(self._is_strange(norm) for norm in scan.norms(at, end))
        known = max((count for _, count in found.values()), default=0) >= self._vocabulary.WELL_KNOWN
        return found if strange or known else {}

    def _resolve_word(self, scan: Scan, at: int) -> None:
        norm = scan.tokens[at].norm
        if len(norm) < _SHORTEST_SLIP or self._add(scan, at, at + 1, self._vocabulary.closest_known_by(norm)):
            return
        alone = not scan.mentions and not any(
            self._is_content(scan, other) for other in range(len(scan.tokens)) if other != at
        )
        item_id = self._vocabulary.closest_title(norm) if alone else None
        if item_id:
            scan.add(Mention(at, at + 1, "title", item_ids=(item_id,)))

    def _kind_before(self, scan: Scan, at: int) -> str:
        """Return the attribute whose word stands before token ``at``, or ""."""
        for length in range(min(self._longest_kind, at), 0, -1):
            if attribute := self._kinds.get(scan.norms(at - length, at)):
                return attribute
        return ""

    def _may_name(self, norm: str) -> bool:
        plain = norm in STOP or norm in TALK or norm in self._nouns or norm.isdigit() or len(norm) < 3
        return not (plain or self._vocabulary.senses((norm,)))

    def _is_strange(self, norm: str) -> bool:
        known = self._vocabulary.is_word(norm) or self._vocabulary.is_english(norm)
        return self._may_name(norm) and not known

    def _is_unusual(self, norm: str) -> bool:
        return self._may_name(norm) and not self._vocabulary.is_english(norm)

    def _is_run(self, scan: Scan, at: int, end: int) -> bool:
        """Whether free words in one breath hold one that is no English and none that is everyday talk."""
        norms = scan.norms(at, end)
        joined = any(token.sep.strip("-.'’&") for token in scan.tokens[at + 1 : end])
        plain = any(norm in STOP or norm in TALK or norm in self._nouns for norm in norms)
        return scan.free(at, end) and not joined and not plain and any(self._is_unusual(norm) for norm in norms)

    def _is_content(self, scan: Scan, at: int) -> bool:
        norm = scan.tokens[at].norm
        return not (norm in STOP or norm in TALK or norm in self._nouns)

    def _add(self, scan: Scan, at: int, end: int, found: dict[str, tuple[str, int]]) -> bool:
        if not found:
            return False
        attribute = max(found, key=lambda name: found[name][1])
        scan.add(Mention(at, end, "name", attribute, "eq", found[attribute][0]))
        return True


def asks_held(scan: Scan, at: int) -> bool:
    """Whether the words from token ``at`` on complete "is ...": "on here", "available", "in your catalogue"."""
    norms = tuple(norm for norm in scan.norms(at, at + 4) if norm not in ("the", "your", "this"))
    return norms[:2] in _HELD_BEHIND or norms[:1] in _HELD_BEHIND


def asks_whether_held(scan: Scan, at: int) -> bool:
    """Whether what begins at token ``at`` is asked for in the catalogue: "do you have Oppenheimer?"."""
    while at and scan.tokens[at - 1].norm in ARTICLES and not scan.tokens[at].sep:
        at -= 1
    return any(scan.ends_at(at, phrase) for phrase in _HELD_BEFORE)


def _ends_phrase(scan: Scan, at: int) -> bool:
    """Whether no noun can follow at token ``at``, as it does in "her films"."""
    return at >= len(scan.tokens) or bool(scan.tokens[at].sep) or scan.tokens[at].norm in STOP or scan.taken[at]


def _follows(scan: Scan, title: Mention, name: Mention) -> bool:
    """Whether a name stands behind a title with nothing but "by" or "from" between."""
    return scan.norms(title.end, name.start) in (("by",), ("from",)) and name.start == title.end + 1


def _labels(value: AttributeValue | None) -> tuple[object, ...]:
    return value if isinstance(value, tuple) else (value,)


def is_mere_phrase(vocabulary: Vocabulary, norms: tuple[str, ...], found: dict[str, tuple[str, int]]) -> bool:
    """Whether a name written small is sooner meant as plain words: an article and one everyday noun, "the car".

    A bearer of several items is believed all the same.
    """
    content = [norm for norm in norms if norm not in STOP]
    rare = max((count for _, count in found.values()), default=0) < vocabulary.WELL_KNOWN
    return len(content) <= 1 and rare and all(vocabulary.is_english(norm) for norm in content)
