"""Notice years that are asked for in a catalogue that has none, so that the answer owns up to it."""

from __future__ import annotations

from retrieval.types import AttributeSpec, CatalogSchema

from .numbers import NumberReader
from .scan import Mention, Scan
from .vocabulary import Vocabulary

_YEAR = CatalogSchema(name="years", attributes=(AttributeSpec(name="year", kind="number"),))


class UndatedFinder:
    """Read "from the 80s" and "before 1990" where no attribute could satisfy it."""

    def __init__(self, schema: CatalogSchema, vocabulary: Vocabulary) -> None:
        """Take the catalogue's schema; with years among its attributes nothing is ever found."""
        self._vocabulary = vocabulary
        self._reader = None if NumberReader(schema).year else NumberReader(_YEAR)

    def find(self, scan: Scan) -> None:
        """Add a ``missing`` mention for each year or range of years that is not somebody's or something's name."""
        if self._reader is None:
            return
        for number in self._reader.find(scan.tokens, scan.taken):
            at, end = number.start, number.end
            named = self._vocabulary.name(scan.norms(at, end))
            for attribute, (name, _) in named.items():
                scan.add(Mention(at, end, "name", attribute, "eq", name))
            if not named and number.attribute == self._reader.year:
                scan.add(Mention(at, end, "missing", value=scan.quote(at, end)))
