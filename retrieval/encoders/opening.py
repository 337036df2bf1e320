"""Open the encoder of a modality that the settings name."""

from __future__ import annotations

from ..errors import EncoderError
from ..types import MediaEncoder, Modality
from .audio import LogMelEncoder
from .image import EfficientNetEncoder
from .joint import JointEncoder
from .listening import ListeningEncoder
from .media_config import BUNDLED_AUDIO, BUNDLED_IMAGE, BUNDLED_VIDEO, STATISTICS_AUDIO, MediaConfig
from .video import FilmEncoder

_BUNDLED = {"image": BUNDLED_IMAGE, "audio": BUNDLED_AUDIO, "video": BUNDLED_VIDEO}


def load_media_encoder(modality: Modality, config: MediaConfig | None = None) -> MediaEncoder:
    """Return the encoder of a modality; its weights are read on first use.

    Raises:
        EncoderError: there is no such bundled encoder, or nothing else takes films.
    """
    config = config or MediaConfig()
    wanted: str = getattr(config, modality)
    if wanted == BUNDLED_IMAGE and modality == "image":
        return EfficientNetEncoder(config.device, config.batch_size)
    if wanted == BUNDLED_AUDIO and modality == "audio":
        return ListeningEncoder(config.device)
    if wanted == STATISTICS_AUDIO and modality == "audio":
        return LogMelEncoder()
    if wanted == BUNDLED_VIDEO and modality == "video":
        return FilmEncoder(load_media_encoder("image", config), load_media_encoder("audio", config))
    if not wanted.startswith("bundled:") and modality != "video":
        return JointEncoder(wanted, modality, config.device, config.batch_size)
    raise EncoderError(
        f"No bundled encoder of modality {modality!r} is named {wanted!r}.", hint=f"Set {_BUNDLED[modality]!r}."
    )
