"""The quick training run, from the command line's recipe to a folder that serves."""

import json
from pathlib import Path

import numpy as np
import pytest

from retrieval.errors import CatalogError
from retrieval.rerank import RerankConfig, load_reranker
from retrieval.training import QUICK, TrainConfig, train_reranker

TINY = QUICK.model_copy(update={"layers": 1, "steps": 30, "check_every": 15, "learning_rate": 5e-4})


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("reranker")
    train_reranker(out, out, TINY, "palate train reranker --quick", progress=lambda line: None, quick=True)
    return out


def test_the_loss_falls(run: Path) -> None:
    losses = [json.loads(line)["loss"] for line in (run / "progress.jsonl").read_text().splitlines()]
    assert len(losses) == 2
    assert losses[1] < losses[0]


def test_the_folder_serves_and_prefers_what_was_asked_for(run: Path) -> None:
    reranker = load_reranker(RerankConfig(enabled=True, model=str(run)))
    assert reranker is not None
    scores = reranker.score("something scary", ["Horror. scary, creepy.", "Comedy. feel-good, funny."])
    assert scores.shape == (2,)
    assert np.isfinite(scores).all()


def test_the_report_stands_beside_no_reranking(run: Path) -> None:
    report = json.loads((run / "report.json").read_text())
    assert report["steps"] == 30
    (domain,) = report["domains"]
    assert domain["rows"][0]["name"] == "no reranking (fused)"
    for row in domain["rows"]:
        low, high = row["ndcg_interval"]
        assert 0 <= low <= row["ndcg"] <= high <= 1
    assert "| no reranking (fused) |" in (run / "report.md").read_text()


def test_a_finished_run_goes_on_from_where_it_ended(run: Path) -> None:
    lines: list[str] = []
    train_reranker(run, run, TINY, "again", progress=lines.append, quick=True)
    assert not [line for line in lines if "loss" in line]


def test_without_the_benchmark_sets_the_message_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(CatalogError, match=r"lacks .*redial.*--quick"):
        train_reranker(tmp_path, tmp_path, TrainConfig(), "c", progress=lambda line: None)
