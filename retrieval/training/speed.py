"""Time reranking 50 candidates in each arithmetic, from words to scores, in one run, and what each loses in quality."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from pydantic import Field

from ..rerank import CrossEncoder, RerankConfig, read_budget
from ..types import Value
from .export import FULL
from .metrics import interval, ndcg
from .network import Network, load_bert, set_threads
from .pairs import PairEncoder
from .reranker import plain_tokenizer
from .searched import SearchBench

Score = Callable[[str, Sequence[str]], NDArray[np.float32]]


class Arithmetic(Value):
    """One way of computing the same scores."""

    name: str
    cpu_seconds: float
    """Processor time of one call, median; robust against other work on the machine."""
    wall_seconds: float
    times_faster: dict[str, float]
    """Processor time of the named baseline over this one's."""


class SpeedReport(Value):
    """All of them, measured in turn, over and over."""

    texts: int
    rounds: int
    threads: int
    rows: tuple[Arithmetic, ...]
    ndcg: dict[str, float] = Field(default_factory=dict)
    """nDCG@10 of the shipped blend with float32 and with int8 scores; empty where the float32 weights are not there."""
    ndcg_lost: float | None = None
    """Share of the float32 one's nDCG@10 that int8 loses."""
    ndcg_lost_interval: tuple[float, float] | None = None


def torch_scorer(layers: int, folder: Path, *, half: bool) -> Score:
    """Return a plain torch cross-encoder: one padded batch of all texts, tokens kept from earlier calls."""
    budget = read_budget(folder)
    network = Network(load_bert(), layers).eval()

    encoder = PairEncoder(plain_tokenizer(), budget)

    def score(query: str, texts: Sequence[str]) -> NDArray[np.float32]:
        inputs = {name: torch.from_numpy(rows) for name, rows in encoder.encode([(query, t) for t in texts]).items()}
        with torch.inference_mode(), torch.autocast("cpu", dtype=torch.bfloat16, enabled=half):
            logits: NDArray[np.float32] = network(**inputs).float().numpy()
        return logits

    return score


def measure_speed(
    folder: Path, heads: Sequence[tuple[str, Sequence[str]]], threads: int, rounds: int = 9
) -> SpeedReport:
    """Time each arithmetic on the same heads in turn.

    Args:
        folder: the served model.
        heads: requests with the texts to rerank; taken in turn, each text met before, as in a running service.
        threads: cores each may use; with more than one, torch's threads spend processor time waiting for each other
            where other work wants the cores too.
        rounds: calls of each.
    """
    set_threads(threads)
    served = CrossEncoder(folder, RerankConfig(threads=threads))
    scorers: Mapping[str, Score] = {
        "torch float32, six layers": torch_scorer(6, folder, half=False),
        "torch float32, as shipped": torch_scorer(3, folder, half=False),
        "torch bfloat16, as shipped": torch_scorer(3, folder, half=True),
        "onnxruntime int8, as shipped": served.score,
    }
    cpu: dict[str, list[float]] = {name: [] for name in scorers}
    wall: dict[str, list[float]] = {name: [] for name in scorers}
    for query, texts in heads:
        served.score(query, texts)
    for number in range(rounds):
        query, texts = heads[number % len(heads)]
        for name, score in scorers.items():
            started, spent = time.perf_counter(), time.process_time()
            score(query, texts)
            cpu[name].append(time.process_time() - spent)
            wall[name].append(time.perf_counter() - started)
    middle = {name: float(np.median(values)) for name, values in cpu.items()}
    bases = [name for name in scorers if "float32" in name]
    rows = tuple(
        Arithmetic(
            name=name,
            cpu_seconds=middle[name],
            wall_seconds=float(np.median(wall[name])),
            times_faster={base: middle[base] / middle[name] for base in bases if base != name},
        )
        for name in scorers
    )
    return SpeedReport(texts=len(heads[0][1]), rounds=rounds, threads=threads, rows=rows)


def speed_markdown(report: SpeedReport) -> str:
    """Write the report as a table."""
    lines = [
        f"{report.texts} texts a call, {report.rounds} calls each in turn, {report.threads} threads.",
        "",
        "| arithmetic | processor s | wall s | times as fast as |",
        "|---|---|---|---|",
    ]
    for row in report.rows:
        faster = "; ".join(f"{base}: {value:.2f}" for base, value in row.times_faster.items())
        lines.append(f"| {row.name} | {row.cpu_seconds:.3f} | {row.wall_seconds:.3f} | {faster} |")
    if report.ndcg_lost is not None and report.ndcg_lost_interval is not None:
        low, high = report.ndcg_lost_interval
        lines += ["", f"int8 loses {report.ndcg_lost:+.2%} of float32's nDCG@10 ({low:+.2%} to {high:+.2%})."]
    else:
        lines += ["", "What int8 loses in quality needs model.float32.onnx beside the model, as training writes it."]
    return "\n".join(lines) + "\n"


def with_quality(report: SpeedReport, folder: Path, bench: SearchBench, limit: int) -> SpeedReport:
    """Add what int8 loses against the float32 weights, where these lie in the folder."""
    if not (folder / FULL).is_file():
        return report
    scorers = {
        "float32": CrossEncoder(folder, RerankConfig(), weights=FULL),
        "int8": CrossEncoder(folder, RerankConfig()),
    }
    shipped = RerankConfig()
    order = (1.0, shipped.weight, shipped.popularity_weight)
    tasks = list(bench.corpus.tasks["test"])[:limit]
    gained: dict[str, list[float]] = {}
    for name, scorer in scorers.items():
        judged = [replace(bench, reranker=scorer).judge(task, task.query) for task in tasks]
        gained[name] = [ndcg(one.order(order), one.found.task.positives, 10) for one in judged]
    means = {name: float(np.mean(values)) for name, values in gained.items()}
    lost = [(full - rough) / means["float32"] for full, rough in zip(gained["float32"], gained["int8"], strict=True)]
    return report.model_copy(
        update={
            "ndcg": means,
            "ndcg_lost": float(np.mean(lost)),
            "ndcg_lost_interval": interval(lost, [task.group for task in tasks]),
        }
    )
