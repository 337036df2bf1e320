"""Pictures and sounds that users send to search by: checked, written anew, kept for a while under a random id."""

from .config import UploadConfig
from .keeper import UploadKeeper
from .kinds import kind_of

__all__ = ["UploadConfig", "UploadKeeper", "kind_of"]
