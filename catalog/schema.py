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
from collections.abc import Collection, Hashable, Mapping
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

REASON = "reason"
"""The variable that says in words why a point has no answer, and is empty at most points."""

ROOT = "zarr.json"
"""The key that makes a group, with all its metadata: written last, so what can be opened is whole."""

MARK = f"{OUTCOME}/{ROOT}"
"""The key of what every store has from its first moment to its last: what its outcomes mean."""

PACKAGES = ("numpy", "scipy", "numba", "llvmlite", "zarr", "numcodecs", "wellposed")
"""What the numbers depend on, and the bytes that they are stored as."""

NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")
"""What an experiment or a sweep may be called, as it becomes part of a path."""


def versions() -> dict[str, str]:
    """Returns the installed versions of what the numbers and their bytes depend on."""
    found = {}
    for package in PACKAGES:
        try:
            found[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            found[package] = "not installed"
    return found


def path_of(template: xr.Dataset) -> str:
    """Returns where in a catalogue the store of `template` lies.

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
    """Returns the keys and bytes of a whole empty store; the one that makes it a group comes last.

    First comes the mark by which a store is known as ours, even if its making ends half-way.

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
    points = tuple(map(str, template[OUTCOME].dims))
    for name, variable in sorted(template.variables.items(), key=lambda item: str(item[0])):
        now = name in template.coords and not _is_filled_later(variable)
        dims = tuple(map(str, variable.dims))
        array = group.create_array(
            str(name),
            shape=variable.shape,
            dtype="str" if is_text(variable.dtype) else variable.dtype,
            chunks=tuple(
                size if now else min(size, chunks.get(str(dim), size)) for dim, size in variable.sizes.items()
            ),
            dimension_names=dims,
            compressors=[ZstdCodec(level=3), Crc32cCodec()],
            fill_value=fill_of(variable.dtype),
            attributes=_plain(variable.attrs),
        )
        if now:
            if is_always_written(str(name), dims, points, variable.dtype):
                array = array.with_config({"write_empty_chunks": True})
            array[...] = variable.to_numpy()
    with warnings.catch_warnings():
        # Consolidated metadata is not yet in the specification, but is what xarray looks for first.
        warnings.simplefilter("ignore", ZarrUserWarning)
        zarr.consolidate_metadata(memory)
    contents = {key: value.to_bytes() for key, value in sorted(memory._store_dict.items())}
    root, mark = contents.pop(ROOT), contents.pop(MARK)
    return {MARK: mark, **contents, ROOT: root}


def difference(old: bytes, new: bytes) -> str | None:
    """Returns in what two templates, as written under `ROOT`, differ; None if they describe one store.

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
    """Returns the versions that a template was made with."""
    return dict(_metadata(root)["attributes"].get("versions", {}))


def with_versions(root: bytes, versions: Mapping[str, str]) -> bytes:
    """Returns a template's metadata, changed to say that it was made with other versions."""
    metadata = _metadata(root)
    metadata["attributes"]["versions"] = dict(versions)
    return json.dumps(metadata, indent=2).encode()


def _metadata(root: bytes) -> dict[str, Any]:
    """Returns metadata that were whole when the question was asked; who waits may find them damaged since."""
    try:
        found: dict[str, Any] = json.loads(root)
        found["attributes"].get("versions")
    except (ValueError, KeyError, TypeError, AttributeError):
        raise CatalogueError(
            f"Its {ROOT} has been damaged meanwhile: ask again, and it is written anew."
        ) from None
    return found


def is_text(dtype: np.dtype[Any]) -> bool:
    """Returns whether a variable of this type is text."""
    return dtype.kind in "UOT"


def has_nan(dtype: np.dtype[Any]) -> bool:
    """Returns whether a variable of this type is NaN where nothing is stored."""
    return dtype.kind in "fc"


def fill_of(dtype: np.dtype[Any]) -> Any:
    """Returns what stands where nothing is stored: NaN, 0 for integers, and empty text."""
    if dtype.kind == "c":
        return complex(np.nan, np.nan)
    return np.nan if dtype.kind == "f" else "" if is_text(dtype) else 0


def is_always_written(
    name: str, dims: Collection[str], points: Collection[str], dtype: np.dtype[Any]
) -> bool:
    """Returns whether a chunk of an array is written even if it holds nothing but fill values.

    It is if it holds answers, or NaN may be one: a chunk that is not there is then known to be missing.

    Parameters
    ----------
    name : str
    dims : collection of str
        The dimensions of the array.
    points : collection of str
        The dimensions of the points.
    dtype : dtype
        The type of the array.
    """
    if name in dims:  # the coordinate of an axis, even where that is the only one
        return has_nan(dtype)
    return has_nan(dtype) or (name not in (OUTCOME, REASON) and set(points) <= set(dims))


def _described(root: Mapping[str, Any]) -> dict[str, Any]:
    """Returns what identifies a store, and the form of each of its arrays."""
    arrays = root["consolidated_metadata"]["metadata"]
    form = {
        name: [array["shape"], array["data_type"], array.get("dimension_names")]
        for name, array in arrays.items()
    }
    return {**form, "request": root["attributes"]["request"]}


def _is_filled_later(variable: xr.Variable) -> bool:
    """Returns whether a coordinate is to be filled later."""
    return variable.dtype.kind == "f" and variable.size > 0 and bool(np.isnan(variable.to_numpy()).all())


def _plain(attributes: Mapping[Hashable, Any]) -> dict[str, Any]:
    """Returns `attributes` as JSON has them; raises `ValueError` for NaN and infinities."""
    text = json.dumps(dict(attributes), allow_nan=False)
    plain: dict[str, Any] = json.loads(text)
    return plain
