"""What each package offers is a sorted list, and all of it exists."""

from __future__ import annotations

import importlib
import subprocess
import sys

import pytest

PACKAGES = ("agent", "evals", "prompts", "retrieval", "ui")


@pytest.mark.parametrize("name", PACKAGES)
def test_all_is_sorted_and_true(name: str) -> None:
    package = importlib.import_module(name)
    assert list(package.__all__) == sorted(package.__all__), f"{name}.__all__ is not sorted"
    missing = [entry for entry in package.__all__ if not hasattr(package, entry)]
    assert not missing, f"{name}.__all__ names what does not exist: {missing}"


@pytest.mark.parametrize("name", PACKAGES)
def test_importing_a_package_loads_no_heavy_library(name: str) -> None:
    heavy = "torch,transformers,sentence_transformers,chromadb,gradio,xllamacpp,langchain_openai,onnxruntime"
    script = f"import sys, {name}; print(','.join(m for m in '{heavy}'.split(',') if m in sys.modules))"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=120)
    assert run.stdout.strip() == "", f"import {name} loads {run.stdout.strip()}"
