"""What a catalogue says about itself, checked before anything is done with it.

A catalogue may come from anybody.  Nothing in it is executed: what is read is JSON, and chunks of numbers and
text in the few codecs that this package writes; whatever else the metadata name, such as a codec that
unpickles, is refused before Zarr looks it up.  So are names that lead elsewhere, sizes that nobody computed,
and attributes that would have xarray take the numbers for others than they are.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

from wellposed.catalog.location import Location
from wellposed.catalog.schema import NAME, OUTCOME, ROOT
from wellposed.errors import CatalogueError

LARGEST_METADATA_BYTES = 2**26
"""How large a manifest or other metadata may be: a million values along an axis take a third."""

LARGEST_ARRAY_ELEMENTS = 2**36
"""How many elements an array may have: half a terabyte of numbers."""

LARGEST_CHUNK_ELEMENTS = 2**27
"""How many elements one chunk may have, which are in memory at once: a gigabyte of floats."""

MOST_CHUNKS_PER_ARRAY = 2**24
"""How many chunks, each of which is a file, an array may have."""

CODECS = frozenset({"bytes", "vlen-utf8", "zstd", "crc32c"})
DATA_TYPES = frozenset(
    {"bool", "string", "float32", "float64", "complex128"}
    | {f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)}
)
"""The types that are read: numbers and text, no objects, and nothing that Zarr would look up elsewhere."""

CHECKSUM_CODEC = "crc32c"

FILL_VALUES: Mapping[str, Any] = {"bool": False, "string": "", "complex128": ["NaN", "NaN"]}
"""What stands where nothing is stored, in metadata, for the types for which it is not NaN or 0."""

MEANINGS = frozenset({"missing", "ok", "unresolved", "failed"})
"""What may become of a point, at least."""

LARGEST_COUNT = 2**53
"""Numbers about a sweep, such as seconds and points, are at most this: exact as floats."""

CHUNK_INDEX = re.compile(r"0|[1-9][0-9]{0,15}")
"""What a part of the key of a chunk looks like."""

DECODING_ATTRIBUTES = frozenset(
    {"_FillValue", "missing_value", "scale_factor", "add_offset", "_Unsigned", "dtype", "calendar"}
)
"""Attributes by which xarray would read other values than those that are stored."""


def parsed(text: bytes, what: str) -> dict[str, Any]:
    """Returns the JSON object in `text`.

    Raises
    ------
    CatalogueError
        If it is none, or is larger or nested more deeply than anything that is written here.
    """
    if len(text) > LARGEST_METADATA_BYTES:
        raise CatalogueError(f"{what} is larger than {LARGEST_METADATA_BYTES >> 20} MiB, and refused.")
    try:
        found = json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise CatalogueError(f"{what} is damaged: it is not a JSON object.")
    return found


def read(location: Location, key: str) -> dict[str, Any] | None:
    """Returns the JSON object under `key`, or None if there is none.  Never reads more than is allowed."""
    text = location.read(key, LARGEST_METADATA_BYTES + 1)
    return None if text is None else parsed(text, f"{location.url}/{key}")


def check_store(location: Location, experiment: str, identity: str) -> dict[str, Any] | None:
    """Returns the metadata of a store, if they may be used; None if there is no store.

    Raises
    ------
    CatalogueError
        If they may not be, or an array's own metadata are not those that the group tells of it.
    """
    root = read(location, ROOT)
    if root is None:
        return None
    check_root(location.url, root, experiment, identity)
    consolidated = arrays(root)
    keys = [f"{name}/{ROOT}" for name in consolidated]
    for key, text in zip(keys, location.read_all(keys, LARGEST_METADATA_BYTES + 1), strict=True):
        # Which of the two is looked at depends on who looks.
        if text is None or parsed(text, f"{location.url}/{key}") != consolidated[key.rpartition("/")[0]]:
            raise CatalogueError(f"{location.url}/{key} is damaged: {ROOT} above it tells something else.")
    return root


def arrays(root: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Returns the metadata of every array of a group that has been checked."""
    return dict(root["consolidated_metadata"]["metadata"])


def is_chunk(key: str, root: Mapping[str, Any]) -> bool:
    """Returns whether a key is that of a chunk of one of the arrays of a group that has been checked."""
    name, _, place = key.partition("/c")
    array = arrays(root).get(name)
    if array is None:
        return False
    sides = array["chunk_grid"]["configuration"]["chunk_shape"]
    counts = [-(-size // side) for size, side in zip(array["shape"], sides, strict=True)]
    parts = place.split("/")[1:]
    return len(parts) == len(counts) and all(
        CHUNK_INDEX.fullmatch(part) and int(part) < count for part, count in zip(parts, counts, strict=True)
    )


def check_root(url: str, root: Mapping[str, Any], experiment: str, identity: str) -> None:
    """Raises `CatalogueError` if the metadata of a group, read from `url`, may not be used."""

    def refuse(reason: str) -> CatalogueError:
        return CatalogueError(f"{url} is refused: {reason}.")

    attributes, consolidated = root.get("attributes"), root.get("consolidated_metadata")
    if root.get("zarr_format") != 3 or root.get("node_type") != "group" or not isinstance(attributes, dict):
        raise refuse("it is not a Zarr group of version 3")
    for name, expected in {"experiment": experiment, "sweep_id": identity}.items():
        if attributes.get(name) != expected:
            raise refuse(f"its attribute `{name}` is {_short(attributes.get(name))}, and its path {expected}")
    if reason := _wrong_request(attributes.get("request")):
        raise refuse(reason)
    metadata = consolidated.get("metadata") if isinstance(consolidated, dict) else None
    if not isinstance(metadata, dict) or OUTCOME not in metadata:
        raise refuse(f"it does not describe its arrays, or has no {OUTCOME}")
    for name, array in metadata.items():
        if not NAME.fullmatch(name) or name.startswith("."):
            raise refuse(f"{_short(name)} is no name for an array")
        if reason := wrong_array(array):
            raise refuse(f"array {name} {reason}")
    if not is_outcome(metadata[OUTCOME]):
        raise refuse(f"its {OUTCOME} has no meanings")


def is_outcome(array: object) -> bool:
    """Returns whether these are the metadata of an outcome as every store of ours has it.

    They are the mark of our stores: written first when one is made, and removed last.
    """
    if wrong_array(array) or not isinstance(array, dict) or array["data_type"] != "uint8":
        return False
    codes, meanings = (array["attributes"].get(name) for name in ("flag_values", "flag_meanings"))
    if not isinstance(codes, list) or not isinstance(meanings, str):
        return False
    words = meanings.split()
    return (
        all(type(code) is int and 0 <= code < 256 for code in codes)
        and len(set(codes)) == len(codes) == len(set(words)) == len(words)
        and set(words) >= MEANINGS
        and dict(zip(words, codes, strict=True))["missing"] == 0
    )


def _wrong_request(request: object) -> str | None:
    """Returns in words what keeps a request from being one; None if nothing does."""
    if not isinstance(request, dict):
        return "it does not say what was asked"
    axes, fixed = request.get("axes"), request.get("fixed")
    if not isinstance(axes, dict) or not all(map(_is_plain_list, axes.values())):
        return "the axes of its request are not lists"
    if not isinstance(fixed, dict) or any(isinstance(value, list | dict) for value in fixed.values()):
        return "the fixed parameters of its request are not values"
    return None


def wrong_array(array: object) -> str | None:
    """Returns in words what is wrong with an array's metadata; None if nothing is."""
    if not isinstance(array, dict) or array.get("node_type") != "array" or array.get("zarr_format") != 3:
        return "is not a Zarr array of version 3"
    data_type = array.get("data_type")
    if not isinstance(data_type, str) or data_type not in DATA_TYPES:
        return f"holds {_short(data_type)}, which is not written here"
    codecs: Any = array.get("codecs")
    if not isinstance(codecs, list) or not codecs:
        return "names no codecs"
    names = [codec.get("name") if isinstance(codec, dict) else codec for codec in codecs]
    for name in names:
        if not isinstance(name, str) or name not in CODECS:
            return f"asks for the codec {_short(name)}, which is not written here"
    if names[-1] != CHECKSUM_CODEC:
        return "has no checksums"
    is_text = data_type == "string"
    if names != ["vlen-utf8" if is_text else "bytes", "zstd", CHECKSUM_CODEC] or not all(
        isinstance(codec, dict) and isinstance(codec.get("configuration", {}), dict) for codec in codecs
    ):
        return "is stored in a way that is not written here"
    fill = FILL_VALUES.get(data_type, "NaN" if data_type.startswith("float") else 0)
    if array.get("fill_value") != fill or type(array.get("fill_value")) is not type(fill):
        return f"has {_short(array.get('fill_value'))} where nothing is stored, which is not written here"
    if array.get("storage_transformers") or array.get("chunk_key_encoding") != {
        "name": "default",
        "configuration": {"separator": "/"},
    }:
        return "is stored in a way that is not written here"
    return _wrong_shape(array) or _wrong_attributes(array.get("attributes"))


def _wrong_shape(array: Mapping[str, Any]) -> str | None:
    grid = array.get("chunk_grid")
    if not isinstance(grid, dict) or grid.get("name") != "regular":
        return "has no regular chunks"
    configuration = grid.get("configuration")
    chunk = _sizes(configuration.get("chunk_shape") if isinstance(configuration, dict) else None)
    shape, dims = _sizes(array.get("shape")), array.get("dimension_names", [])
    if shape is None or chunk is None or len(shape) != len(chunk) or 0 in chunk:
        return "has no shape"
    if not isinstance(dims, list) or len(dims) != len(shape):
        return "has a dimension without a name"
    if not all(isinstance(dim, str) and NAME.fullmatch(dim) for dim in dims):
        return "has a dimension without a name"
    chunks = math.prod(-(-size // side) for size, side in zip(shape, chunk, strict=True))
    if (
        math.prod(shape) > LARGEST_ARRAY_ELEMENTS
        or math.prod(chunk) > LARGEST_CHUNK_ELEMENTS
        or chunks > MOST_CHUNKS_PER_ARRAY
    ):
        return f"of shape {_short(shape)} in chunks of {_short(chunk)} is larger than is allowed"
    return None


def _wrong_attributes(attributes: object) -> str | None:
    if not isinstance(attributes, dict):
        return "has no attributes"
    if decoding := sorted(attributes.keys() & DECODING_ATTRIBUTES):
        return f"has the attribute {decoding[0]}, which is not written here"
    units = attributes.get("units", "")
    return f"has the units {_short(units)}" if not isinstance(units, str) or " since " in units else None


def _refuse_constant(name: str) -> None:
    raise ValueError(name)


def _sizes(value: object) -> list[int] | None:
    """Returns `value` if it is a list of sizes, else None."""
    return (
        value if isinstance(value, list) and all(type(size) is int and size >= 0 for size in value) else None
    )


def _is_plain_list(value: object) -> bool:
    return isinstance(value, Sequence) and not any(isinstance(one, list | dict) for one in value)


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."
