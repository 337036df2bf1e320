"""Measure which stated attributes, with which polarity, are understood of coached talk about films.

palate bench preferences
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from agent.types import ITEM, Conversation
from retrieval.types import CatalogSchema, Value

from .preferences import Hearing
from .preferences_baselines import TitleMatcher, Words, plain_words
from .preferences_labels import Key, StatedMessage, comparable, matched, stated
from .preferences_score import Measured, Tally, header, line, measured, tally

Pair = tuple[set[Key], set[Key]]
"""What was found in a message, and what is labelled."""


class AttributeRow(Value):
    """Figures of one attribute."""

    attribute: str
    figures: Measured


class StatedReport(Value):
    """Figures of one half."""

    half: str
    dialogues: int
    messages: int
    labels: int
    optional: int
    absent: int
    """Labelled titles that the catalogue does not hold; left out of all figures."""
    rows: dict[str, Measured]
    """Way of reading -> figures; the first is Palate's."""
    attributes: tuple[AttributeRow, ...]
    """Palate's figures by attribute."""
    slips: dict[str, int]


class Phrasebook:
    """The trivial reading: every wording that the schema knows, word for word, liked."""

    def __init__(self, schema: CatalogSchema, values: Mapping[str, Iterable[str]], titles: TitleMatcher) -> None:
        """Index the wordings.

        Args:
            schema: synonyms and phrases.
            values: the catalogue's values by attribute.
            titles: finds titles word for word.
        """
        self._phrases: dict[Words, set[Key]] = defaultdict(set)
        self._titles = titles
        for spec in schema.attributes:
            said = {**{value: value for value in values.get(spec.name, ())}, **spec.synonyms}
            for phrase, value in said.items():
                self._phrases[plain_words(phrase)].add(comparable(spec.name, value, "like", schema))
            for phrase, condition in spec.phrases.items():
                end = "high" if condition.strip().startswith(">") else "low"
                self._phrases[plain_words(phrase)].add(comparable(spec.name, end, "like", schema))
        self._phrases.pop((), None)
        self._longest = max(map(len, self._phrases), default=0)

    def read(self, text: str) -> frozenset[Key]:
        """Return what the words could state; titles too where two words or more agree."""
        words, found, at = plain_words(text), set[Key](), 0
        while at < len(words):
            for end in range(min(len(words), at + self._longest), at, -1):
                if words[at:end] in self._phrases:
                    found |= set(sorted(self._phrases[words[at:end]])[:1])
                    at = end - 1
                    break
            at += 1
        titles = (title for title in self._titles.names(words) if len(plain_words(title)) > 1)
        return frozenset(found | {(ITEM, " ".join(plain_words(title)), "like") for title in titles})


async def hear(listener: Hearing, message: StatedMessage, schema: CatalogSchema) -> frozenset[Key]:
    """Return what a message states, read as the answer to what the other side said last and to nothing before."""
    state = listener.tell(Conversation(session_id=message.labelled.dialogue), (), message.question)
    _, update = await listener.hear(message.text, state)
    return stated(update.add, schema)


def summed_stated(
    messages: Sequence[StatedMessage],
    readings: Mapping[str, Sequence[frozenset[Key]]],
    schema: CatalogSchema,
    titles: frozenset[str],
    half: str,
) -> StatedReport:
    """Return the figures of one half.

    Args:
        messages: the labelled messages of the half.
        readings: way of reading -> what each message states; the first is looked at closely.
        schema: the catalogue's attributes.
        titles: every title of the catalogue, whole and up to its colon, in comparable form.
        half: its name.
    """
    kept = [_in_catalogue(message, titles) for message in messages]
    pairs = {
        name: [matched(keys, one.labelled.labels, schema) for keys, one in zip(found, kept, strict=True)]
        for name, found in readings.items()
    }
    own = pairs[next(iter(readings))]
    dialogues = [message.labelled.dialogue for message in messages]
    every = [label for message in messages for label in message.labelled.labels]
    left = [label for message in kept for label in message.labelled.labels]
    names = sorted({key[0] for found, labels in own for key in found | labels})
    return StatedReport(
        half=half,
        dialogues=len(set(dialogues)),
        messages=len(messages),
        labels=sum(not label.optional for label in left),
        optional=sum(label.optional for label in left),
        absent=len(every) - len(left),
        rows={name: measured(_by_dialogue(found, dialogues)) for name, found in pairs.items()},
        attributes=tuple(
            AttributeRow(attribute=name, figures=measured(_by_dialogue(_only(own, name), dialogues))) for name in names
        ),
        slips=dict(_slips(own)),
    )


def render_stated(report: StatedReport) -> str:
    """Return the figures as text."""
    lines = [
        f"What people state of films, with polarity: CCPE, {report.half} half",
        f"{report.messages} messages of {report.dialogues} dialogues; {report.labels} labels, {report.optional} more "
        f"optional; {report.absent} labelled titles not in the catalogue, left out",
        "",
        header("all attributes"),
        *(line(name, figures) for name, figures in report.rows.items()),
        "",
        header("Palate, by attribute"),
        *(line(f"{row.attribute} ({row.figures.labelled})", row.figures) for row in report.attributes),
        "",
        "Slips: " + ("; ".join(f"{kind} {count}" for kind, count in sorted(report.slips.items())) or "none"),
    ]
    return "\n".join(lines)


def _in_catalogue(message: StatedMessage, titles: frozenset[str]) -> StatedMessage:
    def held(value: str) -> bool:
        name = " ".join(plain_words(value))
        return any(one in titles for one in (name, f"the {name}", name.removeprefix("the ")))

    labels = tuple(label for label in message.labelled.labels if label.attribute != ITEM or held(label.value))
    return message.model_copy(update={"labelled": message.labelled.model_copy(update={"labels": labels})})


def _by_dialogue(pairs: Sequence[Pair], dialogues: Sequence[str]) -> list[Tally]:
    sums: dict[str, Tally] = defaultdict(Tally)
    for (found, labels), dialogue in zip(pairs, dialogues, strict=True):
        sums[dialogue] += tally(found, labels)
    return list(sums.values())


def _only(pairs: Sequence[Pair], name: str) -> list[Pair]:
    return [
        ({key for key in found if key[0] == name}, {key for key in labels if key[0] == name}) for found, labels in pairs
    ]


def _slips(pairs: Sequence[Pair]) -> Counter[str]:
    kinds: Counter[str] = Counter()
    for found, labels in pairs:
        turned = {key for key in found - labels if (key[0], key[1], _turned(key[2])) in labels}
        kinds["wrong polarity"] += len(turned)
        kinds["not found"] += len(labels - found) - len(turned)
        kinds["not stated"] += len(found - labels) - len(turned)
    return kinds


def _turned(polarity: str) -> str:
    return "dislike" if polarity == "like" else "like"
