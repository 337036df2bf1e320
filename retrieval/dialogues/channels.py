"""Everything that may speak for an item at a moment, one array each; what they are worth is the blend's to learn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import scipy.sparse as sp

from .config import DialogueConfig, Group
from .cooccurrence import Cooccurrence, sets_of
from .popularity import Popularity, bags_of
from .reading import View
from .ridge import Ridge
from .sides import ItemSides, unit_rows, weighted
from .types import Floats, Lesson
from .vocabulary import Vocabulary

_YEAR_SCALE = 5.0
_LAST_TURN = 0.999
_SPEAKERS = ("all", "last", "user", "recommender")


@dataclass(frozen=True)
class Outside:
    """What is known of a catalogue beside its dialogues; all of it optional."""

    likes: sp.csr_matrix
    """Users x items, ones: optional interactions."""
    vectors: Floats | None = None
    """Unit vectors of item texts, shape (items, d)."""

    @classmethod
    def nothing(cls, size: int) -> Outside:
        """Return what is known of a catalogue of that size when nothing is."""
        return cls(sp.csr_matrix((1, size), dtype=np.float32))

    def with_vectors(self, vectors: Floats) -> Outside:
        """Return the same with vectors of the items."""
        return replace(self, vectors=vectors)


@dataclass(frozen=True)
class Channels:
    """All that was learnt from the lessons of one training part."""

    sides: ItemSides
    outside: Outside
    popularity: Popularity
    together: Cooccurrence
    """Items of the same dialogue."""
    recommended: Cooccurrence
    """From items mentioned to what was recommended then."""
    rated: Cooccurrence
    """Items liked by the same users."""
    vocabulary: Vocabulary
    ridge: Ridge
    config: DialogueConfig

    @classmethod
    def fit(
        cls,
        lessons: Sequence[Lesson],
        view: View,
        sides: ItemSides,
        outside: Outside,
        config: DialogueConfig,
    ) -> Channels:
        """Learn from the lessons, whose moments are read in ``view``."""
        bags = bags_of(lessons)
        ratings = np.asarray(outside.likes.sum(axis=0), dtype=np.float32).ravel()
        popularity = Popularity.fit(lessons, bags, sides, ratings)
        share = popularity.share()
        vocabulary = Vocabulary.fit(view.words)
        features = ridge_features(view, vocabulary, sides)
        return cls(
            sides,
            outside,
            popularity,
            Cooccurrence.fit(sets_of(bags, sides.size), share),
            Cooccurrence.of_pairs(*_asked_and_answered(lessons, sides.size), share),
            Cooccurrence.fit(outside.likes, ratings / max(1.0, float(ratings.sum())) + 1e-6),
            vocabulary,
            Ridge.fit(features, lessons, sides.size, config.ridge_strength, config.ridge_rank),
            config,
        )

    def scores(self, view: View) -> dict[str, Floats]:
        """Return one array per channel, each of shape (moments, items)."""
        groups: dict[Group, Callable[[View], dict[str, Floats]]] = {
            "popularity": self._of_popularity,
            "together": self._of_together,
            "recommended": self._of_recommended,
            "rated": self._of_rated,
            "ridge": self._of_ridge,
            "facts": self._of_facts,
            "asked": self._of_asked,
            "words": self._of_words,
            "years": self._of_years,
            "text": self._of_text,
        }
        found: dict[str, Floats] = {}
        for name, of in groups.items():
            if name not in self.config.without:
                found |= of(view)
        return found

    def _of_together(self, view: View) -> dict[str, Floats]:
        share = self.popularity.share()
        found = {f"together_{name}": self.together.ratio(view.mentions[name]) for name in _SPEAKERS}
        found["together_mix"] = self.together.mixture(view.mentions["all"], share)
        found["together_mix_user"] = self.together.mixture(view.mentions["user"], share)
        return found

    def _of_recommended(self, view: View) -> dict[str, Floats]:
        mentions = view.mentions["all"]
        mixture = self.recommended.mixture(mentions, self.popularity.share())
        return {"recommended": self.recommended.ratio(mentions), "recommended_mix": mixture}

    def _of_rated(self, view: View) -> dict[str, Floats]:
        if not self.outside.likes.nnz:
            return {}
        return {f"rated_{name}": self.rated.ratio(view.mentions[name]) for name in ("all", "last")}

    def _of_ridge(self, view: View) -> dict[str, Floats]:
        return {"ridge": self.ridge.scores(ridge_features(view, self.vocabulary, self.sides))}

    def _of_popularity(self, view: View) -> dict[str, Floats]:
        popular = self.popularity
        columns = {"named": popular.named, "targets": popular.targets, "opening": popular.opening}
        columns |= {"outside": popular.outside, "year": self.sides.years, "known": self.sides.known}
        return {name: np.broadcast_to(values, (len(view), self.sides.size)) for name, values in columns.items()}

    def _of_facts(self, view: View) -> dict[str, Floats]:
        sides = self.sides
        found = {}
        for name, mentions in (("all", unit_rows(view.mentions["all"])), ("last", view.mentions["last"])):
            found[f"labels_{name}"] = _product(mentions @ sides.label_matrix, sides.label_matrix)
            found[f"people_{name}"] = _product(mentions @ sides.name_matrix, sides.name_matrix)
            found[f"kind_{name}"] = _product(unit_rows(sp.csr_matrix(mentions @ sides.kinds)), sides.kinds)
            found[f"title_{name}"] = _product(mentions @ sides.title_matrix, sides.title_matrix)
        return found

    def _of_asked(self, view: View) -> dict[str, Floats]:
        sides, found = self.sides, {}
        for attribute, matrix in sides.matrices.items():
            rare = weighted([matrix], sides.size) if attribute in sides.labels else matrix
            found[f"asked_{attribute}"] = _product(view.named[attribute], rare)
            found[f"asked_last_{attribute}"] = _product(view.named_last[attribute], rare)
        return found

    def _of_words(self, view: View) -> dict[str, Floats]:
        names, plots = self.sides.lexical
        found = {
            "words_names": names.scores(view.words),
            "words_names_last": names.scores(view.words, least=_LAST_TURN),
        }
        return found | ({"words_plot": plots.scores(view.words)} if plots.weights.nnz else {})

    def _of_years(self, view: View) -> dict[str, Floats]:
        years = self.sides.years
        known = years > 0
        mentions = view.mentions["all"].multiply(known[None, :]).tocsr()
        weight = np.asarray(mentions.sum(axis=1)).ravel()
        mean = np.where(weight > 0, (mentions @ years) / np.maximum(weight, 1e-9), 0.0)
        apart = np.where((mean[:, None] > 0) & known[None, :], years[None, :] - mean[:, None], 0.0)
        first, last = view.years[:, :1], view.years[:, 1:]
        inside = (first > 0) & known[None, :] & (years[None, :] >= first) & (years[None, :] <= last)
        return {
            "years_apart": np.abs(apart / _YEAR_SCALE).astype(np.float32),
            "years_later": (apart / _YEAR_SCALE).astype(np.float32),
            "years_asked": inside.astype(np.float32),
        }

    def _of_text(self, view: View) -> dict[str, Floats]:
        vectors = self.outside.vectors
        if vectors is None:
            return {}
        found = {}
        for name in ("all", "last"):
            mean = unit_rows(sp.csr_matrix(view.mentions[name])) @ vectors
            length = np.maximum(np.linalg.norm(mean, axis=1, keepdims=True), 1e-9)
            found[f"text_{name}"] = np.asarray((mean / length) @ vectors.T, dtype=np.float32)
        return found


def ridge_features(view: View, vocabulary: Vocabulary, sides: ItemSides) -> sp.csr_matrix:
    """Return words, mentions and the facts of mentions side by side, moments x features."""
    mentions = unit_rows(view.mentions["all"])
    parts = [
        vocabulary.matrix(view.words),
        mentions,
        0.7 * view.mentions["last"],
        0.5 * unit_rows(sp.csr_matrix(mentions @ sides.label_matrix)),
        0.5 * unit_rows(sp.csr_matrix(mentions @ sides.name_matrix)),
        *(0.5 * unit_rows(matrix) for matrix in view.named.values()),
        sp.csr_matrix(np.full((len(view), 1), 0.3, dtype=np.float32)),
    ]
    return sp.csr_matrix(sp.hstack(parts, format="csr"), dtype=np.float32)


def _asked_and_answered(lessons: Sequence[Lesson], size: int) -> tuple[sp.csr_matrix, sp.csr_matrix]:
    asked = sets_of([lesson.moment.mentioned for lesson in lessons], size)
    return asked, sets_of([lesson.targets for lesson in lessons], size)


def _product(left: sp.csr_matrix, right: sp.csr_matrix) -> Floats:
    return np.asarray((sp.csr_matrix(left) @ right.T).toarray(), dtype=np.float32)
