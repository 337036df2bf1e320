"""Choose the arithmetic of a forward or training pass by what the processor has instructions for."""

from __future__ import annotations

import contextlib
from contextlib import AbstractContextManager
from typing import Any, Literal

Half = Literal["auto", "on", "off"]

_FAST_BFLOAT16 = ("avx512_bf16", "amx_bf16")


def half_precision(half: Half, device: str = "cpu") -> AbstractContextManager[Any]:
    """Return a context in which matrix products run in bfloat16, or one that changes nothing.

    Args:
        half: ``on`` or ``off``; ``auto`` takes bfloat16 where ``device`` has instructions for it. A processor without
            them works it out by conversions, in several times the time of float32.
        device: torch's name of the device, such as ``cpu`` or ``cuda``.
    """
    import torch

    if half == "on" or (half == "auto" and _has_fast_bfloat16(device)):
        return torch.autocast(device, torch.bfloat16)
    return contextlib.nullcontext()


def _has_fast_bfloat16(device: str) -> bool:
    import torch

    if device == "cuda":
        return bool(torch.cuda.is_bf16_supported())
    capabilities = torch.cpu.get_capabilities() if device == "cpu" else {}
    return any(capabilities.get(name, False) for name in _FAST_BFLOAT16)
