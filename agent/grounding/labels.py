"""Bind the names and labels of a sentence to the attributes that its wording names: who directed is not who stars."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeVar

from retrieval.types import AttributeValue, CatalogSchema, Item

from .lexicon import ARTICLES, CLAIMING_VERBS, PRESENTING, TOPIC_PREFIXES, VERBS
from .readings import Claim, Reading
from .tokens import same_word
from .vocabulary import PREPOSITIONS, Cue, Phrase, as_tuple, item_phrases, known_wordings, prefix_of, stands

_Wording = TypeVar("_Wording", Cue, Phrase)
_LIST = frozenset({",", "and", "&"})


class _Role(NamedTuple):
    groups: tuple[frozenset[str], ...]
    """The name must be a value of one attribute out of every group."""
    tokens: range


class LabelReader:
    """Read the names and labels of one item out of sentences."""

    def __init__(self, schema: CatalogSchema, item: Item, cues: list[Cue]) -> None:
        """Prepare the wordings of the schema and of the item's facts."""
        self._specs = {spec.name: spec for spec in schema.attributes}
        self._cues = cues
        self._cues_by = _by_first_letter(cues)
        self._known = known_wordings(schema)
        self._prefixes = {spec.name: prefix_of(spec) for spec in schema.attributes}
        phrases = sorted(item_phrases(schema, item), key=lambda phrase: -len(phrase.words))
        self._phrases_by = _by_first_letter(phrases)
        self._creators = [
            spec.name for spec in schema.attributes if spec.names and self._prefixes[spec.name][-1:] == ("by",)
        ]
        self._name_fields = frozenset(spec.name for spec in schema.attributes if spec.names)

    def read(self, reading: Reading) -> None:
        """Claim every name and label that stands in its role."""
        self._mark_cues(reading)
        self._claim_labels(reading)

    def _mark_cues(self, reading: Reading) -> None:
        """Note where the attributes are named."""
        i = 0
        while i < len(reading.tokens):
            fitting = [c for c in self._cues_by.get(reading.norm(i)[:1], ()) if stands(reading.norm, c.words, i)]
            exact = [c for c in fitting if c.words == tuple(reading.norm(i + k) for k in range(len(c.words)))]
            cue = next(iter(exact or fitting), None)
            if cue is None or i in reading.covered:
                i += 1
                continue
            reading.cue_at[i] = cue
            i += len(cue.words)

    def _claim_labels(self, reading: Reading) -> None:
        role: _Role | None = None
        i = 0
        while i < len(reading.tokens):
            if reading.norm(i) == ";":
                role = None
            role = self._role_at(reading, i, role) or role
            cue = reading.cue_at.get(i)
            if i in reading.covered or (cue is not None and not cue.weak and not self._label_of_cue(reading, i, cue)):
                i += len(cue.words) if cue and i not in reading.covered else 1
                continue
            i = self._label_at(reading, i, role) or i + 1

    def _label_of_cue(self, reading: Reading, i: int, cue: Cue) -> bool:
        """Tell whether an attribute's name is here (part of) a value: "deals with writers", "Oscar-winning"."""
        for phrase in self._phrases_by.get(reading.norm(i)[:1], ()):
            if phrase.named or self._matches(reading, i, phrase) is None:
                continue
            if len(phrase.words) > len(cue.words) or self._announced(reading, phrase.field, i):
                return True
        return False

    def _role_at(self, reading: Reading, i: int, role: _Role | None) -> _Role | None:
        """Return the role that a cue for names opens at this token, shared ``by`` included."""
        cue = reading.cue_at.get(i)
        if cue is None or cue.weak or not cue.fields & self._name_fields:
            return self._shared_by(reading, i)
        fields = cue.fields & self._name_fields
        groups: tuple[frozenset[str], ...] = (fields,)
        if role is not None and role.tokens.stop == i and len(role.groups) == 1 and role.groups[0] != fields:
            groups = (*role.groups, fields)
        tokens = range(i, i + len(cue.words))
        if cue.words[-1] == "by" or cue.words[0] not in PRESENTING | VERBS or cue.words[0] in CLAIMING_VERBS:
            reading.dangling.update(tokens)
        return _Role(groups, tokens)

    def _shared_by(self, reading: Reading, i: int) -> _Role | None:
        """Read the first half of ``written and directed by``."""
        if reading.norm(i + 1) not in ("and", ",", "&"):
            return None
        following = reading.cue_at.get(i + 2)
        if following is None or following.words[-1:] != ("by",):
            return None
        fields = frozenset(
            name for name in self._creators if len(self._prefixes[name]) == 2
            and same_word(self._prefixes[name][0], reading.norm(i))
        )  # fmt: skip
        if not fields:
            return None
        reading.covered.add(i)
        return _Role((fields,), range(i, i + 2))

    def _label_at(self, reading: Reading, i: int, role: _Role | None) -> int | None:
        """Claim the longest wording that starts here and may stand here; return the token after it."""
        size = 0
        matches: list[tuple[Phrase, int]] = []
        for phrase in self._phrases_by.get(reading.norm(i)[:1], ()):
            if size and len(phrase.words) < size:
                break
            end = self._matches(reading, i, phrase)
            if end is not None and not reading.covered & set(range(i, end)):
                matches.append((phrase, end))
                size = len(phrase.words)
        if not matches:
            return None
        end = matches[0][1]
        fields = {phrase.field for phrase, _ in matches}
        for name in self._permitted(reading, i, end, fields, role):
            phrase = next(phrase for phrase, _ in matches if phrase.field == name)
            reading.claim(Claim(i, end, name, phrase.value, _has(name, phrase.value)))
            if role is not None and name in self._name_fields:
                reading.dangling.difference_update(role.tokens)
        return end if i in reading.covered else None

    def _matches(self, reading: Reading, i: int, phrase: Phrase) -> int | None:
        if phrase.named and reading.tokens[i].text[:1].islower():
            return None
        at = i
        for word in phrase.words:
            while at > i and reading.norm(at) in ("-", ".", "/", "'s", "&"):
                at += 1
            found = reading.norm(at)
            if not found or not (found == word or (not phrase.named and same_word(word, found))):
                return None
            at += 1
        return at

    def _permitted(self, reading: Reading, start: int, end: int, fields: set[str], role: _Role | None) -> list[str]:
        """Return the attributes, of those whose value stands here, that the wording really names."""
        names = fields & self._name_fields
        if names:
            allowed = self._named(reading, start, end, names, role)
            if allowed:
                return allowed
        plain = fields - self._name_fields
        announced = {name for name in plain if self._announced(reading, name, start)}
        if announced:
            return sorted(announced)[:1]
        preposition = self._preposition(reading, start)
        if preposition is not None:
            plain &= preposition
        return self._unambiguous(reading, start, end, plain)[:1]

    def _announced(self, reading: Reading, name: str, start: int) -> bool:
        """Tell whether the attribute's own words, or another of its values in a list, stand right before."""
        listed = reading.norm(start - 1) in _LIST and any(
            claim.field == name and claim.end == start - 1 for claim in reading.claims
        )
        prefix = self._prefixes[name]
        spelled = bool(prefix) and stands(reading.norm, prefix, start - len(prefix))
        return listed or (spelled and (len(prefix) > 1 or prefix[0] not in PREPOSITIONS))

    def _named(self, reading: Reading, start: int, end: int, names: set[str], role: _Role | None) -> list[str]:
        if role is not None and self._in_reach(reading, role, start):
            if all(group & names for group in role.groups):
                return sorted(names & frozenset().union(*role.groups))
            return []
        before = reading.norm(start - 1)
        if before == "by":
            return [name for name in self._creators[:1] if name in names]
        if before in PREPOSITIONS:
            return sorted(name for name in names if self._prefixes[name] == (before,))
        cue_at = end + 2 if reading.norm(end) == "as" and reading.norm(end + 1) in ARTICLES else end
        following = reading.cue_at.get(cue_at)
        if following is not None and following.words[-1] != "by":
            reading.covered.update(range(cue_at, cue_at + len(following.words)) if names & following.fields else ())
            return sorted(names & following.fields)
        return sorted(name for name in names if self._directs(reading, name, end))

    def _in_reach(self, reading: Reading, role: _Role, start: int) -> bool:
        """Tell whether only names and list marks stand between a cue and this name."""
        between = range(role.tokens.stop, start)
        return all(
            k in reading.covered or reading.norm(k) in _LIST | ARTICLES | {"is", "are", "was", ":", "."}
            for k in between
        )

    def _directs(self, reading: Reading, name: str, end: int) -> bool:
        """Tell whether the verb of ``directed by`` follows the name in the active voice."""
        prefix = self._prefixes[name]
        verb = reading.norm(end)
        active = len(prefix) == 2 and prefix[1] == "by" and verb.endswith("s") and same_word(prefix[0], verb)
        if active:
            reading.covered.add(end)
        return active

    def _preposition(self, reading: Reading, start: int) -> frozenset[str] | None:
        """Return the attributes that a preposition right before a label allows, or None when there is none."""
        before = reading.norm(start - 1)
        if before not in ("in", "from", "about", "by", "against", "during", "at"):
            return None
        if any(reading.norm(start - k) == "set" for k in (2, 3)):
            return frozenset()
        if before == "about":
            return frozenset(name for name, prefix in self._prefixes.items() if prefix in TOPIC_PREFIXES)
        return frozenset(
            name for name, prefix in self._prefixes.items()
            if prefix[-1:] == (before,) or (before == "from" and prefix[-1:] == ("in",) and self._specs[name].unit)
        )  # fmt: skip

    def _unambiguous(self, reading: Reading, start: int, end: int, fields: set[str]) -> list[str]:
        """Drop readings that a rival attribute claims: ``French`` alone is a country before it is a language."""
        found = " ".join(token.norm for token in reading.tokens[start:end] if token.word)
        rivals = self._known.get(found, frozenset()) | fields
        named = self._label_after(reading, end)
        if named & rivals:
            return sorted(fields & named)
        before = reading.norm(start - 1)
        listed = {claim.field for claim in reading.claims if before in _LIST and claim.end == start - 1}
        if listed & rivals - fields:
            return []
        if before in PREPOSITIONS:
            return sorted(fields)
        plain = {name for name in rivals if self._prefixes[name] != ("in",)}
        return sorted(fields & plain) if plain else sorted(fields)

    def _label_after(self, reading: Reading, end: int) -> frozenset[str]:
        at = end + 1 if reading.norm(end) == "-" else end
        for cue in self._cues:
            if not cue.weak and stands(reading.norm, cue.words, at):
                return cue.fields
        return frozenset()


def _by_first_letter(wordings: Sequence[_Wording]) -> dict[str, list[_Wording]]:
    """Group wordings by the letter they begin with, which every form of their first word shares."""
    groups: dict[str, list[_Wording]] = {}
    for wording in wordings:
        groups.setdefault(wording.words[0][:1], []).append(wording)
    return groups


def _has(name: str, value: AttributeValue) -> Callable[[Item], bool]:
    def holds(item: Item) -> bool:
        other = item.attributes.get(name)
        return other is not None and value in as_tuple(other)

    return holds
