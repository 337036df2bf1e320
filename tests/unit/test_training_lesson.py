"""What the reranker's training can add to its loss, on toys: pairs, hidden words, the worst step, noise, adapters."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest
import torch

from retrieval.demo.wishes import paraphrases
from retrieval.errors import RetrievalError
from retrieval.rerank import TokenBudget
from retrieval.training.adapters import LowRank, add_adapters, merge_adapters
from retrieval.training.cards import RunCard, read_run, task_scores, write_run
from retrieval.training.comparing import compare_runs, render_runs
from retrieval.training.config import TrainConfig
from retrieval.training.corpus import Corpus, Task
from retrieval.training.lesson import Lesson
from retrieval.training.losses import LOSSES, adversarial_step
from retrieval.training.metrics import paired_p
from retrieval.training.network import Network, load_bert
from retrieval.training.noise import disturb, drop_words, keyboard, reword, synonyms_of, typos
from retrieval.training.pairs import Group, PairEncoder
from retrieval.training.reranker import Trainer, plain_tokenizer

GROUPS = [
    Group("a film about grief", ("Drama. grief.", "Drama. wedding.")),
    Group("a film about a wedding", ("Drama. wedding.", "Drama. grief.")),
]
TEXT = "something quietly frightening about sailing across oceans"


def lesson(**changes: object) -> tuple[Lesson, Network]:
    torch.manual_seed(0)
    config = TrainConfig.model_validate({"layers": 1, "precision": "float32", **changes})
    network = Network(load_bert(), config.layers).eval()
    if config.adapters is not None:
        add_adapters(network.layers, config.adapters)
    return Lesson(network, PairEncoder(plain_tokenizer(), TokenBudget()), config), network


def gradient(one: Lesson) -> torch.Tensor:
    return torch.cat([weight.grad.flatten() for weight in one.learnt() if weight.grad is not None])


@pytest.mark.parametrize("name", sorted(LOSSES))
def test_a_loss_is_small_only_when_the_first_leads(name: str) -> None:
    loss = LOSSES[name]  # type: ignore[index]
    leads = float(loss(torch.tensor([[4.0, 0.0, -1.0]])))
    trails = float(loss(torch.tensor([[-1.0, 4.0, 0.0]])))
    assert leads < 0.1
    assert trails > 2.0


def test_the_worst_step_has_its_length_and_raises_the_loss() -> None:
    one, network = lesson()
    inputs = one.tensors([(group.query, text) for group in GROUPS for text in group.texts])
    vectors = network.embed(inputs["input_ids"], inputs["token_type_ids"]).detach().requires_grad_()
    mask = inputs["attention_mask"]

    def loss(rows: torch.Tensor) -> torch.Tensor:
        return LOSSES["listwise"](network.score(rows, mask).view(2, 2))

    clean = loss(vectors)
    (by_vectors,) = torch.autograd.grad(clean, vectors)
    step = adversarial_step(by_vectors, 0.5)
    torch.testing.assert_close(step.flatten(1).norm(dim=1), torch.full((4,), 0.5))
    assert float(loss(vectors + step).detach()) > float(clean.detach())


def test_the_worst_step_leaves_the_word_vectors_as_they_were() -> None:
    one, network = lesson(adversarial=1.0)
    before = network.embeddings.word_embeddings.weight.clone()  # type: ignore[union-attr, operator]
    one.backward(GROUPS)
    with_step = gradient(one)
    assert torch.equal(network.embeddings.word_embeddings.weight, before)  # type: ignore[union-attr, arg-type]
    plain, _ = lesson()
    plain.backward(GROUPS)
    assert not torch.allclose(with_step, gradient(plain))


def test_gradients_of_parts_sum_to_that_of_the_whole() -> None:
    whole, _ = lesson()
    loss = whole.backward(GROUPS)
    parts, _ = lesson()
    halves = [parts.backward([group], share=2) for group in GROUPS]
    assert sum(halves) == pytest.approx(loss, abs=1e-5)
    torch.testing.assert_close(gradient(parts), gradient(whole), atol=1e-5, rtol=1e-3)


def test_hidden_words_and_pairs_join_the_loss() -> None:
    plain, _ = lesson()
    plain.backward(GROUPS)
    joined, _ = lesson(mask_weight=1.0, pairwise_weight=1.0)
    joined.backward(GROUPS)
    assert any(weight.grad is not None for weight in joined.words.parameters())
    shared = gradient(joined)[: gradient(plain).numel()]
    assert not torch.allclose(shared, gradient(plain))


@torch.no_grad()
def test_merged_adapters_score_the_same() -> None:
    one, network = lesson(adapters=LowRank(rank=2))
    for name, weight in network.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(weight, std=0.05)
    inputs = one.tensors([("a film about grief", text) for text in GROUPS[0].texts])
    before = network(**inputs)
    merge_adapters(network)
    assert not [name for name in network.state_dict() if "lora" in name]
    torch.testing.assert_close(network(**inputs), before, atol=1e-5, rtol=1e-4)


def test_low_rank_mode_learns_a_small_part() -> None:
    few, network = lesson(adapters=LowRank(rank=2))
    all_of, _ = lesson()
    count = sum(weight.numel() for weight in few.learnt())
    assert count < 0.3 * sum(weight.numel() for weight in all_of.learnt())
    assert all("lora" in name for name, weight in network.layers.named_parameters() if weight.requires_grad)


@pytest.mark.parametrize("way", [typos, keyboard, drop_words])
def test_noise_changes_some_words_the_same_way_for_the_same_seed(way: object) -> None:
    assert callable(way)
    written = [way(TEXT, random.Random(seed), 0.5) for seed in range(10)]
    assert written == [way(TEXT, random.Random(seed), 0.5) for seed in range(10)]
    assert len(set(written)) > 5
    assert all(text.strip() for text in written)
    assert way(TEXT, random.Random(1), 0.0) == TEXT


def test_a_slip_hits_a_key_beside_the_right_one() -> None:
    slipped = keyboard("aaaa", random.Random(3), 1.0)
    (other,) = set(slipped) - {"a"}
    assert other in "qwsz"


def test_synonyms_never_use_the_wording_kept_back() -> None:
    synonyms = synonyms_of(paraphrases(), (0, 1))
    kept_back = {said[2] for values in paraphrases().values() for said in values.values()}
    assert synonyms
    assert not kept_back & ({*synonyms} | {other for others in synonyms.values() for other in others})
    phrase, others = next(iter(synonyms.items()))
    assert reword(f"a {phrase} film", random.Random(0), {phrase: others}) in {f"a {other} film" for other in others}
    assert disturb(TEXT, random.Random(5), synonyms) == disturb(TEXT, random.Random(5), synonyms)


class OneLesson:
    """Stands for a domain: two groups that never change, and nothing to tune on."""

    corpus = Corpus("demo", [])
    texts: tuple[str, ...] = ()

    def answerable(self, part: str) -> list[int]:
        return [0, 1]

    def candidates(self, part: str, limit: int, depth: int) -> list[object]:
        return []

    def draw(self, found: int, size: int, rng: random.Random) -> Group:
        return GROUPS[found]


def test_a_killed_run_ends_with_the_same_weights(tmp_path: Path) -> None:
    config = TrainConfig(
        layers=1,
        steps=6,
        check_every=3,
        groups_per_step=2,
        group_size=2,
        accumulate=2,
        augment=0.5,
        adversarial=0.5,
        mask_weight=0.1,
        adapters=LowRank(rank=2),
        mix={"demo": 1.0},
        threads=1,
    )

    def trainer(out: Path) -> Trainer:
        return Trainer(config, {"demo": OneLesson()}, [OneLesson()], out)  # type: ignore[dict-item, list-item]

    def kill(line: str) -> None:
        if line.startswith("step 3:"):
            raise KeyboardInterrupt

    trainer(tmp_path / "whole").run(lambda line: None)
    with pytest.raises(KeyboardInterrupt):
        trainer(tmp_path / "killed").run(kill)
    again = trainer(tmp_path / "killed")
    assert again.steps == 3
    again.run(lambda line: None)
    states = [torch.load(tmp_path / name / "checkpoint.pt", weights_only=False) for name in ("whole", "killed")]
    for name, weight in states[0]["network"].items():
        torch.testing.assert_close(states[1]["network"][name], weight, atol=1e-6, rtol=1e-5)


def run_with(folder: Path, gain: float, **config: object) -> Path:
    tasks = [Task("tags", f"g{at}", f"q{at}", frozenset({at})) for at in range(30)]
    values = [min(1.0, at / 60 + gain) for at in range(30)]
    card = RunCard(
        kind="reranker", command="c", seed=1, steps=2, seconds=60.0, data={"tags": {"test": 30}}, config=config
    )
    folder.mkdir()
    (folder / "progress.jsonl").write_text('{"step": 1, "seconds": 1, "loss": 2.0, "tags": 0.1}\n', encoding="utf-8")
    write_run(folder, card, "| a |", [task_scores("tags nDCG@10, blend", tasks, values)])
    return folder


def test_two_runs_are_held_beside_each_other(tmp_path: Path) -> None:
    first, second = run_with(tmp_path / "a", 0.0, rate=1, same=2), run_with(tmp_path / "b", 0.2, rate=3, same=2)
    found = compare_runs(first, second)
    assert found.settings == {"rate": (1, 3)}
    (one,) = found.measures
    assert one.tasks == 30
    assert one.gain == pytest.approx(0.2)
    assert one.p < 0.01
    assert "+0.200" in render_runs(found)
    assert compare_runs(first, first).measures[0].p == 1.0


def test_a_card_has_its_curves_and_can_be_read_again(tmp_path: Path) -> None:
    folder = run_with(tmp_path / "a", 0.0, rate=1)
    assert read_run(folder)[0].config == {"rate": 1}
    text = (folder / "README.md").read_text("utf-8")
    assert "![loss](loss.svg)" in text
    assert (folder / "tuning.svg").read_text("utf-8").lstrip().startswith("<?xml")


def test_a_folder_without_a_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RetrievalError, match="no finished training run"):
        compare_runs(tmp_path, tmp_path)


def test_chance_is_told_from_a_gain() -> None:
    rng = np.random.default_rng(1)
    groups = [f"g{at}" for at in range(60)]
    assert paired_p(rng.normal(0.0, 1.0, 60).tolist(), groups) > 0.05
    assert paired_p(rng.normal(1.0, 1.0, 60).tolist(), groups) < 0.01
