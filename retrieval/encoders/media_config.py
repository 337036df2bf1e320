"""Say which encoders look and listen."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from ..types import Value

BUNDLED_IMAGE = "bundled:efficientnet-lite0"
BUNDLED_AUDIO = "bundled:log-mel-efficientnet"
STATISTICS_AUDIO = "bundled:log-mel"
BUNDLED_VIDEO = "bundled:frames-and-track"


class MediaConfig(Value):
    """Say which encoders make the vectors of pictures, sounds and films. Changing one means rebuilding the index."""

    image: str = BUNDLED_IMAGE
    """``bundled:efficientnet-lite0``, or any CLIP or SigLIP model: a folder or the name of one on the hub."""
    audio: str = BUNDLED_AUDIO
    """``bundled:log-mel-efficientnet``; ``bundled:log-mel``, which knows statistics only and needs no torch; or any
    CLAP model: a folder or the name of one on the hub."""
    video: str = BUNDLED_VIDEO
    """``bundled:frames-and-track`` makes a film's vector from its frames and its sound track by the two above."""
    device: Literal["auto", "cpu", "cuda", "mps"] = "auto"
    """``auto`` takes an accelerator where there is one."""
    batch_size: int = Field(32, ge=1)
    """Pictures or sounds encoded at once."""


def torch_device(device: str) -> str:
    """Return the device to use, ``auto`` resolved."""
    import torch

    if device != "auto":
        return device
    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"
