"""Score whether reasons are borne out, by means of its own: it shares no code with the checker it judges. Pure.

It finds numbers and capitalised names that neither the catalogue nor the user said, and evidence that is not among the
facts. Plain words that claim too much ("a slow, brooding film") are beyond it; ``palate eval run --show-claims`` prints
them for reading by hand.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files

from agent.types import Evidence, Recommendation
from retrieval.types import AttributeSpec, AttributeValue, CatalogSchema, Item

from .check_words import fold, numbers
from .finding import Finding, without
from .observed import Observed

_SENTENCE = re.compile(r"(?<=[.!?])\s+")
_NAME = re.compile(r"(?<![\w'])[A-Z][\w'-]*")
_WORD = re.compile(r"\w+")
_ALWAYS = frozenset({"i", "us", "usa", "uk", "it", "its"})


def grounded(wanted: bool, seen: Observed) -> Iterator[Finding]:
    """Score all reasons of a reply at once."""
    if not wanted or seen.reply is None or not seen.recommending or not seen.items:
        return
    items = {item.id: item for item in seen.items}
    offenders = [
        f"{pick.title}: {flaw}"
        for pick in seen.reply.recommendations
        if pick.item_id in items
        for flaw in flaws(pick, items[pick.item_id], seen)
    ]
    yield without(offenders, f"reasons of {len(items)} items are borne out")


def flaws(pick: Recommendation, item: Item, seen: Observed) -> Iterator[str]:
    """Yield what a pick's reason and evidence say without ground."""
    if not pick.reason.strip():
        yield "no reason is given"
        return
    schema = seen.schema.in_language(seen.reply.language) if seen.reply else seen.schema
    known = list(_known_texts(item, seen, schema))
    said = set(numbers(fold(" ".join([seen.words, *(str(wish.value) for wish in seen.preferences)]))))
    values = set(_fact_numbers(item)) | said | {n for e in pick.evidence for n in numbers(str(e.value))}
    written = [_phrase_words(seen.reply.language)] if seen.reply else []
    claims = 0
    for sentence in _SENTENCE.split(pick.reason):
        left = _strip(fold(sentence), known)
        claims += left != fold(sentence) or bool(numbers(left))
        yield from (f"number {number:g} in {sentence!r}" for number in numbers(left) if not _near(number, values))
        yield from (f"name {name!r} in {sentence!r}" for name in _strange_names(sentence, [*known, *written], schema))
    if claims and not pick.evidence:
        yield f"no evidence for {pick.reason!r}"
    yield from (f"evidence {proof.field} = {proof.value!r}" for proof in pick.evidence if not borne_out(proof, item))


def borne_out(proof: Evidence, item: Item) -> bool:
    """Return whether evidence that is said to come from the item is among its facts."""
    if proof.source != "item":
        return True
    if proof.field == "title":
        return fold(str(proof.value)) == fold(item.title)
    if proof.field == "description":
        return bool(item.description)
    fact = item.attributes.get(proof.field)
    return fact is not None and _keys(proof.value) <= _keys(fact)


def _known_texts(item: Item, seen: Observed, schema: CatalogSchema) -> Iterator[str]:
    """Yield folded texts whose words the reason may use, longest first within each source."""
    yield fold(item.title)
    yield from sorted((fold(v) for v in _labels(item.attributes.values())), key=len, reverse=True)
    yield from (fold(text) for text in _wordings(item, schema))
    for wish in seen.preferences:
        yield from (fold(text) for text in (wish.label, wish.quote, str(wish.value)) if text)
    for turn in (*seen.earlier, seen):
        yield from (fold(shown.title) for shown in turn.items)
    yield fold(seen.words)
    yield fold(item.description)


def _wordings(item: Item, schema: CatalogSchema) -> Iterator[str]:
    """Yield the catalogue's own words for the item's labels: ``French`` for France, or its name in the language."""
    for spec in schema.attributes:
        for label in _labels([item.attributes.get(spec.name, ())]):
            yield from (words[label] for words in (spec.adjectives, spec.nouns, spec.written) if label in words)


def _labels(values: Iterable[AttributeValue]) -> Iterator[str]:
    for value in values:
        if isinstance(value, str):
            yield value
        elif isinstance(value, tuple):
            yield from (one for one in value if isinstance(one, str))


def _strip(sentence: str, known: Iterable[str]) -> str:
    """Take known labels and titles out of a sentence, so that the digits in a title are not taken for claims."""
    for text in known:
        # Most known texts are not in it; the plain test spares compiling a pattern for each of them.
        if len(text) > 1 and text in sentence:
            sentence = re.sub(rf"(?<!\w){re.escape(text)}(?!\w)", " ", sentence)
    return sentence


def _fact_numbers(item: Item) -> Iterator[float]:
    for value in item.attributes.values():
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            yield float(value)
            yield float(value) // 10 * 10
        elif isinstance(value, tuple):
            yield float(len(value))
    yield from numbers(fold(item.description))


def _near(number: float, values: Iterable[float]) -> bool:
    """Return whether a number is one of the values, allowing for rounding in the last digit of large ones."""
    return any(abs(number - value) <= max(0.05, abs(value) * 0.05 if abs(value) >= 1e5 else 0.0) for value in values)


def _strange_names(sentence: str, known: Iterable[str], schema: CatalogSchema) -> Iterator[str]:
    matches = [match for match in _NAME.finditer(sentence) if match.start() > 0]
    if not matches:
        return
    allowed = {word for text in known for word in _WORD.findall(text)} | _schema_words(schema) | _ALWAYS
    for match in matches:
        if not allowed.issuperset(_WORD.findall(fold(match.group()).removesuffix("'s"))):
            yield match.group()


@cache
def _phrase_words(language: str) -> str:
    """Return the words that replies of a language are written with; German writes all nouns as English writes names."""
    place = files("agent") / "languages" / "wording" / f"{language}.toml"
    return fold(place.read_text(encoding="utf-8")) if language != "en" and place.is_file() else ""


def _schema_words(schema: CatalogSchema) -> set[str]:
    """Return words that name attributes, whatever their values."""
    texts = (fold(text) for spec in schema.attributes for text in _spec_texts(spec))
    return {word for text in texts for word in _WORD.findall(text)}


def _spec_texts(spec: AttributeSpec) -> Iterator[str]:
    yield from (spec.display, spec.sentence, spec.unit, *spec.aliases)


def _keys(value: AttributeValue) -> set[str]:
    values = value if isinstance(value, tuple) else (value,)
    return {fold(f"{one:g}" if isinstance(one, (int, float)) else one) for one in values}
