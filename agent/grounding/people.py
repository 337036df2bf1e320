"""Keep people's names, which come from the facts, out of the plot, which names nobody: who plays whom is not known."""

from __future__ import annotations

from .context import GroundingContext
from .lexicon import ARTICLES
from .readings import Reading

_BETWEEN = ARTICLES | frozenset("as and or plays playing is was who whom with & -".split())
"""Words that tie a name to what follows as that person's part or doing."""


def refuse_invented_parts(reading: Reading, context: GroundingContext) -> None:
    """Refuse plot words that are tied to a name which the description does not hold."""
    named = {spec.name for spec in context.catalog.attributes if spec.names}
    for claim in reading.claims:
        if claim.field not in named or context.tells(reading.norm(claim.end - 1)):
            continue
        i = claim.end
        while i < len(reading.tokens) and i not in reading.plotted and reading.norm(i) in _BETWEEN:
            i += 1
        if i in reading.plotted and reading.norm(i - 1) != ",":
            reading.covered.discard(i)
            reading.bad.add(i)
