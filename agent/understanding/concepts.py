"""Find named people and places, categories, and comparisons ("shorter", "less bleak") in a message."""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal

from retrieval.types import CatalogSchema

from .named import asks_whether_held, is_mere_phrase
from .scan import Mention, Scan
from .text import singular, words
from .vocabulary import Sense, Vocabulary
from .words import ARTICLES, CONNECTORS, NAME_PARTICLES, STOP, TALK

_LONGEST_NAME = 5
_LONGEST_SENSE = 6
_WELL_KNOWN = 4
"""Behind a word of taste, a last name alone is believed when its bearer made at least this many items."""
_FAMOUS = 20
"""Who takes part in at least this many items is sooner asked for by the last name alone than an unknown title."""
_ABOUT = 0.75
"""Who made at least this share of what they also took another part in is meant as its maker."""
_SHORT_MESSAGE = 2
"""A message of so few words that is a known last name means its bearer."""
_TASTE_CUES = tuple((word,) for word in "like love loved liked enjoy enjoyed adore of hate".split())
_SUBJECT_CUES = frozenset({"about", "on", "exploring", "dealing", "involving", "concerning", "regarding"})
_VERBS_OF_TASTE = frozenset("i id we you really would just always do she he they dont didnt all also".split())
_GENERIC_ROLE_CUES = frozenset({"by", "with", "starring", "featuring", "from"})


class ConceptFinder:
    """Match the catalogue's vocabulary, with the words beside it deciding between meanings."""

    def __init__(self, schema: CatalogSchema, vocabulary: Vocabulary, nouns: Collection[str]) -> None:
        """Prepare the role cues ("directed by") and the comparatives of the schema."""
        self._schema = schema
        self._vocabulary = vocabulary
        self._nouns = nouns
        self._cues: dict[tuple[str, ...], list[str]] = {}
        self._subjects = [
            spec.name for spec in schema.attributes if "subject" in spec.aliases or "topic" in spec.aliases
        ]
        self._comparatives: dict[tuple[str, ...], tuple[str, Literal["lower", "higher"]]] = {}
        for spec in schema.attributes:
            head = spec.sentence.split("{value}")[0]
            for phrase in {head, *spec.aliases, spec.display, spec.name}:
                if words(phrase):
                    self._cues.setdefault(words(phrase), []).append(spec.name)
            for phrase, direction in spec.comparatives.items():
                self._comparatives[words(phrase)] = (spec.name, direction)

    def find_names(self, scan: Scan) -> None:
        """Add a ``name`` mention for each person, place or company that the catalogue knows."""
        for at in range(len(scan.tokens)):
            if scan.taken[at]:
                continue
            for end in range(min(len(scan.tokens), at + _LONGEST_NAME), at, -1):
                if scan.free(at, end) and self._add_name(scan, at, end):
                    break

    def find_misspelt_names(self, scan: Scan) -> None:
        """Resolve capitalised words behind a role cue ("directed by Dennis Vilneuve") with tolerance for typos."""
        self._find_misspelt_before_noun(scan)
        self._find_misspelt_behind_by(scan)
        for at in range(1, len(scan.tokens)):
            token = scan.tokens[at]
            if scan.taken[at] or not token.capital or token.is_number or not self._role_before(scan, at):
                continue
            end = at
            while end < min(len(scan.tokens), at + 4) and not scan.taken[end] and _in_name(scan, end):
                if end > at and (scan.tokens[end].sep.strip("-.") or scan.tokens[end].starts_clause):
                    break
                end += 1
            found = self._vocabulary.closest_name(scan.quote(at, end))
            if found:
                self._record_name(scan, at, end, found)
            elif end - at >= 2:
                scan.add(Mention(start=at, end=end, kind="missing", value=scan.quote(at, end)))

    def _find_misspelt_before_noun(self, scan: Scan) -> None:
        """Resolve "martin scorcese movies", "tarantio films": the words between an opening and a noun."""
        for noun_at in range(1, len(scan.tokens)):
            kind = any(m.kind == "sense" and m.start == noun_at for m in scan.mentions)
            if scan.tokens[noun_at].norm not in self._nouns and not kind:
                continue
            at = noun_at
            while (
                at
                and noun_at - at < 3
                and self._may_be_name(scan, at - 1)
                and not (at < noun_at and scan.tokens[at].sep)
            ):
                at -= 1
            found = self._vocabulary.closest_name(scan.quote(at, noun_at)) if noun_at - at > 1 else {}
            if not found and at < noun_at and not kind:
                at = noun_at - 1
                kind_meant = self._vocabulary.corrected(scan.tokens[at].norm)  # "mystry films" are no Mistry's
                found = {} if kind_meant else self._vocabulary.closest_surname(scan.tokens[at].norm)
            if found:
                self._record_name(scan, at, noun_at, found)

    def _find_misspelt_behind_by(self, scan: Scan) -> None:
        """Resolve "anything by steven speilberg" and "a film by hitchcok", written small."""
        for at in range(1, len(scan.tokens)):
            if scan.tokens[at - 1].norm not in ("by", "starring") or not self._may_be_name(scan, at):
                continue
            whole = at + 1 < len(scan.tokens) and not scan.tokens[at + 1].sep and scan.free(at, at + 2)
            found = self._vocabulary.closest_name(scan.quote(at, at + 2)) if whole else {}
            if found:
                self._record_name(scan, at, at + 2, found)
            elif surname := self._vocabulary.closest_surname(scan.tokens[at].norm):
                self._record_name(scan, at, at + 1, surname)

    def _may_be_name(self, scan: Scan, at: int) -> bool:
        token = scan.tokens[at]
        plain = token.norm in STOP or token.norm in self._nouns or self._vocabulary.is_everyday(token.norm)
        return not (scan.taken[at] or plain or token.is_number)

    def find_senses(self, scan: Scan) -> None:
        """Add a ``sense`` mention for each category or phrase of the catalogue."""
        for at in range(len(scan.tokens)):
            if scan.taken[at]:
                continue
            for end in range(min(len(scan.tokens), at + _LONGEST_SENSE), at, -1):
                if scan.free(at, end) and self._add_sense(scan, at, end):
                    break

    def find_misspelt_senses(self, scan: Scan) -> None:
        """Correct unexplained words that are a typo away from a category ("horor", "romatic comdey"); read on."""
        corrected = False
        for at, token in enumerate(scan.tokens):
            if scan.taken[at] or token.norm in STOP or token.norm in self._nouns or token.is_number or token.capital:
                continue
            if (token.norm,) in self._cues:
                continue
            meant = self._vocabulary.corrected(token.norm)
            if meant:
                scan.reword(at, meant)
                corrected = True
        if corrected:
            self.find_senses(scan)

    def compared_at(self, norms: tuple[str, ...]) -> tuple[str, Literal["lower", "higher"]] | None:
        """Return (attribute, direction) of a comparison or superlative in just these words, or None."""
        return self._comparatives.get(_as_comparative(norms))

    def find_comparatives(self, scan: Scan) -> None:
        """Add a ``comparative`` mention for each wording such as "shorter", "less bleak" or "more romantic"."""
        for at in range(len(scan.tokens)):
            for end in range(min(len(scan.tokens), at + 3), at, -1):
                found = self._comparatives.get(_as_comparative(scan.norms(at, end)))
                if found and scan.free(at, end):
                    scan.add(Mention(at, end, "comparative", found[0], direction=found[1]))
                    break
            else:
                self._add_graded_sense(scan, at)

    def _add_graded_sense(self, scan: Scan, at: int) -> None:
        """Read "funnier", "more romantic" and "less violent" as a leaning towards or away from a category."""
        norm = scan.tokens[at].norm
        if norm in ("more", "less", "most", "least") and scan.free(at, at + 2):
            pair = self._vocabulary.senses(scan.norms(at + 1, at + 3)) if scan.free(at, at + 3) else []
            end = at + 3 if len(pair) == 1 else at + 2
            senses = self._vocabulary.senses(scan.norms(at + 1, end))
            direction = "higher" if norm in ("more", "most") else "lower"
        elif scan.free(at, at + 1) and norm.endswith("er") and norm not in STOP:
            senses = next((s for s in (self._vocabulary.senses((w,)) for w in positive_forms(norm)) if s), [])
            end, direction = at + 1, "higher"
        else:
            return
        senses = [sense for sense in senses if sense.op == "eq"] or senses
        if senses:
            sense = self._pick(scan, senses, at, end)
            scan.add(
                Mention(
                    at,
                    end,
                    "comparative",
                    sense.attribute,
                    sense.op,
                    sense.value,
                    (),
                    "higher" if direction == "higher" else "lower",
                )
            )

    def _add_name(self, scan: Scan, at: int, end: int) -> bool:
        norms = scan.norms(at, end)
        if end - at == 1:
            return self._add_surname(scan, at)
        found = self._vocabulary.name(norms) or self._vocabulary.particled(norms)
        if not found and scan.tokens[end - 1].possessive and norms[-1].endswith("s"):
            found = self._vocabulary.name((*norms[:-1], norms[-1][:-1]))
        if self._vocabulary.senses(norms):
            return False  # the catalogue's own wording for it comes first: "the Coens" are two people
        plain = all(norm in STOP or self._vocabulary.senses((norm,)) for norm in norms)
        small = not all(token.capital for token in scan.tokens[at:end])
        if not found or (small and (plain or is_mere_phrase(self._vocabulary, norms, found))):
            return False
        self._record_name(scan, at, end, found)
        return True

    def _add_surname(self, scan: Scan, at: int) -> bool:
        token = scan.tokens[at]
        norm = token.norm[:-1] if token.possessive and token.norm.endswith("s") else token.norm
        if (
            norm in STOP
            or norm in self._nouns
            or token.is_number
            or (self._vocabulary.senses((norm,)) and not token.possessive)
        ):
            return False
        role = self._role_before(scan, at)
        before_noun = at + 1 < len(scan.tokens) and scan.tokens[at + 1].norm in self._nouns
        maker = next((spec.name for spec in self._schema.attributes if spec.names), "")
        full = self._vocabulary.name((norm,)) if token.capital or role or before_noun else {}
        found = dict(full) or self._vocabulary.surname(norm)
        plural = norm.removesuffix("s") if not found and token.capital and norm.endswith("s") else ""
        if (
            plural
            and self._vocabulary.is_maker(plural)
            and not (self._in_longer_phrase(scan, at) or scan.inside_proper_name(at, at + 1))
        ):  # "other Hitchcocks" are what somebody made
            self._record_name(scan, at, at + 1, {maker: self._vocabulary.surname(plural)[maker]})
            return True
        if scan.inside_proper_name(at, at + 1):
            return False
        famous = self._vocabulary.is_maker(norm) or max((count for _, count in found.values()), default=0) >= _FAMOUS
        if asks_whether_held(scan, at) and not (famous or before_noun):
            return False  # "do you have Oppenheimer?" asks for a title, whoever else is called so
        joined = any(
            m.kind == "name" and scan.norms(m.end, at) in (("and",), ("or",), ()) and m.end <= at for m in scan.mentions
        )
        said_as_taste = scan.norms(at - 1, at) in _TASTE_CUES or len(scan.tokens) <= _SHORT_MESSAGE
        said_as_taste |= len(norm) > 4 and not self._vocabulary.is_everyday(norm) and norm not in TALK
        said_as_taste |= scan.norms(at - 1, at) in (("a",), ("an",), ("some",)) and not self._vocabulary.is_everyday(
            norm
        )
        bearer = self._well_known_role(norm, found, maker)
        liked_work = bearer != maker and scan.norms(at - 1, at) in _TASTE_CUES
        known = said_as_taste and bool(bearer) and not liked_work
        if self._in_longer_phrase(scan, at):
            return False
        everyday = self._vocabulary.is_everyday(norm) and self._vocabulary.is_english(norm)
        if not token.capital and not role and everyday:
            return False  # "I like story" means no Story
        if not found or not (role or (token.capital and (token.possessive or before_noun or joined)) or known):
            return False
        if (
            not token.capital
            and not known
            and not before_noun
            and (role not in ("by", *found) or self._vocabulary.is_everyday(norm))
        ):
            return False
        if not token.capital and max(count for _, count in found.values()) < 3:
            return False
        self._record_name(scan, at, at + 1, {bearer: found[bearer]} if known else found)
        return True

    def _well_known_role(self, norm: str, found: dict[str, tuple[str, int]], maker: str) -> str:
        """Return the role for which a last name is known by itself: makers sooner than others; "" for none."""
        if found.get(maker, ("", 0))[1] >= _WELL_KNOWN:
            return maker
        role = max(found, key=lambda name: found[name][1], default="")
        return role if role and found[role][1] >= 2 * _WELL_KNOWN and not self._vocabulary.is_english(norm) else ""

    def _in_longer_phrase(self, scan: Scan, at: int) -> bool:
        """Whether the word is part of a phrase that the catalogue knows: "story" in "love story"."""
        pairs = (scan.norms(at - 1, at + 1) if at else (), scan.norms(at, at + 2))
        return any(len(pair) == 2 and self._vocabulary.senses(pair) for pair in pairs)

    def _record_name(self, scan: Scan, at: int, end: int, found: dict[str, tuple[str, int]]) -> None:
        role = self._role_behind(scan, end) or self._role_before(scan, at)
        attribute = role if role in found else ""
        if not attribute and (
            scan.ends_at(at, ("with",)) or scan.ends_at(at, ("starring",)) or scan.ends_at(at, ("featuring",))
        ):
            maker = next((spec.name for spec in self._schema.attributes if spec.names), "")
            others = [name for name in found if name != maker]
            attribute = max(others, key=lambda name: found[name][1], default="")
        if not attribute:
            attribute = self._likeliest_role(scan, at, end, found)
        scan.add(Mention(at, end, "name", attribute, "eq", found[attribute][0]))
        for length in (4, 3, 2, 1):
            if at >= length and attribute in self._cues.get(scan.norms(at - length, at), ()):
                scan.take(at - length, at)

    def _likeliest_role(self, scan: Scan, at: int, end: int, found: dict[str, tuple[str, int]]) -> str:
        """Choose between roles of one person: makers where the words say so, else the role they have most often."""
        order = [spec.name for spec in self._schema.attributes if spec.name in found]
        owned = scan.tokens[end - 1].possessive or scan.ends_at(at, ("by",))
        behind_noun = end < len(scan.tokens) and scan.tokens[end].norm in self._nouns
        if owned or (behind_noun and found[order[0]][1] * 2 >= max(count for _, count in found.values())):
            return order[0]
        most = max(order, key=lambda name: found[name][1])
        return order[0] if found[order[0]][1] >= _ABOUT * found[most][1] else most

    def _role_behind(self, scan: Scan, end: int) -> str:
        """Return the role of "Clint Eastwood as a director"."""
        norms = scan.norms(end, end + 3)
        done = next((n for n in self._cues.get(norms[:1], ()) if _is_named(self._schema, n)), "")
        if done or len(norms) < 2 or norms[0] != "as":
            return done
        noun = norms[2:3] if norms[1] in ARTICLES else norms[1:2]
        return next((n for n in self._cues.get(noun, ()) if _is_named(self._schema, n)), "")

    def _role_before(self, scan: Scan, at: int) -> str:
        """Return the attribute whose cue stands before token ``at`` or before the list of names that it continues."""
        while True:
            for length in (4, 3, 2, 1):
                names = self._cues.get(scan.norms(at - length, at)) if at >= length else None
                if names and not scan.tokens[at].starts_clause:
                    return next((n for n in names if _is_named(self._schema, n)), "")
            if at and scan.norms(at - 1, at)[0] in _GENERIC_ROLE_CUES:
                return "by"
            before = next(
                (
                    m
                    for m in scan.mentions
                    if m.kind == "name" and set(scan.norms(m.end, at)) <= CONNECTORS and m.end <= at
                ),
                None,
            )
            if before is None or (before.end == at and "," not in scan.tokens[at].sep):
                return ""
            return before.attribute

    def _add_sense(self, scan: Scan, at: int, end: int) -> bool:
        norms = scan.norms(at, end)
        if len(norms) == 1 and (norms[0] in STOP and not self._is_theme_use(scan, at)):
            return False
        if any(token.sep.strip("-/'’") for token in scan.tokens[at + 1 : end]) or (
            norms[0] in self._nouns and len(norms) == 1
        ):
            return False
        senses = self._vocabulary.senses(norms)
        if not senses:
            return False
        picked = self._pick(scan, senses, at, end)
        plural = norms[-1].endswith("s") and self._vocabulary.knows((*norms[:-1], singular(norms[-1])))
        # A wording such as "romcom" stands for several values of one attribute, all of which are meant.
        for sense in [s for s in senses if s.attribute == picked.attribute and s.op == "eq"] or [picked]:
            beside = [*senses, *self._kind_said(norms)]
            others = tuple((s.attribute, s.value) for s in beside if s.attribute != sense.attribute and s.op == "eq")
            scan.add(Mention(at, end, "sense", sense.attribute, sense.op, sense.value, plural=plural, others=others))
        return True

    def _kind_said(self, norms: tuple[str, ...]) -> list[Sense]:
        """Return the kind of item whose noun ends a wording of something else: the drama of "courtroom drama"."""
        found = self._vocabulary.senses(norms[-1:]) if len(norms) > 1 else []
        return [s for s in found if (spec := self._schema.get(s.attribute)) is not None and str(s.value) in spec.nouns]

    def _is_theme_use(self, scan: Scan, at: int) -> bool:
        """Whether an everyday word is meant as a subject: "about love", not "I love"."""
        return scan.ends_at(at, ("about",)) and bool(self._vocabulary.senses(scan.norms(at, at + 1)))

    def _pick(self, scan: Scan, senses: list[Sense], at: int, end: int) -> Sense:
        """Choose the meaning that the words before or behind point at, else the first in schema order."""
        if len(senses) == 1:
            return senses[0]
        start = at
        while (
            start
            and (scan.tokens[start - 1].norm in ARTICLES or scan.taken[start - 1])
            and not scan.tokens[start].starts_clause
        ):
            start -= 1
        pointed = _attributes_joined(scan, at)
        for length in (4, 3, 2, 1):
            pointed += self._cues.get(scan.norms(start - length, start), []) if start >= length else []
            pointed += self._cues.get(scan.norms(end, end + length), []) if end + length <= len(scan.tokens) else []
        if start and scan.tokens[start - 1].norm in _SUBJECT_CUES:
            pointed = [*self._subjects, *pointed]
        for name in pointed:
            for sense in senses:
                if sense.attribute == name:
                    return sense
        return senses[0]


def _attributes_joined(scan: Scan, at: int) -> list[str]:
    """Return what the category before "or" or "and" is about, for the one behind it: "in English or French"."""
    joined = at > 1 and scan.norms(at - 1, at) in (("or",), ("and",))
    return [m.attribute for m in scan.mentions if joined and m.kind == "sense" and m.end == at - 1]


def _in_name(scan: Scan, at: int) -> bool:
    """Whether a word can belong to a name: capitalised, or a particle before a capital ("de" in "Louis de Funès")."""
    behind = scan.tokens[at + 1 : at + 2]
    particle = scan.tokens[at].norm in NAME_PARTICLES and any(token.capital and not token.sep for token in behind)
    return scan.tokens[at].capital or particle


def _is_named(schema: CatalogSchema, name: str) -> bool:
    spec = schema.get(name)
    return bool(spec and spec.names)


def _as_comparative(norms: tuple[str, ...]) -> tuple[str, ...]:
    """Bring superlatives to the form under which comparatives are known: "shortest" to "shorter", "most" to "more"."""
    swapped = [{"most": "more", "least": "less"}.get(norm, norm) for norm in norms]
    if len(swapped) == 1 and swapped[0].endswith("est") and len(swapped[0]) > 4:
        swapped[0] = swapped[0][:-3] + "er"
    return tuple(swapped)


def is_superlative(scan: Scan, mention: Mention) -> bool:
    """Whether a comparison is with all the others: "newest of those"."""
    norms = scan.norms(mention.start, mention.end)
    return norms[0] in ("most", "least") or norms[-1].endswith("est")


def positive_forms(comparative: str) -> tuple[str, ...]:
    """Return the adjectives that an English comparative may come from: "funnier" -> "funny", "darker" -> "dark"."""
    stem = comparative[:-2]
    forms = [stem, stem + "e"]
    if stem.endswith("i"):
        forms.insert(0, stem[:-1] + "y")
    if len(stem) > 2 and stem[-1] == stem[-2]:
        forms.append(stem[:-1])
    return tuple(forms)
