"""From the name of an experiment and a block of points to one labelled dataset of answers.

This is what a worker runs, and the one place where an experiment's own code is called.
"""

from __future__ import annotations

import difflib
import functools
import hashlib
import importlib
import importlib.metadata
import importlib.util
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from kinetics import EXPERIMENTS
from kinetics.experiment import Experiment, Unresolved, Value
from sweeps.grid import Block, Fixed, RequestError
from sweeps.layout import TEXT, Outcome

GROUP = "wellposed.experiments"
"""Entry points by which other distributions add experiments."""

LONGEST_REASON = 500


def find_experiment(reference: str) -> Experiment:
    """The experiment that `reference` names.

    Parameters
    ----------
    reference : str
        A name in `kinetics.EXPERIMENTS`, an entry point in the group ``wellposed.experiments``,
        ``module:attribute``, or ``path/to/file.py:attribute``.

    Raises
    ------
    RequestError
        If there is no such experiment, its module cannot be imported, or it is another one of a name in
        `kinetics.EXPERIMENTS`.
    """
    if reference in EXPERIMENTS:
        return EXPERIMENTS[reference]
    entries = {entry.name: entry.value for entry in importlib.metadata.entry_points(group=GROUP)}
    target = entries.get(reference, reference)
    if ":" in target:
        return _load(reference, *target.rsplit(":", 1))
    known = sorted({*EXPERIMENTS, *entries})
    close = difflib.get_close_matches(reference, known, n=1)
    hint = f"did you mean `{close[0]}`? " if close else ""
    raise RequestError(
        f"There is no experiment `{reference}`; {hint}Known are {', '.join(known) or 'none'}, "
        "and yours as module:attribute or file.py:attribute."
    )


def evaluate_block(experiment: Experiment, fixed: Mapping[str, Value] | Fixed, block: Block) -> xr.Dataset:
    """The answers at every point of `block`.

    A point that fails costs its neighbours nothing: its outcome and the reason say so.

    Parameters
    ----------
    experiment : Experiment
    fixed : mapping, or tuple of (str, value)
        The parameters that do not vary.
    block : Block

    Returns
    -------
    Dataset
        With the dimensions of the block's region and the experiment's own: every output (NaN where there
        is none), `outcome`, `reason` (empty where ``ok``), and those coordinates of the block that vary
        along several dimensions.
    """
    dims = tuple(block.region)
    own = {coordinate.name: len(coordinate.values) for coordinate in experiment.coordinates}
    shapes = {output.name: tuple(own[dim] for dim in output.dims) for output in experiment.outputs}
    values = {name: np.full((*block.shape, *shape), np.nan) for name, shape in shapes.items()}
    outcome = np.zeros(block.shape, np.uint8)
    reason = np.full(block.shape, "", TEXT)
    for index in np.argwhere(block.asked):
        here = tuple(int(i) for i in index)
        point = {**dict(fixed), **_varying(block, dict(zip(dims, here, strict=True)))}
        code, why, answer = _evaluate_point(experiment, point, shapes)
        outcome[here], reason[here] = code, why
        for name, value in answer.items():
            values[name][here] = value
    return xr.Dataset(
        {
            **{
                name: (at, array)
                for name, (at, array) in block.coordinates.items()
                if len(at) > 1 or at[0] != name
            },
            **{output.name: ((*dims, *output.dims), values[output.name]) for output in experiment.outputs},
            "reason": (dims, reason),
            "outcome": (dims, outcome),
        }
    )


def _evaluate_point(
    experiment: Experiment, point: Mapping[str, Value], shapes: Mapping[str, tuple[int, ...]]
) -> tuple[Outcome, str, dict[str, NDArray[Any]]]:
    """Outcome, reason and answer at one point."""
    try:
        answer = _checked(experiment.evaluate(**point), shapes)
    except Unresolved as error:
        return Outcome.UNRESOLVED, _sentence(str(error) or "Unresolved"), {}
    except Exception as error:  # whatever an experiment raises is an answer about this point alone
        return Outcome.FAILED, _sentence(f"{type(error).__name__}: {error}"), {}
    name = experiment.order_parameter
    if name is not None:
        value, spread = float(answer[name]), float(answer[f"{name}_error"])
        if not (np.isfinite([value, spread]).all() and 0 <= spread <= experiment.tolerance):
            why = f"{name} is {value:.6g} ± {spread:.2g}, where ± {experiment.tolerance:.2g} is allowed"
            return Outcome.UNRESOLVED, why, answer
    return Outcome.OK, "", answer


def _checked(
    answer: Mapping[str, Any], shapes: Mapping[str, tuple[int, ...]]
) -> dict[str, NDArray[np.float64]]:
    """`answer` as arrays; raises `ValueError` if its names or shapes are not those declared."""
    if answer.keys() != shapes.keys():
        raise ValueError(f"The outputs must be {', '.join(shapes)}, but are {', '.join(answer)}.")
    arrays = {name: np.asarray(answer[name], np.float64) for name in shapes}
    for name, shape in shapes.items():
        if arrays[name].shape != shape:
            raise ValueError(f"Output `{name}` must have shape {shape}, but has {arrays[name].shape}.")
    return arrays


def _varying(block: Block, position: Mapping[str, int]) -> dict[str, Value]:
    return {
        name: values[tuple(position[dim] for dim in dims)].item()
        for name, (dims, values) in block.coordinates.items()
    }


def _sentence(text: str) -> str:
    """`text` on one line, no longer than anyone reads, and fit for UTF-8."""
    line = " ".join(text.encode(errors="replace").decode().split())
    return line if len(line) <= LONGEST_REASON else line[: LONGEST_REASON - 3] + "..."


def _load(reference: str, module: str, attribute: str) -> Experiment:
    try:
        if module.endswith(".py"):
            path = Path(module).expanduser().resolve()
            loaded = _load_file(path, path.stat().st_mtime_ns)
        else:
            loaded = importlib.import_module(module)
        found = getattr(loaded, attribute)
    except Exception as error:  # a user's module may raise anything when it is imported
        raise RequestError(
            f"Experiment `{reference}` cannot be loaded: {_sentence(f'{type(error).__name__}: {error}')}"
        ) from error
    if not isinstance(found, Experiment):
        raise RequestError(f"`{reference}` must be an Experiment, but is a {type(found).__name__}.")
    if EXPERIMENTS.get(found.name, found) is not found:
        # Sweeps are stored and found again by that name: the answers of two would be taken for each other.
        raise RequestError(
            f"`{reference}` must have a name of its own, but is called `{found.name}` like one of ours."
        )
    return found


@functools.cache
def _load_file(path: Path, modified: int) -> ModuleType:
    """The module in a file, once for each state of it: compiled functions are kept from block to block."""
    # Files in two directories may share the rest.
    place = hashlib.sha256(os.fsencode(path)).hexdigest()[:8]
    name = f"wellposed_{path.stem}_{place}_{modified}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} is no Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses and numba look their module up by name
    spec.loader.exec_module(module)
    return module
