"""Sweeps in storage: labelled arrays in Zarr v3, filled by many writers, found again by what they hold.

`open` a catalogue, `create` a store in it from a template, `write` regions, and `search`.
"""

from wellposed.catalog import accessor as _accessor  # noqa: F401 - registers it with xarray
from wellposed.catalog.query import Catalogue, open, opened_for_adding
from wellposed.catalog.store import Store
from wellposed.errors import CatalogueError, ConflictError

__all__ = ["Catalogue", "CatalogueError", "ConflictError", "Store", "open", "opened_for_adding"]
