"""Choose and learn a map from pairs: every choice is made by cross-validation inside the pairs that are learnt from."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Literal

import numpy as np
from pydantic import Field

from ..modalities.maps import joined
from ..modalities.types import Linear
from ..types import Value, Vectors
from .contrastive import sharpened
from .measures import ranks, reciprocal
from .pairs import Pairs, folds
from .ridge import Ridge

Kind = Literal["names", "ridge", "ridge + names", "contrastive", "contrastive + names"]
_SIMPLEST: tuple[Kind, ...] = ("names", "ridge", "ridge + names", "contrastive", "contrastive + names")
_WORTH = 0.005
"""Mean reciprocal rank that a less simple kind must gain in cross-validation to be taken."""
Say = Callable[[str], None]


class AlignmentTraining(Value):
    """Say what is tried; the defaults suit a few hundred to some ten thousand pairs."""

    strengths: tuple[float, ...] = (0.3, 1.0, 3.0)
    """Penalties of the regression."""
    kept: tuple[float, ...] = (0.0, 0.3, 0.6, 1.0)
    """Shares of the texts' mean in its offsets."""
    shares: tuple[float, ...] = (0.3, 0.6, 1.0)
    """Weights of the names of classes beside what is learnt."""
    steps: tuple[int, ...] = (10, 25, 50, 100)
    """When the contrastive map is looked at; it learns as long as it did best on held-out parts."""
    folds: int = Field(5, ge=2, le=20)
    """Parts of the pairs, each of which is once looked at and otherwise learnt from."""
    most_pairs: int = Field(20_000, ge=20)
    """Pairs learnt from at most; the most popular items are taken."""
    seed: int = 42
    """Of the parts and the batches."""


class Recipe(Value):
    """How one kind of map is made, as chosen."""

    kind: Kind
    strength: float = 1.0
    kept: float = 1.0
    """Share of the texts' mean in the offset of rows that words find."""
    kept_asking: float = 1.0
    """The same in that of rows that find texts."""
    share: float = 0.0
    """Weight of the names; 0 without them."""
    steps: int = 0
    """Of contrast, after the regression."""
    score: float = 0.0
    """Mean reciprocal rank over both directions, in cross-validation."""


@dataclass(frozen=True)
class Part:
    """One cut of the pairs, with what is worked out once for it."""

    learn: Pairs
    look: Pairs
    named: tuple[Vectors, Vectors] | None
    """What the names say of both, or None."""
    ridge: Ridge


def choose(pairs: Pairs, named: Vectors | None, config: AlignmentTraining, say: Say) -> list[Recipe]:
    """Return the best recipe of every kind: first the simplest of those that are as good as the best, then by score.

    Args:
        pairs: to learn from; nothing else is looked at.
        named: what names of classes say of the rows, shape (n, dimension of texts), or None.
        config: what is tried.
        say: told as it goes.
    """
    parts = [
        Part(
            pairs.at(learn),
            pairs.at(look),
            None if named is None else (named[learn], named[look]),
            Ridge(pairs.rows[learn], pairs.targets[learn]),
        )
        for learn, look in folds(len(pairs), config.folds, config.seed)
    ]
    found: list[Recipe] = []
    if named is not None:
        found.append(Recipe(kind="names", score=float(np.mean([_score(None, part, 1.0) for part in parts]))))
    for shares in ((0.0,), config.shares) if named is not None else ((0.0,),):
        best = max(_regressions(parts, config, shares), key=lambda recipe: recipe.score)
        found += [best, _contrasted(parts, best, config)]
        say(f"{found[-2].kind}: {found[-2].score:.3f}, {found[-1].kind}: {found[-1].score:.3f} in cross-validation")
    found.sort(key=lambda recipe: -recipe.score)
    good = [recipe for recipe in found if recipe.score >= found[0].score - _WORTH]
    taken = min(good, key=lambda recipe: _SIMPLEST.index(recipe.kind))
    return [taken, *(recipe for recipe in found if recipe is not taken)]


def learn(recipe: Recipe, pairs: Pairs, named: Vectors | None, seed: int) -> Linear | None:
    """Return the linear part of a recipe, learnt from pairs; None where it has none."""
    if recipe.kind == "names":
        return None
    start = Ridge(pairs.rows, pairs.targets).solve(recipe.strength, recipe.kept, recipe.kept_asking)
    if not recipe.steps:
        return start
    also = named if recipe.share else None
    return next(sharpened(start, pairs.rows, pairs.captions, also, recipe.share, (recipe.steps,), seed))


def _regressions(parts: Sequence[Part], config: AlignmentTraining, shares: Sequence[float]) -> Iterator[Recipe]:
    kind: Kind = "ridge + names" if shares[0] else "ridge"
    for strength, share in product(config.strengths, shares):
        # Each direction has its own offset, so each is chosen by itself.
        found, asking = np.zeros(len(config.kept)), np.zeros(len(config.kept))
        for place, kept in enumerate(config.kept):
            scores = [_scores(part.ridge.solve(strength, kept, kept), part, share) for part in parts]
            found[place], asking[place] = np.mean(scores, axis=0)
        yield Recipe(
            kind=kind,
            strength=strength,
            kept=config.kept[int(found.argmax())],
            kept_asking=config.kept[int(asking.argmax())],
            share=share,
            score=float(found.max() + asking.max()) / 2,
        )


def _contrasted(parts: Sequence[Part], base: Recipe, config: AlignmentTraining) -> Recipe:
    scores = np.zeros(len(config.steps))
    for part in parts:
        start = part.ridge.solve(base.strength, base.kept, base.kept_asking)
        also = part.named[0] if part.named is not None and base.share else None
        linears = sharpened(start, part.learn.rows, part.learn.captions, also, base.share, config.steps, config.seed)
        scores += [_score(linear, part, base.share) / len(parts) for linear in linears]
    best = int(np.argmax(scores))
    kind: Kind = "contrastive + names" if base.share else "contrastive"
    return base.model_copy(update={"kind": kind, "steps": config.steps[best], "score": float(scores[best])})


def _score(linear: Linear | None, part: Part, share: float) -> float:
    return sum(_scores(linear, part, share)) / 2


def _scores(linear: Linear | None, part: Part, share: float) -> tuple[float, float]:
    """Return the mean reciprocal ranks of rows found by captions, and of captions found by rows."""
    named = part.named[1] if part.named is not None and (share or linear is None) else None
    found = joined(linear, part.look.rows, named, share)
    asking = joined(linear, part.look.rows, named, share, asking=True)
    captions = part.look.captions
    return reciprocal(ranks(captions, found)), reciprocal(ranks(asking, captions))
