"""Errors raised by the agent, and who acts on each.

AgentError                     root; every message says what happened, the value, and what to do
├── SettingsError              the operator: palate.toml or a PALATE_* variable is wrong
├── SessionNotFoundError       the caller: no such session
├── SessionBusyError           the caller: other messages of the session are being answered (retryable)
├── OverloadedError            the caller: too much is asked at once; says when to come again (retryable)
├── PreferenceNotFoundError    the caller: no such preference in this session
├── ItemNotFoundError          the caller: no such item in the catalogue
├── TasteNotFoundError         the caller: no such remembered taste of this user
├── ConsentError               the caller: the user has not agreed to be remembered
├── MemoryOffError             the operator: remembering is switched off
├── UploadError                the user: a picture or sound cannot be read
│   ├── UploadsOffError        the user: none are taken here
│   ├── UploadTooLargeError    the user: the file is larger than is taken
│   └── TooManyUploadsError    the user: the message points to more files than are taken
├── UploadNotFoundError        the caller: no such upload, or it has expired
├── MessageError               the user: the message is empty, too long or of the wrong kind
├── StoreError                 the operator: the conversation store failed (retryable)
└── ModelError                 the agent adapts: it answers without the model and says so
    ├── ModelUnavailableError  no answer: refused, timed out, not loaded (retryable)
    ├── ModelOutputError       an answer that breaks the schema
    └── ModelFileError         the operator: the model file is missing or damaged
"""

from __future__ import annotations


class AgentError(Exception):
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


class SettingsError(AgentError):
    """Report a setting that is unknown or out of range."""


class SessionNotFoundError(AgentError):
    """Report a session id that the store does not hold."""


class SessionBusyError(AgentError):
    """Report a session in which another turn is being answered, or went on in the meantime; nothing was stored."""

    retryable = True


class OverloadedError(AgentError):
    """Report that too much is asked at once; nothing of it was done."""

    retryable = True

    def __init__(self, message: str, *, hint: str = "", retry_after_s: float = 1.0) -> None:
        """Keep when it may be tried again."""
        super().__init__(message, hint=hint)
        self.retry_after_s = retry_after_s


class PreferenceNotFoundError(AgentError):
    """Report a preference id that the session does not hold."""


class ItemNotFoundError(AgentError):
    """Report an item id that the catalogue does not hold."""


class UploadError(AgentError):
    """Report a picture or sound that cannot be taken."""


class UploadsOffError(UploadError):
    """Report that pictures and sounds are not taken here."""


class UploadTooLargeError(UploadError):
    """Report a file that is larger than is taken."""

    def __init__(self, message: str, *, hint: str = "", most_mb: int) -> None:
        """Keep the largest size taken, in MB."""
        super().__init__(message, hint=hint)
        self.most_mb = most_mb


class TooManyUploadsError(UploadError):
    """Report a message that points to more files than are taken."""

    def __init__(self, message: str, *, hint: str = "", most: int) -> None:
        """Keep how many are taken."""
        super().__init__(message, hint=hint)
        self.most = most


class UploadNotFoundError(AgentError):
    """Report an upload that is not there, or not this caller's."""


class TasteNotFoundError(AgentError):
    """Report a taste that is not remembered of the user."""


class ConsentError(AgentError):
    """Report that a user has not agreed to be remembered."""


class MemoryOffError(AgentError):
    """Report that remembering is switched off here."""


class MessageError(AgentError):
    """Report a message that cannot be taken."""


class StoreError(AgentError):
    """Report a failing conversation store."""

    retryable = True


class ModelError(AgentError):
    """Report a language model that did not give a usable answer."""


class ModelUnavailableError(ModelError):
    """Report a model that gave no answer."""

    retryable = True


class ModelOutputError(ModelError):
    """Report an answer that breaks the schema it was given."""


class ModelFileError(ModelError):
    """Report a model file that is missing or whose checksum is wrong."""
