"""The curve in a stored search for one, as a dataset over its vertices."""

from __future__ import annotations

import xarray as xr

from wellposed.errors import CatalogueError

VERTEX = "vertex"

POSITIONS = {"across": "vertex_across", "along": "vertex_along"}
"""The attribute that names a parameter of the plane, and the variable that has its values."""

BRACKETS = ("bracketed", "lower", "upper", "width")

COUNTS = ("curve_vertices", "curve_evaluations", "curve_outcome")


def stored_curve(stored: xr.Dataset) -> xr.Dataset:
    """Returns the curve that a search has found and stored.

    Parameters
    ----------
    stored : Dataset
        The whole store of a search for a curve that is finished.

    Returns
    -------
    Dataset
        In memory, along ``vertex``, in the order of the curve: both parameters and the number of the
        connected ``piece`` as coordinates; and in ``bracketed`` along which parameter certain, opposite signs
        were evaluated at ``lower`` and ``upper``, ``width`` apart.  Its attribute ``curve_outcome`` is
        ``located``, ``none`` or ``unresolved``, and ``evaluations`` says at how many points that took.

    Raises
    ------
    CatalogueError
        If the dataset holds no curve.
    """
    needed = {*POSITIONS.values(), *(f"vertex_{name}" for name in (*BRACKETS, "piece")), *COUNTS}
    if unsaid := [name for name in POSITIONS if name not in stored.attrs]:
        raise CatalogueError(
            f"This dataset has lost its attribute `{unsaid[0]}`, which names a parameter of its curve."
        )
    if lost := sorted(needed - set(stored.data_vars)):
        raise CatalogueError(
            f"This dataset has no `{lost[0]}`, so it is no search for a curve, or no whole one, or it was "
            "stored by an older version: the command `curve` finds it anew."
        )
    if stored["curve_outcome"].dims:
        raise CatalogueError("This dataset holds several curves: select one of them.")
    outcome = str(stored["curve_outcome"].item())
    if not outcome:
        raise CatalogueError("This search for a curve is not finished: the same command completes it.")
    count = int(stored["curve_vertices"].item())
    if count > stored.sizes[VERTEX]:
        raise CatalogueError(
            f"This dataset holds {stored.sizes[VERTEX]} of the {count} vertices of its curve: open all of it."
        )
    here = {VERTEX: slice(0, count)}
    names = [*POSITIONS.values(), "vertex_piece", *(f"vertex_{name}" for name in BRACKETS)]
    part = stored[names].isel(here).load()
    positions = {str(stored.attrs[name]): part[variable].variable for name, variable in POSITIONS.items()}
    return xr.Dataset(
        {name: part[f"vertex_{name}"].variable for name in BRACKETS},
        {**positions, "piece": part["vertex_piece"].variable},
        {
            **{name: value for name, value in stored.attrs.items() if name != "versions"},
            "curve_outcome": outcome,
            "evaluations": int(stored["curve_evaluations"].item()),
        },
    )
