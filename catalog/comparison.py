"""Two answers to one question, side by side: what differs between them, and by how many of its errors.

Two versions of an experiment, two states of its source, two tolerances or two machines: where both have a
point, a line or a claim, what they say of it is compared, whatever else each of them has.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from wellposed.catalog.merge import axes_of, places_in
from wellposed.catalog.schema import OUTCOME, REASON, is_text
from wellposed.errors import CatalogueError

KEY = "key"
"""What tells one claim of an audit from the others."""


@dataclass(frozen=True)
class Difference:
    """What two answers say of one output.

    Attributes
    ----------
    output : str
    compared : int
        How many numbers or words both have.
    unequal : int
        How many of them are not the same, bit by bit.
    beyond : int
        How many differ by more than the sum of both errors; without errors, as `unequal`.
    largest : float
        The largest absolute difference; NaN of words.
    in_errors : float
        The largest difference over the sum of both errors; infinite where that is 0, NaN without errors.
    at : mapping of str to value
        The point, the line or the claim where that is; empty if nothing differs.
    both : tuple of str
        What the two say there.
    """

    output: str
    compared: int
    unequal: int
    beyond: int
    largest: float
    in_errors: float
    at: Mapping[str, Any]
    both: tuple[str, str]


@dataclass(frozen=True)
class Comparison:
    """Two answers to one question.

    Attributes
    ----------
    of : str
        What it is that both have: points, lines or claims.
    asked : mapping of str to tuple
        What is not the same in what was asked, and in what it was computed with.
    common, first_alone, second_alone : int
        How many of them both have, and each of them alone.
    differences : sequence of Difference
        One for each output.
    """

    of: str
    asked: Mapping[str, tuple[str, str]]
    common: int
    first_alone: int
    second_alone: int
    differences: Sequence[Difference]

    @property
    def agrees(self) -> bool:
        """Whether nothing differs by more than its errors."""
        return not any(one.beyond for one in self.differences)


def compare(first: xr.Dataset, second: xr.Dataset) -> Comparison:
    """Returns what differs between two stored answers.

    Parameters
    ----------
    first, second : Dataset
        Sweeps, searches for a boundary or audits: both of one kind and of one experiment or family.

    Raises
    ------
    CatalogueError
        If they are answers to different questions, are curves, or have no point in common.
    """
    for name in ("experiment", "kind"):
        both = [str(one.attrs.get(name)) for one in (first, second)]
        if both[0] != both[1]:
            raise CatalogueError(
                f"Only answers of one {name} can be compared, but these are {' and '.join(both)}."
            )
    asked = dict(_unequal(_asked(first), _asked(second)))
    one, two = (_compared(dataset) for dataset in (first, second))
    axes = axes_of([one, two])
    one, two = (
        dataset.expand_dims([name for name in axes if name not in dataset.dims]) for dataset in (one, two)
    )
    places = {
        name: np.intersect1d(
            places_in(values, one.coords[name]), places_in(values, two.coords[name]), return_indices=True
        )
        for name, values in axes.items()
    }
    here = one.isel({name: indices for name, (_, indices, _) in places.items()})
    there = two.isel({name: indices for name, (_, _, indices) in places.items()})
    here, there = here.load(), there.load().transpose(*here.dims)
    is_common = _stored(here, axes) & _stored(there, axes)
    if not is_common.any():
        raise CatalogueError("These answers have no point in common, so there is nothing to compare.")
    counts = [int(_stored(dataset, axes).sum()) for dataset in (one, two)]
    common = int(is_common.sum())
    names = list(_outputs(here, there))
    if names in ([], [OUTCOME]):
        raise CatalogueError("These answers have no output in common, so there is nothing to compare.")
    alone = [sorted(map(str, set(a.data_vars) - set(b.data_vars))) for a, b in ((here, there), (there, here))]
    if any(alone):
        asked["outputs of one alone"] = (", ".join(alone[0]) or "–", ", ".join(alone[1]) or "–")
    return Comparison(
        {"boundary": "lines", "audit": "claims"}.get(first.attrs["kind"], "points"),
        asked,
        common,
        counts[0] - common,
        counts[1] - common,
        [_difference(name, here, there, is_common, axes) for name in names],
    )


def _compared(dataset: xr.Dataset) -> xr.Dataset:
    """Returns what of an answer is compared, over what was asked alone."""
    match dataset.attrs["kind"]:
        case "boundary":
            found = dataset.wellposed.boundary().reset_coords(drop=False)
            lines = found["boundary"].dims
            fixed = {
                name: values for name, values in dataset.coords.items() if set(values.dims) <= set(lines)
            }
            half = (found["boundary_upper"] - found["boundary_lower"]) / 2
            return xr.Dataset(
                {
                    "boundary": found["boundary"],
                    "boundary_error": half,
                    "boundary_outcome": found["boundary_outcome"],
                    "sign_changes": found["sign_changes"],
                    OUTCOME: xr.ones_like(found["boundary"], np.uint8),
                },
                fixed,
            ).drop_vars([name for name in found.coords if name not in fixed], errors="ignore")
        case "audit":
            words = [dataset[name].astype(str).to_numpy() for name in ("equation", "statement")]
            key = np.array([" ".join(both) for both in zip(*words, strict=True)], object)
            flags = dataset["verdict"].attrs
            names = dict(zip(flags["flag_values"], str(flags["flag_meanings"]).split(), strict=True))
            verdicts = np.array([names[code] for code in dataset["verdict"].to_numpy().tolist()], object)
            laws = dataset["measured_law"].astype(str).to_numpy().astype(object)
            there = np.ones(key.size, np.uint8)
            return xr.Dataset(
                {"verdict": (KEY, verdicts), "measured_law": (KEY, laws), OUTCOME: (KEY, there)},
                {KEY: (KEY, key)},
            )
        case "curve":
            raise CatalogueError("Curves cannot be compared: their vertices lie at different places.")
        case _:
            return dataset.drop_vars([REASON], errors="ignore")


def _stored(dataset: xr.Dataset, axes: Mapping[str, Any]) -> xr.DataArray:
    """Returns whether there is an answer at each point of the axes."""
    return dataset[OUTCOME].transpose(*axes) != 0


def _outputs(here: xr.Dataset, there: xr.Dataset) -> Iterator[str]:
    """Yields what both have, what is no error of anything else, and outcomes if they have a meaning."""
    for name in map(str, here.data_vars):
        if name == OUTCOME and "flag_meanings" not in here[name].attrs:
            continue
        if name in there and not (name.endswith("_error") and name.removesuffix("_error") in here):
            yield name


def _difference(
    name: str, here: xr.Dataset, there: xr.Dataset, is_common: xr.DataArray, axes: Mapping[str, Any]
) -> Difference:
    if here[name].sizes != there[name].sizes:
        raise CatalogueError(
            f"Output `{name}` has another shape in the second answer, and cannot be compared."
        )
    dims = [*axes, *(str(dim) for dim in here[name].dims if dim not in axes)]
    old, new = (dataset[name].transpose(*dims).to_numpy() for dataset in (here, there))
    mask = np.broadcast_to(
        is_common.to_numpy().reshape(is_common.shape + (1,) * (old.ndim - is_common.ndim)), old.shape
    )
    is_word = is_text(old.dtype) or old.dtype.kind == "O" or name == OUTCOME
    same = np.asarray(old == new, bool)
    if not is_word and old.dtype.kind in "fc":
        same |= np.isnan(old) & np.isnan(new)
    unequal = mask & ~same
    distance = np.full(old.shape, np.nan)
    in_errors = np.full(old.shape, np.nan)
    if not is_word:
        with np.errstate(invalid="ignore"):  # of infinities
            distance = np.where(same, 0.0, np.abs(old.astype(complex) - new.astype(complex)))
        distance = np.where(np.isnan(distance), np.inf, distance)
    beyond = unequal
    error = f"{name}_error"
    if not is_word and error in here and error in there:
        allowed = sum(
            np.nan_to_num(dataset[error].transpose(*dims).to_numpy(), nan=0.0) for dataset in (here, there)
        )
        with np.errstate(divide="ignore", invalid="ignore"):
            in_errors = np.where(same, 0.0, distance / allowed)
        in_errors = np.where(np.isnan(in_errors), 0.0, in_errors)  # both infinite: nothing is known
        beyond = unequal & (in_errors > 1.0)
    worst = np.where(
        unequal, np.where(np.isnan(in_errors), np.nan_to_num(distance, nan=1.0), in_errors), -1.0
    )
    at: dict[str, Any] = {}
    both = ("", "")
    if unequal.any():
        index = np.unravel_index(int(np.argmax(worst)), worst.shape)
        at = {
            dim: here[dim].to_numpy()[i] if dim in here.coords else int(i)
            for dim, i in zip(dims, index, strict=True)
        }
        both = (_spelled(here, name, old[index]), _spelled(there, name, new[index]))
    return Difference(
        name,
        int(mask.sum()),
        int(unequal.sum()),
        int(beyond.sum()),
        _most(distance, mask),
        _most(in_errors, mask),
        at,
        both,
    )


def _most(values: NDArray[Any], mask: NDArray[np.bool_]) -> float:
    found = values[mask]
    return float(np.max(found)) if found.size and not np.isnan(found).all() else float("nan")


def _spelled(dataset: xr.Dataset, name: str, value: Any) -> str:
    """Returns a value as a person reads it; that of an outcome by its meaning."""
    attributes = dataset[name].attrs
    if "flag_meanings" in attributes:
        meanings = str(attributes["flag_meanings"]).split()
        return str(dict(zip(attributes["flag_values"], meanings, strict=True)).get(int(value), "missing"))
    return f"{value:.10g}" if isinstance(value, float | np.floating) else str(value)


def _asked(dataset: xr.Dataset) -> dict[str, Any]:
    """Returns what was asked, and with what it was computed."""
    request = {
        name: value for name, value in dict(dataset.attrs.get("request", {})).items() if name != "questions"
    }
    return {**request, **dict(dataset.attrs.get("versions", {}))}


def _unequal(first: Mapping[str, Any], second: Mapping[str, Any]) -> Iterator[tuple[str, tuple[str, str]]]:
    for name in dict.fromkeys([*first, *second]):
        both = tuple(
            "–" if name not in one else one[name] if isinstance(one[name], str) else json.dumps(one[name])
            for one in (first, second)
        )
        if both[0] != both[1]:
            yield name, (both[0], both[1])
