"""Adapt the text encoder: contrast each query's answer with the other answers of the batch and with hard negatives.

Answers of a batch come as often as they are recommended, so the softmax over them learns how much likelier an answer is
than its fame says; ``log(1 + training count)`` is added back when a dialogue's items are ranked. All items of a batch
are encoded afresh: a run whose wrong items stood as vectors kept from earlier fell below the untrained encoder.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
from numpy.typing import NDArray
from pydantic import Field
from torch import Tensor

from ..encoders import half_precision
from ..encoders.adapter import LENGTHS, Lengths
from ..encoders.text import BUNDLED
from ..types import Value
from .adapters import LowRank, adapter_weights, add_adapters, save_adapter
from .encoder_data import Lesson, Study
from .masking import MaskedWords, hide_words
from .network import set_threads
from .reranker import plain_tokenizer, schedule
from .tower import Texts, encode_all, load_tower

Progress = Callable[[str], None]
_OUT = -1e4
"""A logit that takes an item out of the running."""


class EncoderTraining(Value):
    """Say how the text encoder is adapted."""

    seed: int = 1
    adapters: LowRank = LowRank()
    frozen: int = Field(3, ge=0, le=5)
    """Lower layers that stay as they are, so that their work on each text is done once."""
    batch: int = Field(96, ge=2)
    """Queries a step, all of one set."""
    accumulate: int = Field(1, ge=1)
    """Batches whose gradients are summed before the weights move."""
    hard_negatives: int = Field(0, ge=0)
    """Items a batch that the bank ranks high for its queries, encoded afresh."""
    scale: float = Field(20.0, gt=0.0)
    """Factor of the cosine in the logits."""
    warm: Literal["none", "simcse", "mlm"] = "none"
    """What the first steps learn from item texts alone: to tell a text from others through two draws of dropout (Gao et
    al. 2021), or to predict hidden words (Devlin et al. 2019)."""
    warm_steps: int = Field(0, ge=0)
    """Steps of that kind, before the contrast of queries and answers."""
    steps: int = Field(800, ge=1)
    minutes: float | None = None
    """Stop after that long; the schedule then follows the clock where that is ahead of the steps."""
    learning_rate: float = Field(2e-4, gt=0.0)
    """Peak rate of the adapters."""
    warm_up: float = 0.06
    weight_decay: float = 0.01
    query_length: int = Field(80, ge=8)
    item_length: int = Field(72, ge=8)
    check_every: int = Field(100, ge=1)
    """Steps between two looks at the tuning part, each of which encodes the whole catalogue."""
    patience: int = 3
    """Stop after that many looks without a better score."""
    threads: int = 2


class EncoderTrainer:
    """Hold one run: tower, optimiser, lessons, the bank of item vectors and the best adapters so far."""

    def __init__(
        self,
        config: EncoderTraining,
        studies: Sequence[Study],
        mix: Sequence[float],
        out: Path,
        tuned: Sequence[Study] | None = None,
    ) -> None:
        """Load MiniLM, and pick up a checkpoint where one lies in ``out``.

        Args:
            config: how long and how.
            studies: what to learn from.
            mix: how often each study gives a batch.
            out: where checkpoints and progress go.
            tuned: the studies whose tuning parts are looked at, in the same order; those learnt from by default.
        """
        set_threads(config.threads)
        torch.manual_seed(config.seed)
        self._config, self._studies, self._mix, self._out = config, studies, list(mix), out
        self._rng = random.Random(config.seed)
        self.tower = load_tower(config.frozen)
        add_adapters(self.tower.upper, config.adapters)
        self._words = MaskedWords(self.tower.embeddings.word_embeddings.weight)
        learnt = [weight for weight in self.tower.parameters() if weight.requires_grad]
        if config.warm == "mlm":
            learnt += list(self._words.parameters())
        self._optimizer = torch.optim.AdamW(learnt, lr=config.learning_rate, weight_decay=config.weight_decay)
        self.tokenizer = plain_tokenizer()
        self._queries = Texts(self.tower, self.tokenizer, config.query_length)
        self._items = Texts(self.tower, self.tokenizer, config.item_length)
        self._train = [study.lessons("train") for study in studies]
        self._tuned = list(tuned or studies)
        self._tune = [study.lessons("tune") for study in self._tuned]
        self._deck: list[list[int]] = [[] for _ in studies]
        self._bank: list[NDArray[np.float32]] = []
        self._step, self._spent, self._best, self._stale = 0, 0.0, -1.0, 0
        out.mkdir(parents=True, exist_ok=True)
        self._resume()

    def run(self, progress: Progress) -> list[float]:
        """Train to the end and leave the tower with its best adapters; return the loss of each step."""
        losses: list[float] = []
        started = time.monotonic() - self._spent
        if not self._bank and self._config.hard_negatives:
            self._look(0.0, progress)
        self.tower.train()
        while (done := self._done(time.monotonic() - started)) < 1.0 and self._stale < self._config.patience:
            losses.append(self._update(done))
            self._step += 1
            if self._step % 20 == 0:
                spent = (time.monotonic() - started) / 60
                progress(f"step {self._step} ({done:.0%}, {spent:.1f} min): loss {np.mean(losses[-20:]):.3f}")
            if self._step % self._config.check_every == 0:
                self._spent = time.monotonic() - started
                self._look(float(np.mean(losses[-self._config.check_every :])), progress)
        if self._step % self._config.check_every and losses:
            self._spent = time.monotonic() - started
            self._look(float(np.mean(losses[-(self._step % self._config.check_every) :])), progress)
        self.tower.load_state_dict(torch.load(self._out / "best.pt", weights_only=True), strict=False)
        self.tower.eval()
        return losses

    @property
    def steps(self) -> int:
        """Steps done, those before a resumption included."""
        return self._step

    @property
    def seconds(self) -> float:
        """Time spent learning and looking, those before a resumption included."""
        return self._spent

    def save(self, folder: Path) -> None:
        """Write the adapters as they are now, in peft's format, under the names of the whole MiniLM's layers."""
        first = self._config.frozen
        named: dict[str, Tensor] = {}
        for name, value in adapter_weights(self.tower.upper).items():
            layer, rest = name.split(".", 1)
            named[f"encoder.layer.{first + int(layer)}.{rest}"] = value
        save_adapter(named, self._config.adapters, folder, BUNDLED)
        lengths = Lengths(query_length=self._config.query_length, item_length=self._config.item_length)
        (folder / LENGTHS).write_text(lengths.model_dump_json(indent=2) + "\n", encoding="utf-8")

    def item_vectors(self, study: Study) -> NDArray[np.float32]:
        """Return the study's items as unit rows."""
        return encode_all(self.tower, study.texts, self._items)

    def query_vectors(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return queries as unit rows."""
        return encode_all(self.tower, texts, self._queries)

    def _done(self, elapsed: float) -> float:
        by_clock = elapsed / (60 * self._config.minutes) if self._config.minutes else 0.0
        return max(self._step / self._config.steps, by_clock)

    def _update(self, done: float) -> float:
        for group in self._optimizer.param_groups:
            group["lr"] = self._config.learning_rate * schedule(done, self._config.warm_up)
        self._optimizer.zero_grad(set_to_none=True)
        total = 0.0
        for _ in range(self._config.accumulate):
            loss = (
                self._text_loss() if self._step < self._config.warm_steps else self._loss()
            ) / self._config.accumulate
            loss.backward()  # type: ignore[no-untyped-call]
            total += float(loss.item())
        torch.nn.utils.clip_grad_norm_([w for w in self.tower.parameters() if w.requires_grad], 1.0)
        self._optimizer.step()
        return total

    def _text_loss(self) -> Tensor:
        """Return the self-supervised loss of a batch of item texts."""
        which = self._rng.choices(range(len(self._studies)), self._mix)[0]
        texts = self._rng.sample(self._studies[which].texts, self._config.batch)
        if self._config.warm == "mlm":
            return self._word_loss(texts)
        with half_precision("auto"):
            hidden, mask = self._items.batch(texts)
            first, second = self.tower(hidden, mask), self.tower(hidden, mask)
        return torch.nn.functional.cross_entropy(self._config.scale * first @ second.T, torch.arange(len(texts)))

    def _word_loss(self, texts: Sequence[str]) -> Tensor:
        ids, mask = self._items.padded(texts)
        hidden_ids, labels = hide_words(ids, torch.Generator().manual_seed(self._rng.getrandbits(32)))
        with half_precision("auto"):
            below = self.tower.below(self.tower.embed(hidden_ids), mask)
            return self._words.loss(self.tower.tokens(below, mask), labels)

    def _loss(self) -> Tensor:
        which = self._rng.choices(range(len(self._studies)), self._mix)[0]
        study = self._studies[which]
        lessons = self._deal(which)
        answers = [self._rng.choice(sorted(lesson.task.positives)) for lesson in lessons]
        with half_precision("auto"):
            queries = self.tower(*self._queries.batch([lesson.text for lesson in lessons]))
        places = list(dict.fromkeys([*answers, *self._hard(which, lessons, queries.detach())]))
        with half_precision("auto"):
            items = self.tower(*self._items.batch([study.texts[at] for at in places]))
        logits = self._config.scale * queries @ items.T
        column = {at: place for place, at in enumerate(places)}
        for row, (lesson, answer) in enumerate(zip(lessons, answers, strict=True)):
            other = [column[at] for at in lesson.task.positives if at in column and at != answer]
            logits[row, other] = _OUT
        return torch.nn.functional.cross_entropy(logits, torch.tensor([column[answer] for answer in answers]))

    def _hard(self, which: int, lessons: Sequence[Lesson], queries: Tensor) -> list[int]:
        """Return items that the bank ranks high for some query of the batch, by the score that serves."""
        wanted = self._config.hard_negatives
        if not wanted:
            return []
        study, nearness = self._studies[which], queries.numpy() @ self._bank[which].T
        drawn = []
        for lesson, row in zip(lessons, nearness, strict=True):
            scores = self._config.scale * row + study.prior(lesson.task)
            scores[list(lesson.task.positives)] = -np.inf
            drawn.append(int(self._rng.choice(np.argpartition(-scores, 40)[:40].tolist())))
        self._rng.shuffle(drawn)
        return drawn[:wanted]

    def _deal(self, which: int) -> list[Lesson]:
        """Return the next lessons of a shuffled round through all of them."""
        deck = self._deck[which]
        if len(deck) < self._config.batch:
            fresh = list(range(len(self._train[which])))
            self._rng.shuffle(fresh)
            deck += fresh
        taken, self._deck[which] = deck[: self._config.batch], deck[self._config.batch :]
        return [self._train[which][at] for at in taken]

    def _look(self, loss: float, progress: Progress) -> None:
        """Encode the catalogues anew, measure the tuning part, keep the adapters if they are the best."""
        self._bank = [self.item_vectors(study) for study in self._studies]
        scores: dict[str, float] = {}
        for own, study, lessons, rows in zip(self._studies, self._tuned, self._tune, self._bank, strict=True):
            bank = rows if study is own else self.item_vectors(study)
            if not lessons:
                continue
            queries = self.query_vectors([lesson.text for lesson in lessons])
            for k, value in recalls(study, lessons, queries, bank, self._config.scale).items():
                scores[f"{study.name}@{k}"] = round(value, 4)
        mean = float(np.mean(list(scores.values()) or [0.0]))
        better = mean > self._best
        self._best, self._stale = (mean, 0) if better else (self._best, self._stale + 1)
        if better:
            _save(adapter_weights(self.tower), self._out / "best.pt")
        state: dict[str, Any] = {"adapters": adapter_weights(self.tower), "optimizer": self._optimizer.state_dict()}
        state |= {"words": self._words.state_dict()}
        state |= {"step": self._step, "spent": self._spent, "best": self._best, "stale": self._stale}
        state |= {"rng": self._rng.getstate(), "torch": torch.get_rng_state(), "deck": self._deck, "bank": self._bank}
        _save(state, self._out / "checkpoint.pt")
        line = {"step": self._step, "seconds": round(self._spent), "loss": round(loss, 4), **scores}
        with (self._out / "progress.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
        progress(f"step {self._step}: {'best' if better else 'not better'} {scores}")

    def _resume(self) -> None:
        path = self._out / "checkpoint.pt"
        if not path.is_file():
            return
        # The file is this program's own; it holds the state of random generators beside tensors.
        state: dict[str, Any] = torch.load(path, weights_only=False)
        self.tower.load_state_dict(state["adapters"], strict=False)
        self._optimizer.load_state_dict(state["optimizer"])
        self._words.load_state_dict(state["words"])
        self._step, self._spent, self._best, self._stale = (state[key] for key in ("step", "spent", "best", "stale"))
        self._deck, self._bank = state["deck"], state["bank"]
        self._rng.setstate(state["rng"])
        torch.set_rng_state(state["torch"])


def recalls(
    study: Study, lessons: Sequence[Lesson], queries: NDArray[np.float32], items: NDArray[np.float32], scale: float
) -> dict[int, float]:
    """Return recall@1, 10 and 50 over the whole catalogue, items already named left out, one sample an answer."""
    found: dict[int, list[float]] = {1: [], 10: [], 50: []}
    for lesson, query in zip(lessons, queries, strict=True):
        scores = scale * (items @ query) + study.prior(lesson.task)
        scores[list(lesson.task.excluded)] = -np.inf
        for at in lesson.task.positives:
            rank = int((scores > scores[at]).sum())
            for k, hits in found.items():
                hits.append(float(rank < k))
    return {k: float(np.mean(hits)) for k, hits in found.items()}


def _save(state: Any, path: Path) -> None:
    """Write beside the file first, so that a kill never leaves half of one."""
    beside = path.with_suffix(".part")
    torch.save(state, beside)
    beside.replace(path)
