"""What a door shows of a conversation, in plain text: pure, shared by the page, the terminal and chat apps.

Nothing here is escaped for HTML and nothing here decides: values become words, once, for every door.
"""

from __future__ import annotations

from collections.abc import Iterable

from agent.memory import Taste
from agent.types import ITEM, TEXT, AskAction, Conversation, Preference, Recommendation, Relaxed, Reply
from retrieval.types import AttributeValue, CatalogSchema, Value

from .words import condition_words, is_range, raw_value, value_words

HEADLINE_FACTS = 4
"""Facts on a card's first line; the rest opens on demand."""
LISTED_VALUES = 3
"""Labels of a many-valued fact on a card's first line."""


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

    @property
    def words(self) -> str:
        """Return the wish in a few words, without its strength."""
        return self.value if self.liked else f"not {self.value}"

    @property
    def alone(self) -> str:
        """Return the wish in words that need no heading: a figure says what it counts."""
        figure = self.numeric and any(character.isdigit() for character in self.words)
        return f"{self.label} {self.words}" if figure else self.words


_SOURCES = {
    "item": "catalogue",
    "user": "your words",
    "graph": "shared facts",
    "model_checked": "checked by the model",
    "search": "the ranking",
}


def headline(
    attributes: dict[str, AttributeValue], schema: CatalogSchema, wishes: Iterable[Preference] = ()
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
        value_words(_wanted_first(attributes[spec.name], wanted), spec, LISTED_VALUES)
        for spec in known[:HEADLINE_FACTS]
    )


def fact_rows(attributes: dict[str, AttributeValue], schema: CatalogSchema) -> tuple[FactView, ...]:
    """Return every shown fact with its label, in the schema's order."""
    return tuple(
        FactView(label=spec.display, value=value_words(attributes[spec.name], spec))
        for spec in schema.attributes
        if spec.shown and spec.name in attributes
    )


def card(recommendation: Recommendation, schema: CatalogSchema, wishes: Iterable[Preference] = ()) -> CardView:
    """Return what a card shows of one recommendation, given what was wished for."""
    return CardView(
        item_id=recommendation.item_id,
        title=recommendation.title,
        rank=recommendation.rank,
        reason=recommendation.reason,
        headline=headline(recommendation.attributes, schema, wishes),
        facts=fact_rows(recommendation.attributes, schema),
        evidence=tuple(
            EvidenceView(
                claim=e.claim,
                field=_field_label(e.field, schema),
                value=value_words(e.value, schema.get(e.field)),
                source=_SOURCES.get(e.source, e.source),
            )
            for e in recommendation.evidence
        ),
        image_url=safe_url(recommendation.image_url),
    )


def preference(wish: Preference, schema: CatalogSchema) -> PreferenceView:
    """Return what a panel shows of one wish."""
    spec = schema.get(wish.attribute)
    return PreferenceView(
        id=wish.id,
        attribute=wish.attribute,
        label=_attribute_label(wish.attribute, schema),
        value=condition_words(wish, spec),
        raw=raw_value(wish.value),
        liked=wish.polarity == "like",
        hard=wish.hard,
        quote=wish.quote,
        editable=spec is not None and spec.kind != "boolean",
        strict=spec is not None,
        numeric=spec is not None and spec.kind == "number",
    )


def preferences(wishes: Iterable[Preference], schema: CatalogSchema) -> tuple[PreferenceView, ...]:
    """Return all wishes as shown: what must hold first."""
    views = [preference(wish, schema) for wish in wishes]
    return tuple(sorted(views, key=lambda view: not view.hard))


class TasteView(Value):
    """One remembered taste as shown."""

    id: str
    label: str
    value: str
    liked: bool
    strength: int
    """Percent of what it could be."""
    origin: str
    """Where it came from, in a few words."""

    @property
    def words(self) -> str:
        """Return the taste in a few words."""
        return self.value if self.liked else f"not {self.value}"


_ORIGINS = {
    "lasting": "you said so",
    "reaction": "how you took to it",
    "session": "you asked for it several times",
    "profile": "stated about you",
    "edited": "set by hand",
}


def taste(held: Taste, schema: CatalogSchema) -> TasteView:
    """Return what a panel shows of one remembered taste."""
    spec = schema.get(held.attribute)
    wish = held.preference()
    last = held.origins[-1] if held.origins else None
    return TasteView(
        id=held.id,
        label=_attribute_label(held.attribute, schema),
        value=condition_words(wish, spec),
        liked=held.polarity == "like",
        strength=round(100 * held.strength),
        origin=(f"“{last.quote}”" if last.quote else _ORIGINS[last.source]) if last else "",
    )


def taste_line(held: Taste, schema: CatalogSchema) -> str:
    """Return one remembered taste as a line for a terminal."""
    shown = taste(held, schema)
    return f"{shown.label}: {shown.words}  {shown.strength} %  {held.last_seen[:10]}  {shown.origin}  [{shown.id}]"


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


def cards(reply: Reply, schema: CatalogSchema) -> list[CardView]:
    """Return the cards of a reply. Only recommendations have reasons; an answer about items is said in its text."""
    found = [card(recommendation, schema, reply.preferences) for recommendation in reply.recommendations]
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


def relaxed_words(relaxed: Relaxed, schema: CatalogSchema) -> str:
    """Say what dropping one constraint would bring, for example ``8 more films``."""
    noun = schema.noun if relaxed.would_add == 1 else schema.noun_plural
    return f"{relaxed.would_add:,} more {noun}"


def relaxable(reply: Reply) -> list[tuple[Relaxed, str | None]]:
    """Return what may be relaxed, each with the id of the wish to drop where the reply still holds that wish."""
    held = {wish.id for wish in reply.preferences}
    return [(r, r.preference_id if r.preference_id in held else None) for r in reply.relaxed]


def safe_url(url: str | None) -> str | None:
    """Return the address if a page may load it: a path of this site or http(s); else None."""
    if url and (url.startswith(("http://", "https://")) or (url.startswith("/") and not url.startswith("//"))):
        return url
    return None


def plural(count: int, schema: CatalogSchema) -> str:
    """Return a count with the catalogue's noun, for example ``17,472 films``."""
    return f"{count:,} {schema.noun if count == 1 else schema.noun_plural}"


def _labels(value: AttributeValue) -> frozenset[str]:
    return frozenset(str(part).casefold() for part in (value if isinstance(value, tuple) else (value,)))


def _wanted_first(value: AttributeValue, wanted: frozenset[str]) -> AttributeValue:
    if not isinstance(value, tuple) or is_range(value):
        return value
    return tuple(sorted((str(label) for label in value), key=lambda label: label.casefold() not in wanted))


def _attribute_label(attribute: str, schema: CatalogSchema) -> str:
    if attribute == ITEM:
        return schema.noun
    if attribute == TEXT:
        return "in your words"
    spec = schema.get(attribute)
    return spec.display if spec else attribute


def _field_label(field: str, schema: CatalogSchema) -> str:
    spec = schema.get(field)
    return spec.display if spec else field.replace("_", " ")
