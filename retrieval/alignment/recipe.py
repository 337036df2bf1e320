"""Learn a map, measure it once on pairs that were held out, and write it down with its card."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from ..encoders import load_encoder
from ..errors import RetrievalError
from ..modalities.known import encoders_for
from ..modalities.mapping import name_vectors
from ..modalities.maps import MapRecord, SpaceMap, by_names, joined
from ..settings import RetrievalSettings
from ..types import MediaEncoder, Modality, TextEncoder, Value
from .choosing import AlignmentTraining, Kind, Recipe, Say, choose, learn
from .measures import Ranks, Recall, Share, by_chance, ranks, recall, reciprocal, share
from .pairs import HELD_OUT, Pairs, indexed_pairs

CARD = "card.json"
_FEWEST_HELD = 5


class MapRow(Value):
    """One kind of map on the held-out pairs."""

    kind: str
    words_find: Recall
    """Its file among all held-out files, asked with its caption."""
    finds_words: Recall
    """Its caption among all held-out captions, asked with its file."""


class AlignmentReport(Value):
    """What was learnt, and what it is worth on the held-out pairs."""

    modality: Modality
    encoder: str
    texts: str
    learnt_from: int
    held_out: int
    rows: tuple[MapRow, ...]
    """Every kind of map, and chance."""
    kept: Kind
    """The simplest of the kinds that did best in cross-validation; it is what the folder holds."""
    recipes: tuple[Recipe, ...]
    """Of every kind: the kept one first, then by score in cross-validation."""
    over_ridge: Share
    """Gain of what is kept over ridge in reciprocal rank, both directions, over the held-out pairs."""
    over_chance: bool
    """Whether the interval of R@10 of what is kept lies above chance; a map that does not win is not to be used."""


def train_alignment(
    pairs: Pairs,
    encoder: MediaEncoder,
    texts: TextEncoder,
    config: AlignmentTraining | None = None,
    say: Say = lambda _: None,
) -> tuple[SpaceMap, AlignmentReport]:
    """Learn every kind of map from four fifths of the pairs, and report all of them on the last.

    The map that is returned is the one that was measured: it has never seen the held-out fifth.

    Args:
        pairs: of one modality.
        encoder: of the files.
        texts: of the captions.
        config: what is tried.
        say: told as it goes.

    Raises:
        RetrievalError: too few pairs fall into a part.
    """
    config = config or AlignmentTraining()
    learnt, held = pairs.split()
    if len(learnt) < 2 * config.folds or len(held) < _FEWEST_HELD:
        raise RetrievalError(
            f"{len(pairs)} pairs leave {len(learnt)} to learn from and {len(held)} to measure with.",
            hint='That is too few. Use alignment = "names" for pictures, or add items.',
        )
    names = name_vectors(encoder, texts)
    named, named_held = (None, None)
    if names is not None:
        named, named_held = by_names(encoder, names, learnt.rows), by_names(encoder, names, held.rows)
    recipes = choose(learnt, named, config, say)
    linears = {recipe.kind: learn(recipe, learnt, named, config.seed) for recipe in recipes}
    both = {}
    for one in recipes:
        also = named_held if "names" in one.kind else None
        found, asking = (joined(linears[one.kind], held.rows, also, one.share, asking=side) for side in (False, True))
        both[one.kind] = (ranks(held.captions, found), ranks(asking, held.captions))
    best = recipes[0]
    record = MapRecord(
        modality=encoder.modality,
        encoder=encoder.name,
        texts=texts.name,
        dimension=texts.dimension,
        kind=best.kind,
        share=best.share,
    )
    linear = linears[best.kind]
    made = SpaceMap(
        record,
        encoder,
        linear=linear,
        names=names if "names" in best.kind else None,
    )
    return made, _report(made, recipes, both, len(held), len(learnt))


def train_on_index(
    settings: RetrievalSettings, modality: Modality, config: AlignmentTraining | None = None, say: Say = lambda _: None
) -> tuple[SpaceMap, AlignmentReport]:
    """Learn a map from the pairs of an index; blocking, for a minute or two.

    Args:
        settings: of the index.
        modality: what to map to texts.
        config: what is tried.
        say: told as it goes.

    Raises:
        IndexMissingError: there is no index.
        IndexMismatchError: it was built with another encoder.
        RetrievalError: it has too few pairs.
    """
    config = config or AlignmentTraining()
    texts = load_encoder(settings.index.encoder)
    encoder = encoders_for(settings.catalog, settings.index).get(modality)
    if encoder is None:
        raise RetrievalError(
            f"The settings look at no {modality}.", hint=f"Name the column {modality} in [catalog.columns]."
        )
    pairs = indexed_pairs(settings, modality, encoder.name, texts, config.most_pairs)
    return train_alignment(pairs, encoder, texts, config, say)


def write_alignment(out: Path, made: SpaceMap, report: AlignmentReport, command: str, place: str) -> None:
    """Write the map, ``card.json`` and ``README.md`` into a folder.

    Args:
        out: the folder; made when missing.
        made: the map.
        report: what it is worth.
        command: that made it.
        place: machine and commit.
    """
    made.save(out)
    card = {"command": command, "place": place, "name": made.name, **report.model_dump(mode="json")}
    (out / CARD).write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")
    lines = [
        f"# Model card: {made.name}",
        "",
        f"- Command: `{command}`",
        *([f"- {place}"] if place else []),
        f"- From {report.encoder} to {report.texts}; one item in {HELD_OUT} was held out, by a hash of its id",
        "",
        alignment_markdown(report),
    ]
    (out / "README.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


def alignment_markdown(report: AlignmentReport) -> str:
    """Return the report as a table for people."""
    what = report.modality
    lines = [
        f"Learnt from {report.learnt_from} pairs, measured on {report.held_out} held-out ones; 95 % intervals.",
        "",
        f"| map | text to {what} R@1 | R@5 | R@10 | {what} to text R@1 | R@5 | R@10 |",
        "|---|---|---|---|---|---|---|",
    ]
    for row in report.rows:
        name = f"**{row.kind}**" if row.kind == report.kept else row.kind
        cells = [str(one) for side in (row.words_find, row.finds_words) for one in (side.at_1, side.at_5, side.at_10)]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    verdict = "above chance" if report.over_chance else "NOT above chance: leave alignment off"
    lines += ["", f"Kept: {report.kept}, {verdict}; over ridge {report.over_ridge} in mean reciprocal rank."]
    return "\n".join(lines)


def _report(
    made: SpaceMap, recipes: Sequence[Recipe], both: Mapping[Kind, tuple[Ranks, Ranks]], held: int, learnt: int
) -> AlignmentReport:
    rows = [
        MapRow(kind=kind, words_find=recall(words), finds_words=recall(found))
        for kind, (words, found) in sorted(both.items(), key=lambda one: reciprocal(one[1][0]))
    ]
    chance = by_chance(held)
    kept = recipes[0].kind
    gains = [1 / (mine + 1) - 1 / (plain + 1) for mine, plain in zip(both[kept], both["ridge"], strict=True)]
    return AlignmentReport(
        modality=made.record.modality,
        encoder=made.record.encoder,
        texts=made.record.texts,
        learnt_from=learnt,
        held_out=held,
        rows=(MapRow(kind="chance", words_find=chance, finds_words=chance), *rows),
        kept=kept,
        recipes=tuple(recipes),
        over_ridge=share((gains[0] + gains[1]) / 2),
        over_chance=recall(both[kept][0]).at_10.low > chance.at_10.mean,
    )
