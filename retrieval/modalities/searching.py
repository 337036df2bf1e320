"""Ask every space what it knows of a query: words of pictures, a picture of pictures and of texts, liked items of both.

Each channel gives cosines of one space, which mean nothing beside those of another: ``ranking.py`` fuses ranks, or
scores calibrated against each space's own background. Hard conditions come first in every channel.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Protocol

import numpy as np

from ..errors import EncoderError
from ..places.ids import Mask
from ..types import Modality, Query, Vectors
from .config import NOUNS
from .opening import Sense
from .space import Space
from .types import Scores

CHANNELS: Mapping[str, str] = MappingProxyType(
    {
        "image": "its picture looks like the one given",
        "image_to_text": "its text fits the picture given",
        "text_to_image": "its picture fits the words",
        "like_image": "its picture looks like those of liked items",
        "audio": "it sounds like the sound given",
        "audio_to_text": "its text fits the sound given",
        "text_to_audio": "its sound fits the words",
        "like_audio": "it sounds like liked items",
        "text_to_video": "its film fits the words",
        "like_video": "its film looks and sounds like those of liked items",
    }
)
"""Channel -> what a high score says of an item."""


class Open(Protocol):
    """What of a search the spaces need: which items may be shown, and how many are wanted."""

    size: int
    """How many items each channel gives."""

    @property
    def unconditional(self) -> bool:
        """Whether nothing but a few excluded items is held back."""
        ...

    @property
    def excluded(self) -> frozenset[str]:
        """Ids that may not be found."""
        ...

    def open(self) -> Mask:
        """Return which items satisfy every hard condition and are not excluded, by their place in the index."""
        ...

    def near(self, vector: Vectors) -> Scores:
        """Return the items whose texts are nearest to a unit vector, with their cosines."""
        ...


@dataclass
class Probe:
    """One question to one space."""

    channel: str
    vector: Vectors
    space: Space | None
    """None asks the texts of items."""
    unless: Space | None = None
    """Items in it are left out of the answer: they have something better to compare."""


@dataclass
class Sensed:
    """What the spaces answered."""

    channels: dict[str, Scores] = field(default_factory=dict)
    background: dict[str, tuple[float, float]] = field(default_factory=dict)
    """Mean and spread of what any item scores in a channel, for calibration."""
    probes: list[Probe] = field(default_factory=list)
    trust: dict[str, float] = field(default_factory=dict)
    """How far a channel is to be trusted, 0 to 1; one that is not named counts in full."""
    degraded: list[str] = field(default_factory=list)

    def rescore(self, ids: Sequence[str]) -> None:
        """Let every channel speak about every candidate that has its modality, whichever channel found it."""
        for probe in self.probes:
            if probe.space is not None:
                self.channels[probe.channel] = probe.space.score(probe.vector, ids)


class Searcher:
    """Searches the spaces of one index; holds no state of its own, so threads may share it."""

    def __init__(self, senses: Mapping[Modality, Sense], weights: Callable[[str], float]) -> None:
        """Take the opened senses, and the weight of a channel by name: one that weighs nothing is not asked.

        ``mapped`` is asked for as well: the trust in channels of words that an alignment carries over.
        """
        self._senses = senses
        self._weights = weights

    @property
    def modalities(self) -> tuple[Modality, ...]:
        """What can be searched by."""
        return tuple(self._senses)

    def weighed(self, weights: Callable[[str], float]) -> Searcher:
        """Return a searcher of the same spaces with other weights."""
        return Searcher(self._senses, weights)

    def search(self, query: Query, text: str, vector: Vectors | None, search: Open) -> Sensed:
        """Return what each channel found for the query.

        Args:
            query: its picture, sound and liked items are looked at.
            text: the words as they were encoded.
            vector: the words encoded as a text, shape (dimension,); None when there are none, or no encoder.
            search: which items may be shown.

        Raises:
            MediaError: the picture or sound cannot be read.
        """
        sensed = Sensed()
        given: Mapping[Modality, bytes | None] = {"image": query.image, "audio": query.audio}
        for modality, data in given.items():
            if data is not None and modality not in self._senses:
                sensed.degraded.append(missing(modality))
        for modality, sense in self._senses.items():
            data = given.get(modality)
            try:
                if data is not None:
                    self._like_given(modality, sense, data, sensed)
                if vector is not None:
                    self._by_words(modality, sense, text, vector, sensed)
            except EncoderError as error:
                sensed.degraded.append(f"{modality}: {error}")
            self._like_items(modality, sense, query.like_ids, sensed)
        for probe in sensed.probes:
            _ask(probe, search, sensed)
        return sensed

    def _like_given(self, modality: Modality, sense: Sense, data: bytes, sensed: Sensed) -> None:
        row = sense.encoder.encode_query([data])[0]
        self._add(sensed, modality, row, sense.own)
        projected = sense.as_text(row)
        if projected is not None:
            self._add(sensed, f"{modality}_to_text", projected, None, unless=sense.own)
            if sense.encoder.text_side is None:
                sensed.trust[f"{modality}_to_text"] = self._weights("mapped")

    def _by_words(self, modality: Modality, sense: Sense, text: str, vector: Vectors, sensed: Sensed) -> None:
        channel = f"text_to_{modality}"
        if self._weights(channel) and (place := sense.of_words(text, vector)) is not None:
            self._add(sensed, channel, place[1], place[0])
            if sense.encoder.text_side is None:
                sensed.trust[channel] = self._weights("mapped")

    def _like_items(self, modality: Modality, sense: Sense, liked: Sequence[str], sensed: Sensed) -> None:
        rows = sense.own.vectors(liked)
        if len(rows):
            mean = rows.mean(axis=0)
            self._add(sensed, f"like_{modality}", (mean / np.linalg.norm(mean)).astype(np.float32), sense.own)

    def _add(
        self, sensed: Sensed, channel: str, vector: Vectors, space: Space | None, unless: Space | None = None
    ) -> None:
        if self._weights(channel):
            sensed.probes.append(Probe(channel, vector, space, unless))


def _ask(probe: Probe, search: Open, sensed: Sensed) -> None:
    if probe.space is None:
        near = search.near(probe.vector)
        better = probe.unless if probe.unless is not None else ()
        sensed.channels[probe.channel] = {item_id: score for item_id, score in near.items() if item_id not in better}
        return
    sensed.channels[probe.channel] = _nearest(probe.space, probe.vector, search)
    scores = probe.space.background(probe.vector)
    sensed.background[probe.channel] = (float(scores.mean()), float(scores.std()))


def _nearest(space: Space, vector: Vectors, search: Open) -> Scores:
    if not (search.unconditional and space.large):
        return space.nearest(vector, space.mask(search.open()), search.size)
    found = space.approximate(vector, search.size + len(search.excluded))
    kept = [item_id for item_id in found if item_id not in search.excluded]
    return {item_id: found[item_id] for item_id in kept[: search.size]}


def missing(modality: Modality) -> str:
    """Say that an index has nothing of a modality to search by."""
    return f"{modality}: this index has no {NOUNS[modality]} to compare with"
