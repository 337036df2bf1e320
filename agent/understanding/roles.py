"""Decide in which role somebody is meant: who directs, who plays, who made it and takes no part in it."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace

from retrieval.types import AttributeSpec, CatalogSchema

from ..types import Conversation, Polarity
from .scan import Mention, Scan
from .text import words
from .vocabulary import Vocabulary

_ABSENT = re.compile(
    r"\b(not|isnt|doesnt|does not|never|no longer|without) (actually |even )?(acting|act|appearing|appear|starring|"
    r"star|being|in it|in them|him in|her in|them in|on screen|in front)\b|"
    r"\b(dont|do not|wouldnt|doesnt) (want|need|like) (him|her|them) (to )?"
    r"(acting|act|appearing|appear|starring|star|in it)\b"
)
_DENIALS = frozenset("not isnt doesnt does never longer without actually even".split())
_VERB = 3
"""Letters of a verb at least."""
_ROLE_WORDS = tuple((word,) for word in "with by starring featuring from".split())
_ASIDE = 8
"""Most words in which somebody's part in what they made is ruled out."""
_OFTEN = 3
"""Somebody has a role who has it in at least this many items, and about half as often as the likeliest."""


def _does(spec: AttributeSpec, verbs: Collection[str]) -> bool:
    """Whether a role is spoken of with any of these verbs, in whatever form: "act" of "acting"."""
    said = {word for name in spec.aliases for word in words(name)}
    stems = [verb for verb in verbs if len(verb) >= _VERB]
    return bool(said & set(verbs)) or any(word.startswith(stem) for word in said for stem in stems)


class Roles:
    """Look up the roles in which the catalogue knows a person."""

    def __init__(self, schema: CatalogSchema, vocabulary: Vocabulary) -> None:
        """Take the catalogue's attributes and its names."""
        self._schema = schema
        self._vocabulary = vocabulary

    def is_one(self, attribute: str) -> bool:
        """Whether the values of an attribute are names."""
        spec = self._schema.get(attribute)
        return spec is not None and spec.names

    def others(self, scan: Scan, mention: Mention) -> list[Mention]:
        """Return the same person in the roles that are theirs about as often, when no role stands before the name."""
        if mention.kind != "name" or self._says_role(scan, mention):
            return []
        roles = self._vocabulary.name(words(str(mention.value)))
        least = max(_OFTEN, roles.get(mention.attribute, ("", 0))[1] // 2)
        chief = [spec.name for spec in self._schema.attributes if spec.names][:2]
        return [
            replace(mention, attribute=role, value=roles[role][0])
            for role in chief
            if role != mention.attribute and roles.get(role, ("", 0))[1] >= least
        ]

    def as_held(self, scan: Scan, conversation: Conversation, mention: Mention) -> Mention:
        """Return somebody who takes another's place in that one's role: "Mel Brooks instead" of a director directs."""
        if mention.kind != "name" or self._says_role(scan, mention):
            return mention
        roles = self._vocabulary.name(words(str(mention.value)))
        held = [p.attribute for p in conversation.preferences if p.polarity == "like" and self.is_one(p.attribute)]
        role = next((attribute for attribute in reversed(held) if attribute in roles), mention.attribute)
        return replace(mention, attribute=role, value=roles[role][0]) if role in roles else mention

    def _says_role(self, scan: Scan, mention: Mention) -> bool:
        """Whether a role stands before a name: "with", "directed by"."""
        said = scan.norms(mention.start - 1, mention.start)[:1] in _ROLE_WORDS
        return said or bool(mention.start and scan.taken[mention.start - 1])

    def made_not_taken_part(self, scan: Scan, mention: Mention) -> list[tuple[Mention, Polarity]]:
        """Read "Woody Allen, but he's not in it": what the person made, less what the person takes part in."""
        if mention.kind != "name":
            return []
        low = mention.end
        high = min(len(scan.tokens), low + _ASIDE)
        found = _ABSENT.search(" ".join(scan.norms(low, high)))
        roles = self._vocabulary.name(words(str(mention.value)))
        order = [spec for spec in self._schema.attributes if spec.name in roles]
        said = set(found[0].split()) - _DENIALS if found else set()
        part = next((spec.name for spec in order[1:] if _does(spec, said)), "")
        if not part:
            return []
        maker = order[0].name
        scan.take(low, high)
        liked = replace(mention, attribute=maker, value=roles[maker][0])
        return [(liked, "like"), (replace(mention, attribute=part, value=roles[part][0], end=high), "dislike")]
