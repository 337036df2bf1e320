"""Find who and what is named through an item: "any others by him?", "by the same director", "from that category"."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from retrieval.types import CatalogSchema, Item

from .polarity import negated
from .scan import Mention, MentionKind, Scan
from .text import words

_PRONOUNS = frozenset("him her them".split())
_OWNERS = frozenset("his hers theirs".split())
_SUBJECTS = frozenset("she he they".split())
_MAKING = frozenset("make made making do done did doing create created".split())
_WORKS = (("what", "have"), ("what", "has"), ("what", "did"))
"""Before "they done" these ask for what somebody made."""
_SAME = (("the", "same"), ("that",), ("this",))
_FROM = frozenset("by from of in on".split())
_OTHERS = frozenset("else other others another more also".split())
_NEAR = 5
"""Words beside "she" among which others of hers are asked for."""
_MOST_PEOPLE = 3
"""More people than these cannot be meant by one word."""


class SamePeopleFinder:
    """Resolve people by the item that a message, or the answer before it, is about."""

    def __init__(
        self,
        schema: CatalogSchema,
        items: Callable[[Sequence[str]], list[Item]],
        known: Callable[[tuple[str, ...]], Mapping[str, tuple[str, int]]],
    ) -> None:
        """Take the catalogue's attributes, the look-up of items by id and that of names: attribute -> (name, items)."""
        named = [spec for spec in schema.attributes if spec.names]
        self._items = items
        self._known = known
        self._maker = named[0].name if named else ""
        self._verbs = {
            phrase[0].removesuffix("ed"): spec.name
            for spec in reversed(named)
            for name in spec.aliases
            if len(phrase := words(name)) == 1 and phrase[0].endswith("ed")
        }
        labelled = [spec for spec in schema.attributes if spec.kind in ("category", "categories") and not spec.names]
        self._labelled = frozenset(spec.name for spec in labelled)
        self._kinds = {
            phrase: spec.name
            for spec in (*reversed(labelled), *reversed(named))
            for name in (spec.name, spec.display, *spec.aliases)
            if len(phrase := words(name)) == 1
        }

    def find(self, scan: Scan, focus: Sequence[str]) -> None:
        """Add a ``name`` mention for each person meant.

        Args:
            scan: the message, its titles found.
            focus: ids the last answer was about.
        """
        others = bool({token.norm for token in scan.tokens} & _OTHERS)
        for at in range(len(scan.tokens)):
            attribute, end = self._kind(scan, at)
            told = scan.norms(at - 2, at) in _WORKS
            if not end and (told or (others and _OTHERS & set(scan.norms(at - _NEAR, at + _NEAR)))):
                attribute, end = self._made_by(scan, at)
            titles = [m for m in scan.mentions if m.kind == "title" and m.end <= at]
            ids = titles[-1].item_ids if titles else tuple(focus)
            if not end or len(ids) != 1 or not scan.free(at, end):
                continue
            meant = self._people(ids, attribute)
            for one in meant:
                label = attribute in self._labelled
                kind: MentionKind = "sense" if label else "name"
                scan.add(Mention(at, end, kind, attribute, "eq", one, either=label and len(meant) > 1))

    def find_of(self, scan: Scan) -> None:
        """Add the people of what a message points at where others of theirs are asked for.

        "Anything else by the director of the third?" points at no item any more then, but at a person.
        """
        if not {token.norm for token in scan.tokens} & _OTHERS:
            return
        for pointed in [m for m in scan.mentions if m.kind in ("reference", "title")]:
            kind = scan.norms(pointed.start - 2, pointed.start - 1)
            linked = scan.norms(pointed.start - 1, pointed.start) in (("of",), ("from",), ("in",))
            attribute = self._kinds.get(kind, "")
            if not linked or not attribute or len(pointed.item_ids) != 1:
                continue
            people = self._people(pointed.item_ids, attribute) or self._best_known(pointed.item_ids, attribute, kind)
            if people:
                scan.mentions.remove(pointed)
                start = pointed.start - 2
                kind_of: MentionKind = "sense" if attribute in self._labelled else "name"
                for person in people:
                    scan.add(Mention(start, pointed.end, kind_of, attribute, "eq", person, either=len(people) > 1))

    def _made_by(self, scan: Scan, at: int) -> tuple[str, int]:
        """Return what "she" is to an item in "what else did she direct?", and the end of the wording; 0 for none."""
        if scan.tokens[at].norm not in _SUBJECTS:
            return "", 0
        for verb in range(at + 1, min(scan.clause_end(at), at + 3)):
            norm = scan.tokens[verb].norm
            attribute = (
                self._maker if norm in _MAKING else self._verbs.get(norm.removesuffix("ed").removesuffix("s"), "")
            )
            if attribute:
                return attribute, verb + 1
        return "", 0

    def _people(self, ids: Sequence[str], attribute: str) -> tuple[str, ...]:
        """Return the few people that an item has there; none where it has many."""
        facts: Mapping[str, object] = next((item.attributes for item in self._items(ids)), {})
        held = facts.get(attribute)
        people = held if isinstance(held, tuple) else () if held is None else (held,)
        found = tuple(str(person) for person in people)
        return found if len(found) <= _MOST_PEOPLE else ()

    def _best_known(self, ids: Sequence[str], attribute: str, said: tuple[str, ...]) -> tuple[str, ...]:
        """Return who of the many people that an item has there takes part in the most others, a few at most.

        Who is meant by "the actress" no catalogue knows.
        """
        if said[-1].endswith("ess"):
            return ()
        facts: Mapping[str, object] = next((item.attributes for item in self._items(ids)), {})
        people = facts.get(attribute)
        found = [str(person) for person in people] if isinstance(people, tuple) else []
        return tuple(
            sorted(found, key=lambda person: -self._known(words(person)).get(attribute, ("", 0))[1])[:_MOST_PEOPLE]
        )

    def _kind(self, scan: Scan, at: int) -> tuple[str, int]:
        """Return the attribute whose people stand at token ``at``, and the end of the wording; 0 for none."""
        norms = scan.norms(at, at + 4)
        if norms[:1] and norms[0] not in _FROM:
            return "", 0
        if norms[0] == "by" and norms[1:2] and norms[1] in _PRONOUNS:
            return self._maker, at + 2
        if norms[0] == "of" and norms[1:2] and norms[1] in _OWNERS and not negated(scan, at):
            return self._maker, at + 2
        for same in _SAME:
            kind = norms[1 + len(same) : 2 + len(same)]
            asks = scan.norms(at + 2 + len(same), at + 3 + len(same)) == ("as",)  # "by the same director as the third?"
            if norms[1 : 1 + len(same)] == same and kind in self._kinds and not asks:
                return self._kinds[kind], at + 2 + len(same)
        return "", 0
