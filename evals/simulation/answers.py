"""Find the option of a question that says what a user wants. Pure."""

from __future__ import annotations

from retrieval.types import AttributeValue, CatalogSchema

from .types import Option, Question, Want
from .wants import FAR, ends, parse_condition, phrases


def chosen_option(question: Question, want: Want, schema: CatalogSchema) -> str:
    """Return the label of the option that fits a want best, or an empty string when none does.

    Labels and names must be the very value. A range must hold all that is wished for: whoever wants "under two hours"
    and is offered two ranges below it, or one of them alone, says so in words of their own.
    """
    if want.form != "range":
        return next((option.label for option in question.options if _same(option, want)), "")
    low, high = ends(want.value)
    return next(
        (
            option.label
            for option in question.options
            if (bounds := _bounds(option, question.attribute, schema)) and bounds[0] <= low and high <= bounds[1]
        ),
        "",
    )


def _same(option: Option, want: Want) -> bool:
    said = {wording.casefold() for wording in (*want.wordings, str(want.value))}
    return option.value == want.value or option.label.casefold() in said


def _bounds(option: Option, attribute: str, schema: CatalogSchema) -> tuple[float, float] | None:
    """Return the range that an option stands for, from its value or from its words."""
    if (bounds := _range(option.value)) is not None:
        return bounds
    spec = schema.get(attribute)
    known = phrases(spec) if spec is not None else {}
    return known.get(option.label.casefold()) or parse_condition(option.label)


def _range(value: AttributeValue | None) -> tuple[float, float] | None:
    bounds = ends(value)
    return None if bounds == (-FAR, FAR) else bounds
