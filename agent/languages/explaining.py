"""Say in another language why an item was picked, and why another was not. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from retrieval.graph import SharedFact
from retrieval.types import Item

from ..sentences import Sentence
from ..templates import Standing
from ..templates.comparing import Satisfied
from ..templates.explaining import best_stages
from ..templates.phrases import labels_of, values_of
from ..templates.reasons import SPOKEN
from ..types import ITEM, TEXT, Evidence, Preference
from .answering import Answering
from .phrases import asked, proofs

_FEW = 3
_MOST_WISHES = 3


class Explaining(Answering):
    """Answers from the wishes and the ranking."""

    def explain(
        self,
        item: Item,
        preferences: Sequence[Preference],
        satisfied: Satisfied,
        *,
        scores: Mapping[str, Mapping[str, float]] | None = None,
        liked: Sequence[Item] = (),
        shared: Sequence[SharedFact] = (),
    ) -> list[Sentence]:
        """Say which wishes an item grants and which it does not, what it shares with liked ones, and how it ranked."""
        wishes = [w for w in preferences if w.constraint() is not None and (w.hard or w.strength >= SPOKEN)]
        granted = [wish for wish in wishes if self._grants(item, wish, satisfied)]
        missed = [wish for wish in wishes if wish not in granted]
        told = [
            self._because(item, granted[:_MOST_WISHES]),
            *(self._lacking(item, wish) for wish in missed[:_MOST_WISHES]),
            self._common(item, preferences, liked, shared),
            self._ranked(item, scores or {}),
        ]
        sentences = [sentence for sentence in told if sentence is not None]
        title = self.title(item.title)
        if not sentences:
            return [Sentence(text=self._say("explain.start", title=title), item_id=item.id)]
        if not granted:
            named = self._say("explain.about", title=title, text=sentences[0].text)
            sentences[0] = sentences[0].model_copy(update={"text": named})
        return sentences

    def _common(
        self, item: Item, preferences: Sequence[Preference], liked: Sequence[Item], shared: Sequence[SharedFact]
    ) -> Sentence | None:
        """Name what the item shares with one that the user likes, and how many others do."""
        found = self.common(item, liked, shared, preferences)
        if found is None:
            return None
        told = self.likeness(item, found)
        if found.owners is None:
            return told
        counts = self._say("explain.owners", count=self.counted(found.owners))
        return told.model_copy(update={"text": self._sentences(told.text, counts)})

    def _grants(self, item: Item, wish: Preference, satisfied: Satisfied) -> bool:
        constraint = wish.constraint()
        return constraint is not None and satisfied(item, constraint)

    def _because(self, item: Item, wishes: Sequence[Preference]) -> Sentence | None:
        """Name the wishes that the item grants, and the facts that grant them."""
        if not wishes:
            return None
        words = self.wording.join([self.quoted_wish(wish) for wish in wishes])
        text = self._say("explain.granted", title=self.title(item.title), wishes=words)
        told: dict[str, tuple[str, tuple[Evidence, ...]]] = {}
        for wish in wishes:
            if wish.attribute not in told and (fact := self._standing_fact(item, wish)):
                told[wish.attribute] = fact
        facts = self.parts(words for words, _ in told.values())
        text = self._sentences(text, self._say("explain.facts", facts=facts) if facts else "")
        evidence = [proof for _, found in told.values() for proof in found]
        return Sentence(text=text, evidence=(*evidence, *(asked(text, wish) for wish in wishes)), item_id=item.id)

    def _standing_fact(self, item: Item, wish: Preference) -> tuple[str, tuple[Evidence, ...]] | None:
        """Return the item's fact that a wish is about, wished-for labels first, with its proof; None if unknown."""
        spec, fact = self.schema.get(wish.attribute), item.attributes.get(wish.attribute)
        if spec is None or fact is None:
            return None
        if isinstance(fact, tuple):
            wanted = {str(one).casefold() for one in values_of(wish.value)}
            fact = tuple(sorted(labels_of(fact), key=lambda one: one.casefold() not in wanted))[:_FEW]
        words = self.fact(spec, fact)
        return words, proofs(words, spec.name, fact)

    def _lacking(self, item: Item, wish: Preference) -> Sentence:
        """Own up to a wish that the item does not grant."""
        words, found = self.quoted_wish(wish), self._standing_fact(item, wish)
        if found is None:
            label = self.label(self.schema.get(wish.attribute), wish.attribute)
            return Sentence(text=self._say("explain.missed_unknown", wish=words, label=label), item_id=item.id)
        text = self._say("explain.missed", wish=words, fact=found[0])
        return Sentence(text=text, evidence=(*found[1], asked(text, wish)), item_id=item.id)

    def _ranked(self, item: Item, scores: Mapping[str, Mapping[str, float]]) -> Sentence | None:
        """Say what spoke for the item in the ranking, by its place among the items it was shown with."""
        best = best_stages(item.id, scores)
        if not best:
            return None
        places = [
            (self._say("explain.place", place=place, channel=self._say(f"explain.{stage}")), stage)
            for place, stage in best
        ]
        text = self._say("explain.ranked", n=len(scores), places=self.wording.join([words for words, _ in places]))
        evidence = tuple(
            Evidence(claim=words, field=stage, value=scores[item.id][stage], source="search") for words, stage in places
        )
        return Sentence(text=text, evidence=evidence, item_id=item.id)

    def why_not(
        self, item: Item, preferences: Sequence[Preference], satisfied: Satisfied, standing: Standing | None = None
    ) -> Sentence:
        """Say what keeps an item out: what the user said of it, the hard wishes it breaks, or its rank."""
        standing, title = standing or Standing(), self.title(item.title)
        if standing.state:
            text = self._say(f"why_not.{standing.state}", title=title)
            proof = Evidence(claim=text, field=ITEM, value=item.title, source="user")
            return Sentence(text=text, evidence=(proof,), item_id=item.id)
        others = [wish for wish in preferences if wish.attribute not in (ITEM, TEXT)]
        broken = [wish for wish in others if wish.hard and not self._grants(item, wish, satisfied)]
        if broken:
            return self._excluded(item, broken[:_MOST_WISHES])
        spoken = [wish for wish in others if wish.strength >= SPOKEN and wish.constraint() is not None]
        missed = next((wish for wish in spoken if not self._grants(item, wish, satisfied)), None)
        eligible = self.counted(standing.eligible)
        place = ""
        if standing.place is not None:
            place = self._say("why_not.place", place=standing.place, count=eligible)
        elif standing.ranked:
            place = self._say("why_not.below", n=standing.ranked, count=eligible)
        misses = self._say("why_not.misses", wish=self.quoted_wish(missed)) if missed else ""
        outranked = self._say("why_not.outranked", title=title)
        return Sentence(text=self._sentences(outranked, place, misses), item_id=item.id)

    def _excluded(self, item: Item, broken: Sequence[Preference]) -> Sentence:
        why: list[str] = []
        evidence: list[Evidence] = []
        for wish in broken:
            words, found = self.quoted_wish(wish), self._standing_fact(item, wish)
            if found is None:
                label = self.label(self.schema.get(wish.attribute), wish.attribute)
                why.append(self._say("why_not.unknown", wish=words, label=label))
            else:
                why.append(self._say("why_not.broken", wish=words, fact=found[0]))
                evidence += found[1]
            evidence.append(asked(why[-1], wish))
        text = self._say("why_not.excluded", title=self.title(item.title), reasons=self.parts(why))
        return Sentence(text=text, evidence=tuple(evidence), item_id=item.id)
