"""Turn a GGUF file into a folder of safetensors: ``python gguf_to_folder.py FILE FOLDER``.

A program of its own, run in vLLM's environment; it imports nothing of Palate's. vLLM reads only some GGUF files, and
none on a processor; it serves every such folder.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any


def main(gguf: Path, folder: Path) -> None:
    """Load the weights as bfloat16 and save them with their tokenizer."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    place = {"pretrained_model_name_or_path": str(gguf.parent), "gguf_file": gguf.name}
    model: Any = AutoModelForCausalLM.from_pretrained(**place, dtype=torch.bfloat16)
    # The weights are whole again, so nothing may say that they are quantised, or loading them fails.
    model.hf_quantizer = None
    for name in ("quantization_method", "is_quantized"):
        if hasattr(model, name):
            delattr(model, name)
    if hasattr(model.config, "quantization_config"):
        del model.config.quantization_config
    model.save_pretrained(folder)
    AutoTokenizer.from_pretrained(**place).save_pretrained(folder)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
