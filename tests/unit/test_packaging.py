"""The five folder names are generic; no other installed distribution may claim one of them."""

from __future__ import annotations

import importlib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("name", ("agent", "evals", "prompts", "retrieval", "ui"))
def test_the_name_is_ours(name: str) -> None:
    assert set(packages_distributions().get(name, [])) <= {"palate"}
    file = importlib.import_module(name).__file__
    assert file is not None and Path(file).is_relative_to(ROOT)
