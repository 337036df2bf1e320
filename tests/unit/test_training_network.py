"""The network that is trained is the one that is served."""

from pathlib import Path

import numpy as np
import pytest
import torch

from retrieval.errors import EncoderError
from retrieval.rerank import CrossEncoder, RerankConfig, TokenBudget
from retrieval.training.export import FULL, export
from retrieval.training.network import Network, load_bert
from retrieval.training.pairs import PairEncoder
from retrieval.training.reranker import plain_tokenizer, schedule
from retrieval.training.starting import start_from

QUERY = "a slow film about mourning"
TEXTS = ["Up (2009). Comedy. warm. grief, travel.", "Heat (1995). Crime. tense.", "Alien (1979). " + "space " * 60]


@pytest.fixture(scope="module")
def network() -> Network:
    torch.manual_seed(0)
    return Network(load_bert(), layers=2).eval()


def tensors(budget: TokenBudget) -> dict[str, torch.Tensor]:
    rows = PairEncoder(plain_tokenizer(), budget).encode([(QUERY, text) for text in TEXTS])
    return {name: torch.from_numpy(array) for name, array in rows.items()}


@torch.inference_mode()
def test_reading_only_the_first_position_loses_nothing(network: Network) -> None:
    bert = load_bert().eval()
    bert.encoder.layer = bert.encoder.layer[:2]
    inputs = tensors(TokenBudget())
    torch.testing.assert_close(
        network(**inputs), network.head(bert(**inputs).pooler_output)[:, 0], atol=1e-5, rtol=1e-4
    )


@torch.inference_mode()
def test_padding_does_not_change_a_score(network: Network) -> None:
    inputs = tensors(TokenBudget())
    first = {name: rows[:1, : int(inputs["attention_mask"][0].sum())] for name, rows in inputs.items()}
    torch.testing.assert_close(network(**inputs)[:1], network(**first), atol=1e-5, rtol=1e-4)


@torch.inference_mode()
def test_an_exported_model_scores_like_the_trained_one(network: Network, tmp_path: Path) -> None:
    budget = TokenBudget(max_length=40, query_length=5)
    export(network, budget, tmp_path)
    expected = network(**tensors(budget)).numpy()
    served = CrossEncoder(tmp_path, RerankConfig(), weights=FULL).score(QUERY, TEXTS)
    np.testing.assert_allclose(served, expected, atol=1e-4)
    int8 = CrossEncoder(tmp_path, RerankConfig())
    assert int8.budget == budget
    assert np.isfinite(int8.score(QUERY, TEXTS)).all()
    assert (tmp_path / "model.onnx").stat().st_size < 0.3 * (tmp_path / FULL).stat().st_size


def test_the_rate_rises_then_falls_to_nothing() -> None:
    rates = [schedule(done, 0.1) for done in (0.0, 0.05, 0.1, 0.5, 1.0)]
    assert rates[0] > 0
    assert rates[1] == pytest.approx(0.5)
    assert rates[2] == pytest.approx(1.0)
    assert 0 < rates[3] < 1
    assert rates[4] == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize("weights", [FULL, "model.onnx"])
def test_a_run_may_go_on_from_an_exported_model(network: Network, tmp_path: Path, weights: str) -> None:
    export(network, TokenBudget(), tmp_path)
    if weights != FULL:
        (tmp_path / FULL).unlink()
    again = Network(load_bert(), layers=2).eval()
    start_from(again, tmp_path)
    for name, weight in network.state_dict().items():
        step = float(weight.abs().max()) / 127 if weights != FULL and weight.dtype == torch.float32 else 1e-6
        torch.testing.assert_close(again.state_dict()[name], weight, atol=step, rtol=0)


def test_a_model_of_another_depth_is_no_start(network: Network, tmp_path: Path) -> None:
    export(network, TokenBudget(), tmp_path)
    with pytest.raises(EncoderError, match="of another shape"):
        start_from(Network(load_bert(), layers=3), tmp_path)
    with pytest.raises(EncoderError, match="holds no model"):
        start_from(Network(load_bert(), layers=3), tmp_path / "nowhere")
