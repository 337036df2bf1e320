"""Sample prompts for the first screen, from whatever the catalogue holds."""

from __future__ import annotations

from retrieval.types import AttributeSpec

from .ports import Talker

LIMIT = 5


def default_samples(recommender: Talker) -> tuple[str, ...]:
    """Return the schema's own samples; where it has none, write a few from its commonest values."""
    schema, facts = recommender.schema, recommender.facts
    if schema.samples:
        return schema.samples
    labelled = [spec for spec in schema.attributes if spec.kind in ("category", "categories")]
    found = [_of_labels(spec, recommender) for spec in labelled if not spec.names][:2]
    found += [_of_names(spec, recommender) for spec in labelled if spec.names][:1]
    found += [f"Something like {item.title}" for item in facts.get(facts.ids((), 1))]
    found.append(f"Surprise me with a {schema.noun} I would not find by myself")
    return tuple(dict.fromkeys(sample for sample in found if sample))[:LIMIT]


def _of_labels(spec: AttributeSpec, recommender: Talker) -> str:
    values = [str(facet.value) for facet in recommender.facts.facets(spec.name, (), 2)]
    if len(values) < 2:
        return ""
    return f"{values[0][:1].upper()}{values[0][1:]} {recommender.schema.noun_plural}, but not {values[1]}"


def _of_names(spec: AttributeSpec, recommender: Talker) -> str:
    names = [str(facet.value) for facet in recommender.facts.facets(spec.name, (), 1)]
    return f"{recommender.schema.noun_plural.capitalize()} with {names[0]}" if names else ""
