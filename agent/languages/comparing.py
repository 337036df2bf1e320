"""Compare English words of the catalogue: "short" becomes "shorter", "bleak" becomes "less bleak"."""

from __future__ import annotations

from collections.abc import Collection


class Comparing:
    """Know the comparisons of one catalogue."""

    def __init__(self, comparatives: Collection[str]) -> None:
        """Take the wordings that the catalogue's schema lists as comparatives."""
        self._known = frozenset(comparatives)

    def form(self, word: str, form: str) -> str:
        """Return ``word`` compared: ``more`` or ``less`` of it."""
        if form == "less":
            return f"less {word}"
        if self.is_comparison(word):
            return word
        forms = [f"{word}er", f"{word}r", f"{word[:-1]}ier", f"{word}{word[-1]}er"]
        return next((known for known in forms if known in self._known), f"more {word}")

    def is_comparison(self, wording: str) -> bool:
        """Whether an English wording compares."""
        return wording in self._known or wording.startswith(("more ", "less ", "better", "worse"))
