"""Sweeps in storage: labelled arrays in Zarr v3, filled by many writers, found again by what they hold.

`open` a catalogue, `create` a store in it from a template, `write` regions, and `search`.
"""

from catalog import accessor as _accessor  # noqa: F401 - registers it with xarray
from catalog.merge import ConflictError
from catalog.query import Catalogue, open
from catalog.schema import CatalogueError
from catalog.store import Store

__all__ = ["Catalogue", "CatalogueError", "ConflictError", "Store", "open"]
