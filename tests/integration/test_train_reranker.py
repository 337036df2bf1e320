"""The quick training run, from the command line's recipe to a folder that serves."""

import json
import random
from pathlib import Path

import numpy as np
import pytest

from retrieval.errors import CatalogError
from retrieval.rerank import RerankConfig, load_reranker
from retrieval.training import QUICK, TrainConfig, train_reranker
from retrieval.training.corpus import Corpus
from retrieval.training.pairs import Group
from retrieval.training.reranker import Trainer

TINY = QUICK.model_copy(update={"layers": 2, "steps": 30, "check_every": 15, "learning_rate": 5e-4})


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("reranker")
    train_reranker(out, out, TINY, "palate train reranker --quick", progress=lambda line: None, quick=True)
    return out


def test_progress_is_written_as_it_goes(run: Path) -> None:
    lines = [json.loads(line) for line in (run / "progress.jsonl").read_text().splitlines()]
    assert [line["step"] for line in lines] == [15, 30]
    assert all(0 < line["loss"] < 3 for line in lines)


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


class OneLesson:
    """Stands for a domain: two groups that never change, and nothing to tune on."""

    corpus = Corpus("demo", [])
    texts: tuple[str, ...] = ()

    def answerable(self, part: str) -> list[int]:
        return [0, 1]

    def candidates(self, part: str, limit: int, depth: int) -> list[object]:
        return []

    def draw(self, found: int, size: int, rng: random.Random) -> Group:
        right, wrong = ("grief", "wedding") if found else ("wedding", "grief")
        return Group(f"a film about {right}", (f"Drama. {right}.", f"Drama. {wrong}."))


def test_training_learns_resumes_and_keeps_the_best(tmp_path: Path) -> None:
    config = TrainConfig(
        layers=3,
        # How soon two words are told apart hangs on the first draw: seeds took 20 to 70 steps.
        steps=120,
        check_every=60,
        groups_per_step=4,
        group_size=2,
        learning_rate=2e-4,
        mix={"demo": 1.0},
        threads=1,
    )
    lesson = OneLesson()
    trainer = Trainer(config, {"demo": lesson}, [lesson], tmp_path)  # type: ignore[dict-item, list-item]
    losses = trainer.run(lambda line: None)
    assert len(losses) == 120
    assert sum(losses[-10:]) < 0.5 * sum(losses[:10])
    again = Trainer(config, {"demo": lesson}, [lesson], tmp_path)  # type: ignore[dict-item, list-item]
    assert again.steps == 120
    assert again.run(lambda line: None) == []
