"""Find what a suite asks of a catalogue that it does not have: such a check could not fail, or never hold."""

from __future__ import annotations

from collections.abc import Iterator

from agent.types import ITEM, TEXT
from retrieval.types import CatalogSchema

from .errors import SuiteError
from .observed import Catalog, Titles
from .suite import expectations
from .types import AnyOf, Condition, Conditions, Expect, ItemRef, Step, Suite

_LABELS = ("eq", "ne", "in", "not_in")
_SHOWN = 10
"""Problems told at once."""


def check_suite(suite: Suite, schema: CatalogSchema, catalog: Catalog) -> None:
    """Check that every attribute, label and title a suite names is the catalogue's.

    Args:
        suite: the dialogues and what must hold.
        schema: the catalogue's attributes.
        catalog: its facts.

    Raises:
        SuiteError: something is named that the catalogue does not have; all places are listed, ten at most.
    """
    fitting = _Fitting(schema, catalog)
    found = [
        f"{case.name}, turn {number}: {problem}"
        for case in suite.cases
        for number, step in enumerate(case.turns, start=1)
        for problem in fitting.problems(step, expectations(suite, step.expect))
    ]
    if found:
        more = f"; and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
        raise SuiteError(
            f"Suite {suite.name!r} asks for what {schema.name!r} does not have: {'; '.join(found[:_SHOWN])}{more}.",
            hint=f"Its attributes are {', '.join(spec.name for spec in schema.attributes)}.",
        )


class _Fitting:
    def __init__(self, schema: CatalogSchema, catalog: Catalog) -> None:
        self._schema = schema
        self._catalog = catalog
        self._titles = Titles(catalog)

    def problems(self, step: Step, expect: Expect) -> Iterator[str]:
        for condition in _conditions((*expect.every, *expect.some)):
            yield from self._of_condition(condition)
        named = [relative.attribute for relative in expect.every_relative]
        named += [stated.attribute for stated in expect.answer_states]
        named += [expect.answer_picks.attribute] if expect.answer_picks else []
        held = (*expect.preferences.has, *expect.preferences.has_not) if expect.preferences else ()
        named += [pattern.attribute for pattern in held if pattern.attribute not in (ITEM, TEXT)]
        yield from (f"no attribute {name!r}" for name in dict.fromkeys(named) if self._schema.get(name) is None)
        for ref in _pointed(step, expect):
            if ref.title is not None and self._titles.get(ref.title) is None:
                yield f"no item {ref.title!r}"

    def _of_condition(self, condition: Condition) -> Iterator[str]:
        if self._schema.get(condition.attribute) is None:
            yield f"no attribute {condition.attribute!r}"
            return
        values = condition.value if isinstance(condition.value, tuple) else (condition.value,)
        for value in values if condition.op in _LABELS else ():
            one = condition.model_copy(update={"op": "eq", "value": value})
            if (
                isinstance(value, str)
                and self._catalog.count([one.constraint().model_copy(update={"hard": True})]) == 0
            ):
                yield f"no item has {condition.attribute} {value!r}"


def _conditions(conditions: Conditions) -> Iterator[Condition]:
    for condition in conditions:
        yield from condition.any if isinstance(condition, AnyOf) else (condition,)


def _pointed(step: Step, expect: Expect) -> Iterator[ItemRef]:
    yield from (relative.to for relative in expect.every_relative)
    yield from expect.answer_names
    yield from (stated.item for stated in expect.answer_states)
    yield from expect.answer_picks.among if expect.answer_picks else ()
    yield from (step.feedback.item,) if step.feedback else ()
