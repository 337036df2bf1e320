"""Adapting the text encoder on a toy catalogue: it learns, goes on where it was killed, and serves what it trained."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from retrieval.encoders import EncoderConfig, load_encoder
from retrieval.encoders.adapter import read_adapter
from retrieval.errors import EncoderError
from retrieval.training.adapters import LowRank, add_adapters, merge_adapters
from retrieval.training.corpus import Corpus, Task
from retrieval.training.encoder import EncoderTrainer, EncoderTraining
from retrieval.training.encoder_data import Study, fold_of
from retrieval.training.encoder_report import StudyRanks
from retrieval.training.encoder_texts import dialogue_text
from retrieval.training.masking import MASK_ID, MaskedWords, hide_words
from retrieval.training.tower import load_tower
from retrieval.types import Item

WORDS = ("grief", "space", "wedding", "heist", "robots", "sailing", "chess", "ghosts")
TINY = EncoderTraining(
    frozen=4, batch=8, steps=12, check_every=6, learning_rate=2e-3, adapters=LowRank(rank=4, alpha=8.0), threads=1
)


def study() -> Study:
    """Eight films whose codes mean the words asked for, so that only training can find them."""
    items = [Item(id=str(at), title=f"Film {at}", description=f"code {chr(97 + at) * 3}") for at in range(8)]
    tasks = [Task("redial", f"d{at}", f"about {word}", frozenset({at})) for at, word in enumerate(WORDS)]
    return Study(Corpus("redial", items, {"train": tasks, "tune": tasks, "test": tasks}))


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, EncoderTrainer, list[float]]:
    out = tmp_path_factory.mktemp("encoder")
    trainer = EncoderTrainer(TINY, [study()], [1.0], out)
    losses = trainer.run(lambda line: None)
    trainer.save(out)
    return out, trainer, losses


def test_the_loss_falls(run: tuple[Path, EncoderTrainer, list[float]]) -> None:
    losses = run[2]
    assert len(losses) == 12
    assert np.mean(losses[-3:]) < 0.7 * np.mean(losses[:3])


def test_every_look_is_written_down(run: tuple[Path, EncoderTrainer, list[float]]) -> None:
    lines = [json.loads(line) for line in (run[0] / "progress.jsonl").read_text("utf-8").splitlines()]
    assert [line["step"] for line in lines] == [6, 12]
    assert all("redial@10" in line for line in lines)


def test_a_killed_run_ends_with_the_same_weights(run: tuple[Path, EncoderTrainer, list[float]], tmp_path: Path) -> None:
    """Stopped after the look at step 6 and begun again, a run repeats the rest exactly."""

    def kill(line: str) -> None:
        if line.startswith("step 6:"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        EncoderTrainer(TINY, [study()], [1.0], tmp_path).run(kill)
    again = EncoderTrainer(TINY, [study()], [1.0], tmp_path)
    assert again.steps == 6
    again.run(lambda line: None)
    state, expected = torch.load(tmp_path / "best.pt"), torch.load(run[0] / "best.pt")
    for name, weight in expected.items():
        torch.testing.assert_close(state[name], weight, atol=1e-5, rtol=1e-4)


def test_what_is_served_is_what_was_trained(run: tuple[Path, EncoderTrainer, list[float]]) -> None:
    out, trainer, _ = run
    served = load_encoder(EncoderConfig(model=str(out), half="off"))
    texts = [f"about {word}" for word in WORDS]
    exact = _float32(trainer, texts)
    np.testing.assert_allclose(served.encode_query(texts), exact, atol=1e-3)
    np.testing.assert_allclose(served.encode_items(texts), exact, atol=1e-3)
    assert served.name.startswith(f"{out.name}@")
    plain = load_encoder(EncoderConfig()).encode_query(texts)
    assert np.abs(plain - exact).max() > 0.01


@torch.inference_mode()
def _float32(trainer: EncoderTrainer, texts: list[str]) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    """Return the tower's vectors without bfloat16, which is only how training saves time."""
    rows = []
    for text in texts:
        ids = torch.tensor([trainer.tokenizer.encode(text).ids])
        mask = torch.ones_like(ids)
        rows.append(trainer.tower(trainer.tower.below(trainer.tower.embed(ids), mask), mask)[0].numpy())
    return np.stack(rows)


@torch.inference_mode()
def test_merged_adapters_compute_the_same() -> None:
    torch.manual_seed(0)
    tower = load_tower(4)
    add_adapters(tower.upper, LowRank(rank=4))
    for name, weight in tower.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(weight, std=0.05)
    tower.eval()
    hidden, mask = torch.randn(2, 5, tower.width), torch.ones(2, 5)
    before = tower(hidden, mask)
    merge_adapters(tower)
    assert not [name for name, _ in tower.named_parameters() if "lora" in name]
    torch.testing.assert_close(tower(hidden, mask), before, atol=1e-5, rtol=1e-4)


def test_an_adapter_of_another_network_is_refused(run: tuple[Path, EncoderTrainer, list[float]]) -> None:
    with pytest.raises(EncoderError, match="palate train encoder"):
        read_adapter(run[0]).merged({"encoder.layer.5.output.dense.weight": np.zeros((2, 2), dtype=np.float32)})


def test_a_damaged_adapter_is_an_error_that_names_its_folder(tmp_path: Path) -> None:
    (tmp_path / "adapter_config.json").write_text("{}", encoding="utf-8")
    (tmp_path / "adapter_model.safetensors").write_bytes(b"not this")
    with pytest.raises(EncoderError, match=tmp_path.name):
        load_encoder(EncoderConfig(model=str(tmp_path)))


def test_a_dialogue_keeps_its_end_and_its_last_titles() -> None:
    named = [Item(id=str(at), title=f"T{at}", attributes={"genres": ("Drama",)}) for at in range(7)]
    text = dialogue_text(["hello", "word " * 200, "something newer?"], named)
    assert "something newer? Named: T2 (drama); T3" in text
    assert "hello" not in text
    assert dialogue_text(["hi"], []) == "hi"


def test_a_fold_leaves_its_dialogues_out() -> None:
    corpus = study().corpus
    kept = [{lesson.task.group for lesson in Study(corpus, fold).lessons("train")} for fold in (0, 1)]
    assert kept[0] | kept[1] == {f"d{at}" for at in range(8)}
    assert not kept[0] & kept[1]
    assert all(fold_of(group) == 1 for group in kept[0])


def test_a_dialogues_own_answer_does_not_raise_its_prior() -> None:
    one = study()
    task = one.lessons("train")[3].task
    assert one.prior(task)[3] == 0.0
    assert one.prior(task)[4] == pytest.approx(np.log(2.0))


def test_hidden_words_are_the_labels_and_learning_lowers_their_loss() -> None:
    ids = torch.randint(2000, 2500, (40, 30))
    ids[:, 0] = 101
    hidden, labels = hide_words(ids, torch.Generator().manual_seed(1))
    asked = labels != -100
    assert 0.1 < float(asked.float().mean()) < 0.2
    assert not asked[:, 0].any()
    assert (labels[asked] == ids[asked]).all()
    assert 0.6 < float((hidden[asked] == MASK_ID).float().mean()) < 0.95
    assert (hidden[~asked] == ids[~asked]).all()
    words = torch.randn(3000, 16)
    head = MaskedWords(words)
    rows = torch.zeros(40, 30, 16)
    rows[:] = words[ids]
    optimizer = torch.optim.Adam(head.parameters(), lr=0.05)
    losses = []
    for _ in range(15):
        loss = head.loss(rows, labels)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        losses.append(float(loss.detach()))
    assert losses[-1] < 0.8 * losses[0]


def test_ratios_stand_beside_the_untrained_row() -> None:
    one = study()
    ranks = StudyRanks(one, one.lessons("test"), seed=1)
    ranks.add_words()
    perfect = np.eye(8, dtype=np.float32)
    ranks.add_vectors("untrained", np.roll(perfect, 1, axis=0), perfect, 20.0)
    ranks.add_vectors("adapted", perfect, perfect, 20.0)
    rows = {row.name: row for row in ranks.report().rows}
    assert rows["adapted"].recall[1] == 1.0
    assert rows["untrained"].recall[1] == 0.0
    assert rows["adapted"].ratio["untrained"] == 1.0  # eight items: all of them are in the first fifty
    assert set(ranks.scores()[0].groups.values()) == {f"d{at}" for at in range(8)}


@pytest.mark.parametrize("warm", ["simcse", "mlm"])
def test_self_supervised_steps_come_first(warm: str, tmp_path: Path) -> None:
    config = TINY.model_copy(update={"warm": warm, "warm_steps": 2, "steps": 3, "check_every": 3})
    losses = EncoderTrainer(config, [study()], [1.0], tmp_path).run(lambda line: None)
    assert len(losses) == 3
    assert np.isfinite(losses).all()
