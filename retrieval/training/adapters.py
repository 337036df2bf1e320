"""Low-rank adapters (Hu et al. 2021) on a frozen network, through peft, in peft's own file format."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from pydantic import Field

from ..errors import MissingExtraError
from ..types import Value

if TYPE_CHECKING:
    from torch import nn

TARGETS = ("query", "key", "value", "dense")
"""Ends of the names of BERT's linear maps."""


class LowRank(Value):
    """Say how large the adapters are; a layer of MiniLM takes 6,912 numbers a rank."""

    rank: int = Field(32, ge=1)
    alpha: float = Field(64.0, gt=0.0)
    """The adapter's product is scaled by alpha / rank."""
    dropout: float = Field(0.0, ge=0.0, lt=1.0)


def add_adapters(network: nn.Module, config: LowRank) -> nn.Module:
    """Freeze the network and put adapters beside its linear maps; the network itself is changed.

    Raises:
        MissingExtraError: the package ``peft`` is not installed.
    """
    try:
        from peft import LoraConfig, inject_adapter_in_model
    except ImportError as error:
        raise MissingExtraError("train") from error
    settings = LoraConfig(
        r=config.rank,
        lora_alpha=config.alpha,  # type: ignore[arg-type]
        lora_dropout=config.dropout,
        target_modules=list(TARGETS),
    )
    for weight in network.parameters():
        weight.requires_grad_(False)
    injected: nn.Module = inject_adapter_in_model(settings, network)
    return injected


def adapter_weights(network: nn.Module) -> dict[str, torch.Tensor]:
    """Return the adapters' own weights by name."""
    return {name: value for name, value in network.state_dict().items() if ".lora_" in name}


def merge_adapters(network: nn.Module) -> None:
    """Add the adapters' products to the weights beside them and take the adapters out again."""
    from peft.tuners.lora import LoraLayer

    for parent in list(network.modules()):
        for name, child in list(parent.named_children()):
            if isinstance(child, LoraLayer):
                child.merge()
                setattr(parent, name, child.get_base_layer())


def save_adapter(weights: Mapping[str, torch.Tensor], config: LowRank, folder: Path, base: str) -> None:
    """Write ``adapter_model.safetensors`` (float16) and ``adapter_config.json``.

    Args:
        weights: the adapters' weights under their names in the base model.
        config: their size.
        folder: where to.
        base: the model that they belong to.
    """
    from safetensors.torch import save_file

    folder.mkdir(parents=True, exist_ok=True)
    named = {
        "base_model.model." + name.replace(".default", ""): value.detach().to(torch.float16).contiguous()
        for name, value in weights.items()
    }
    save_file(named, folder / "adapter_model.safetensors")
    facts: dict[str, Any] = {
        "peft_type": "LORA",
        "base_model_name_or_path": base,
        "r": config.rank,
        "lora_alpha": config.alpha,
        "target_modules": list(TARGETS),
        "task_type": "FEATURE_EXTRACTION",
        "inference_mode": True,
        "bias": "none",
        "fan_in_fan_out": False,
    }
    (folder / "adapter_config.json").write_text(json.dumps(facts, indent=2) + "\n", encoding="utf-8")
