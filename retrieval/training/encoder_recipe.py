"""Adapt the text encoder from end to end: read, train, measure beside doing nothing, write a folder that serves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from ..errors import CatalogError
from . import corpus as sets
from .cards import RunCard, TaskScores, write_run
from .encoder import EncoderTrainer, EncoderTraining, Progress
from .encoder_data import Study, read_studies
from .encoder_report import EncoderReport, StudyRanks, encoder_markdown
from .tower import Texts, encode_all, load_tower

DOMAINS: Mapping[str, Sequence[str]] = {
    "redial": ("redial",),
    "opendialkg": ("opendialkg",),
    "dialogues": ("redial", "opendialkg"),
    "tags": ("tags",),
    "demo": ("demo",),
    "all": ("redial", "opendialkg", "tags", "demo"),
}
"""What `palate train encoder --domain` takes, and the sets behind it."""
TEST_LIMIT = 700
"""Test tasks of a set that are measured, spread evenly."""


def train_encoder(
    data: Path,
    out: Path,
    domain: str,
    config: EncoderTraining,
    command: str,
    progress: Progress,
    *,
    place: str = "",
    fold: int | None = None,
) -> tuple[EncoderReport, ...]:
    """Adapt the encoder into ``out``, or go on with what lies there, and write adapter, card and report.

    Args:
        data: the folder of the shared benchmark sets; the demo alone does not read it.
        out: where everything is written; ``index.encoder.model`` may name it afterwards.
        domain: a key of ``DOMAINS``.
        config: how long and how.
        command: how the run was started, for the card.
        progress: told what happens.
        place: machine and commit, for the card.
        fold: leave the training dialogues of this fold (0 or 1) out, for vectors of them that never saw their answers.

    Raises:
        CatalogError: the domain is unknown, or its sets are not in ``data``.
    """
    studies, held = _studies(data, domain, config.seed, fold)
    trainer = EncoderTrainer(config, studies, [1.0] * len(studies), out, tuned=[held.get(s.name, s) for s in studies])
    trainer.run(progress)
    trainer.save(out)
    reports: list[EncoderReport] = []
    scores: list[TaskScores] = []
    for study in studies:
        ranks = _measured(held.get(study.name, study), trainer, config)
        reports.append(ranks.report())
        scores += ranks.scores()
        progress(f"measured {study.name}")
    parts = {
        study.name: {
            "train": len(study.lessons("train")),
            **{part: len(held.get(study.name, study).lessons(part)) for part in ("tune", "test")},
        }
        for study in studies
    }
    card = RunCard(
        kind="encoder",
        command=command,
        place=place,
        seed=config.seed,
        steps=trainer.steps,
        seconds=round(trainer.seconds, 1),
        data=parts,
        config=config.model_dump(mode="json") | {"domain": domain, "fold": fold},
    )
    write_run(out, card, encoder_markdown(reports), scores)
    return tuple(reports)


def _studies(data: Path, domain: str, seed: int, fold: int | None) -> tuple[list[Study], dict[str, Study]]:
    """Return what is learnt from, and for sets whose tests are of other items, what is tested on."""
    if domain not in DOMAINS:
        raise CatalogError(f"There is no domain {domain!r}.", hint=f"Name one of: {', '.join(DOMAINS)}.")
    names = DOMAINS[domain]
    needed = {"redial": "redial", "opendialkg": "opendialkg", "tags": "movielens"}
    missing = [name for name in names if name in needed and not (data / needed[name]).is_dir()]
    if missing:
        raise CatalogError(
            f"The benchmark folder {str(data)!r} lacks what {missing!r} needs.",
            hint="Point --data at a folder with these sets, or use --domain demo, which needs none.",
        )
    studies = read_studies([name for name in names if name != "demo"], data, seed, fold)
    if "demo" not in names:
        return studies, {}
    learn, held = sets.demo(seed)
    return [*studies, Study(learn)], {"demo": Study(held)}


def _measured(study: Study, trainer: EncoderTrainer, config: EncoderTraining) -> StudyRanks:
    lessons = study.lessons("test")
    lessons = lessons[:: max(1, len(lessons) // TEST_LIMIT)][:TEST_LIMIT]
    texts = [lesson.text for lesson in lessons]
    ranks = StudyRanks(study, lessons, config.seed)
    ranks.add_words()
    plain = load_tower(0)
    tokens = trainer.tokenizer
    untrained = (
        encode_all(plain, texts, Texts(plain, tokens, config.query_length)),
        encode_all(plain, study.texts, Texts(plain, tokens, config.item_length)),
    )
    ranks.add_vectors("untrained", *untrained, config.scale)
    ranks.add_vectors("adapted", trainer.query_vectors(texts), trainer.item_vectors(study), config.scale)
    return ranks
