"""Items by place, and what is true of them, as arrays on disk.

An item's place is its number in the order of fame, from 0; it is the item's row in every array of a generation. Ids,
facts and vectors are then looked up by array operations, and a million items cost no million Python objects.
"""

from .columns import Column, ColumnBuilder, read_columns
from .ids import Among, ItemIds, item_key, item_keys
from .strings import Strings

__all__ = ["Among", "Column", "ColumnBuilder", "ItemIds", "Strings", "item_key", "item_keys", "read_columns"]
