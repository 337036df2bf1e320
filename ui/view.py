"""What a door shows of a conversation, in plain text: pure, shared by the page, the terminal and chat apps.

Nothing here is escaped for HTML and nothing here decides: values become words, once, for every door.
"""

from __future__ import annotations

from collections.abc import Iterable

from agent.types import ITEM, TEXT, AskAction, Conversation, Preference, Recommendation, Relaxed, Reply
from retrieval.types import AttributeValue, CatalogSchema, CatalogWords, Value

from .language import Words, english
from .words import condition_words, is_range, raw_value, value_words

HEADLINE_FACTS = 4
"""Facts on a card's first line; the rest opens on demand."""
LISTED_VALUES = 3
"""Labels of a many-valued fact on a card's first line."""
_DIAL_STEPS = 20


class FactView(Value):
    """One fact as shown."""

    label: str
    value: str


class EvidenceView(Value):
    """What one claim rests on, as shown."""

    claim: str
    field: str
    value: str
    source: str


class CardView(Value):
    """One recommended item as shown."""

    item_id: str
    title: str
    rank: int
    reason: str
    headline: tuple[str, ...]
    """A few facts without their labels."""
    facts: tuple[FactView, ...]
    evidence: tuple[EvidenceView, ...]
    image_url: str | None
    audio_url: str | None = None
    video_url: str | None = None


class PreferenceView(Value):
    """One wish as shown."""

    id: str
    attribute: str
    label: str
    """Name of the attribute for people."""
    value: str
    """The condition in words, for example ``at most 90 min``."""
    raw: str
    """The bare value, as it would be typed into a field."""
    liked: bool
    hard: bool
    quote: str
    editable: bool
    """Whether its value can be typed."""
    strict: bool
    """Whether it can be made to hold for every item; likes of items and free words cannot."""
    numeric: bool
    notes: tuple[str, ...] = ()
    """How far it reaches ("for this occasion") and whether it is unsure, where there is anything to say."""
    words: str
    """The wish in a few words, without its strength."""

    @property
    def alone(self) -> str:
        """Return the wish in words that need no heading: a figure says what it counts."""
        figure = self.numeric and any(character.isdigit() for character in self.words)
        return f"{self.label} {self.words}" if figure else self.words


def headline(
    attributes: dict[str, AttributeValue],
    schema: CatalogSchema,
    wishes: Iterable[Preference] = (),
    words: Words | None = None,
) -> tuple[str, ...]:
    """Return the facts of a card's first line, without labels: those the schema places there, else its first few.

    Of a long list of labels the wished-for ones come first, so that a card never seems to miss what it has.
    """
    wanted = frozenset(label for wish in wishes if wish.polarity == "like" for label in _labels(wish.value))
    placed = sorted((spec for spec in schema.attributes if spec.headline), key=lambda spec: spec.headline)
    plain = (
        spec for spec in schema.attributes if spec.shown and spec.kind not in ("text", "boolean") and not spec.scale
    )
    known = [spec for spec in placed or plain if spec.name in attributes]
    return tuple(
        value_words(_wanted_first(attributes[spec.name], wanted), spec, LISTED_VALUES, words)
        for spec in known[:HEADLINE_FACTS]
    )


def fact_rows(
    attributes: dict[str, AttributeValue], schema: CatalogSchema, words: Words | None = None
) -> tuple[FactView, ...]:
    """Return every shown fact with its label, in the schema's order."""
    return tuple(
        FactView(label=spec.display, value=value_words(attributes[spec.name], spec, words=words))
        for spec in schema.attributes
        if spec.shown and spec.name in attributes
    )


def card(
    recommendation: Recommendation,
    schema: CatalogSchema,
    wishes: Iterable[Preference] = (),
    words: Words | None = None,
) -> CardView:
    """Return what a card shows of one recommendation, given what was wished for.

    Args:
        recommendation: what is shown.
        schema: the catalogue, in the language of ``words``.
        wishes: the wishes in force.
        words: the language's words; English when None.
    """
    words = words or english()
    sources = words.section("sources")
    return CardView(
        item_id=recommendation.item_id,
        title=recommendation.title,
        rank=recommendation.rank,
        reason=recommendation.reason,
        headline=headline(recommendation.attributes, schema, wishes, words),
        facts=fact_rows(recommendation.attributes, schema, words),
        evidence=tuple(
            EvidenceView(
                claim=e.claim,
                field=_field_label(e.field, schema),
                value=value_words(e.value, schema.get(e.field), words=words),
                source=sources.get(e.source, e.source),
            )
            for e in recommendation.evidence
        ),
        image_url=safe_url(recommendation.image_url),
        audio_url=safe_url(recommendation.audio_url),
        video_url=safe_url(recommendation.video_url),
    )


def preference(wish: Preference, schema: CatalogSchema, words: Words | None = None) -> PreferenceView:
    """Return what a panel shows of one wish."""
    words = words or english()
    spec = schema.get(wish.attribute)
    value, liked = condition_words(wish, spec, words), wish.polarity == "like"
    return PreferenceView(
        id=wish.id,
        attribute=wish.attribute,
        label=attribute_label(wish.attribute, schema, words),
        value=value,
        words=value if liked else words.say("values.not", value=value),
        raw=raw_value(wish.value, spec),
        liked=liked,
        hard=wish.hard,
        quote=wish.quote,
        editable=spec is not None and spec.kind != "boolean",
        strict=spec is not None,
        numeric=spec is not None and spec.kind == "number",
        notes=_notes(wish, words),
    )


def _notes(wish: Preference, words: Words) -> tuple[str, ...]:
    """Return how far a wish reaches and that it is unsure, where that is not the plain case."""
    reach = () if wish.scope == "session" else (words.say(f"panel.reach_{wish.scope}"),)
    return reach if wish.certainty == 1.0 else (*reach, words.say("panel.unsure"))


def preferences(
    wishes: Iterable[Preference], schema: CatalogSchema, words: Words | None = None
) -> tuple[PreferenceView, ...]:
    """Return all wishes as shown: what must hold first."""
    views = [preference(wish, schema, words) for wish in wishes]
    return tuple(sorted(views, key=lambda view: not view.hard))


def reactions(conversation: Conversation) -> dict[str, tuple[str, ...]]:
    """Return item id -> the reactions that stand, for the state of a card's buttons."""
    found: dict[str, set[str]] = {}
    for wish in conversation.preferences:
        if wish.attribute == ITEM:
            found.setdefault(str(wish.value), set()).add(wish.polarity)
    for item_id in conversation.seen_ids:
        found.setdefault(item_id, set()).add("seen")
    for item_id in conversation.rejected_ids:
        if "like" not in found.get(item_id, set()):
            found.setdefault(item_id, set()).add("dislike")
    return {item_id: tuple(sorted(kinds)) for item_id, kinds in found.items()}


def cards(reply: Reply, schema: CatalogSchema, words: Words | None = None) -> list[CardView]:
    """Return the cards of a reply. Only recommendations have reasons; an answer about items is said in its text."""
    found = [card(recommendation, schema, reply.preferences, words) for recommendation in reply.recommendations]
    if reply.action.kind == "recommend":
        return found
    return [answered.model_copy(update={"reason": ""}) for answered in found]


def lead(reply: Reply) -> str:
    """Return the reply's text without the reasons that stand on its cards."""
    text = reply.text
    if reply.action.kind != "recommend":
        return text
    if reply.question:
        text = text.removesuffix(reply.question)
    listed = tuple(f"{pick.rank}. {pick.title}" for pick in reply.recommendations)
    text = "\n".join(line for line in text.split("\n") if not line.startswith(listed))
    for recommendation in reply.recommendations:
        if recommendation.reason:
            text = text.replace(recommendation.reason, " ", 1)
    return " ".join(text.split())


def options(reply: Reply) -> tuple[str, ...]:
    """Return the concrete answers that a reply's question offers; empty when it asks nothing."""
    asked = _asked(reply)
    return asked.options if asked is not None else ()


def escapes(reply: Reply) -> tuple[str, ...]:
    """Return the ways not to answer a reply's question."""
    asked = _asked(reply)
    return asked.escapes if asked is not None else ()


def _asked(reply: Reply) -> AskAction | None:
    action = reply.action
    return action.question if action.kind == "recommend" else action if action.kind == "ask" else None


def relaxed_words(relaxed: Relaxed, schema: CatalogSchema, words: Words | None = None) -> str:
    """Say what dropping one constraint would bring, for example ``8 more films``."""
    words = words or english()
    key, noun = ("one", schema.noun) if relaxed.would_add == 1 else ("many", schema.noun_plural)
    return words.say(f"values.more_{key}", n=words.number(relaxed.would_add), noun=noun)


def relaxable(reply: Reply) -> list[tuple[Relaxed, str | None]]:
    """Return what may be relaxed, each with the id of the wish to drop where the reply still holds that wish."""
    held = {wish.id for wish in reply.preferences}
    return [(r, r.preference_id if r.preference_id in held else None) for r in reply.relaxed]


def safe_url(url: str | None) -> str | None:
    """Return the address if a page may load it: a path of this site or http(s); else None."""
    if url and (url.startswith(("http://", "https://")) or (url.startswith("/") and not url.startswith("//"))):
        return url
    return None


def plural(count: int, schema: CatalogSchema, words: Words | None = None) -> str:
    """Return a count with the catalogue's noun, for example ``17,472 films``."""
    words = words or english()
    own, key = schema.languages.get(words.language, CatalogWords()), "one" if count == 1 else "many"
    pattern, digits = own.one if count == 1 else own.many, words.number(count)
    if pattern:
        return pattern.replace("{n}", digits)
    return words.say(f"values.count_{key}", n=digits, noun=schema.noun if count == 1 else schema.noun_plural)


def _labels(value: AttributeValue) -> frozenset[str]:
    return frozenset(str(part).casefold() for part in (value if isinstance(value, tuple) else (value,)))


def _wanted_first(value: AttributeValue, wanted: frozenset[str]) -> AttributeValue:
    if not isinstance(value, tuple) or is_range(value):
        return value
    return tuple(sorted((str(label) for label in value), key=lambda label: label.casefold() not in wanted))


def attribute_label(attribute: str, schema: CatalogSchema, words: Words) -> str:
    """Name what a wish is about, for people."""
    if attribute == ITEM:
        return schema.noun
    if attribute == TEXT:
        return words.say("values.words")
    spec = schema.get(attribute)
    return spec.display if spec else attribute


def _field_label(field: str, schema: CatalogSchema) -> str:
    spec = schema.get(field)
    return spec.display if spec else field.replace("_", " ")


def dial_bar(adventure: float) -> str:
    """Draw the dial from familiar, 0, to adventurous, 1, in one line of text."""
    at = round(adventure * _DIAL_STEPS)
    return f"{'─' * at}●{'─' * (_DIAL_STEPS - at)}"
