"""Measure the checker of sentences with planted lies: true sentences about real items, and others with one thing wrong.

A lie borrows a value from another item, and only one that appears nowhere in what is known of this item.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from agent.grounding import GroundingContext, check
from agent.templates import ReasonContext, reason
from agent.types import Preference
from retrieval.types import AttributeSpec, AttributeValue, CatalogSchema, Item, Value

from .inventions import inventions


class Sample(NamedTuple):
    """One sentence about one item, and whether it is true of it."""

    kind: str
    text: str
    true: bool
    context: GroundingContext


class GroundingReport(Value):
    """What the checker let through and what it stopped."""

    lies: int
    caught: int
    truths: int
    stopped: int
    """True sentences that were refused."""
    missed: tuple[tuple[str, str, str], ...]
    """(kind, item, sentence) of every lie that passed."""
    refused: tuple[tuple[str, str, str], ...]
    """(kind, item, sentence) of every true sentence that was refused."""
    by_kind: dict[str, tuple[int, int]]
    """Kind of lie -> (caught, all)."""

    @property
    def recall(self) -> float:
        """Share of lies that were caught."""
        return self.caught / self.lies

    @property
    def false_alarms(self) -> float:
        """Share of true sentences that were refused."""
        return self.stopped / self.truths


def measure(samples: Sequence[Sample]) -> GroundingReport:
    """Check every sample."""
    caught: Counter[str] = Counter()
    every: Counter[str] = Counter()
    missed, refused = [], []
    for sample in samples:
        supported = check(sample.text, sample.context).supported
        row = (sample.kind, sample.context.item.title, sample.text)
        if sample.true:
            refused += [] if supported else [row]
            continue
        every[sample.kind] += 1
        caught[sample.kind] += not supported
        missed += [row] if supported else []
    truths = sum(sample.true for sample in samples)
    return GroundingReport(
        lies=sum(every.values()),
        caught=sum(caught.values()),
        truths=truths,
        stopped=len(refused),
        missed=tuple(missed),
        refused=tuple(refused),
        by_kind={kind: (caught[kind], every[kind]) for kind in sorted(every)},
    )


def render(report: GroundingReport) -> str:
    """Return the figures for people: what passed that should not have, and what was refused that was true."""
    low, high = wilson(report.caught, report.lies)
    interval = f"95% interval {low:.4f} to {high:.4f}"
    lines = [
        f"lies caught        {report.caught}/{report.lies} = {report.recall:.4f} ({interval})",
        f"true ones refused  {report.stopped}/{report.truths} = {report.false_alarms:.4f}",
        f"kinds of lies      {len(report.by_kind)}",
    ]
    lines += [f"  {kind}: {caught}/{every}" for kind, (caught, every) in report.by_kind.items() if caught < every]
    lines += [f"  passed [{kind}] {title}: {text}" for kind, title, text in report.missed]
    lines += [f"  refused [{kind}] {title}: {text}" for kind, title, text in report.refused]
    return "\n".join(lines)


def wilson(successes: int, trials: int) -> tuple[float, float]:
    """Return the 95% score interval of a share (Wilson 1927)."""
    z, share = 1.96, successes / trials
    middle = share + z * z / (2 * trials)
    spread = z * ((share * (1 - share) + z * z / (4 * trials)) / trials) ** 0.5
    scale = 1 + z * z / trials
    return (middle - spread) / scale, (middle + spread) / scale


def samples(items: Sequence[Item], schema: CatalogSchema, seed: int = 42) -> Iterator[Sample]:
    """Yield true sentences and lies about the items; lies borrow from the next items.

    Args:
        items: described items with names, labels and numbers; at least three.
        schema: their catalogue.
        seed: fixes which values are borrowed.
    """
    for place, item in enumerate(items):
        others = [items[(place + step) % len(items)] for step in range(1, 6)]
        wish = _wish(schema, item)
        context = GroundingContext(item=item, catalog=schema, preferences=(wish,) if wish else (), liked=(others[0],))
        yield from (Sample("true", text, True, context) for text in _truths(item, schema))
        reasons = ReasonContext(catalog=schema, preferences=context.preferences, liked=context.liked, seed=str(seed))
        yield from (Sample("template", one.text, True, context) for one in reason(item, reasons))
        liar = _Liar(item, others, schema, random.Random(f"{seed}/{item.id}"))
        yield from (Sample(kind, text, False, context) for kind, text in liar.lies())
        invented = inventions(item, others, schema, random.Random(f"{seed}/{item.id}/invented"))
        yield from (Sample(kind, text, False, context) for kind, text in invented)


def _wish(schema: CatalogSchema, item: Item) -> Preference | None:
    """Return a wish for a label that the item does not have, to be claimed as its fact by a lie.

    A label that is a step of a scale as well could be true of the item all the same.
    """
    spec = next((spec for spec in schema.attributes if _is_label(spec)), None)
    if spec is None:
        return None
    steps = " ".join(step for other in schema.attributes for step in other.scale.values())
    others = sorted(schema_labels(spec) - set(_texts(item, spec.name)))
    label = next((label for label in others if label.casefold() not in steps.casefold()), "")
    if not label:
        return None
    return Preference(id="wish", attribute=spec.name, value=label, turn_id="t", quote=f"something {label}")


def schema_labels(spec: AttributeSpec) -> set[str]:
    """Return the labels that the schema itself names."""
    return set(spec.synonyms.values())


def _is_label(spec: AttributeSpec) -> bool:
    return spec.kind == "categories" and not spec.names and not spec.adjectives


def _texts(item: Item, name: str) -> list[str]:
    value = item.attributes.get(name, ())
    return [str(one) for one in value] if isinstance(value, tuple) else [str(value)]


def _clause(spec: AttributeSpec, value: AttributeValue) -> str:
    return spec.sentence.replace("{value}", str(value))


def _truths(item: Item, schema: CatalogSchema) -> Iterator[str]:
    """Yield one sentence for each fact, in the schema's words and in others."""
    for spec in schema.attributes:
        if spec.name not in item.attributes or not spec.sentence:
            continue
        value = item.attributes[spec.name]
        if spec.scale:
            yield f"It {_clause(spec, spec.scale[int(str(value))])}."
        elif spec.kind in ("number", "category"):
            yield f"It {_clause(spec, value)}."
        elif isinstance(value, tuple):
            yield from (f"It {_clause(spec, one)}." for one in value[:2])
            yield f"This {schema.noun} {_clause(spec, ' and '.join(_texts(item, spec.name)[:2]))}."
    yield item.description


class _Liar:
    """Makes false sentences about one item out of what is true of others."""

    def __init__(self, item: Item, others: Sequence[Item], schema: CatalogSchema, rng: random.Random) -> None:
        self._item, self._others, self._schema, self._rng = item, others, schema, rng

    def lies(self) -> Iterator[tuple[str, str]]:
        """Yield (kind, sentence)."""
        for spec in self._schema.attributes:
            if spec.name in self._item.attributes and spec.sentence:
                yield from self._about(spec)
        yield from self._swapped_names()
        yield from self._stories()
        yield from self._opinions()

    def _about(self, spec: AttributeSpec) -> Iterator[tuple[str, str]]:
        value = self._item.attributes[spec.name]
        if isinstance(value, (int, float)) and spec.scale:
            yield f"wrong_{spec.name}", f"It {_clause(spec, spec.scale[6 - int(value) if value != 3 else 1])}."
        elif isinstance(value, (int, float)):
            yield from self._numbers(spec, value)
        else:
            borrowed = self._borrow(spec.name)
            if borrowed:
                yield f"wrong_{spec.name}", f"It {_clause(spec, borrowed)}."
                yield (
                    f"half_wrong_{spec.name}",
                    f"It {_clause(spec, f'{_texts(self._item, spec.name)[0]} and {borrowed}')}.",
                )
                yield (
                    f"wrong_{spec.name}_in_passing",
                    f"This {self._schema.noun}, which {_clause(spec, borrowed)}, is a story.",
                )
            if not spec.names:
                yield f"negated_{spec.name}", f"It is not a {_texts(self._item, spec.name)[0]} {self._schema.noun}."

    def _numbers(self, spec: AttributeSpec, value: float) -> Iterator[tuple[str, str]]:
        off = value + self._rng.choice((-3, -1, 2, 5, 11))
        yield f"wrong_{spec.name}", f"It {_clause(spec, f'{off:g}')}."
        yield f"bound_{spec.name}", f"It {_clause(spec, f'less than {value - 1:g}')}."
        if not spec.unit and 1000 <= value <= 2100:
            yield "wrong_decade", f"It is a {self._schema.noun} from the {int(value) // 10 * 10 - 10}s."
            yield (
                "wrong_part_of_decade",
                f"It is from the {'late' if value % 10 < 5 else 'early'} {int(value) // 10 * 10}s.",
            )
            yield "comparison_year", f"It is newer than {self._others[0].title} and than {value + 4:g}."
        if spec.unit == "min":
            yield "rounded_runtime", f"It is over {int(value) // 60 + 1} hours long."
            score, reviews = f"It has a critics' score of {value:g}%.", f"It was reviewed by {value:g} critics."
            if list(self._item.attributes.values()).count(value) == 1:
                yield "number_in_wrong_role", score if value <= 100 else reviews
            yield "limit_of_the_user", f"It runs {value:g} minutes, within your {value + 30:g} minutes."

    def _borrow(self, name: str) -> str:
        """Return a value of another item that appears nowhere in this one."""
        told = " ".join(
            [self._item.description, self._item.title, *(str(v) for v in self._item.attributes.values())]
        ).casefold()
        options = [
            one for other in self._others for one in _texts(other, name) if one.casefold().rstrip("s") not in told
        ]
        return self._rng.choice(options) if options else ""

    def _swapped_names(self) -> Iterator[tuple[str, str]]:
        specs = [spec for spec in self._schema.attributes if spec.names and spec.name in self._item.attributes]
        for spec in specs:
            for other in specs:
                wrong = [one for one in _texts(self._item, other.name) if one not in _texts(self._item, spec.name)]
                if other.name != spec.name and wrong:
                    yield f"role_swap_{other.name}_as_{spec.name}", f"It {_clause(spec, wrong[0])}."

    def _stories(self) -> Iterator[tuple[str, str]]:
        other = next(other for other in self._others if other.description != self._item.description)
        yield "story_of_another", other.description
        words = self._item.description.rstrip(".").split()
        yield "invented_plot_word", " ".join([*words[:4], "blackmailed", *words[4:]]) + "."
        yield "invented_end", f"{self._item.description.rstrip('.')} and dies."
        yield "negated_plot", " ".join([*words[:5], "never", *words[5:]]) + "."
        yield "reversed_plot", " ".join([*words[len(words) // 2 :], "by", *words[: len(words) // 2]]) + "."
        yield "invented_place", f"This {self._schema.noun} is set in Ouagadougou."
        yield "wrong_title", f"{other.title} tells the story of {' '.join(words[:6]).lower()}."
        yield "unshared_likeness", f"Like {other.title}, it tells of {words[0].lower()} {words[1]}."

    def _opinions(self) -> Iterator[tuple[str, str]]:
        noun = self._schema.noun
        label = next(
            (spec for spec in self._schema.attributes if spec.nouns and spec.name in self._item.attributes), None
        )
        kind = _texts(self._item, label.name)[0] if label else noun
        yield "praise", f"It is a masterful {kind} {noun}."
        yield "praise_of_craft", f"It is a {kind} {noun} with stunning photography."
        yield "superlative", f"It is the best {kind} {noun}."
        yield "most", f"It is the most {kind} of all {self._schema.noun_plural}."
        yield "invented_award", f"This {kind} {noun} won a Palme d'Or."
        yield "nomination", f"This {kind} {noun} was nominated for an Oscar."
        yield "true_story", f"It is a {kind} {noun} based on a true story."
        yield "sequel", f"This {kind} {noun} has two sequels."
        yield "without", f"It is a {kind} {noun} without any violence."
        yield "comparison", f"It is a better {kind} {noun} than {self._others[0].title}."
        yield "audience", f"Audiences love this {kind} {noun}."
        yield "promise", f"You will love this {kind} {noun}."
        wish = _wish(self._schema, self._item)
        if wish is not None:
            yield "wish_as_fact", f"It is a {wish.value} {kind} {noun}."
            yield "wish_granted", f"It fits your wish for something {wish.value}."
        yield "invented_wish", f"It is the {kind} {noun} you asked for, with ponies."
        yield "lead", "It has a magnificent lead performance."
