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
    found: list[str] = []
    for spec in schema.attributes:
        if spec.kind in ("category", "categories"):
            found.extend(_of_labels(spec, recommender))
    popular = facts.get(facts.ids((), 1))
    found.extend(f"Something like {item.title}" for item in popular)
    found.append(f"Surprise me with a {schema.noun} I would not find by myself")
    return tuple(dict.fromkeys(found))[:LIMIT]


def _of_labels(spec: AttributeSpec, recommender: Talker) -> list[str]:
    plural = recommender.schema.noun_plural
    values = [str(facet.value) for facet in recommender.facts.facets(spec.name, (), 2)]
    if spec.names:
        return [f"{plural.capitalize()} by {values[0]}"] if values else []
    if len(values) < 2:
        return []
    return [f"{values[0]} {plural}, but nothing with {values[1]}"]
