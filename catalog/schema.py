"""How a labelled dataset is written as a Zarr v3 group, whole and empty: a template.

A template is an `xarray.Dataset`.  Its coordinates are written with the template; its variables are left to
be filled, region by region, and so is a coordinate that is all NaN.  One variable is called ``outcome``, is
0 wherever nothing is stored yet, and names its other values as CF does (``flag_values``,
``flag_meanings``).  The attributes ``experiment``, ``sweep_id``, ``kind`` and ``request`` say what it is.

Every byte follows from the template and the installed versions alone: a directory of them can be compared.
"""

from __future__ import annotations

import importlib.metadata
import json
import re
import warnings
from collections.abc import Hashable, Mapping
from typing import Any

import numpy as np
import xarray as xr
import zarr
from zarr.codecs import Crc32cCodec, ZstdCodec
from zarr.errors import ZarrUserWarning
from zarr.storage import MemoryStore

from wellposed.errors import CatalogueError

OUTCOME = "outcome"
"""The variable that says what is stored.  It is written last, and 0 means nothing is."""

ROOT = "zarr.json"
"""The key that makes a group, with all its metadata: written last, so what can be opened is whole."""

PACKAGES = ("numpy", "scipy", "numba", "llvmlite", "zarr", "numcodecs", "wellposed")
"""What the numbers depend on, and the bytes that they are stored as."""

NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")
"""What an experiment or a sweep may be called, as it becomes part of a path."""


def versions() -> dict[str, str]:
    """The installed versions of what the numbers and their bytes depend on."""
    found = {}
    for package in PACKAGES:
        try:
            found[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            found[package] = "not installed"
    return found


def path_of(template: xr.Dataset) -> str:
    """Where in a catalogue the store of `template` lies.

    Raises
    ------
    CatalogueError
        If its attributes do not say, or are not fit to be a path.
    """
    experiment, identity = (str(template.attrs.get(name, "")) for name in ("experiment", "sweep_id"))
    for name, value in {"experiment": experiment, "sweep_id": identity}.items():
        if not NAME.fullmatch(value):
            raise CatalogueError(
                f"Attribute `{name}` must be letters, digits, dots and dashes, but is {value!r}."
            )
    return f"{experiment}/{identity}.zarr"


def encode(template: xr.Dataset, chunks: Mapping[str, int]) -> dict[str, bytes]:
    """The keys and bytes of a whole empty store; the one that makes it a group comes last.

    Parameters
    ----------
    template : Dataset
    chunks : mapping of str to int
        How long a chunk is along some dimensions; along the others it is whole.
    """
    memory = MemoryStore()
    attributes = {
        **template.attrs,
        "versions": versions(),
        "coordinates": " ".join(sorted(str(name) for name in set(template.coords) - set(template.dims))),
    }
    group = zarr.create_group(memory, attributes=_plain(attributes))
    for name, variable in sorted(template.variables.items(), key=lambda item: str(item[0])):
        now = name in template.coords and not _is_promise(variable)
        array = group.create_array(
            str(name),
            shape=variable.shape,
            dtype="str" if _is_text(variable) else variable.dtype,
            chunks=tuple(
                size if now else min(size, chunks.get(str(dim), size)) for dim, size in variable.sizes.items()
            ),
            dimension_names=tuple(str(dim) for dim in variable.dims),
            compressors=[ZstdCodec(level=3), Crc32cCodec()],
            fill_value=_fill(variable),
            attributes=_plain(variable.attrs),
        )
        if now:
            array[...] = variable.to_numpy()
    with warnings.catch_warnings():
        # Consolidated metadata is not yet in the specification, but is what xarray looks for first.
        warnings.simplefilter("ignore", ZarrUserWarning)
        zarr.consolidate_metadata(memory)
    contents = {key: value.to_bytes() for key, value in sorted(memory._store_dict.items())}
    root = contents.pop(ROOT)
    return {**contents, ROOT: root}


def difference(old: bytes, new: bytes) -> str | None:
    """What keeps two templates, as written under `ROOT`, from describing the same store; None if nothing.

    How it is cut into chunks, what is written about it, and versions do not matter.
    """
    try:
        before, after = (_described(json.loads(text)) for text in (old, new))
    except (ValueError, KeyError, TypeError, AttributeError):
        return "it was not made by this catalogue"
    for name in sorted(before.keys() | after.keys()):
        if before.get(name) != after.get(name):
            return f"`{name}` differs"
    return None


def recorded_versions(root: bytes) -> dict[str, str]:
    """The versions that a template was made with."""
    return dict(json.loads(root)["attributes"].get("versions", {}))


def with_versions(root: bytes, versions: Mapping[str, str]) -> bytes:
    """A template that says it was made with other versions."""
    told = json.loads(root)
    told["attributes"]["versions"] = dict(versions)
    return json.dumps(told, indent=2).encode()


def _described(root: Mapping[str, Any]) -> dict[str, Any]:
    """What identifies a store, and the form of each of its arrays."""
    arrays = root["consolidated_metadata"]["metadata"]
    form = {
        name: [array["shape"], array["data_type"], array.get("dimension_names")]
        for name, array in arrays.items()
    }
    return {**form, "request": root["attributes"]["request"]}


def _is_text(variable: xr.Variable) -> bool:
    return variable.dtype.kind in "UOT"


def _is_promise(variable: xr.Variable) -> bool:
    """Whether a coordinate is to be filled later."""
    return variable.dtype.kind == "f" and variable.size > 0 and bool(np.isnan(variable.to_numpy()).all())


def _fill(variable: xr.Variable) -> Any:
    return "" if _is_text(variable) else np.nan if variable.dtype.kind == "f" else 0


def _plain(attributes: Mapping[Hashable, Any]) -> dict[str, Any]:
    """`attributes` as JSON holds them.  Raises `ValueError` for NaN and infinities, which it does not."""
    text = json.dumps(dict(attributes), allow_nan=False)
    plain: dict[str, Any] = json.loads(text)
    return plain
