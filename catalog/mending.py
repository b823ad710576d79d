"""What a question itself tells of its store, written anew where that is damaged: metadata and coordinates.

Answers are not told by the question; the blocks in which they are damaged are found by
`wellposed.catalog.health`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from wellposed.catalog import schema, trust
from wellposed.catalog.chunks import Form
from wellposed.catalog.location import Location
from wellposed.catalog.schema import OUTCOME, ROOT
from wellposed.errors import CatalogueError


class Mended(NamedTuple):
    """What has become of a store.

    Attributes
    ----------
    root : bytes
        Its metadata as they are now.
    damages : list of str
        What was damaged, by key.
    is_of_unknown_versions : bool
        Whether it is not known any more with what its answers were computed.
    """

    root: bytes
    damages: list[str]
    is_of_unknown_versions: bool = False


def mend(
    here: Location, root: bytes, contents: Mapping[str, bytes], manifest: Mapping[str, Any] | None
) -> Mended:
    """Writes metadata and coordinates of a store anew where they are damaged.

    Parameters
    ----------
    here : Location
        The store.
    root : bytes
        Its metadata as they are.
    contents : mapping of str to bytes
        What the same question would store now, as `wellposed.catalog.schema.encode` has it.
    manifest : mapping, optional
        If it is finished and that is whole.

    Raises
    ------
    CatalogueError
        If nothing says that it is a store of ours, or how its answers are stored.
    """
    ours = json.loads(contents[ROOT])
    wanted = trust.arrays(ours)
    texts = {name: _content(here, f"{name}/{ROOT}") for name in wanted}
    own = {name: _array(text) for name, text in texts.items()}
    told, damages = _told(here, root, ours, manifest), []
    if told is None:
        if not trust.is_outcome(own[OUTCOME]):
            raise CatalogueError(
                f"{here.url} holds something else, or is damaged: its {ROOT} cannot be read. "
                "Remove it, and ask again."
            )
        damages.append(ROOT)
    elif not _have_same_forms(trust.arrays(told), wanted):
        return Mended(root, [])  # another form of this question, which is said
    stated = {} if told is None else trust.arrays(told)
    arrays = _agreed(wanted, stated, own, ours)
    if arrays is None:
        raise CatalogueError(
            f"{here.url} is damaged: it is not known any more how its answers are stored. "
            "Remove it, and ask again."
        )
    for name, array in arrays.items():
        if own[name] != array:
            damages.append(f"{name}/{ROOT}")
            is_as_now = array == wanted[name]
            text = contents[f"{name}/{ROOT}"] if is_as_now else json.dumps(array, indent=2).encode()
            here.write({f"{name}/{ROOT}": text})
    damages += _mend_coordinates(here, contents, ours, arrays)
    if told is not None and arrays == stated:
        return Mended(root, damages)
    versions = _versions(told, manifest)
    if ROOT not in damages:
        damages.append(ROOT)
    text = _with_arrays(contents[ROOT] if told is None else root, arrays, versions)
    here.write({ROOT: text})
    return Mended(text, damages, versions is None)


def _content(here: Location, key: str) -> bytes | None:
    try:
        return here.read(key, trust.LARGEST_METADATA_BYTES + 1)
    except CatalogueError:  # a pipe or a device is no metadata
        return None


def _array(text: bytes | None) -> dict[str, Any] | None:
    """Returns the metadata of an array; None if they may not be used."""
    try:
        found = None if text is None else trust.parsed(text, "")
    except CatalogueError:
        return None
    return None if found is None or trust.wrong_array(found) else found


def _told(
    here: Location, root: bytes, ours: Mapping[str, Any], manifest: Mapping[str, Any] | None
) -> dict[str, Any] | None:
    """Returns the metadata of a store; None if they are damaged."""
    about = ours["attributes"]
    try:
        told = trust.parsed(root, here.url)
        trust.check_root(here.url, told, about["experiment"], about["sweep_id"])
    except CatalogueError:
        return None
    is_another = told["attributes"]["request"] != about["request"]
    if is_another and manifest is not None and manifest["request"] == about["request"]:
        return None
    return told


def _have_same_forms(some: Mapping[str, Any], others: Mapping[str, Any]) -> bool:
    return some.keys() == others.keys() and all(
        _form(some[name]) == _form(others[name]) for name in some if name != OUTCOME
    )


def _form(array: Mapping[str, Any]) -> list[Any]:
    return [array["shape"], array["data_type"], array.get("dimension_names")]


def _agreed(
    wanted: Mapping[str, dict[str, Any]],
    stated: Mapping[str, dict[str, Any]],
    own: Mapping[str, dict[str, Any] | None],
    ours: Mapping[str, Any],
) -> dict[str, dict[str, Any]] | None:
    """Returns the metadata of every array, by the one of two places that is right; None if neither is."""
    points = set(_dims(wanted[OUTCOME]))
    usable = [
        one
        for name in wanted
        for one in (stated.get(name), own[name])
        if one is not None and _form(one) == _form(wanted[name]) and points <= set(_dims(one))
        if name not in points
    ]
    sides = (
        dict(zip(_dims(usable[0]), _sides(usable[0]), strict=True))
        if usable
        else dict(zip(_dims(wanted[OUTCOME]), _sides(wanted[OUTCOME]), strict=True))
    )
    coordinates = {*points, *ours["attributes"].get("coordinates", "").split()}
    found = {}
    for name, array in wanted.items():
        expected = array
        if name not in coordinates or points <= set(_dims(array)) - {name}:
            expected = _with_sides(array, {dim: side for dim, side in sides.items() if dim in points})
        candidates = [
            one for one in (stated.get(name), own[name]) if one is not None and _form(one) == _form(array)
        ]
        if len(candidates) == 2 and candidates[0] == candidates[1]:
            found[name] = candidates[0]
        elif expected in candidates or not candidates:
            found[name] = expected
        elif len(candidates) == 1:
            found[name] = candidates[0]
        else:
            return None
    return found


def _dims(array: Mapping[str, Any]) -> list[str]:
    return list(array.get("dimension_names") or ())  # a single number has none


def _sides(array: Mapping[str, Any]) -> list[int]:
    return list(array["chunk_grid"]["configuration"]["chunk_shape"])


def _with_sides(array: dict[str, Any], sides: Mapping[str, int]) -> dict[str, Any]:
    own = [sides.get(dim, side) for dim, side in zip(_dims(array), _sides(array), strict=True)]
    grid = {**array["chunk_grid"], "configuration": {"chunk_shape": own}}
    return {**array, "chunk_grid": grid}


def _mend_coordinates(
    here: Location, contents: Mapping[str, bytes], ours: Mapping[str, Any], arrays: Mapping[str, Any]
) -> list[str]:
    """Writes those chunks anew that the question tells and that are damaged; returns their keys."""
    found = []
    for key, content in contents.items():
        if not trust.is_chunk(key, ours):
            continue
        name = key.partition("/")[0]
        form = Form.of(name, arrays[name])
        if any(isinstance(values, str) for _, values in form.read(here, [form.place(key)])) or not any(
            here.has([key])
        ):
            here.write({key: content})
            found.append(key)
    return found


def _versions(told: Mapping[str, Any] | None, manifest: Mapping[str, Any] | None) -> Mapping[str, str] | None:
    about = told["attributes"] if told is not None else manifest
    versions = None if about is None else about.get("versions")
    return versions if isinstance(versions, dict) else None


def _with_arrays(root: bytes, arrays: Mapping[str, Any], versions: Mapping[str, str] | None) -> bytes:
    metadata = json.loads(root)
    metadata["consolidated_metadata"]["metadata"] = dict(arrays)
    text = json.dumps(metadata, indent=2).encode()
    return schema.with_versions(text, versions or schema.versions())
