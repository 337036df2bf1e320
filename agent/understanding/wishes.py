"""Turn what a message names into preferences: liked or not, hard or soft, any of several or all, or relative."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise

from retrieval.types import CatalogSchema, Constraint, Item

from ..types import ITEM, OPPOSITE, TEXT, Conversation, Polarity, PreferenceUpdate, Removal
from .comparisons import Comparisons
from .contexts import complains, dates_the_watching, joined_to_held, narrower
from .drafts import Draft, keep_tightest, narrow_choices, replace_revised
from .enumerations import are_alternatives, ends_of, grouped
from .intents import IntentReading
from .openers import ends_in_question
from .polarity import firmness, negated, negator_before
from .roles import Roles
from .scan import Mention, Scan
from .text import words
from .verdicts import (
    describes_item,
    dispraised,
    given_up,
    is_judged,
    reason_against,
    role_of_item,
    said_like,
    wanted_after_all,
    welcomed,
)
from .vocabulary import Vocabulary
from .words import NEGATORS

_SPARSE = 0.5
"""Several-valued labels and numbers known for fewer items than this share are wishes, not conditions, unless the user
insists; names and single labels are plain facts however rare."""
_PLENTY = 20
"""A loose word ("classic", "short") binds when at least this many items are left; else it is a wish."""
_RAISED = 0.5
"""Strength of a like for an item that the user only brings up."""
_OTHER_MEANING = 0.3
"""Strength of what the same word also means."""
_WISHING = frozenset(
    "want wanted need prefer rather looking something anything nothing no not never only must please without hate love "
    "like seen watched id dont avoid ideally preferably".split()
)
"""Words of a sentence that wishes for something."""
_FINE = frozenset("fine ok okay good alright enough acceptable".split())
_GRADES = tuple((word,) for word in "too very really so overly that at all".split())
_APART = frozenset("want wants wanted like likes love loves prefer prefers fancies needs insists one another".split())
"""Words between two wishes of which each is to be granted by an item of its own: "... and one with ..."."""


class WishBuilder:
    """Build the wishes of a message from its mentions."""

    def __init__(
        self,
        schema: CatalogSchema,
        vocabulary: Vocabulary,
        *,
        items: Callable[[Sequence[str]], list[Item]],
        count: Callable[[Sequence[Constraint]], int],
        coverage: dict[str, float],
    ) -> None:
        """Take the catalogue; see ``LexicalUnderstander`` for the look-ups."""
        self._schema = schema
        self._vocabulary = vocabulary
        self._items = items
        self._count = count
        self._coverage = coverage
        self._roles = Roles(schema, vocabulary)
        self._comparisons = Comparisons(vocabulary, items, count)

    def build(
        self,
        scan: Scan,
        conversation: Conversation,
        turn_id: str,
        reading: IntentReading,
        removals: Sequence[Removal],
    ) -> PreferenceUpdate:
        """Return the wishes, rejections and references of a scanned message."""
        draft = Draft(turn_id, conversation, reading.revises)
        if reading.revises:
            scan = replace(scan, mentions=[self._roles.as_held(scan, conversation, m) for m in scan.mentions])
        bases = [m for m in scan.mentions if m.kind in ("title", "reference")]
        compared = self._comparisons.add(scan, draft, bases)
        for mention in bases:
            self._add_item(scan, draft, mention, compared=mention in compared)
        draft.missing += [str(m.value) for m in scan.mentions if m.kind == "missing"]
        self._add_numbers(scan, draft)
        self._add_groups(scan, draft)
        self._offer_either(scan, draft)
        self._comparisons.add_extremes(scan, draft)
        self._add_absences(scan, draft)
        self._add_missing_words(scan, draft)
        keep_tightest(draft)
        narrow_choices(draft)
        if reading.revises:
            replace_revised(draft, removals, beside=joined_to_held(scan))
        return PreferenceUpdate(
            add=tuple(draft.add),
            remove=tuple(draft.remove),
            seen_ids=tuple(dict.fromkeys(draft.seen)),
            reject_ids=tuple(dict.fromkeys(draft.reject)),
            accept_ids=tuple(dict.fromkeys(draft.accept)),
            referred_ids=tuple(dict.fromkeys(draft.referred)),
            missing_titles=tuple(dict.fromkeys(draft.missing)),
        )

    def beside(
        self, scan: Scan, conversation: Conversation, turn_id: str, reading: IntentReading, question: str
    ) -> PreferenceUpdate:
        """Return what is said beside a question: "I loved Heat. How long is Ronin?", "... and nothing over two hours".

        Titles count that are judged; everything else in sentences that ask nothing and say what is wanted.
        """
        low = scan.text.find(question) if question else 0
        high = low + len(question) if question else len(scan.text)

        def stated(mention: Mention) -> bool:
            if low <= scan.tokens[mention.start].start < high:
                return False
            start, end = scan.clause_start(mention.start), scan.clause_end(mention.start)
            wanted = bool(_WISHING & set(scan.norms(start, end))) and not ends_in_question(scan, end)
            return (mention.kind == "title" and is_judged(scan, mention)) or wanted

        said = replace(scan, mentions=[mention for mention in scan.mentions if stated(mention)])
        return self.build(said, conversation, turn_id, reading, ())

    # --- items

    def _add_item(self, scan: Scan, draft: Draft, mention: Mention, *, compared: bool) -> None:
        named = {i for m in scan.mentions if m.kind == "title" for i in m.item_ids}
        if mention.kind == "reference" and not named & set(mention.item_ids):
            draft.referred += mention.item_ids
        role = role_of_item(scan, mention, draft.conversation.shown_ids)
        if role == "none" or (compared and role != "like"):
            return
        if role == "like" and compared and not said_like(scan, mention):
            return
        for item_id in mention.item_ids:
            if role == "seen":
                draft.seen.append(item_id)
            elif role == "reject":
                draft.reject.append(item_id)
            elif role == "accept":
                draft.accept.append(item_id)
            elif role in ("like", "raised", "dislike"):
                if role == "raised":
                    draft.seen.append(item_id)
                strength = _RAISED if role == "raised" else 1.0
                polarity: Polarity = "dislike" if role == "dislike" else "like"
                self._wish_item(scan, draft, mention, item_id, polarity, strength)

    def _wish_item(
        self, scan: Scan, draft: Draft, mention: Mention, item_id: str, polarity: Polarity, strength: float = 1.0
    ) -> None:
        draft.add = [p for p in draft.add if (p.attribute, p.value) != (ITEM, item_id)]  # the last word counts
        if mention.kind == "reference" and polarity == "dislike":
            draft.reject.append(item_id)
        title = self._vocabulary.title_of(item_id)
        wanted = self._schema.naming == "want" and mention.kind == "title" and not said_like(scan, mention)
        if wanted and polarity == "like":
            draft.wish(TEXT, "eq", title, scan.quote(mention.start, mention.end))
            return
        draft.wish(
            ITEM,
            "eq",
            item_id,
            scan.quote(mention.start, mention.end),
            polarity=polarity,
            label=title,
            strength=strength,
        )

    # --- numbers

    def _add_numbers(self, scan: Scan, draft: Draft) -> None:
        mentions = [_bound_as_held(scan, draft, m) for m in scan.mentions if m.kind == "number"]
        at = 0
        while at < len(mentions):
            mention = mentions[at]
            following = mentions[at + 1] if at + 1 < len(mentions) else None
            hard = firmness(scan, mention.start, mention.end) != "soft"
            if following is not None and are_alternatives(scan, mention, following):
                self._add_either_range(scan, draft, mention, following, hard=hard)
                at += 2
                continue
            quote = scan.quote(mention.start, mention.end)
            draft.wish(mention.attribute, mention.op, mention.value, quote, hard=hard, strength=1.0 if hard else 0.5)
            at += 1

    def _add_either_range(self, scan: Scan, draft: Draft, first: Mention, second: Mention, *, hard: bool) -> None:
        """Add "the 70s or the 90s" as one range with the gap cut out: exact, and two wishes at most."""
        ends = sorted((ends_of(first), ends_of(second)))
        (low, low_end), (high, high_end) = ends
        quote = scan.quote(first.start, second.end)
        draft.wish(first.attribute, "between", (low, high_end), quote, hard=hard)
        if high - low_end > 1:
            draft.wish(first.attribute, "outside", (low_end + 1, high - 1), quote, hard=hard)

    # --- people, categories

    def _add_groups(self, scan: Scan, draft: Draft) -> None:
        # "Epic, over three hours" names the number itself; the loose word adds nothing to it.
        counted = {m.attribute for m in scan.mentions if m.kind == "number"}
        named = [m for m in scan.mentions if not dates_the_watching(scan, m) and not describes_item(scan, m)]
        named = [
            m
            for m in named
            if m.kind == "name" or (m.kind == "sense" and not (m.op != "eq" and m.attribute in counted))
        ]
        for group in grouped(scan, named):
            disliked = self._is_disliked(scan, group)
            if disliked and (place := wanted_after_all(scan, group[-1].end)):
                for mention in group:
                    self._add_like(scan, draft, replace(mention, start=place[0], end=place[1]))
            elif disliked:
                for mention in self._blamed(scan, group):
                    self._add_dislike(scan, draft, mention)
            elif (
                len(group) == 1
                and group[0].kind == "name"
                and (roles := self._roles.made_not_taken_part(scan, group[0]))
            ):
                for mention, polarity in roles:
                    quote = scan.quote(mention.start, mention.end)
                    draft.wish(mention.attribute, "eq", mention.value, quote, polarity=polarity, hard=True)
            elif len(group) > 1 and self._is_choice(scan, group):
                self._add_choice(scan, draft, group)
            else:
                for mention in group:
                    self._add_like(scan, draft, mention)

    def _offer_either(self, scan: Scan, draft: Draft) -> None:
        """Read two labels that no item bears together as either: "I want a cat and my sister wants a dog"."""
        firm = [p for p in draft.add if p.hard and p.op == "eq" and p.polarity == "like" and isinstance(p.value, str)]
        for attribute in dict.fromkeys(p.attribute for p in firm):
            several = [p for p in firm if p.attribute == attribute]
            if len(several) < 2 or self._count([c for p in several if (c := p.constraint())]):
                continue
            places = [scan.text.find(p.quote) for p in several]
            quote = scan.text[min(places) : max(at + len(p.quote) for at, p in zip(places, several, strict=True))]
            if not _APART & set(words(quote)):
                continue
            draft.add = [p for p in draft.add if p not in several]
            draft.wish(attribute, "in", tuple(dict.fromkeys(str(p.value) for p in several)), quote, hard=True)

    def _is_disliked(self, scan: Scan, group: Sequence[Mention]) -> bool:
        """Whether a group is ruled out; what one misses in something disliked is wished for."""
        first, last = group[0].start, group[-1].end
        negative = negator_before(scan, first) is not None or dispraised(scan, last) or given_up(scan, first, last)
        if not negative and scan.asked in ("dislikes", "reasons against") and not welcomed(scan, first):
            return True
        return negative is not reason_against(scan, group[0].start)

    def _blamed(self, scan: Scan, group: Sequence[Mention]) -> list[Mention]:
        """Return what a negation of ``group`` rules out.

        Of a blend, "no romcoms", only the rarer label is, since most of the other's items are none; somebody ruled out
        without a role, "no Woody Allen", is so in each.
        """
        kept: list[Mention] = []
        for mention in group:
            place = (mention.start, mention.end)
            blend = [
                m
                for m in group
                if (m.start, m.end) == place and m.kind == "sense" and not self._roles.is_one(m.attribute)
            ]
            if len(blend) < 2 or mention is min(blend, key=self._bearers):
                kept += [mention, *self._roles.others(scan, mention)]
        return kept

    def _bearers(self, mention: Mention) -> int:
        """Return how many items bear a label."""
        return self._count([Constraint(attribute=mention.attribute, op="eq", value=mention.value)])

    def _add_like(self, scan: Scan, draft: Draft, mention: Mention) -> None:
        hard = self._hard(scan, mention.attribute, mention.start, mention.end)
        if hard and mention.op != "eq" and firmness(scan, mention.start, mention.end) != "hard":
            hard = self._is_plain_fact(scan, mention) or self._is_plenty(draft, mention)
        quote = scan.quote(mention.start, mention.end)
        strength = 0.5 if firmness(scan, mention.start, mention.end) == "soft" else 1.0
        draft.wish(mention.attribute, mention.op, mention.value, quote, hard=hard, strength=strength)
        for attribute, value in mention.others:
            # "French" binds the country and leans to the language: what people mean is usually both.
            draft.wish(attribute, "eq", value, quote, strength=_OTHER_MEANING)

    def _is_plain_fact(self, scan: Scan, mention: Mention) -> bool:
        """Whether the wording names the fact itself ("Oscar-winning") rather than judging its size ("well known")."""
        spec = self._schema.get(mention.attribute)
        named = {word for name in (spec.name, spec.display, *spec.aliases) for word in words(name)} if spec else set()
        return bool(named & set(scan.norms(mention.start, mention.end)))

    def _is_plenty(self, draft: Draft, mention: Mention) -> bool:
        """Whether a loose word such as "classic" may bind: only if enough items are left for several lists."""
        wishes = (*draft.conversation.preferences, *draft.add)
        held = [c for p in wishes if (c := p.constraint()) and c.hard and c.attribute != mention.attribute]
        return (
            self._count([*held, Constraint(attribute=mention.attribute, op=mention.op, value=mention.value)]) >= _PLENTY
        )

    def _add_dislike(self, scan: Scan, draft: Draft, mention: Mention) -> None:
        op = OPPOSITE[mention.op]
        hard = firmness(scan, mention.start, mention.end) != "soft"
        if op not in ("ne", "not_in", "outside"):
            hard = hard and self._coverage.get(mention.attribute, 0.0) >= _SPARSE
        negator = negator_before(scan, mention.start)
        if draft.conversation.last_shown and mention.op in ("ge", "gt", "le", "lt") and complains(scan, negator):
            pointed = [m for m in scan.mentions if m.kind == "reference"]
            ids = pointed[0].item_ids if pointed else draft.conversation.last_shown
            self._comparisons.add_bound(scan, draft, mention, ids, lower=mention.op in ("ge", "gt"))
            return
        quote = scan.quote(negator[0] if negator else mention.start, mention.end)
        if part := narrower(scan, mention, draft.conversation.preferences):
            scan.take(*part)
            draft.wish(TEXT, "eq", scan.quote(*part), quote, polarity="dislike")  # no label says what is ruled out
            return
        draft.add = [
            p for p in draft.add if (p.attribute, p.value, p.polarity) != (mention.attribute, mention.value, "like")
        ]
        if mention.op == "eq":
            draft.wish(mention.attribute, "eq", mention.value, quote, polarity="dislike", hard=hard)
        else:
            draft.wish(mention.attribute, op, mention.value, quote, hard=hard)

    def _add_choice(self, scan: Scan, draft: Draft, group: Sequence[Mention]) -> None:
        first, last = group[0], group[-1]
        values = tuple(dict.fromkeys(str(mention.value) for mention in group))
        hard = self._hard(scan, first.attribute, first.start, last.end)
        draft.wish(first.attribute, "in", values, scan.quote(first.start, last.end), hard=hard)

    def _is_choice(self, scan: Scan, group: Sequence[Mention]) -> bool:
        """Whether "A or B" is meant rather than "A and B": by the connector, by plurals, or because nothing is both."""
        between = {norm for a, b in pairwise(group) for norm in scan.norms(a.end, b.start)}
        slash = any("/" in scan.tokens[mention.start].sep for mention in group[1:])
        if "or" in between or slash or all(mention.either for mention in group):
            return True
        if any(mention.op != "eq" for mention in group) or scan.ends_at(group[0].start, ("both",)):
            return False
        if "and" in between and all(mention.plural for mention in group):
            return True
        spec = self._schema.get(group[0].attribute)
        if spec is not None and spec.kind == "category":
            return True
        both = [Constraint(attribute=mention.attribute, op="eq", value=mention.value) for mention in group]
        return bool(between | {","}) and self._count(both) == 0

    def _hard(self, scan: Scan, attribute: str, start: int, end: int) -> bool:
        firm = firmness(scan, start, end)
        if firm == "hard":
            return True
        spec = self._schema.get(attribute)
        stated = spec is not None and (spec.names or spec.kind == "category")
        return firm == "default" and (
            stated or (spec is not None and spec.complete) or self._coverage.get(attribute, 0.0) >= _SPARSE
        )

    def _add_absences(self, scan: Scan, draft: Draft) -> None:
        """Leave out what goes with a wording that is ruled out: Horror with "nothing scary".

        Not so where the same message wishes for it, or where less is all that is asked: "horror, nothing too scary".
        """
        for at in range(len(scan.tokens)):
            for end in (at + 2, at + 1):
                sense = self._vocabulary.ruled_out_with(scan.norms(at, end)) if end <= len(scan.tokens) else None
                negator = _ruled_out_by(scan, at) if sense else None
                if sense is None or negator is None:
                    continue
                graded = scan.norms(at - 1, at) in _GRADES
                wishes = (*draft.add, *(draft.conversation.preferences if graded else ()))
                if not any(
                    (p.attribute, p.value, p.polarity) == (sense.attribute, sense.value, "like") for p in wishes
                ):
                    quote = scan.quote(negator, end)
                    draft.wish(sense.attribute, "eq", sense.value, quote, polarity="dislike", hard=True)
                    scan.take(at, end)

    # --- the rest

    def _add_missing_words(self, scan: Scan, draft: Draft) -> None:
        """Use the words of a title that the catalogue lacks, by meaning."""
        for mention in (m for m in scan.mentions if m.kind == "missing"):
            polarity: Polarity = "dislike" if negated(scan, mention.start) else "like"
            draft.wish(
                TEXT, "eq", str(mention.value), scan.quote(mention.start, mention.end), polarity=polarity, strength=0.5
            )


def _ruled_out_by(scan: Scan, at: int) -> int | None:
    """Return where the negator of token ``at`` begins, be it part of a wording of its own: "nothing too scary"."""
    start = at
    while start and scan.norms(start - 1, start) in _GRADES:
        start -= 1
    if start and scan.norms(start - 1, start) in NEGATORS:
        return start - 1
    found = negator_before(scan, at)
    return None if found is None else found[0]


def _is_allowed(scan: Scan, mention: Mention) -> bool:
    """Whether a number is named as one that is all right: "two and a half hours is fine too"."""
    return bool(_FINE & set(scan.norms(mention.end - 1, mention.end + 3)))


def _bound_as_held(scan: Scan, draft: Draft, mention: Mention) -> Mention:
    """Return a bare number that revises a bound as that bound: "make it two hours" after "under 90 minutes".

    What is allowed too, "two hours is fine" after "over three hours", lets the bound that forbade it down to there.
    """
    held = next((p for p in draft.conversation.preferences if p.attribute == mention.attribute), None)
    if held is not None and held.op in ("gt", "ge") and mention.op == "le" and _is_allowed(scan, mention):
        allowed, bound = mention.value, held.value
        if isinstance(allowed, (int, float)) and isinstance(bound, (int, float)) and allowed < bound:
            return replace(mention, op="ge")
    if not draft.revises or not mention.approximate or held is None or held.op not in ("lt", "le", "gt", "ge"):
        return mention
    low, high = ends_of(mention)
    return replace(mention, op=held.op, value=round((low + high) / 2), approximate=False)
