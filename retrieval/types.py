"""Values that retrieval takes and gives. Pure data: no I/O, no model handles, no invented ids."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

if TYPE_CHECKING:
    from .places import Among

Vectors = NDArray[np.float32]
"""Rows of unit length, shape (n, dimension), float32."""

AttributeKind = Literal["number", "date", "category", "categories", "text", "boolean"]
AttributeValue = str | int | float | bool | tuple[float, float] | tuple[str, ...]
Op = Literal["eq", "ne", "in", "not_in", "lt", "le", "gt", "ge", "between", "outside"]
"""``between`` and ``outside`` take a pair (low, high) of numbers, both ends belonging to the range."""


class Value(BaseModel):
    """Base of all values: frozen, closed to unknown fields, equal by content.

    The text under a field is its description in the API's and the settings' reference.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class AttributeSpec(Value):
    """Describe one typed attribute of a catalogue and how people talk about it."""

    name: str
    """Column-like name, for example ``runtime``; unique in the schema."""
    kind: AttributeKind
    """``category`` holds one label, ``categories`` several; ``date`` is ISO text ``YYYY-MM-DD``."""
    label: str = ""
    """Name shown to people; defaults to ``name`` with underscores as spaces."""
    unit: str = ""
    """Unit of a number as shown to people, for example ``min``."""
    aliases: tuple[str, ...] = ()
    """Other names people use for the attribute, for example ``length``, ``running time``."""
    synonyms: dict[str, str] = Field(default_factory=dict)
    """Lower-case wording of a value -> the value in the catalogue, for example ``sci fi -> Sci-Fi``."""
    blends: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    """Lower-case wording -> several values that are all meant, for example ``romcom -> Romance, Comedy``."""
    phrases: dict[str, str] = Field(default_factory=dict)
    """Lower-case wording -> condition on a number, for example ``slow -> <= 2`` or ``new wave -> 1958 to 1970``."""
    absences: dict[str, str] = Field(default_factory=dict)
    """Lower-case wording -> the value that goes with it when the wording is ruled out, though wishing for the one does
    not ask for the other, for example ``scary -> Horror``: "nothing scary" leaves horror out."""
    comparatives: dict[str, Literal["lower", "higher"]] = Field(default_factory=dict)
    """Lower-case comparative -> direction, for example ``shorter -> lower``."""
    scale: dict[int, str] = Field(default_factory=dict)
    """Meaning of the steps of a small ordered scale, for example ``1 -> slow``."""
    adjectives: dict[str, str] = Field(default_factory=dict)
    """Value -> the word that says exactly that before a noun, for example ``France -> French``; used when writing."""
    nouns: dict[str, str] = Field(default_factory=dict)
    """Value -> the noun for an item that has it, for example ``Comedy -> comedy``; used when writing."""
    names: bool = False
    """Whether values are proper names (people, places, studios), matched with tolerance for typos."""
    complete: bool = False
    """Whether an item without a label surely lacks it, as with "live" on recordings, so that a wish for the label binds
    although few items have one; else an absent label is unknown."""
    sentence: str = ""
    """Fact as a clause with ``{value}``, for example ``directed by {value}``; used by templates and the checker."""
    question: str = ""
    """What to ask a user to learn this attribute; empty means it is never asked."""
    askable: float = Field(0.0, ge=0.0, le=1.0)
    """How well people can answer that question, 0 (cannot) to 1 (easily)."""
    description: str = ""
    """One line saying how people talk about this attribute; shown to the language model."""
    indexed: bool = True
    """Whether the value is part of the text that is embedded and searched."""
    shown: bool = True
    """Whether cards show the value."""
    headline: int = Field(0, ge=0)
    """Place on a card's first line, 1 first; 0 leaves it to the facts that open on demand."""
    written: dict[str, str] = Field(default_factory=dict)
    """Value -> how cards and panels write it, where that differs, for example ``Drama -> drame`` in French."""

    @field_validator("synonyms", "phrases", "absences", "comparatives", mode="before")
    @classmethod
    def _invert_lists(cls, value: Any) -> Any:
        """Accept the shape that is easier to write by hand: meaning -> list of wordings."""
        return _by_wording(value)

    @field_validator("phrases")
    @classmethod
    def _refuse_what_binds_nothing(cls, value: dict[str, str]) -> dict[str, str]:
        """Refuse a phrase whose condition cannot be read, which would silently mean nothing."""
        for phrase, condition in value.items():
            try:
                parse_condition(condition)
            except ValueError as error:
                raise ValueError(f"phrase {phrase!r}: {error}") from error
        return value

    @property
    def display(self) -> str:
        """Name for people."""
        return self.label or self.name.replace("_", " ")


_OPS: Mapping[str, Op] = MappingProxyType({"<=": "le", ">=": "ge", "<": "lt", ">": "gt", "=": "eq"})
_SPAN = re.compile(r"\s*(-?\d+(?:\.\d+)?) to (-?\d+(?:\.\d+)?)\s*")
_BOUND = re.compile(r"\s*(<=|>=|<|>|=)\s*(-?\d+(?:\.\d+)?)\s*")


def parse_condition(text: str) -> tuple[Op, AttributeValue]:
    """Return (op, value) for ``<= 2``, ``= 5`` and ``1958 to 1970``.

    Raises:
        ValueError: the text is neither.
    """
    if span := _SPAN.fullmatch(text):
        return "between", (float(span[1]), float(span[2]))
    bound = _BOUND.fullmatch(text)
    if bound is None:
        raise ValueError(f"{text!r} is no condition on a number; write '<= 2', '>= 2', '< 2', '> 2', '= 2' or '1 to 2'")
    number = float(bound[2])
    return _OPS[bound[1]], int(number) if number.is_integer() else number


def _by_wording(value: Any) -> Any:
    """Return wording -> meaning for meaning -> list of wordings; anything else as it is."""
    if not isinstance(value, Mapping) or not any(isinstance(wordings, (list, tuple)) for wordings in value.values()):
        return value
    listed = {meaning: [said] if isinstance(said, str) else said for meaning, said in value.items()}
    return {wording: meaning for meaning, wordings in listed.items() for wording in wordings}


class CatalogWords(Value):
    """How one language speaks of a catalogue. Everything is optional: what is missing is written as it stands."""

    noun: str = ""
    """An item, for example ``film``."""
    noun_plural: str = ""
    one: str = ""
    """One item counted, for example ``{n} Film``."""
    many: str = ""
    """Several items counted, for example ``{n} Filme``."""
    mood: str = ""
    """The question that opens a conversation, for example ``Qu’avez-vous envie de regarder ?``."""
    samples: tuple[str, ...] = ()
    """Messages worth trying, for first screens."""
    labels: dict[str, str] = Field(default_factory=dict)
    """Attribute -> its name for people, as it stands inside a sentence."""
    questions: dict[str, str] = Field(default_factory=dict)
    """Attribute -> what to ask to learn it."""
    sentences: dict[str, str] = Field(default_factory=dict)
    """Attribute -> the fact as what follows the item's title, with ``{value}``: ``dure {value}``."""
    facts: dict[str, str] = Field(default_factory=dict)
    """Attribute -> the fact as one of a list, with ``{value}``: ``de {value}``; without it the label stands before."""
    units: dict[str, str] = Field(default_factory=dict)
    """Attribute -> unit of its numbers."""
    scales: dict[str, dict[str, str]] = Field(default_factory=dict)
    """Attribute -> meaning of the steps of its scale, in lower case, by number."""
    values: dict[str, dict[str, str]] = Field(default_factory=dict)
    """Attribute -> value in the catalogue -> how it is written inside a sentence."""
    said: dict[str, str] = Field(default_factory=dict)
    """What people say -> the English wording of the schema that it stands for, by which messages are read; may also be
    listed the other way round. Names and titles, as the catalogue has them, have capitals. A question has ``{it}`` for
    what it asks about, ``qui a réalisé`` -> ``who directed {it}``; a wording with a gap has ``{x}`` on both sides."""

    @field_validator("said", mode="before")
    @classmethod
    def _invert_said(cls, value: Any) -> Any:
        """Accept the shape that is easier to write by hand: English wording -> list of wordings."""
        return _by_wording(value)


class CatalogSchema(Value):
    """Describe what a catalogue holds: its nouns and its typed attributes."""

    name: str
    noun: str = "item"
    noun_plural: str = "items"
    noun_aliases: tuple[str, ...] = ()
    """Other words people use for an item, singular and plural: ``movie``, ``movies``, ``flick``."""
    verb: str = "see"
    """What people do with an item: watch, read, hear, buy."""
    verb_aliases: tuple[str, ...] = ()
    """Other words people use for doing that: ``play``, ``listen to``."""
    naming: Literal["like", "want"] = "like"
    """What naming an item without more means: something like it, as with films that one has seen, or the item itself,
    as with songs."""
    samples: tuple[str, ...] = ()
    """Messages worth trying on this catalogue, for first screens."""
    attributes: tuple[AttributeSpec, ...] = ()
    languages: dict[str, CatalogWords] = Field(default_factory=dict)
    """Other languages by ISO 639-1 code. They are no part of an index, which stays valid when they change."""

    @model_validator(mode="after")
    def _names_are_unique(self) -> CatalogSchema:
        names = [spec.name for spec in self.attributes]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"attribute names must be unique; given twice: {twice}")
        return self

    def get(self, name: str) -> AttributeSpec | None:
        """Return the attribute of that name, or None."""
        return next((spec for spec in self.attributes if spec.name == name), None)

    def in_language(self, language: str) -> CatalogSchema:
        """Return the schema with nouns, labels, units, questions and values in a language, as far as it has them.

        Wordings by which messages are read, and the sentences of the English templates, stay as they are.
        """
        words = self.languages.get(language)
        if words is None:
            return self
        changes = {
            "noun": words.noun or self.noun,
            "noun_plural": words.noun_plural or words.noun or self.noun_plural,
            "samples": words.samples or self.samples,
            "attributes": tuple(_worded(spec, words) for spec in self.attributes),
        }
        return self.model_copy(update=changes)


def _worded(spec: AttributeSpec, words: CatalogWords) -> AttributeSpec:
    """Return an attribute with its names for people in another language."""
    steps = words.scales.get(spec.name, {})
    changes: dict[str, object] = {
        "label": words.labels.get(spec.name, spec.label),
        "unit": words.units.get(spec.name, spec.unit),
        "question": words.questions.get(spec.name, spec.question),
        "scale": {step: steps.get(str(step), meaning) for step, meaning in spec.scale.items()},
        "written": words.values.get(spec.name, spec.written),
    }
    return spec.model_copy(update=changes)


class Item(Value):
    """One thing that can be recommended, with its facts."""

    id: str
    title: str
    description: str = ""
    attributes: dict[str, AttributeValue] = Field(default_factory=dict)
    """Typed facts by attribute name; an unknown fact is absent, never None or an empty string."""
    image: str | None = None
    audio: str | None = None
    video: str | None = None
    popularity: float = 0.0
    """Any non-negative measure; only its order matters."""
    url: str | None = None
    source: str = ""
    """Where the facts come from, for credit."""


class Constraint(Value):
    """A condition on one attribute. On ``categories``, ``eq`` means "has this value"."""

    attribute: str
    op: Op
    value: AttributeValue
    hard: bool = True


class Leaning(Value):
    """Something that usually goes down well, or badly, with whoever asks.

    It may move an item a little within what was asked for. It rules nothing out, and it is no wish that an item
    could fail to grant.
    """

    id: str
    """The caller's name for it."""
    constraint: Constraint | None = None
    """A condition that tends to please or displease; None when it is about an item."""
    item_id: str = ""
    """An item whose like tends to please or displease; the item itself is known already and falls behind."""
    weight: float = Field(ge=-1.0, le=1.0)
    """From surely disliked, -1, to surely liked, 1."""


class Query(Value):
    """Everything one search is asked for."""

    text: str = ""
    image: bytes | None = None
    """A picture to search by, as the bytes of a file."""
    audio: bytes | None = None
    """A sound to search by, as the bytes of a file."""
    constraints: tuple[Constraint, ...] = ()
    like_ids: tuple[str, ...] = ()
    dislike_ids: tuple[str, ...] = ()
    exclude_ids: tuple[str, ...] = ()
    avoid: tuple[str, ...] = ()
    """Words; items whose title, labels or description hold one, in any form, are left out."""
    k: int = Field(5, ge=1, le=200)
    spare: int = Field(0, ge=0, le=200)
    """Further items to give behind the k, for whoever may show them instead."""
    diversity: float = Field(0.2, ge=0.0, le=1.0)
    """0 ranks by relevance alone, 1 by difference from what is already chosen (MMR, Carbonell and Goldstein 1998)."""
    novelty: float = Field(0.0, ge=-1.0, le=1.0)
    """-1 prefers well-known items, 0 is neutral, 1 prefers little-known ones."""
    adventure: float | None = Field(None, ge=0.0, le=1.0)
    """One dial for diversity, novelty and exploration, from familiar, 0, to adventurous, 1; those of them that are set
    by hand stay. None takes the settings' default, or what is set by hand alone."""
    exploration: float = Field(0.0, ge=0.0, le=1.0)
    """How much chance there is in the order, in standard deviations of the scores; only with a ``seed``."""
    seed: str = ""
    """What decides the draws of exploration; empty leaves nothing to chance."""
    leanings: tuple[Leaning, ...] = ()
    """Weak priors, see ``Leaning``."""
    leaning_weight: float = Field(0.5, ge=0.0, le=2.0)
    """How far leanings may shift a score, in standard deviations of the scores."""
    depth: int | None = Field(None, ge=0)
    """How many candidates are reranked; None takes the setting, 0 reranks none."""

    @property
    def asks(self) -> bool:
        """Whether anything is asked for that orders items: words, a picture, a sound, wishes or likes."""
        shown = self.image is not None or self.audio is not None
        return bool(
            shown or self.text.strip() or self.like_ids or any(not constraint.hard for constraint in self.constraints)
        )


class Hit(Value):
    """One ranked item with the score that each stage gave it."""

    item: Item
    rank: int
    """1 is best."""
    score: float
    """Final score; comparable only within one result."""
    stages: dict[str, float] = Field(default_factory=dict)
    """Score by stage: ``dense`` (cosine), ``lexical`` (BM25), ``like``, ``collaborative``, ``fused`` (RRF),
    ``rerank`` (logit), and those of ``retrieval.modalities.searching.CHANNELS``"""
    unmet: tuple[Constraint, ...] = ()
    """Soft constraints that the item does not satisfy."""


class Relaxation(Value):
    """What dropping one hard constraint would bring."""

    constraint: Constraint
    would_add: int
    """Items that satisfy all the other hard constraints but not this one."""
    nearest: AttributeValue | None = None
    """For numbers: the nearest value that some otherwise fitting item has."""


class SearchResult(Value):
    """Hits with how they were found."""

    hits: tuple[Hit, ...]
    spare: tuple[Hit, ...] = ()
    """The next in order, as far as the query asked for them."""
    wording: str = ""
    """What the cross-encoder is asked: liked titles, wishes and words."""
    eligible: int
    """Items that satisfy every hard constraint, exclusions not counted."""
    plan: Literal["exact", "overfetch", "unfiltered", "empty"]
    pool: tuple[Item, ...] = ()
    """The candidates that the hits were chosen from, in the order that the channels gave them."""
    relaxations: tuple[Relaxation, ...] = ()
    """Filled only when fewer items were eligible than asked for; most useful first."""
    leaned: tuple[str, ...] = ()
    """Ids of the query's leanings that changed which items are shown, or their order; strongest first."""
    missed_bounds: tuple[str, ...] = ()
    """Bounds on exposure that the hits could not keep, in words."""
    calibrated: bool = False
    """Whether the hits were chosen to keep the mix of what the query likes."""
    timings_ms: dict[str, float] = Field(default_factory=dict)
    degraded: tuple[str, ...] = ()
    """Stages that did not run, for example ``rerank: model file missing``."""


class Facet(Value):
    """One value of an attribute and how many items have it."""

    value: AttributeValue
    count: int


class TextEncoder(Protocol):
    """Turn texts into unit vectors; asking and being found are separate verbs."""

    name: str
    """Identity for the index manifest: changing it means another space."""

    @property
    def dimension(self) -> int:
        """Return the length of the vectors."""
        ...

    def encode_query(self, texts: Sequence[str]) -> Vectors:
        """Return one unit row per query text."""
        ...

    def encode_items(self, texts: Sequence[str]) -> Vectors:
        """Return one unit row per item text."""
        ...


Modality = Literal["image", "audio", "video"]
"""What can be looked at or listened to; words are dealt with apart."""


class MediaEncoder(Protocol):
    """Turn pictures, sounds or films into unit vectors.

    Reading a file and encoding what was read are separate, so that a bad file is one ``MediaError`` to report and the
    others of its batch are still encoded; ``encode_files`` in ``retrieval.media`` does that. ``decode`` may be called
    from several threads at once.
    """

    name: str
    """Identity for the index manifest: changing it means another space."""
    modality: Modality

    @property
    def dimension(self) -> int:
        """Return the length of the vectors."""
        ...

    @property
    def text_side(self) -> TextEncoder | None:
        """Return the encoder of texts in the same space, or None where an alignment must be learned first."""
        ...

    def decode(self, source: bytes | Path) -> Any:
        """Read one file or upload into what ``encode`` takes, small whatever the size of the source.

        Raises:
            MediaError: it is missing, damaged, too large or of another type.
        """
        ...

    def encode(self, decoded: Sequence[Any]) -> Vectors:
        """Return one unit row for each of what ``decode`` gave."""
        ...

    def encode_query(self, media: Sequence[bytes]) -> Vectors:
        """Return one unit row per upload.

        Raises:
            MediaError: one of them cannot be read.
        """
        ...

    def encode_items(self, paths: Sequence[Path]) -> Vectors:
        """Return one unit row per file.

        Raises:
            MediaError: one of them cannot be read.
        """
        ...


class VectorIndex(Protocol):
    """Store unit vectors by item id and find the nearest; knows nothing of attributes."""

    def upsert(self, ids: Sequence[str], vectors: Vectors) -> None:
        """Add or replace rows."""
        ...

    def delete(self, ids: Sequence[str]) -> None:
        """Remove rows; unknown ids are ignored."""
        ...

    def query(self, vector: Vectors, k: int) -> list[tuple[str, float]]:
        """Return up to k (id, cosine), best first, for one vector of shape (dimension,)."""
        ...

    def get(self, ids: Sequence[str]) -> dict[str, Vectors]:
        """Return the vectors of the ids that are present, each of shape (dimension,)."""
        ...

    def ids(self) -> set[str]:
        """Return all ids present."""
        ...

    def count(self) -> int:
        """Return the number of rows."""
        ...


class LexicalIndex(Protocol):
    """BM25 over item texts."""

    def query(self, text: str, k: int, among: Among | None = None) -> list[tuple[str, float]]:
        """Return up to k (id, score), best first; ``among`` restricts to these items exactly."""
        ...


class Reranker(Protocol):
    """Score how well each text answers a query, jointly."""

    name: str

    def score(self, query: str, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return one logit per text, shape (n,); higher is better."""
        ...


JsonObject = Mapping[str, Any]
