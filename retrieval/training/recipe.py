"""Train, export and measure the bundled reranker from end to end; every number in its model card comes from here."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..demo import schema
from ..errors import CatalogError
from ..rerank import CrossEncoder, RerankConfig, TokenBudget
from . import corpus, shapes
from .cards import RunCard, TaskScores, write_run
from .config import TrainConfig
from .export import FULL, export
from .pairs import Domain
from .report import DomainReport, Judged, Report, Score, choose_weights, compare, judge, markdown, order_scores
from .reranker import Progress, Trainer

MODEL_NAME = "palate-reranker-1"
QUICK = TrainConfig(
    layers=2,
    max_length=64,
    steps=40,
    groups_per_step=4,
    group_size=4,
    check_every=40,
    check_tasks=10,
    learning_rate=3e-4,
    mix={"demo": 1.0},
)
"""A toy run that shows the loss falling within a minute; its weights are of no use."""


def train_reranker(
    data: Path,
    out: Path,
    config: TrainConfig,
    command: str,
    progress: Progress,
    quick: bool = False,
    place: str = "",
    shown: Domain | None = None,
) -> Report:
    """Train into ``out``, or go on with what lies there, and write the model, ``report.json`` and ``report.md``.

    Args:
        data: The folder of the shared benchmark sets; a quick run does not read it.
        out: Where everything is written.
        config: How long and on what.
        command: How the run was started, for the report.
        progress: Told what happens.
        quick: Use a handful of the demo's films only.
        place: Machine and commit, for the card.
        shown: Lists of a log to learn from as well; then the benchmark sets may be missing.

    Raises:
        CatalogError: The benchmark sets are not in ``data``.
    """
    plain = quick or (shown is not None and bool(_missing(data, config)))
    trained, held = _domains(data, out, config, quick, plain)
    if shown is not None:
        trained[shown.corpus.name] = shown
    progress("texts, vectors and pools are ready")
    tuned = [held, *(domain for name, domain in trained.items() if name != "demo")]
    trainer = Trainer(config, trained, tuned, out)
    trainer.run(progress)
    trainer.merge()
    budget = TokenBudget(name=MODEL_NAME, max_length=config.max_length, query_length=config.query_length)
    export(trainer.network, budget, out)
    progress("exported")
    reranker = CrossEncoder(out, RerankConfig(threads=config.threads))
    limit = 20 if quick else config.measure_tasks
    reports: list[DomainReport] = []
    judged: list[Judged] = []
    scores: list[TaskScores] = []
    for domain in tuned:
        found, one = measure(domain, reranker.score, limit)
        reports.append(found)
        judged += one[:100]
        scores += list(order_scores(found, one))
        progress(f"measured {found.domain}")
    numbers = footprint(out, held, reranker.score, judged, config.threads)
    report = Report(command=command, seed=config.seed, steps=trainer.steps, domains=tuple(reports), numbers=numbers)
    (out / "report.json").write_text(report.model_dump_json(indent=2) + "\n", encoding="utf-8")
    (out / "report.md").write_text(markdown(report), encoding="utf-8")
    card = RunCard(
        kind="reranker",
        command=command,
        place=place,
        seed=config.seed,
        steps=trainer.steps,
        seconds=round(trainer.seconds, 1),
        data={name: _counts(domain) for name, domain in {**trained, "demo held back": held}.items()},
        config=config.model_dump(mode="json"),
    )
    write_run(out, card, markdown(report), scores)
    return report


def _counts(domain: Domain) -> dict[str, int]:
    return {part: len(tasks) for part, tasks in domain.corpus.tasks.items() if tasks}


def measure(domain: Domain, score: Score, limit: int) -> tuple[DomainReport, list[Judged]]:
    """Choose the blend on the domain's tuning part and compare on its test part."""
    weights = choose_weights(judge(domain, "tune", score, limit // 2))
    judged = judge(domain, "test", score, limit)
    return compare(domain.corpus.name, judged, weights), judged


def footprint(out: Path, held: Domain, score: Score, judged: Sequence[Judged], threads: int) -> dict[str, float]:
    """Return sizes, the time of reranking 50 demo films in each precision, and how the precisions agree."""
    texts = held.texts[:50]
    query = "a slow, wistful film about losing someone, not too heavy"
    full = CrossEncoder(out, RerankConfig(threads=threads), weights=FULL)
    times = {"int8": _median_ms(lambda: score(query, texts)), "float32": _median_ms(lambda: full.score(query, texts))}
    spread, drift = _drift(held, score, full.score, judged)
    return {
        "int8 MB": os.path.getsize(out / "model.onnx") / 1e6,
        "float32 MB": os.path.getsize(out / FULL) / 1e6,
        f"int8 ms for {len(texts)} texts": times["int8"],
        f"float32 ms for {len(texts)} texts": times["float32"],
        "int8 time / float32 time": times["int8"] / times["float32"],
        "int8 logit error / logit spread": drift / spread if spread else 0.0,
    }


def _drift(held: Domain, score: Score, full: Score, judged: Sequence[Judged]) -> tuple[float, float]:
    """Return the deviation of the float32 logits and of what int8 adds to them, over some of the demo's pools."""
    exact: list[NDArray[np.float32]] = []
    rough: list[NDArray[np.float32]] = []
    for one in [one for one in judged if one.found.task.domain == "demo"][:20]:
        texts = [held.texts[at] for at in one.found.at]
        exact.append(full(one.found.task.query, texts))
        rough.append(score(one.found.task.query, texts))
    if not exact:
        return 0.0, 0.0
    return float(np.concatenate(exact).std()), float((np.concatenate(rough) - np.concatenate(exact)).std())


def _median_ms(call: Callable[[], object], times: int = 9) -> float:
    spent = []
    for _ in range(times):
        started = time.perf_counter()
        call()
        spent.append(1000 * (time.perf_counter() - started))
    return float(np.median(spent))


def _domains(data: Path, out: Path, config: TrainConfig, quick: bool, plain: bool) -> tuple[dict[str, Domain], Domain]:
    """Return the corpora to learn from by name, those of the mix alone, and the demo's kept-back films."""
    cache, seed = out / "cache", config.seed
    readers = {"redial": corpus.redial, "opendialkg": corpus.opendialkg, "tags": corpus.movielens}
    facts = schema()
    wanted = [] if plain else [name for name in readers if config.mix.get(name)]
    if not plain:
        _check(data, config)
    learn, held = corpus.demo(seed, plain=40 if quick else 3000, noted=200 if quick else None)
    kept = frozenset(film.id for film in held.items if "moods" in film.attributes)
    corpora = [(learn, facts)]
    corpora += [(readers[name](data, seed), facts) for name in wanted]
    if not plain and config.mix.get("talk"):
        corpora.append((corpus.talk(data, seed, kept), facts))
    if config.mix.get("songs"):
        corpora.append((shapes.songs(seed, kept), shapes.SONGS))
    if config.mix.get("things"):
        corpora.append((shapes.things(seed, kept, cache), shapes.THINGS))
    return {one.name: Domain(one, shape, cache, seed) for one, shape in corpora}, Domain(held, facts, cache, seed)


_FOLDERS = {"redial": ("redial",), "talk": ("redial",), "opendialkg": ("opendialkg",), "tags": ("movielens", "rerank")}
"""Folders of the benchmark sets that each part of a mix reads; the others read the demo alone."""


def _missing(data: Path, config: TrainConfig) -> list[str]:
    needed = {folder for name in config.mix if config.mix[name] for folder in _FOLDERS.get(name, ())}
    return sorted(folder for folder in needed if not (data / folder).is_dir())


def _check(data: Path, config: TrainConfig) -> None:
    if missing := _missing(data, config):
        raise CatalogError(
            f"The benchmark folder {str(data)!r} lacks {missing!r}.",
            hint="Point --data at a folder with these sets, or use --quick, which needs none.",
        )
