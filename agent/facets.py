"""Ask openly what matters, with one telling option of each of several attributes. Pure.

Nobody knows which attribute a user has something to say about; an open question lets them choose. What is gained is the
mean gain of the attributes' own questions, each as likely to be named as people can answer it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from retrieval.types import AttributeValue, CatalogSchema

from .elicitation import Candidate, Weighed, entropy, weighed
from .templates import ESCAPES, open_words
from .types import ANY, AskAction


def facets(
    candidates: Sequence[Candidate],
    schema: CatalogSchema,
    coverage: Mapping[str, float],
    *,
    options: int,
    skip: frozenset[str] = frozenset(),
    again: bool = False,
) -> AskAction | None:
    """Return the open question, or None when fewer than three attributes have anything to offer.

    Args:
        candidates: what the user may have in mind.
        schema: the catalogue's attributes and their questions.
        coverage: share of all items that have an attribute, 0 to 1; one that is missing counts as 1.
        options: most options, each of another attribute.
        skip: attributes not to ask about.
        again: whether it was asked before.
    """
    found = weighed(candidates, schema, coverage, options=options, skip=skip)
    offers = sorted((_offer(one, schema, coverage) for one in found), key=lambda offer: -offer[0])[:options]
    if len(offers) < _LEAST_OPTIONS:
        return None
    askable = {spec.name: spec.askable for spec in schema.attributes}
    asked = [one.question for one in found]
    gain = sum(question.gain for question in asked) / sum(askable[question.attribute] for question in asked)
    return AskAction(
        attribute=ANY,
        question=open_words(again=again),
        options=tuple(label for _, _, label, _ in offers),
        values=tuple(value for _, _, _, value in offers),
        attributes=tuple(name for _, name, _, _ in offers),
        escapes=ESCAPES,
        style="open",
        gain=round(gain, 4),
    )


_LEAST_OPTIONS = 3


def _offer(
    one: Weighed, schema: CatalogSchema, coverage: Mapping[str, float]
) -> tuple[float, str, str, AttributeValue]:
    """Return (worth, attribute, label, value) of the option that cuts the candidates best, and is often known."""
    question = one.question
    spec = next(spec for spec in schema.attributes if spec.name == question.attribute)
    known = coverage.get(spec.name, 1.0)
    best = (-1.0, spec.name, "", question.values[0])
    for label, value, share in zip(question.options, question.values, one.likely, strict=True):
        worth = spec.askable * known * entropy((share, 1.0 - share))
        if worth > best[0]:
            best = (worth, spec.name, label, value)
    return best
