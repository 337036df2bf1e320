"""How much each channel of pictures, sounds and films says in a search, and how the channels are made comparable."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from ..types import Value


class SensesConfig(Value):
    """Weigh the channels; 1 is what meaning and words weigh. A channel of weight 0 is not asked at all."""

    image: float = Field(0.75, ge=0.0)
    """Pictures that look like the one given."""
    image_to_text: float = Field(1.0, ge=0.0)
    """Texts that fit the picture given, of items that have no picture to compare."""
    text_to_image: float = Field(1.0, ge=0.0)
    """Pictures that fit the words; finds items whose text does not say what is on their picture."""
    like_image: float = Field(1.0, ge=0.0)
    """Pictures that look like those of liked items."""
    audio: float = Field(0.5, ge=0.0)
    """Sounds that sound like the one given."""
    audio_to_text: float = Field(1.0, ge=0.0)
    """Texts that fit the sound given, of items that have no sound to compare."""
    text_to_audio: float = Field(1.0, ge=0.0)
    """Sounds that fit the words."""
    like_audio: float = Field(1.0, ge=0.0)
    """Sounds that sound like those of liked items."""
    text_to_video: float = Field(1.0, ge=0.0)
    """Films that fit the words."""
    like_video: float = Field(1.0, ge=0.0)
    """Films that look and sound like those of liked items."""
    mapped: float = Field(0.5, ge=0.0, le=1.0)
    """What channels between words and files count where these reach each other by an alignment, and not by an encoder
    that reads words itself. Raise it where texts say little of what is to be seen or heard."""
    fusion: Literal["ranks", "calibrated"] = "calibrated"
    """How channels of a search that looks or listens are joined: by how far each score lies above what any item scores
    in that channel, or by reciprocal rank. Cosines of different spaces are never added up."""

    def weight(self, channel: str) -> float:
        """Return the weight of a channel by name."""
        return float(getattr(self, channel))
