"""Other languages than English: how they are recognised and read, and how replies are worded in them.

A message is put into wordings that the English rules read, and its reading is put back into the user's own words.
"""

from .detect import Detector
from .pack import Pack, load_packs, load_things
from .pivot import Pivoter
from .reader import LanguageReader
from .written import Pivot

__all__ = ["Detector", "LanguageReader", "Pack", "Pivot", "Pivoter", "load_packs", "load_things"]
