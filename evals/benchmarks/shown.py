"""Measure what is said of items: the share of sentences that claim what nothing bears out, by who wrote them.

Templates, the language model with its sentences checked, and the same model with the same facts and nothing checked are
asked about the same items with the same wishes; ``claims`` spots what they say. Items with few facts count apart, since
that is where inventing begins.
"""

from __future__ import annotations

import logging
import random
import re
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from typing import Literal, NamedTuple

from agent import ComposeConfig, ComposeRequest, compose_reasons
from agent.errors import ModelError
from agent.types import ITEM, ChatMessage, ChatModel, Preference
from retrieval import satisfies
from retrieval.types import AttributeSpec, CatalogSchema, Constraint, Item, Value

from .claims import Claim, Known, World, claims
from .grounding import GroundingReport, wilson
from .grounding import render as render_lies

log = logging.getLogger(__name__)

Writer = Literal["templates", "checked model", "raw model"]
Completeness = Literal["complete", "partial", "sparse"]

_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z“])")
_EXAMPLES = 12
_KNOWN = {"complete": 0.75, "partial": 0.5}
"""Least share of the shown attributes that an item has; a complete one has a description too."""
_RAW = """You recommend {plural}. Say in two sentences what this {noun} is and why it suits the wish.
Use only these facts.
Wish: {wish}
Title: {title}
{facts}"""


class Asked(NamedTuple):
    """One item with the wishes it is told under."""

    item: Item
    wishes: tuple[Preference, ...]
    liked: Item
    unmet: tuple[Constraint, ...]

    @property
    def wish(self) -> str:
        """The wishes in the user's words."""
        return ", ".join(wish.quote for wish in self.wishes if wish.attribute != ITEM)


class Told(Value):
    """One sentence about an item and what is wrong with it."""

    writer: Writer
    completeness: Completeness
    title: str
    text: str
    claims: int
    unsupported: tuple[str, ...] = ()
    """``kind: words`` of every claim that nothing bears out."""


class Share(Value):
    """Sentences and claims of one writer about items of one kind."""

    writer: Writer
    completeness: Completeness | Literal["all"]
    sentences: int
    wrong_sentences: int
    claims: int
    wrong_claims: int


class ShownReport(Value):
    """Shares by writer and completeness, with examples of what is wrong."""

    shares: tuple[Share, ...]
    examples: tuple[Told, ...]


def completeness(item: Item, schema: CatalogSchema) -> Completeness:
    """Return how much is known of an item."""
    shown = [spec.name for spec in schema.attributes if spec.shown]
    share = sum(name in item.attributes for name in shown) / max(1, len(shown))
    if share >= _KNOWN["complete"] and item.description:
        return "complete"
    return "partial" if share >= _KNOWN["partial"] else "sparse"


def asked(items: Sequence[Item], schema: CatalogSchema, count: int, seed: int) -> Iterator[Asked]:
    """Yield random items, each with a wish that it grants, one that it may not, and an item that is liked."""
    rng = random.Random(seed)
    for _ in range(count):
        item, other, liked = rng.sample(items, 3)
        granted = _wish(rng, schema, item, hard=True)
        soft = _wish(rng, schema, other, hard=False)
        like = Preference(id="like", attribute=ITEM, value=liked.id, label=liked.title, turn_id="t", quote=liked.title)
        wishes = tuple(wish for wish in (granted, soft, like) if wish is not None)
        conditions = (soft.constraint(),) if soft is not None else ()
        unmet = tuple(one for one in conditions if one is not None and not satisfies(item, one, schema))
        yield Asked(item, wishes, liked, unmet)


def _wish(rng: random.Random, schema: CatalogSchema, item: Item, *, hard: bool) -> Preference | None:
    """Return a wish for something that this item has: a label, or a limit just above its number."""
    able = [spec for spec in schema.attributes if spec.name in item.attributes and spec.kind not in ("text", "boolean")]
    if not able:
        return None
    spec = rng.choice(able)
    fact = item.attributes[spec.name]
    name = f"{spec.name}-{'hard' if hard else 'soft'}"
    if isinstance(fact, (int, float)):
        limit = int(fact) + rng.choice((1, 5, 10))
        quote = f"{spec.display} under {limit}"
        return Preference(id=name, attribute=spec.name, op="lt", value=limit, hard=hard, turn_id="t", quote=quote)
    value = rng.choice(fact) if isinstance(fact, tuple) else fact
    return Preference(id=name, attribute=spec.name, value=str(value), hard=hard, turn_id="t", quote=str(value))


async def told_by_templates(asked: Sequence[Asked], world: World) -> list[Told]:
    """Return every sentence that templates say of the items."""
    return [told for one in asked async for told in _composed(None, one, world)]


async def told_by_model(
    model: ChatModel, asked: Sequence[Asked], world: World, *, on_told: Callable[[Told], None], raw: bool = True
) -> list[Told]:
    """Return what a language model says of the items, checked and raw, about each item in turn.

    Args:
        model: the language model.
        asked: the items with their wishes.
        world: the catalogue's vocabulary.
        on_told: hears every sentence as it is written, since this takes minutes.
        raw: whether to ask the model without checking as well.
    """
    found: list[Told] = []
    for one in asked:
        for writing in (_composed(model, one, world), *([_raw(model, one, world)] if raw else [])):
            try:
                async for told in writing:
                    found.append(told)
                    on_told(told)
            except ModelError as error:
                log.warning("the model did not answer about %r, which is left out: %s", one.item.title, error)
    return found


async def _composed(model: ChatModel | None, one: Asked, world: World) -> AsyncIterator[Told]:
    request = ComposeRequest(
        catalog=world.schema,
        items=(one.item,),
        wish=one.wish,
        preferences=one.wishes,
        liked=(one.liked,),
        unmet={one.item.id: one.unmet},
        seed=one.item.id,
    )
    async for sentence in compose_reasons(model, request, ComposeConfig(timeout_s=60)):
        if model is None or sentence.source != "template":
            yield _judged("templates" if model is None else "checked model", sentence.text, one, world)


async def _raw(model: ChatModel, one: Asked, world: World) -> AsyncIterator[Told]:
    schema = world.schema
    facts = [
        f"{spec.display}: {_fact(one.item, spec)}" for spec in schema.attributes if spec.name in one.item.attributes
    ]
    if one.item.description:
        facts.append(f"Description: {one.item.description}")
    prompt = _RAW.format(
        plural=schema.noun_plural, noun=schema.noun, wish=one.wish, title=one.item.title, facts="\n".join(facts)
    )
    answer = await model.complete([ChatMessage(role="user", content=prompt)], max_tokens=90)
    text = " ".join(answer.text.split())
    for sentence in _SENTENCE.split(text):
        if sentence.endswith((".", "!", "?")):
            yield _judged("raw model", sentence, one, world)


def _fact(item: Item, spec: AttributeSpec) -> str:
    fact = item.attributes[spec.name]
    if isinstance(fact, tuple):
        return ", ".join(str(value) for value in fact[:8])
    step = spec.scale.get(int(fact)) if isinstance(fact, (int, float)) else None
    return step or f"{fact} {spec.unit}".strip()


def _judged(writer: Writer, text: str, one: Asked, world: World) -> Told:
    said = " ".join(text for wish in one.wishes for text in (wish.quote, wish.label, str(wish.value)))
    wordings = _wordings(world.schema, one.wishes)
    found: list[Claim] = claims(text, one.item, world, Known(words=f"{said} {wordings}", items=(one.liked,)))
    return Told(
        writer=writer,
        completeness=completeness(one.item, world.schema),
        title=one.item.title,
        text=text,
        claims=len(found),
        unsupported=tuple(f"{claim.kind}: {claim.words}" for claim in found if not claim.supported),
    )


def _wordings(schema: CatalogSchema, wishes: Sequence[Preference]) -> str:
    """Return the catalogue's other words for wished-for labels: the user who said France may be told French."""
    found = []
    for wish in wishes:
        spec = schema.get(wish.attribute)
        if spec is not None:
            found += [words[str(wish.value)] for words in (spec.adjectives, spec.nouns) if str(wish.value) in words]
            found.append(spec.sentence.replace("{value}", str(wish.value)))
    return " ".join(found)


def summed(told: Sequence[Told]) -> ShownReport:
    """Count sentences and claims by writer and completeness."""
    shares = []
    for writer in ("templates", "checked model", "raw model"):
        own = [one for one in told if one.writer == writer]
        groups = [
            (kind, [one for one in own if one.completeness == kind]) for kind in ("complete", "partial", "sparse")
        ]
        shares += [_share(writer, kind, group) for kind, group in (*groups, ("all", own)) if group]
    wrong = [one for one in told if one.unsupported]
    examples = [one for writer in ("templates", "checked model", "raw model")
                for one in [w for w in wrong if w.writer == writer][:_EXAMPLES]]  # fmt: skip
    return ShownReport(shares=tuple(shares), examples=tuple(examples))


def _share(writer: str, kind: str, group: Sequence[Told]) -> Share:
    return Share.model_validate(
        {
            "writer": writer,
            "completeness": kind,
            "sentences": len(group),
            "wrong_sentences": sum(bool(one.unsupported) for one in group),
            "claims": sum(one.claims for one in group),
            "wrong_claims": sum(len(one.unsupported) for one in group),
        }
    )


def render(report: ShownReport) -> str:
    """Return the figures for people, with examples."""
    lines = ["writer         items      sentences with an unsupported claim (95% interval)   claims unsupported"]
    for share in report.shares:
        low, high = wilson(share.wrong_sentences, share.sentences)
        wrong = f"{share.wrong_sentences}/{share.sentences} ({low:.4f} to {high:.4f})"
        lines.append(f"{share.writer:<14} {share.completeness:<10} {wrong:<50} {share.wrong_claims}/{share.claims}")
    for one in report.examples:
        lines.append(f"  [{one.writer}, {one.completeness}] {one.title}: {one.text} -> {'; '.join(one.unsupported)}")
    return "\n".join(lines)


class GroundingRun(Value):
    """Lies planted for the checker, and what is said of items all the same."""

    lies: GroundingReport
    shown: ShownReport | None = None


def render_run(run: GroundingRun) -> str:
    """Return both halves for people."""
    return "\n\n".join([render_lies(run.lies), *([render(run.shown)] if run.shown else [])])
