"""Read the weights of an exported reranker back, so that a run may go on from a model instead of from MiniLM."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ..errors import EncoderError, MissingExtraError
from .export import FULL
from .network import Network


def start_from(network: Network, folder: Path) -> None:
    """Fill the network with a folder's weights: those in float32 where it has them, else the int8 ones as they round.

    Raises:
        EncoderError: The folder holds no model, or one of another shape.
        MissingExtraError: The package ``onnx`` is not installed.
    """
    try:
        import onnx
    except ImportError as error:
        raise MissingExtraError("train") from error
    path = next((folder / name for name in (FULL, "model.onnx") if (folder / name).is_file()), None)
    if path is None:
        raise EncoderError(f"Folder {str(folder)!r} holds no model to start from.", hint="Give what a run wrote.")
    found = _weights(onnx.load(str(path)).graph)
    wanted = network.state_dict()
    odd = sorted(name for name, weight in wanted.items() if name in found and found[name].shape != weight.shape)
    lacking = sorted(wanted.keys() - found.keys() - _BUFFERS)
    strange = odd or lacking or sorted(found.keys() - wanted.keys())
    if strange:
        raise EncoderError(
            f"Model {str(path)!r} is of another shape: {strange[:3]!r}.",
            hint="Train with the same number of layers as the model that the run starts from.",
        )
    network.load_state_dict(wanted | found)


_BUFFERS = frozenset({"embeddings.position_ids", "embeddings.token_type_ids"})
"""Counters of BERT that are no weights."""


def _weights(graph: Any) -> dict[str, Tensor]:
    """Return the graph's weights under the network's names.

    The exporter names matrices by number, in the order of the graph; each is found by the bias that is added to it.
    """
    from onnx import numpy_helper

    arrays = {one.name: numpy_helper.to_array(one) for one in graph.initializer}
    kept = {name: values for name, values in arrays.items() if not name.startswith("onnx::") and "." in name}
    found = {name: values for name, values in kept.items() if not name.endswith(_ENDINGS)}
    for name in kept:
        if name.endswith("_quantized"):
            found[name.removesuffix("_quantized")] = _rounded(arrays, name.removesuffix("_quantized"))
    readers: dict[str, list[Any]] = {}
    for node in graph.node:
        for name in node.input:
            readers.setdefault(name, []).append(node)
    for node in graph.node:
        if node.op_type in ("MatMul", "MatMulInteger") and node.input[1].startswith("onnx::"):
            name = node.input[1].removesuffix("_quantized")
            matrix = arrays[name] if name in arrays else _rounded(arrays, name)
            found[_bias_after(node, readers, arrays).removesuffix("bias") + "weight"] = matrix.T
    # Gemm's matrix becomes a plain product when it is quantised, and is turned for it.
    for name in ("pooler.dense.weight", "head.weight"):
        if f"{name}_quantized" in arrays:
            found[name] = found[name].T
    return {name: torch.from_numpy(np.array(values, dtype=np.float32)) for name, values in found.items()}


_ENDINGS = ("_quantized", "_scale", "_zero_point")


def _rounded(arrays: dict[str, Any], name: str) -> Any:
    numbers = arrays[f"{name}_quantized"].astype(np.float32) - arrays[f"{name}_zero_point"].astype(np.float32)
    return numbers * arrays[f"{name}_scale"]


def _bias_after(node: Any, readers: dict[str, list[Any]], arrays: dict[str, Any]) -> str:
    """Return the bias that is added to a product, past the casts and scales that int8 puts between them."""
    while True:
        node = readers[node.output[0]][0]
        if node.op_type == "Add":
            bias: str = next(name for name in node.input if name in arrays)
            return bias
