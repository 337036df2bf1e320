"""Decide whether a sentence about an item says only what is known. Pure; knows no language model.

Everything is forbidden that is not proved: each word must name a fact of the item in the role the wording gives it,
retell the item's description in order, repeat the user's own wish where the sentence speaks of the user, or claim
nothing at all.
"""

from __future__ import annotations

from functools import cached_property

from retrieval.types import AttributeValue, CatalogSchema, Item, Value

from ..types import ITEM, TEXT, Evidence, Preference
from .claims import Claim, FactReader, Reading, covered_text
from .comparisons import read_comparisons
from .lexicon import (
    ARTICLES,
    CLAIMING_VERBS,
    FUNCTION,
    NOUN_SYNONYMS,
    PRESENTING,
    TRANSPARENT,
    USER_GLUE,
    USER_STATEMENTS,
    USER_WORDS,
    VERBS,
)
from .plot import meaningful, supported_run
from .tokens import Token, same_word, tokenize, words
from .users import UserWords

_MIN_QUOTE = 6
"""Tokens; a shorter stretch may have left out what turned its meaning."""
_BEFORE_LIKED = frozenset("like than as with liked loved like enjoyed love enjoy and or".split())
"""Words after which another item's title may stand: it is compared with, never spoken of."""
_CHUNK_ENDS = frozenset({";", ":", ".", "!", "?", "—", "–"})


class GroundingContext(Value):
    """What a sentence may rest on."""

    item: Item
    catalog: CatalogSchema
    preferences: tuple[Preference, ...] = ()
    """Wishes in force, with the user's words."""
    liked: tuple[Item, ...] = ()
    """Items the user said they like; the sentence may compare with them through shared facts."""

    @cached_property
    def facts(self) -> FactReader:
        """Wordings of the item's facts."""
        return FactReader(self.catalog, self.item)

    @cached_property
    def description(self) -> tuple[Token, ...]:
        """Words of the description and of the other texts about the item."""
        texts = [self.item.description]
        for spec in self.catalog.attributes:
            value = self.item.attributes.get(spec.name)
            if spec.kind == "text" and isinstance(value, str):
                texts.append(value)
        return tokenize(" . ".join(text for text in texts if text))

    @cached_property
    def told(self) -> dict[str, frozenset[str]]:
        """Words of the description by first letter."""
        letters = {word.norm[:1] for word in self.description}
        return {letter: frozenset(w.norm for w in self.description if w.norm[:1] == letter) for letter in letters}

    @cached_property
    def user(self) -> UserWords:
        """Words of the user's wishes."""
        return UserWords(self.catalog, self.preferences)

    @cached_property
    def nouns(self) -> frozenset[str]:
        """Words for an item of this catalogue."""
        own = {*words(self.catalog.noun), *words(self.catalog.noun_plural), "item", "items"}
        return frozenset(own) | NOUN_SYNONYMS.get(self.catalog.noun.casefold(), frozenset())


class Verdict(Value):
    """Whether a sentence may be shown, and why."""

    supported: bool
    evidence: tuple[Evidence, ...] = ()
    unsupported: tuple[str, ...] = ()
    """Words or claims that nothing bears out, in order."""
    spans: tuple[tuple[int, int], ...] = ()
    """Where the unsupported words stand, as character ranges."""


def check(sentence: str, context: GroundingContext) -> Verdict:
    """Return whether every claim of the sentence is borne out, with evidence for each claim."""
    return _Check(sentence, context).verdict()


class _Check:
    """One pass over one sentence."""

    def __init__(self, sentence: str, context: GroundingContext) -> None:
        self._text = sentence
        self._context = context
        self._tokens = tokenize(sentence)
        self._reading = Reading(self._tokens)
        self._evidence: list[Evidence] = []
        self._bad: set[int] = set()
        self._plotted: set[int] = set()
        self._titles: dict[int, Item] = {}

    def verdict(self) -> Verdict:
        """Run the passes in order; later ones see only what earlier ones left."""
        if self._quoted():
            return self._result()
        self._own_title()
        self._liked_titles()
        read_comparisons(self._reading, self._context)
        self._user_limits()
        self._context.facts.read(self._reading)
        self._plots()
        self._bad |= self._reading.dangling - self._reading.covered
        self._user_frames()
        self._glue()
        self._relations()
        self._emptiness()
        return self._result()

    def _quoted(self) -> bool:
        """Accept the description itself, or one whole sentence of it, word for word."""
        description = self._context.item.description
        if len(self._tokens) < _MIN_QUOTE or self._text.strip() not in description:
            return False
        self._prove(0, len(self._tokens), "description", description, "item")
        return True

    # -- titles

    def _own_title(self) -> None:
        for start, end in self._occurrences(self._context.item.title):
            self._reading.covered.update(range(start, end))
            self._prove(start, end, "title", self._context.item.title, "item")

    def _liked_titles(self) -> None:
        for item in self._context.liked:
            for start, end in self._occurrences(item.title):
                if start not in self._reading.covered:
                    self._reading.covered.update(range(start, end))
                    self._titles[start] = item

    def _occurrences(self, title: str) -> list[tuple[int, int]]:
        """Return where a title stands, capitals and all."""
        wanted = tuple(token.text for token in tokenize(title))
        last = len(self._tokens) - len(wanted)
        texts = [token.text for token in self._tokens]
        return [(i, i + len(wanted)) for i in range(last + 1) if wanted and tuple(texts[i : i + len(wanted)]) == wanted]

    # -- the user's wishes

    def _user_limits(self) -> None:
        """Cover numbers in "your two-hour limit" that repeat a wish which the item grants."""
        for quantity, start, end in self._context.user.limits(self._reading):
            wish = self._context.user.granted_limit(quantity, self._reading, self._context)
            if wish is not None:
                self._reading.covered.update(range(start, end))
                self._prove(start, end, wish.attribute, wish.value, "user")

    def _user_frames(self) -> None:
        for start, end in self._framed_stretches:
            statement = self._is_statement(start, end)
            for i in range(start, end):
                token = self._tokens[i]
                if not token.word or token.norm in FUNCTION | USER_WORDS or self._is_glue(i, framed=True):
                    continue
                if i in self._titles or any(s < i and i < s + len(words(t.title)) for s, t in self._titles.items()):
                    continue
                said = self._context.user.said(token.norm)
                known = i in self._reading.covered
                if said and (known or statement):
                    self._reading.covered.add(i)
                    self._prove(i, i + 1, "preference", said, "user")
                else:
                    self._bad.add(i)
            self._as_you_asked(start, end)

    @cached_property
    def _framed_stretches(self) -> list[tuple[int, int]]:
        """Return the stretches that speak of the user: from "you" to the end of the clause."""
        found: list[tuple[int, int]] = []
        for i, token in enumerate(self._tokens):
            if token.norm in USER_WORDS and not (found and i < found[-1][1]):
                end = next((k for k in range(i, len(self._tokens)) if self._ends_clause(k)), len(self._tokens))
                found.append((i, end))
        return found

    def _ends_clause(self, i: int) -> bool:
        return self._tokens[i].norm in _CHUNK_ENDS or self._tokens[i].norm == ","

    def _is_statement(self, start: int, end: int) -> bool:
        """Tell whether the clause only reports a wish, as in "You asked for something funny"."""
        opens = start == 0 or self._tokens[start - 1].norm in _CHUNK_ENDS
        verb = next((t.norm for t in self._tokens[start + 1 : start + 3] if t.norm != "also"), "")
        return opens and verb in USER_STATEMENTS and end - start > 2

    def _as_you_asked(self, start: int, end: int) -> None:
        """Require a wish behind a frame that names none, as in "as you asked"."""
        if any(i in self._reading.covered for i in range(start, end)):
            return
        wished = {preference.attribute for preference in self._context.preferences}
        if not any(claim.field in wished for claim in self._reading.claims) and not self._titles:
            self._bad.update(i for i in range(start, end) if self._tokens[i].word)

    # -- the plot

    def _plots(self) -> None:
        for run in self._runs():
            before = (self._reading.norm(k) for k in range(run[0] - 1, -1, -1))
            lead = next((word for word in before if word not in ARTICLES), "")
            supported = supported_run(
                [self._tokens[i] for i in run],
                self._context.description,
                lead=lead,
                infinitives=[self._reading.norm(i - 1) == "to" for i in run],
            )
            fresh = [i for i, ok in zip(run, supported, strict=True) if ok and i not in self._reading.covered]
            if fresh:
                self._reading.covered.update(fresh)
                self._plotted.update(fresh)
                self._prove(fresh[0], fresh[-1] + 1, "description", self._context.item.description, "item")

    def _runs(self) -> list[list[int]]:
        """Return stretches of words that tell something, cut where a new statement begins."""
        runs: list[list[int]] = [[]]
        pending: list[int] = []
        for i, token in enumerate(self._tokens):
            if self._cuts(i):
                runs[-1] += [k for k in pending if self._tokens[k].norm not in FUNCTION]
                runs.append([])
                pending = []
            elif meaningful(token.norm):
                pending.append(i)
            elif not token.word or (token.norm in TRANSPARENT and i not in self._reading.covered):
                continue
            elif i not in self._reading.covered or self._in_description(token):
                runs[-1] += [k for k in pending if runs[-1] or self._tokens[k].norm not in FUNCTION]
                runs[-1].append(i)
                pending = []
        runs[-1] += [k for k in pending if self._tokens[k].norm not in FUNCTION]
        return [run for run in runs if run]

    def _cuts(self, i: int) -> bool:
        token = self._tokens[i]
        if token.norm in _CHUNK_ENDS or token.norm in (",", "and", "but", "or"):
            return True
        if token.norm in USER_WORDS:
            return True
        if self._in_description(token):
            return False
        cue = self._reading.cue_at.get(i)
        return (cue is not None and not cue.weak) or token.norm in PRESENTING or token.norm in self._context.nouns

    def _in_description(self, token: Token) -> bool:
        return any(same_word(token.norm, word) for word in self._context.told.get(token.norm[:1], ()))

    # -- words that claim nothing

    def _glue(self) -> None:
        for i, token in enumerate(self._tokens):
            if i in self._reading.covered or not token.word:
                if token.norm in "$€£%#@*/\\<>[]{}|=~^_`" and i not in self._reading.covered:
                    self._bad.add(i)
                continue
            if not self._is_glue(i, framed=False) and not self._framed(i):
                self._bad.add(i)

    def _framed(self, i: int) -> bool:
        return any(start <= i < end for start, end in self._framed_stretches) and self._is_glue(i, framed=True)

    def _is_glue(self, i: int, *, framed: bool) -> bool:
        token = self._tokens[i]
        if token.norm == "like" and i + 1 in self._titles:
            return True
        if token.capital and i > 0 and self._tokens[i - 1].norm not in _CHUNK_ENDS:
            return False
        if (
            token.norm in FUNCTION
            or token.norm in PRESENTING
            or token.norm in VERBS
            or token.norm in self._context.nouns
        ):
            return True
        if token.norm in ("one", "ones"):
            return self._tokens[i - 1].norm in ("this", "that") if i else False
        return self._announces(i) or (framed and (token.norm in USER_GLUE or token.norm in USER_WORDS))

    def _announces(self, i: int) -> bool:
        """Tell whether the token belongs to the label of an attribute that its clause really states."""
        start, end = self._chunk(i)
        stated = {claim.field for claim in self._reading.claims if start <= claim.start < end}
        return any(k <= i < k + len(cue.words) and cue.fields & stated for k, cue in self._reading.cue_at.items())

    # -- what the claims need

    def _relations(self) -> None:
        """Require that a liked title shares the facts stated beside it."""
        for start, item in self._titles.items():
            end = start + len(tokenize(item.title))
            if any(claim.start <= start < claim.end for claim in self._reading.claims):
                continue
            if self._reading.norm(start - 1) not in _BEFORE_LIKED:
                self._bad.update(range(start, end))
                continue
            chunk = self._chunk(start)
            stated = [c for c in self._reading.claims if chunk[0] <= c.start < chunk[1]]
            about_user = any(s <= start < e for s, e in self._framed_stretches)
            if about_user and not stated:
                self._prove(start, end, ITEM, item.title, "user")
            elif stated and all(c.holds(item) for c in stated) and not self._retold(*chunk):
                for claim in stated:
                    self._prove(claim.start, claim.end, claim.field, claim.value, "graph")
                self._prove(start, end, ITEM, item.title, "user")
            else:
                self._bad.update(range(start, end))

    def _retold(self, start: int, end: int) -> bool:
        """Tell whether a stretch tells of the plot, which no other item shares."""
        return any(start <= i < end and not self._is_glue(i, framed=False) for i in self._plotted)

    def _chunk(self, at: int) -> tuple[int, int]:
        titles = {k for start, item in self._titles.items() for k in range(start, start + len(tokenize(item.title)))}
        ends = [
            i for i, token in enumerate(self._tokens)
            if (token.norm in _CHUNK_ENDS or token.norm == "but") and i not in titles
        ]  # fmt: skip
        start = max((i + 1 for i in ends if i < at), default=0)
        return start, min((i for i in ends if i >= at), default=len(self._tokens))

    def _emptiness(self) -> None:
        """Refuse a verb that claims something when its clause claims nothing."""
        proved = {i for i in self._reading.covered}
        for i, token in enumerate(self._tokens):
            if token.norm in CLAIMING_VERBS and i not in proved:
                start, end = self._chunk(i)
                if not any(k in proved for k in range(start, end)):
                    self._bad.add(i)

    # -- the result

    def _prove(self, start: int, end: int, field: str, value: AttributeValue, source: str) -> None:
        claim = covered_text(self._tokens, start, end, self._text)
        self._evidence.append(
            Evidence.model_validate({"claim": claim, "field": field, "value": value, "source": source})
        )

    def _result(self) -> Verdict:
        for claim in self._reading.claims:
            start, end = self._with_cue(claim)
            self._prove(start, end, claim.field, claim.value, "item")
        bad = sorted(self._bad)
        words_only = bool(self._tokens) and any(token.word for token in self._tokens)
        return Verdict(
            supported=not bad and words_only and bool(self._evidence),
            evidence=_unique(self._evidence),
            unsupported=tuple(self._tokens[i].text for i in bad),
            spans=tuple((self._tokens[i].start, self._tokens[i].end) for i in bad),
        )

    def _with_cue(self, claim: Claim) -> tuple[int, int]:
        for start, cue in self._reading.cue_at.items():
            if start + len(cue.words) == claim.start and claim.field in cue.fields:
                return start, claim.end
        return claim.start, claim.end


def _unique(evidence: list[Evidence]) -> tuple[Evidence, ...]:
    kept: list[Evidence] = []
    for one in evidence:
        if one not in kept:
            kept.append(one)
    return tuple(kept)


__all__ = ["TEXT", "GroundingContext", "Verdict", "check"]
