"""Word answers about items in another language: facts, counts and comparisons. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from retrieval.types import AttributeSpec, Constraint, Facet, Item

from ..sentences import Sentence
from ..templates import Comparison
from ..templates.comparing import Satisfied, chosen_rows
from ..templates.phrases import MOST_VALUES, labels_of, plain, sentence_case, values_of
from ..templates.reasons import SPOKEN
from ..types import Evidence, Preference, Table, TableRow
from .listing import Listing
from .phrases import asked, proofs

_LONG_LIST = 8
_FEW = 3


class Answering(Listing):
    """Answers from facts."""

    def answer_fact(self, item: Item, attribute: str) -> Sentence:
        """Tell one fact, or say plainly that the catalogue does not hold it."""
        spec, title = self.schema.get(attribute), self.title(item.title)
        fact = item.attributes.get(attribute)
        if spec is None or fact is None:
            text = self._say("answers.unknown", label=self.label(spec, attribute), title=title)
            return Sentence(text=text, item_id=item.id)
        words = self.value(spec, fact, most=_LONG_LIST)
        rest = len(values_of(fact)) - _LONG_LIST
        if rest > 0:
            words = self._say("glue.more", list=words, n=rest)
        pattern = self.words.sentences.get(attribute)
        if pattern and not isinstance(fact, bool):
            text = self._say("answers.clause", title=title, clause=pattern.replace("{value}", words))
        else:
            text = self._say("answers.labelled", title=title, label=spec.display, value=words)
        return Sentence(text=text, evidence=proofs(text, attribute, fact), item_id=item.id)

    def affirmed(self, sentence: Sentence) -> Sentence:
        """Return a fact as the answer yes."""
        return sentence.model_copy(update={"text": self._say("answers.yes", answer=sentence.text)})

    def denied(self, sentence: Sentence) -> Sentence:
        """Return what the catalogue says instead of what was asked."""
        return sentence.model_copy(update={"text": self._say("answers.no", answer=sentence.text)})

    def unknown_fact(self, item: Item) -> Sentence:
        """Say plainly that the catalogue does not hold what was asked."""
        return Sentence(text=self._say("answers.silent", title=self.title(item.title)), item_id=item.id)

    def describe(self, item: Item) -> list[Sentence]:
        """Tell the main facts of one item, and its description as the catalogue has it."""
        known = [spec for spec in self.schema.attributes if spec.shown and spec.name in item.attributes]
        known.sort(key=lambda spec: (not spec.headline, spec.headline))
        texts: list[str] = []
        evidence: list[Evidence] = []
        for spec in [spec for spec in known if spec.kind != "text"][:_LONG_LIST]:
            fact = item.attributes[spec.name]
            shown = labels_of(fact, _FEW) if isinstance(fact, tuple) else fact
            texts.append(self.fact(spec, shown))
            evidence += proofs(texts[-1], spec.name, shown)
        title = self.title(item.title)
        text = self._say("answers.about", title=title, facts=self.parts(texts)) if texts else ""
        told = [Sentence(text=text, evidence=tuple(evidence), item_id=item.id)] if text else []
        if description := plain(item.description):
            quote = self._say("answers.described", text=self.wording.quoted(description))
            proof = Evidence(claim=description, field="description", value=item.description)
            told.append(Sentence(text=quote, evidence=(proof,), item_id=item.id))
        return told or [self.unknown_fact(item)]

    # --- several items

    def which(self, items: Sequence[Item], constraints: Sequence[Constraint], satisfied: Satisfied) -> Sentence:
        """Say which of the items satisfy all the conditions, with the facts."""
        names = list(dict.fromkeys(constraint.attribute for constraint in constraints))
        unknown = [item for item in items if any(name not in item.attributes for name in names)]
        known = [item for item in items if item not in unknown]
        fitting = [item for item in known if all(satisfied(item, constraint) for constraint in constraints)]
        conditions = self.wording.join([self._quoted(constraint) for constraint in constraints])
        shown = fitting or known
        told = self.parts(self.noted(self.title(item.title), self._cells(item, names)) for item in shown)
        key = "answers.which" if fitting else "answers.which_none"
        text = sentence_case(self._say(key, asked=conditions, items=told)) if shown else ""
        missing = self._say("answers.which_unknown", titles=self.titles(unknown)) if unknown else ""
        evidence = tuple(
            proof for item in shown for name in names for proof in self._proofs(item, name) if name in item.attributes
        )
        return Sentence(text=self._sentences(text, missing), evidence=evidence)

    def how_many(self, number: int, constraints: Sequence[Constraint]) -> Sentence:
        """Say how many items of the catalogue satisfy the conditions."""
        conditions = self.conditions(constraints)
        if not constraints:
            text = self._say("answers.count", count=self.counted(number))
        elif number:
            text = self._say("answers.count_for", count=self.counted(number), conditions=conditions)
        else:
            text = self._say("answers.count_none", conditions=conditions)
        said = tuple(Evidence(claim=text, field=c.attribute, value=c.value, source="user") for c in constraints)
        return Sentence(text=text, evidence=(*said, Evidence(claim=text, field="count", value=number, source="search")))

    def values(self, attribute: str, held: Sequence[Facet], constraints: Sequence[Constraint]) -> Sentence:
        """List an attribute's values with how many items have each, after the conditions that were named."""
        spec = self.schema.get(attribute)
        listed = [
            self._say(
                "answers.value", value=self.one(spec, facet.value) if spec else plain(str(facet.value)), n=facet.count
            )
            for facet in held[:MOST_VALUES]
        ]
        rest = len(held) - len(listed)
        shown = self.wording.join([*listed, self._say("answers.more_values", n=rest)] if rest else listed)
        label = self.label(spec, attribute)
        text = self._say("answers.values", label=label, items=shown) if held else ""
        if constraints:
            text = f"{self.conditions(constraints)} – {text}"
        if not held:
            text = self._say("answers.no_values", label=label)
        proofs = (Evidence(claim=text, field=attribute, value=one.value, source="search") for one in held[:MOST_VALUES])
        return Sentence(text=sentence_case(text), evidence=tuple(proofs))

    def same(self, items: Sequence[Item], attribute: str) -> Sentence:
        """Say whether items have the same value of an attribute, with the values."""
        spec = self.schema.get(attribute)
        unknown = [item for item in items if attribute not in item.attributes]
        if spec is None or unknown:
            titles = self.titles(unknown or items)
            return Sentence(text=self._say("answers.same_unknown", label=self.label(spec, attribute), titles=titles))
        first, *others = (labels_of(item.attributes[attribute]) for item in items)
        shared = tuple(value for value in first if all(value in other for other in others))
        evidence = tuple(proof for item in items for proof in self._proofs(item, attribute))
        if shared:
            kept = tuple(proof for proof in evidence if str(proof.value) in shared)
            fact = items[0].attributes[attribute]
            value = self.value(spec, shared if isinstance(fact, tuple) else fact)
            text = self._say("answers.same", titles=self.titles(items), label=spec.display, value=value)
            return Sentence(text=text, evidence=kept)
        text = self._say("answers.differ", label=spec.display, items=self._side_by_side(items, spec))
        return Sentence(text=sentence_case(text), evidence=evidence)

    def compare(
        self,
        items: Sequence[Item],
        wishes: Sequence[Preference] = (),
        satisfied: Satisfied = lambda _item, _constraint: True,
        attribute: str | None = None,
    ) -> Comparison:
        """Return the shown facts as a table, and the difference that matters for the wishes in one sentence."""
        specs = chosen_rows(items, self.schema, wishes, attribute)
        rows = tuple(
            TableRow(
                label=sentence_case(spec.display),
                cells=tuple(self.cell(spec, item, most=_FEW) for item in items),
                attribute=spec.name,
            )
            for spec in specs
        )
        table = Table(columns=tuple(plain(item.title) for item in items), rows=rows)
        weighty = sorted((w for w in wishes if w.strength >= SPOKEN), key=lambda w: (not w.hard, -w.strength))
        telling = sorted(specs, key=lambda spec: (not (spec.kind == "number" and spec.unit), -spec.askable))
        first = [spec for spec in specs if spec.name == attribute]
        found = (
            *(self._apart(items, spec) for spec in first),
            *(self._split(items, wish, satisfied) for wish in weighty),
            *(self._apart(items, spec) for spec in telling),
        )
        alike = Sentence(text=self._say("compare.alike", titles=self.titles(items)))
        return Comparison(sentence=next((one for one in found if one is not None), alike), table=table)

    def _split(self, items: Sequence[Item], wish: Preference, satisfied: Satisfied) -> Sentence | None:
        """Say which of the items grant a wish, when some do and some do not."""
        constraint, spec = wish.constraint(), self.schema.get(wish.attribute)
        if constraint is None or spec is None:
            return None
        known = [item for item in items if wish.attribute in item.attributes]
        granting = [item for item in known if satisfied(item, constraint)]
        failing = [item for item in known if item not in granting]
        if not granting or not failing:
            return None
        yes, no = (self.wording.join([self._with_cell(item, spec) for item in side]) for side in (granting, failing))
        text = self._say("compare.split", wish=self.quoted_wish(wish), yes=yes, no=no)
        evidence = [proof for item in (*granting, *failing) for proof in self._proofs(item, spec.name)]
        return Sentence(text=text, evidence=(asked(text, wish), *evidence))

    def _apart(self, items: Sequence[Item], spec: AttributeSpec) -> Sentence | None:
        """Say how one attribute tells the items apart, or None when it does not."""
        known = [item for item in items if spec.name in item.attributes]
        if len(known) < 2 or len({item.attributes[spec.name] for item in known}) < 2:
            return None
        text = self._say("compare.apart", label=spec.display, items=self._side_by_side(known, spec))
        return Sentence(text=text, evidence=tuple(proof for item in known for proof in self._proofs(item, spec.name)))

    def superlative(self, items: Sequence[Item], attribute: str, direction: str) -> Sentence | None:
        """Say which item has the most or the least of something, and what the others have; None for no number."""
        spec = self.schema.get(attribute)
        known = [(item, fact) for item in items if isinstance(fact := item.attributes.get(attribute), (int, float))]
        if spec is None or spec.kind != "number" or not known or direction == "":
            return None
        known.sort(key=lambda pair: pair[1], reverse=direction == "higher")
        ends = [item for item, fact in known if fact == known[0][1]]
        rest = [item for item, _ in known[len(ends) :]]
        unknown = [item for item in items if attribute not in item.attributes]
        key = "compare.highest" if direction == "higher" else "compare.lowest"
        text = self._sentences(
            sentence_case(self._say(key, label=spec.display, items=self._side_by_side(ends, spec))),
            self._say("compare.then", items=self._side_by_side(rest, spec)) if rest else "",
            self._say("compare.unknown", titles=self.titles(unknown)) if unknown else "",
        )
        return Sentence(
            text=text, evidence=tuple(proof for item, _ in known for proof in self._proofs(item, attribute))
        )

    def _side_by_side(self, items: Sequence[Item], spec: AttributeSpec) -> str:
        return self.parts(self._with_cell(item, spec) for item in items)

    def _with_cell(self, item: Item, spec: AttributeSpec) -> str:
        return self.noted(self.title(item.title), self.cell(spec, item, most=_FEW))

    def _cells(self, item: Item, names: Sequence[str]) -> str:
        specs = [spec for name in names if (spec := self.schema.get(name)) is not None]
        return self._say("glue.comma").join(self.cell(spec, item, most=_FEW) for spec in specs)

    def _proofs(self, item: Item, attribute: str) -> tuple[Evidence, ...]:
        return proofs(plain(item.title), attribute, item.attributes[attribute]) if attribute in item.attributes else ()
