"""Errors raised by retrieval, and who acts on each.

RetrievalError                 root; every message says what happened, the value, and what to do
├── CatalogError               the catalogue's owner: the file or its mapping is wrong
│   └── CatalogRejectedError   the catalogue's owner: rows were bad and ``strict`` was asked for
├── ConstraintError            the caller: a constraint names an unknown attribute or an unfit value
├── IndexFailedError           the operator: an index that is open does not answer (retryable)
├── IndexMissingError          the operator: build the index
├── IndexMismatchError         the operator: the index was built from something else; rebuild it
├── InteractionsError          the caller: a file of interactions lacks a column, or nothing in it can be used
├── CollaborativeError         the operator: a collaborative model is missing, damaged or of another catalogue
├── MediaError                 whoever gave the picture, sound or film: it cannot be read, or is too large
├── EncoderError               the operator: a model could not be loaded or gave an unusable vector
└── MissingExtraError          the operator: an optional dependency is not installed
"""

from __future__ import annotations


class RetrievalError(Exception):
    """Say what happened, with the value, and what to do about it in ``hint``."""

    retryable = False

    def __init__(self, message: str, *, hint: str = "") -> None:
        """Keep the message and the hint apart so that doors can show them apart."""
        super().__init__(message)
        self.hint = hint

    def __str__(self) -> str:
        """Join message and hint into one line for a terminal or a log."""
        message = super().__str__()
        return f"{message} {self.hint}" if self.hint else message


class CatalogError(RetrievalError):
    """Report a catalogue file or mapping that cannot be used at all."""


class CatalogRejectedError(CatalogError):
    """Report bad rows when the caller asked for all or nothing."""


class ConstraintError(RetrievalError):
    """Report a constraint that the catalogue's schema cannot express."""


class IndexFailedError(RetrievalError):
    """Report that a part of an open index does not answer; where another can stand in for it, the search goes on."""

    retryable = True


class IndexMissingError(RetrievalError):
    """Report that no finished index lies where the settings point."""


class IndexMismatchError(RetrievalError):
    """Report an index built from another catalogue, encoder or schema."""


class InteractionsError(RetrievalError):
    """Report a file of interactions that cannot be used."""


class CollaborativeError(RetrievalError):
    """Report a trained collaborative model that cannot be used with this index."""


class EncoderError(RetrievalError):
    """Report an encoder or reranker that could not be loaded or used."""


class MediaError(RetrievalError):
    """Report a picture, sound or film that cannot be used; one bad file never ends the work on the others."""

    def __init__(self, what: str, value: str = "", hint: str = "") -> None:
        """Keep apart what is wrong, the file or upload it is wrong with, and what to do."""
        super().__init__(f"{what} ({value})" if value else what, hint=hint)
        self.what, self.value = what, value


class MissingExtraError(RetrievalError):
    """Report an optional dependency that is absent, with the command that installs it."""

    def __init__(self, extra: str) -> None:
        """Name the extra; the hint is the command."""
        super().__init__(f"This needs the optional extra {extra!r}.", hint=f"pip install 'palate[{extra}]'")
