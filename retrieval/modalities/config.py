"""Settings of what is looked at and listened to, and what an index remembers of it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from ..types import Modality, Value

MODALITIES: tuple[Modality, ...] = ("image", "audio", "video")


class ModalityConfig(Value):
    """Say which encoder looks or listens. Changing anything here means building the index again."""

    enabled: bool = True
    """Whether to encode what the catalogue has of it; a catalogue without such a column costs nothing either way."""
    model: str = ""
    """``bundled:NAME``, or a model that reads words too: CLIP or SigLIP for pictures, CLAP for sounds, as a folder or
    the name of one on the hub. Empty takes the bundled one."""
    alignment: str = "names"
    """How words find these and these find texts: ``names`` goes by names of classes where the encoder knows some (the
    bundled one of pictures does) and needs no pairs; a folder that `palate train alignment` wrote; ``off``."""


class ModalityRecord(Value):
    """What an index holds of one modality."""

    encoder: str
    dimension: int
    alignment: str | None = None
    """Name of the map into the space of texts; None when words cannot find these."""
    items: int = 0
    """Items that have one that could be encoded."""
    problems: int = 0
    """Files that could not be read; their items are in the index without them."""
    remote: int = 0
    """Items that only name a web address, which is never fetched."""


NOUNS: Mapping[Modality, str] = MappingProxyType({"image": "pictures", "audio": "sounds", "video": "films"})
"""What people call several of them."""
