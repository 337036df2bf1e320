"""Fine-tune the cross-encoder on groups of one right and several plausible wrong answers.

Run it with `palate train reranker`. A killed run goes on from its last checkpoint; every check is added to
``progress.jsonl`` in the output folder as it happens.
"""

from __future__ import annotations

import json
import math
import random
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from tokenizers import Tokenizer

from ..demo.wishes import paraphrases
from ..rerank import TokenBudget, model_folder
from .adapters import add_adapters, merge_adapters
from .config import TrainConfig
from .lesson import Lesson
from .metrics import ndcg
from .network import Network, arithmetic, encoder_folder, load_bert, set_threads
from .noise import disturb, synonyms_of
from .pairs import Candidates, Domain, Group, PairEncoder
from .starting import start_from

Progress = Callable[[str], None]


class Trainer:
    """Hold one run: network, optimiser, data and the best weights so far."""

    def __init__(self, config: TrainConfig, domains: Mapping[str, Domain], tuning: Sequence[Domain], out: Path) -> None:
        """Load MiniLM, mine the pools and pick up a checkpoint where one lies in ``out``."""
        set_threads(config.threads)
        torch.manual_seed(config.seed)
        self._config = config
        self._domains = domains
        self._out = out
        self._rng = random.Random(config.seed)
        self._synonyms = synonyms_of(paraphrases(), (0, 1))
        budget = TokenBudget(max_length=config.max_length, query_length=config.query_length)
        self.network = Network(load_bert(), config.layers)
        if config.start:
            start_from(self.network, model_folder(config.start))
        if config.adapters is not None:
            add_adapters(self.network.layers, config.adapters)
        self._lesson = Lesson(self.network, PairEncoder(plain_tokenizer(), budget), config)
        self._optimizer = torch.optim.AdamW(
            _decayed(self._lesson.learnt(), config.weight_decay), lr=config.learning_rate
        )
        self._train = {name: domain.answerable("train") for name, domain in domains.items() if name in config.mix}
        self._tune = {one.corpus.name: (one, one.candidates("tune", config.check_tasks, 30)) for one in tuning}
        self._step, self._spent, self._best, self._stale = 0, 0.0, -1.0, 0
        self._resume()

    def run(self, progress: Progress) -> list[float]:
        """Train to the end and leave the network with its best weights; return the loss of each step."""
        losses: list[float] = []
        started = time.monotonic() - self._spent
        self.network.train()
        while (done := self._done(time.monotonic() - started)) < 1.0 and self._stale < self._config.patience:
            losses.append(self._update(done))
            self._step += 1
            if self._step % 20 == 0:
                progress(f"step {self._step} ({done:.0%}): loss {np.mean(losses[-20:]):.3f}")
            if self._step % self._config.check_every == 0:
                self._spent = time.monotonic() - started
                self._look(float(np.mean(losses[-self._config.check_every :])), progress)
        if self._step % self._config.check_every:
            self._spent = time.monotonic() - started
            self._look(float(np.mean(losses[-self._config.check_every :])), progress)
        self.network.load_state_dict(torch.load(self._out / "best.pt", weights_only=True))
        self.network.eval()
        return losses

    def merge(self) -> None:
        """Merge adapters into the weights, for export; a run cannot go on afterwards."""
        merge_adapters(self.network)

    @property
    def seconds(self) -> float:
        """Time spent learning and looking, those before a resumption included."""
        return self._spent

    @property
    def steps(self) -> int:
        """Steps done, those before a resumption included."""
        return self._step

    def score(self, query: str, texts: Sequence[str]) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
        """Return float32 logits, in the order given."""
        self.network.eval()
        with torch.inference_mode(), arithmetic(self._config.precision):
            logits = self.network(**self._lesson.tensors([(query, text) for text in texts]))
        scores: np.ndarray[tuple[int], np.dtype[np.float32]] = logits.float().numpy()
        return scores

    def _done(self, elapsed: float) -> float:
        by_clock = elapsed / (60 * self._config.minutes) if self._config.minutes else 0.0
        return max(self._step / self._config.steps, by_clock)

    def _update(self, done: float) -> float:
        for group in self._optimizer.param_groups:
            group["lr"] = self._config.learning_rate * schedule(done, self._config.warm_up)
        self._optimizer.zero_grad(set_to_none=True)
        loss = sum(self._lesson.backward(self._draw(), self._config.accumulate) for _ in range(self._config.accumulate))
        torch.nn.utils.clip_grad_norm_(self._lesson.learnt(), 1.0)
        self._optimizer.step()
        return float(loss)

    def _draw(self) -> list[Group]:
        names = sorted(self._train)
        weights = [self._config.mix[name] for name in names]
        groups: list[Group] = []
        while len(groups) < self._config.groups_per_step:
            name = self._rng.choices(names, weights)[0]
            group = self._domains[name].draw(self._rng.choice(self._train[name]), self._config.group_size, self._rng)
            if group is not None:
                groups.append(self._augmented(group))
        return groups

    def _augmented(self, group: Group) -> Group:
        if not self._config.augment or self._rng.random() >= self._config.augment:
            return group
        return Group(disturb(group.query, self._rng, self._synonyms), group.texts)

    def _look(self, loss: float, progress: Progress) -> None:
        """Measure the tuning part, keep the weights if they are the best, and write a checkpoint."""
        scores = {name: self._tuning_score(domain, found) for name, (domain, found) in self._tune.items()}
        mean = float(np.mean(list(scores.values())))
        better = mean > self._best
        self._best, self._stale = (mean, 0) if better else (self._best, self._stale + 1)
        if better:
            _save(self.network.state_dict(), self._out / "best.pt")
        state = {"network": self.network.state_dict(), "optimizer": self._optimizer.state_dict(), "step": self._step}
        kept = {"spent": self._spent, "best": self._best, "stale": self._stale, "rng": self._rng.getstate()}
        kept |= {"words": self._lesson.words.state_dict(), "torch": torch.get_rng_state()}
        _save(state | kept, self._out / "checkpoint.pt")
        line = {"step": self._step, "seconds": round(self._spent), "loss": round(loss, 4), "ndcg": round(mean, 4)} | {
            name: round(score, 4) for name, score in scores.items()
        }
        with (self._out / "progress.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
        progress(f"step {self._step}: tuning nDCG@10 {mean:.4f} {'(best)' if better else ''} {scores}")
        self.network.train()

    def _tuning_score(self, domain: Domain, found: Sequence[Candidates]) -> float:
        results = []
        for one in found:
            if not set(one.at) & one.task.positives:
                continue
            logits = self.score(one.task.query, [domain.texts[at] for at in one.at])
            order = np.argsort(-logits, kind="stable")
            results.append(ndcg([one.at[at] for at in order], one.task.positives, 10))
        return float(np.mean(results)) if results else 0.0

    def _resume(self) -> None:
        path = self._out / "checkpoint.pt"
        self._out.mkdir(parents=True, exist_ok=True)
        if not path.is_file():
            return
        # The file is this program's own; it holds the state of a random generator beside tensors.
        state: dict[str, Any] = torch.load(path, weights_only=False)
        self.network.load_state_dict(state["network"])
        self._optimizer.load_state_dict(state["optimizer"])
        self._step, self._spent, self._best, self._stale = (state[key] for key in ("step", "spent", "best", "stale"))
        self._rng.setstate(state["rng"])
        self._lesson.words.load_state_dict(state["words"])
        torch.set_rng_state(state["torch"])


def schedule(done: float, warm_up: float) -> float:
    """Return the share of the full rate: a linear rise over ``warm_up`` of the run, then half a cosine to zero."""
    if done < warm_up:
        return max(done, 0.02 * warm_up) / warm_up
    return 0.5 * (1 + math.cos(math.pi * min(1.0, (done - warm_up) / (1 - warm_up))))


def plain_tokenizer() -> Tokenizer:
    """Return MiniLM's tokenizer without its own padding and truncation."""
    tokenizer = Tokenizer.from_file(str(encoder_folder() / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


def _decayed(learnt: Sequence[torch.nn.Parameter], decay: float) -> list[dict[str, Any]]:
    matrices = [weight for weight in learnt if weight.ndim > 1]
    vectors = [weight for weight in learnt if weight.ndim <= 1]
    return [{"params": matrices, "weight_decay": decay}, {"params": vectors, "weight_decay": 0.0}]


def _save(state: Mapping[str, Any], path: Path) -> None:
    """Write beside the file first, so that a kill never leaves half of one."""
    beside = path.with_suffix(".part")
    torch.save(state, beside)
    beside.replace(path)
