"""Every text encoder keeps the contract; the bundled one runs on its real weights, which come with the installation."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from retrieval.encoders import EncoderConfig, SentenceEncoder, load_encoder
from retrieval.errors import EncoderError
from retrieval.testing import EncoderContract, HashEncoder

QUERIES = [
    "a slow-burning thriller set in Paris",
    "",
    "ünïcode 映画",
    "war " * 400,
    "Likes A. Wants B. something shorter",
]


class TestHash(EncoderContract):
    @pytest.fixture
    def encoder(self) -> HashEncoder:
        return HashEncoder()


class TestBundled(EncoderContract):
    @pytest.fixture(scope="class")
    def encoder(self) -> SentenceEncoder:
        return load_encoder(EncoderConfig())

    def test_queries_in_numpy_are_what_the_library_computes(self, encoder: SentenceEncoder) -> None:
        """The model has no prompts, so a text is the same vector as a query and as an item."""
        exact = load_encoder(EncoderConfig(half="off")).encode_items(QUERIES)
        np.testing.assert_allclose(encoder.encode_query(QUERIES), exact, atol=1e-4)


def test_queries_need_neither_torch_nor_the_library() -> None:
    script = (
        "import sys; from retrieval.encoders import EncoderConfig, load_encoder; "
        "load_encoder(EncoderConfig()).encode_query(['a quiet sea']); "
        "print(sorted({'torch', 'transformers', 'sentence_transformers'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=120, check=True)
    assert done.stdout.strip() == "[]"


def test_an_unknown_bundled_model_is_refused_by_name() -> None:
    with pytest.raises(EncoderError, match="'bundled:giant'"):
        load_encoder(EncoderConfig(model="bundled:giant"))


def test_a_model_that_cannot_be_had_says_what_to_do() -> None:
    with pytest.raises(EncoderError, match="bundled:minilm"):
        load_encoder(EncoderConfig(model="nobody/nothing-of-the-sort")).encode_items(["text"])
