"""Read public benchmark sets as they lie on disk: their catalogues as items, and groups split without cutting one."""

from .items import cpcd_item, movielens_item, opendialkg_item, redial_item
from .records import Record, read_lines, split_groups

__all__ = [
    "Record",
    "cpcd_item",
    "movielens_item",
    "opendialkg_item",
    "read_lines",
    "redial_item",
    "split_groups",
]
