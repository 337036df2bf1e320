"""Read a low-rank adapter of the bundled MiniLM (Hu et al. 2021) and add it to the weights; no torch needed.

`palate train encoder` writes such a folder: ``adapter_model.safetensors`` and ``adapter_config.json`` in peft's format,
and ``encoder.json`` with the lengths that the adapter was trained at. Merged, it costs nothing while serving.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, ValidationError

from ..errors import EncoderError
from ..types import Value

WEIGHTS = "adapter_model.safetensors"
CONFIG = "adapter_config.json"
LENGTHS = "encoder.json"
_PREFIX = "base_model.model."

Array = NDArray[np.float32]


class Lengths(Value):
    """Say how many tokens an adapter was trained to read, markers counted."""

    query_length: int = Field(256, ge=8, le=512)
    item_length: int = Field(256, ge=8, le=512)


@dataclass(frozen=True)
class Adapter:
    """What an adapter adds to its base's weights."""

    base: str
    """The model that it belongs to, such as ``bundled:minilm``."""
    deltas: Mapping[str, Array]
    """By the name of the weight, each of that weight's shape."""
    lengths: Lengths

    def merged(self, weights: Mapping[str, Array]) -> dict[str, Array]:
        """Return the base's weights with the adapter's added.

        Raises:
            EncoderError: the adapter belongs to another network.
        """
        strange = [
            name for name, delta in self.deltas.items() if getattr(weights.get(name), "shape", ()) != delta.shape
        ]
        if strange:
            raise EncoderError(
                f"The adapter changes {strange[0]!r}, which its base {self.base!r} has not, or has in another shape.",
                hint="Train it again: palate train encoder",
            )
        return {**weights, **{name: weights[name] + delta for name, delta in self.deltas.items()}}


def is_adapter(folder: Path) -> bool:
    """Return whether the folder holds an adapter and not a whole model."""
    return (folder / WEIGHTS).is_file() and (folder / CONFIG).is_file()


def read_adapter(folder: Path) -> Adapter:
    """Read an adapter.

    Raises:
        EncoderError: a file is missing or damaged, or the adapter is of a kind other than plain LoRA.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    try:
        config = json.loads((folder / CONFIG).read_text("utf-8"))
        tensors = load_file(folder / WEIGHTS)
        lengths = _lengths(folder)
        if config["peft_type"] != "LORA" or config.get("use_dora") or config.get("rank_pattern"):
            raise EncoderError(
                f"The adapter in {str(folder)!r} is not plain LoRA.", hint="Merge it into a whole model."
            )
        root = np.sqrt(config["r"]) if config.get("use_rslora") else config["r"]
        scale = np.float32(config["lora_alpha"] / root)
        deltas = _deltas(tensors, scale)
        return Adapter(str(config["base_model_name_or_path"]), deltas, lengths)
    except (OSError, KeyError, ValueError, ValidationError, SafetensorError) as error:
        raise EncoderError(
            f"The adapter in {str(folder)!r} cannot be read: {error}", hint="Train it again: palate train encoder"
        ) from error


def _lengths(folder: Path) -> Lengths:
    path = folder / LENGTHS
    return Lengths.model_validate_json(path.read_bytes()) if path.is_file() else Lengths()


def _deltas(tensors: Mapping[str, NDArray[np.generic]], scale: np.float32) -> dict[str, Array]:
    deltas: dict[str, Array] = {}
    for name, down in tensors.items():
        if not name.endswith(".lora_A.weight"):
            continue
        up = tensors[name.replace(".lora_A.", ".lora_B.")]
        target = name.removeprefix(_PREFIX).replace(".lora_A.weight", ".weight")
        deltas[target] = (up.astype(np.float32) @ down.astype(np.float32)) * scale
    return deltas
