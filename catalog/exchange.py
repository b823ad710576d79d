"""Sweeps as single files for other programs, and back; and from one catalogue into another.

NetCDF (in HDF5) holds all that a store does and what made it, so it can be brought back.  Parquet is a long
table of the points with an answer or a reason, for data frames and databases, and goes one way; there a
complex number is two columns, ``<name>_real`` and ``<name>_imag``.  CSV is the same table as text, for
spreadsheets and whatever else: all digits of each number, nothing where there is none, and a column for each
value of an output's own coordinate, as in ``constants[full]``.
"""

from __future__ import annotations

import csv
import importlib
import itertools
import json
import math
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from wellposed.catalog import health, schema, trust
from wellposed.catalog.chunks import READ_TOGETHER_BYTES, CheckedStorage, Form
from wellposed.catalog.index import MANIFEST_SUFFIX, STORE, summary
from wellposed.catalog.index import manifest as manifest_of
from wellposed.catalog.location import PARTIAL, Location
from wellposed.catalog.schema import MARK, NAME, OUTCOME, ROOT
from wellposed.catalog.store import Store, begin, make_room, manifest_text
from wellposed.errors import CatalogueError
from wellposed.named_path import named_path

if TYPE_CHECKING:
    from wellposed.catalog.query import Catalogue

ENGINE = "h5netcdf"

FURTHER_PACKAGES = {ENGINE: ("h5py",)}
"""The packages that one needs and does not install."""

METADATA_ATTRIBUTE = "wellposed"
"""The attribute of a NetCDF file that holds, as JSON, the attributes of the store and its manifest."""

TEXT = np.dtypes.StringDType()

CHUNKS_PER_COPY = 64
"""How many chunks are copied together, unless they are large."""

POINTS_PER_ROW_GROUP = 100_000
"""How many points are written to Parquet together."""


def export(store: Store, path: Path) -> None:
    """Writes a sweep into a file, whose ending says the form: ``.nc``, ``.parquet`` or ``.csv``.

    The file appears when it is whole.

    Raises
    ------
    CatalogueError
        If it is there already, cannot be written, its ending is another one, what writes such files is not
        installed, or the sweep is damaged.
    """
    forms: dict[str, tuple[str, Callable[[Store, Path], None]]] = {
        ".nc": (ENGINE, _write_netcdf),
        ".parquet": ("pyarrow", _write_parquet),
        ".csv": ("", _write_csv),
    }
    if path.suffix not in forms:
        *others, last = forms
        raise CatalogueError(f"{path} must end in {', '.join(others)} or {last}.")
    package, write = forms[path.suffix]
    if package:
        _require(package)
    if path.exists():
        raise CatalogueError(f"{path} is there already.")
    if trust.check_store(store.here, store.experiment, store.id) is None:
        raise CatalogueError(f"{store.location} is not there.")
    partial = path.with_name(f".{path.name}.{secrets.token_hex(8)}.partial")
    try:
        write(store, partial)
        partial.replace(path)
    except OSError as error:
        raise CatalogueError(f"{path} cannot be written: {error}") from error
    finally:
        with suppress(OSError):
            partial.unlink()


def bring(catalogue: Catalogue, source: str | Path) -> Store:
    """Adds a sweep from elsewhere: a NetCDF file that `export` wrote, or a store of another catalogue.

    Nothing changes if the catalogue holds the same already.

    Raises
    ------
    CatalogueError
        If the source is neither, is damaged, or the catalogue holds something else in its place.
    """
    if str(source).endswith(".nc"):
        return _bring_netcdf(catalogue, named_path(source))
    place = Location.of(source, catalogue.system)
    if not place.url.endswith(STORE):
        raise CatalogueError(f"{source} must be a NetCDF file (.nc), or a store ({STORE}).")
    return _bring_store(catalogue, place)


def _bring_store(catalogue: Catalogue, source: Location) -> Store:
    """Copies the metadata and the chunks that these tell of, and nothing else."""
    directory, _, name = source.url.rpartition("/")
    experiment, identity = directory.rpartition("/")[2], name.removesuffix(STORE)
    if not NAME.fullmatch(experiment) or not NAME.fullmatch(identity):
        raise CatalogueError(f"{source.url} is not called as a store is: EXPERIMENT/ID{STORE}.")
    root = trust.check_store(source, experiment, identity)
    if root is None:
        raise CatalogueError(f"There is no store at {source.url}.")
    store = Store(catalogue.url, f"{experiment}/{identity}{STORE}", system=catalogue.system)
    here, manifest_key = store.here, f"{experiment}/{identity}{MANIFEST_SUFFIX}"
    manifest = Location(directory, source.system).read(
        identity + MANIFEST_SUFFIX, trust.LARGEST_METADATA_BYTES + 1
    )
    if manifest is not None:
        summary(manifest, f"{directory}/{identity}{MANIFEST_SUFFIX}")
    _refuse_links(store)
    for damage in health.verify(Store(directory.rpartition("/")[0], store.path, system=source.system)):
        if not damage.is_foreign and not damage.key.endswith(PARTIAL):
            raise CatalogueError(
                f"{source.url} is damaged: {damage.key or 'its manifest'}: {damage.reason.rstrip('.')}."
            )
    with store.locked(alone=True):
        is_new = here.read(ROOT, 1) is None
        if is_new:
            _copy_store(source, here, root)
    if not is_new and not store.dataset().drop_attrs().identical(_opened(source, root).drop_attrs()):
        raise CatalogueError(f"{store.location} is there already, and holds something else.")
    if manifest is not None:
        here.settle()
        store.catalogue.create(manifest_key, manifest.decode())
    return store


def _refuse_links(store: Store) -> None:
    if (link := store.catalogue.link_above(store.path)) is not None:
        raise CatalogueError(f"{store.url}/{link} is a link, and nothing is written where it leads.")


def _copy_store(source: Location, here: Location, root: Mapping[str, Any]) -> None:
    """Copies a store that is whole, and nothing else that lies in it."""
    # Outcomes are listed before their values and copied after them, and the root is last: whoever computes
    # it meanwhile and whenever this ends, what says it is there is.
    outcomes = [f"{OUTCOME}/{one.name}" for one in (source / OUTCOME).walk() if not one.is_link]
    others = [one.name for one in source.walk() if not one.is_link]
    values = [key for key in others if not key.startswith(f"{OUTCOME}/")]
    arrays = trust.arrays(root)
    metadata = [MARK, *(key for name in arrays if (key := f"{name}/{ROOT}") != MARK)]
    keys = [*metadata, *(key for key in [*values, *outcomes] if trust.is_chunk(key, root)), ROOT]
    largest = max(Form.of(name, array).most_stored_bytes for name, array in arrays.items())
    together = max(1, min(CHUNKS_PER_COPY, READ_TOGETHER_BYTES // largest))
    make_room(here, set(keys))
    for start in range(0, len(keys), together):
        part = keys[start : start + together]
        contents = zip(part, source.read_all(part), strict=True)
        here.write({key: content for key, content in contents if content is not None})


def _opened(source: Location, root: Mapping[str, Any]) -> xr.Dataset:
    storage = CheckedStorage.of(source, root)
    dataset: xr.Dataset = xr.open_zarr(storage, chunks=None, consolidated=True)
    return dataset


def _outcome_first(store: Store, dataset: xr.Dataset) -> xr.Dataset:
    """Returns `dataset` with the outcomes of now: their values are there, even while it is computed."""
    return dataset.assign({OUTCOME: dataset[OUTCOME].copy(data=store.outcome().to_numpy())})


def _write_netcdf(store: Store, path: Path) -> None:
    dataset = _outcome_first(store, store.dataset(chunks={}))
    metadata = {
        "attributes": dataset.attrs,
        "variables": {name: variable.attrs for name, variable in dataset.variables.items()},
        "manifest": manifest_of(store),
        "chunks": store.chunks,
    }
    plain = dataset.drop_encoding()
    for name, variable in plain.variables.items():
        if variable.dtype.kind in "UT":  # of which NetCDF has its own kind, through objects
            plain[name] = variable.load().astype(object)
    attributes = {
        name: value for name, value in dataset.attrs.items() if isinstance(value, str | int | float)
    }
    plain.attrs = {**attributes, METADATA_ATTRIBUTE: json.dumps(metadata)}
    codes = np.array(plain[OUTCOME].attrs["flag_values"], plain[OUTCOME].dtype)  # CF wants one type
    plain[OUTCOME].attrs = {**plain[OUTCOME].attrs, "flag_values": codes}
    encoding = {
        str(name): {"zlib": True, "complevel": 4, "shuffle": True}
        for name, variable in plain.data_vars.items()
        if variable.dtype.kind in "iufc" and variable.ndim and variable.size
    }
    plain.to_netcdf(path, engine="h5netcdf", encoding=encoding)


def _bring_netcdf(catalogue: Catalogue, path: Path) -> Store:
    _require(ENGINE)
    if path.exists() and not path.is_file():
        raise CatalogueError(f"{path} is no regular file, and is not read.")
    try:
        # Before xarray opens it, which reads dimensions at once.
        with importlib.import_module(ENGINE).File(path, "r", phony_dims="access") as file:
            size = sum(math.prod(variable.shape) for variable in file.variables.values())
        if size > trust.LARGEST_CHUNK_ELEMENTS:
            raise CatalogueError(f"{path} tells of {size:.3g} numbers, which is larger than is allowed.")
        with xr.open_dataset(
            path,
            engine=ENGINE,
            decode_times=False,
            decode_timedelta=False,
            mask_and_scale=False,
            chunks=None,
            phony_dims="access",
        ) as dataset:
            return _bring_dataset(catalogue, path, dataset)
    except OSError as error:
        raise CatalogueError(f"{path} cannot be read: {error}") from error


def _bring_dataset(catalogue: Catalogue, path: Path, dataset: xr.Dataset) -> Store:
    text = dataset.attrs.get(METADATA_ATTRIBUTE)
    if not isinstance(text, str):
        raise CatalogueError(f"{path} was not exported from a catalogue.")
    metadata = trust.parsed(text.encode(), f"{path}: its attribute `{METADATA_ATTRIBUTE}`")
    attributes, variables, chunks, manifest = (
        metadata.get(name, {}) for name in ("attributes", "variables", "chunks", "manifest")
    )
    if not attributes or not _is_metadata(attributes, variables, chunks):
        raise CatalogueError(f"{path} is damaged: it does not say what it holds.")
    if variables.keys() != set(dataset.variables):
        raise CatalogueError(f"{path} is damaged: it does not say what it holds.")
    if manifest:
        summary(json.dumps(manifest).encode(), f"{path}: its manifest")
    whole = dataset.load()
    for name, variable in whole.variables.items():
        if variable.dtype.kind == "O":
            whole[name] = variable.astype(TEXT)
        if variable.dtype.kind not in "iufcbOUT" or not NAME.fullmatch(str(name)):
            raise CatalogueError(f"{path} holds {name} of {variable.dtype}, which is not written here.")
    recorded = attributes.pop("versions", {})
    attributes.pop("coordinates", None)
    if not all(isinstance(side, int) and side > 0 for side in chunks.values()):
        raise CatalogueError(f"{path} is damaged: its chunks are {chunks}.")
    points = {str(dim): min(chunks.get(str(dim), n), n) for dim, n in whole[OUTCOME].sizes.items()}
    template = _as_template(whole, set(whole[OUTCOME].dims))
    template.attrs = attributes
    for name in template.variables:
        template[name].attrs = variables[name]
    contents = schema.encode(template, points)
    # The numbers depend on the versions that they were computed with, not on those that brought them here.
    contents[ROOT] = schema.with_versions(contents[ROOT], recorded)
    store = Store(catalogue.url, schema.path_of(template), system=catalogue.system)
    trust.check_root(str(path), json.loads(contents[ROOT]), store.experiment, store.id)
    _refuse_links(store)
    here = store.here
    if not begin(store, contents) and (
        schema.difference(here.read(ROOT) or b"", contents[ROOT]) or not _has_same_answers(store, whole)
    ):
        raise CatalogueError(f"{store.location} is there already, and holds something else.")
    values = [
        name for name in whole.variables if name in whole.data_vars or set(points) <= set(whole[name].dims)
    ]
    answers = xr.Dataset({str(name): whole[name].variable for name in values if name not in points})
    of_points = [name for name in answers if set(points) <= set(answers[name].dims)]
    for region in _regions(store.chunks, {str(dim): size for dim, size in answers[OUTCOME].sizes.items()}):
        part = answers[of_points].isel(region)
        if (part[OUTCOME] != 0).any():
            store.write(region, part)
    if manifest:  # what follows from all of them is written when they are there
        store.write({}, answers.drop_vars(of_points))
    if manifest:
        key = store.path.removesuffix(STORE) + MANIFEST_SUFFIX
        here.settle()
        store.catalogue.create(key, manifest_text(manifest))
    return store


def _regions(chunks: Mapping[str, int], sizes: Mapping[str, int]) -> Iterator[dict[str, slice]]:
    """Yields the regions of a store, each a chunk of the outcome."""
    starts = [range(0, sizes[dim], side) for dim, side in chunks.items()]
    for place in itertools.product(*starts):
        yield {
            dim: slice(start, min(start + side, sizes[dim]))
            for start, (dim, side) in zip(place, chunks.items(), strict=True)
        }


def _is_metadata(attributes: Any, variables: Any, chunks: Any) -> bool:
    """Returns whether what a file says of itself has the right form."""
    if not all(isinstance(part, dict) for part in (attributes, variables, chunks)):
        return False
    return OUTCOME in variables and all(isinstance(metadata, dict) for metadata in variables.values())


def _has_same_answers(store: Store, whole: xr.Dataset) -> bool:
    """Returns whether a store has the same answers, or none as yet, everywhere."""
    there = store.dataset().load()
    stored = there[OUTCOME] != 0
    for name in whole.variables:
        old, new = there[name], whole[name].transpose(*there[name].dims).to_numpy()
        if name not in old.dims and set(stored.dims) <= set(old.dims):
            matters = stored.broadcast_like(old).transpose(*old.dims).to_numpy()
        elif name in there.data_vars:  # what follows from several points, and is written after them
            has_nan = schema.has_nan(old.dtype)
            matters = old.notnull().to_numpy() if has_nan else old.to_numpy() != schema.fill_of(old.dtype)
        else:
            matters = np.ones(old.shape, bool)
        if not np.array_equal(old.to_numpy()[matters], new[matters], equal_nan=schema.has_nan(old.dtype)):
            return False
    return True


def _as_template(whole: xr.Dataset, points: set[Any]) -> xr.Dataset:
    """Returns `whole` as a template: fill values stand for what is filled later."""

    def emptied(variable: xr.Variable) -> xr.Variable:
        values = np.broadcast_to(np.array(schema.fill_of(variable.dtype), variable.dtype), variable.shape)
        return xr.Variable(variable.dims, values, variable.attrs)

    scattered = [name for name in whole.coords if name not in points and points <= set(whole[name].dims)]
    return whole.assign({name: emptied(whole[name].variable) for name in whole.data_vars}).assign_coords(
        {name: emptied(whole[name].variable) for name in scattered}
    )


def _write_parquet(store: Store, path: Path) -> None:
    arrow, parquet = (importlib.import_module(name) for name in ("pyarrow", "pyarrow.parquet"))
    dataset = _outcome_first(store, store.dataset())
    metadata = {"attributes": dataset.attrs, "manifest": manifest_of(store)}
    writer = None
    try:
        for columns in _tables(dataset):
            columns = _without_complex(columns)
            table = arrow.table({name: _column(arrow, values) for name, values in columns.items()})
            if writer is None:
                about = table.schema.with_metadata({METADATA_ATTRIBUTE: json.dumps(metadata)})
                writer = parquet.ParquetWriter(path, about, compression="zstd")
            writer.write_table(table.cast(about))
    finally:
        if writer is not None:
            writer.close()


def _write_csv(store: Store, path: Path) -> None:
    dataset = _outcome_first(store, store.dataset())
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        for i, columns in enumerate(_tables(dataset)):
            flat = _without_complex(_without_arrays(columns, dataset))
            if i == 0:
                writer.writerow(flat)
            writer.writerows(zip(*map(_as_texts, flat.values()), strict=True))


def _without_arrays(columns: Mapping[str, NDArray[Any]], dataset: xr.Dataset) -> dict[str, NDArray[Any]]:
    """Returns columns of which each that holds arrays is one for each value of their own coordinates."""
    points = set(dataset[OUTCOME].dims)
    flat: dict[str, NDArray[Any]] = {}
    for name, values in columns.items():
        if values.ndim == 1:
            flat[name] = values
            continue
        own = [dim for dim in dataset[name].dims if dim not in points]
        coordinates = [dataset[dim].to_numpy().tolist() for dim in own]
        each = values.reshape(len(values), -1)
        for i, place in enumerate(itertools.product(*coordinates)):
            flat[f"{name}[{','.join(map(str, place))}]"] = each[:, i]
    return flat


def _as_texts(values: NDArray[Any]) -> list[str]:
    """Returns numbers with all their digits, and nothing for one that there is not."""
    return ["" if isinstance(one, float) and math.isnan(one) else str(one) for one in values.tolist()]


def _without_complex(columns: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    """Returns columns of which those of complex numbers, which tables do not have, are two."""
    split: dict[str, NDArray[Any]] = {}
    for name, values in columns.items():
        if values.dtype.kind != "c":
            split[name] = values
            continue
        parts = {f"{name}_real": values.real, f"{name}_imag": values.imag}
        if taken := sorted(parts.keys() & columns.keys()):
            raise CatalogueError(
                f"Output `{name}` is complex and takes the column `{taken[0]}` of the table, which is "
                "another output; write NetCDF (.nc)."
            )
        split |= {part: np.ascontiguousarray(numbers) for part, numbers in parts.items()}
    return split


def _column(arrow: Any, values: NDArray[Any]) -> Any:
    """Returns a column of numbers or words; of lists, where an output is an array."""
    if values.ndim > 1:
        flat = _column(arrow, values.reshape(-1))
        return arrow.FixedSizeListArray.from_arrays(flat, math.prod(values.shape[1:]))
    return arrow.array(values.tolist() if values.dtype.kind in "UTO" else values)


def _tables(dataset: xr.Dataset) -> Iterator[dict[str, NDArray[Any]]]:
    """Yields the points that are not missing, by column, a part at a time; one part at least."""
    points = dataset[OUTCOME].dims
    names = [
        str(name)
        for name, variable in dataset.variables.items()
        if not variable.dims or set(variable.dims) <= set(points) or set(points) <= set(variable.dims)
    ]
    meanings = str(dataset[OUTCOME].attrs["flag_meanings"]).split()
    words = dict(zip(dataset[OUTCOME].attrs["flag_values"], meanings, strict=True))
    first, n = points[0], dataset.sizes[points[0]]
    rows = max(1, POINTS_PER_ROW_GROUP // max(1, math.prod(dataset.sizes[dim] for dim in points[1:])))
    for start in range(0, n, rows):
        part = dataset.isel({first: slice(start, start + rows)})
        shape = tuple(part.sizes[dim] for dim in points)
        there = part[OUTCOME].to_numpy().reshape(-1) != 0
        columns = {}
        for name in names:
            variable = part.variables[name]
            own = [dim for dim in variable.dims if dim not in points]
            spread = variable.transpose(*(dim for dim in points if dim in variable.dims), *own).to_numpy()
            at = [size if dim in variable.dims else 1 for dim, size in zip(points, shape, strict=True)]
            values = np.broadcast_to(
                spread.reshape(*at, *(variable.sizes[dim] for dim in own)),
                (*shape, *(variable.sizes[dim] for dim in own)),
            )
            columns[name] = values.reshape(there.size, *values.shape[len(points) :])[there]
        columns[OUTCOME] = np.array([words[int(code)] for code in columns[OUTCOME]], object)
        yield columns


def _require(package: str) -> None:
    try:
        for needed in (package, *FURTHER_PACKAGES.get(package, ())):
            importlib.import_module(needed)
    except ImportError as error:
        raise CatalogueError(
            f"This takes {error.name}, which is not installed: pip install 'wellposed[export]'."
        ) from error
