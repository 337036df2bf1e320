"""Catalogues other than the demo that suites run on: a mapping each, over data that no checkout holds."""

from .bundled import BundledCatalog, Counted, Derived, bundled_catalogs, find_catalog, read_bundled
from .prepare import prepare_catalog, work_folder, write_rows

__all__ = [
    "BundledCatalog",
    "Counted",
    "Derived",
    "bundled_catalogs",
    "find_catalog",
    "prepare_catalog",
    "read_bundled",
    "work_folder",
    "write_rows",
]
