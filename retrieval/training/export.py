"""Write a trained network as the folder that serving reads: int8 ONNX, tokenizer and token budget."""

from __future__ import annotations

import logging
import shutil
import warnings
from pathlib import Path

import torch

from ..errors import MissingExtraError
from ..rerank import TokenBudget
from .network import Network, encoder_folder

FULL = "model.float32.onnx"
"""The weights before quantisation; kept for comparison, not shipped."""

_IN_FLOAT = "/output/dense_1/MatMul"
"""The product that stays in float: the first layer's feed-forward output, whose inputs hold a few huge values. It made
half of the error of the int8 logits on the demo's requests."""

_INPUTS = ("input_ids", "attention_mask", "token_type_ids")


def export(network: Network, budget: TokenBudget, out: Path) -> None:
    """Write ``model.onnx`` (int8), the same in float32, ``tokenizer.json`` and ``reranker.json`` into ``out``.

    Raises:
        MissingExtraError: The package ``onnx`` is not installed.
    """
    out.mkdir(parents=True, exist_ok=True)
    full = out / FULL
    write_onnx(network, full)
    quantize(full, out / "model.onnx")
    shutil.copyfile(encoder_folder() / "tokenizer.json", out / "tokenizer.json")
    (out / "reranker.json").write_text(budget.model_dump_json(indent=2) + "\n", encoding="utf-8")


def write_onnx(network: Network, path: Path) -> None:
    """Write the network in float32 with free batch size and length."""
    try:
        import onnx  # noqa: F401 - torch's exporter needs it and says so less plainly
    except ImportError as error:
        raise MissingExtraError("train") from error
    ids = torch.ones(2, 9, dtype=torch.long)
    axes = {name: {0: "pairs", 1: "tokens"} for name in _INPUTS} | {"logits": {0: "pairs"}}
    with warnings.catch_warnings():
        # The tracing exporter is marked as old; the new one needs one more package and gives the same graph here.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            network.eval(),
            (ids, torch.ones_like(ids), torch.zeros_like(ids)),
            str(path),
            input_names=list(_INPUTS),
            output_names=["logits"],
            dynamic_axes=axes,
            opset_version=17,
            dynamo=False,
        )


def quantize(source: Path, target: Path) -> None:
    """Turn matrix weights into int8, each column by its own scale; activations are quantised as they come."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    root = logging.getLogger()
    level = root.level
    root.setLevel(logging.ERROR)  # it advises on the root logger to pre-process, which changes nothing for this graph
    try:
        quantize_dynamic(source, target, weight_type=QuantType.QInt8, per_channel=True, nodes_to_exclude=[_IN_FLOAT])
    finally:
        root.setLevel(level)
