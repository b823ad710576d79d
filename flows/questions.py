"""The questions that a program asks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import xarray as xr

from wellposed.flows.execution.complete import complete
from wellposed.flows.kinds import boundary as search
from wellposed.flows.kinds import curve as tracing
from wellposed.flows.kinds import sweep
from wellposed.flows.kinds.audits import find_audit
from wellposed.flows.kinds.job import Options, Recompute
from wellposed.flows.presentation.findings import Findings
from wellposed.sweeps.cluster.file import find_cluster
from wellposed.sweeps.requests.boundary import COARSE


def run(
    experiment: str,
    axes: Mapping[str, Iterable[object]],
    fixed: Mapping[str, object] | None = None,
    catalogue: str | Path = "results",
    *,
    recompute: Recompute = "missing",
    time_limit: float | None = None,
    cluster: str = "local",
) -> xr.Dataset:
    """Evaluates an experiment at every point of a grid, as far as that is not stored already.

    An answer that another sweep of the same version of the experiment holds is taken from there, a failure is
    not.

    Parameters
    ----------
    experiment : str
        A name in `wellposed.kinetics.EXPERIMENTS`, or ``module:attribute``, or ``path/to/file.py:attribute``.
    axes : mapping of str to values
        The parameters that vary.
    fixed : mapping of str to value, optional
        The other parameters; defaults for those not given.
    catalogue : str or Path
        Where the answers are kept.
    recompute : {"missing", "failed", "everything"}
        Which points are computed: those that are not stored, those as well that failed, or all of them.
    time_limit : float, optional
        Seconds after which a point has failed.
    cluster : str
        Where it is computed: ``local``, the address of a Dask scheduler such as ``tcp://host:8786``, or the
        name of an entry in ``clusters.yaml`` (see `wellposed.sweeps.cluster.file`).

    Returns
    -------
    Dataset
        Lazy: read when it is looked at.  Dimensions are the axes and the experiment's own; variables are its
        outputs, the `outcome` of every point and the `reason` where there is no answer.

    Raises
    ------
    RequestError, ParameterError
        If there is no such experiment or cluster, or the request is not allowed.
    CatalogueError
        If the catalogue holds something else or cannot be written.
    ServerError
        If there is no Prefect server to record the run.
    IncompleteError
        If blocks could not be computed.  What could is stored; running again computes the rest.
    """
    place = find_cluster(cluster)
    asked = sweep.prepare(experiment, axes, fixed, catalogue, Options(recompute, time_limit))
    complete([asked], Findings([asked]).markdown, cluster=place)
    return asked.result()


def boundary(
    experiment: str,
    along: str,
    axes: Mapping[str, Iterable[object]] | None = None,
    fixed: Mapping[str, object] | None = None,
    tolerance: float = 1e-6,
    catalogue: str | Path = "results",
    *,
    coarse: int = COARSE,
    neighbours: bool = True,
    recompute: Recompute = "missing",
    time_limit: float | None = None,
    cluster: str = "local",
) -> xr.Dataset:
    """Locates where the order parameter of an experiment changes sign, on a line for each point of a grid.

    Parameters
    ----------
    experiment : str
        A name in `wellposed.kinetics.EXPERIMENTS`, or ``module:attribute``, or ``path/to/file.py:attribute``.
    along : str
        The parameter that varies on a line, between the bounds that the experiment gives it.
    axes : mapping of str to values, optional
        One line for each combination of these.
    fixed : mapping of str to value, optional
        The other parameters; defaults for those not given.
    tolerance : float
        How wide the bracket of a boundary may remain.
    catalogue : str or Path
        Where the evaluations and the boundaries are kept.
    coarse : int
        At how many equidistant points a line is scanned.  Changes of sign that cancel between two of them are
        seen only if the values come down to zero there.
    neighbours : bool
        Whether of five or more lines along axes of numbers only the middle one is scanned, and the others
        start from their neighbours' boundaries: of these, the change of sign that is expected is certified,
        and another one goes unseen.  If not, every line is scanned.
    recompute, time_limit, cluster
        As for `run`; a search with a point that failed is begun again from the start.

    Returns
    -------
    Dataset
        Dimensions are the axes; variables are

        ``boundary``
            where the sign changes; NaN where it is not located;
        ``boundary_lower``, ``boundary_upper``
            evaluated points beside it with certain, opposite signs; NaN where there are none;
        ``boundary_outcome``
            ``located``, ``none`` (one certain sign all along the line), ``tangential`` or ``plateau`` (zeros
            that are no boundary), or ``unresolved``;
        ``sign_changes``, ``evaluations``, ``scanned``
            how many changes were seen, of which the boundary is the lowest, at how many points, and whether
            all of the line was looked at;
        ``zero_position``, ``zero_lower``, ``zero_upper``, ``zero_outcome``
            all zeros that were seen, ascending along a dimension ``zero``.

    Raises
    ------
    RequestError, ParameterError, CatalogueError, ServerError, IncompleteError
        As `run`.
    """
    place, options = find_cluster(cluster), Options(recompute, time_limit)
    asked = search.prepare(experiment, along, axes, fixed, tolerance, catalogue, options, coarse, neighbours)
    complete([asked], Findings([asked]).markdown, cluster=place)
    return asked.result()


def trace(
    experiment: str,
    along: str,
    across: str,
    over: tuple[float, float],
    fixed: Mapping[str, object] | None = None,
    tolerance: float = 1e-6,
    coarse: int = 9,
    depth: int = 2,
    catalogue: str | Path = "results",
    *,
    recompute: Recompute = "missing",
    time_limit: float | None = None,
    cluster: str = "local",
) -> xr.Dataset:
    """Follows the curve in a plane on which the order parameter of an experiment changes sign.

    Parameters
    ----------
    experiment : str
        A name in `wellposed.kinetics.EXPERIMENTS`, or ``module:attribute``, or ``path/to/file.py:attribute``.
    along : str
        One parameter, between the bounds that the experiment gives it.
    across, over : str, (float, float)
        The other parameter, and its range.
    fixed : mapping of str to value, optional
        The other parameters; defaults for those not given.
    tolerance : float
        How wide a bracket along `along` may remain; one along `across` the same part of its range.
    coarse, depth : int
        How many points the first grid has along each axis, and how often a cell that the curve crosses is
        quartered.  A part of the curve that lies within one cell of the first grid is missed.
    catalogue : str or Path
        Where the evaluations are kept.
    recompute, time_limit, cluster
        As for `run`; a search with a point that failed is begun again from the start.

    Returns
    -------
    Dataset
        Along ``vertex``, in the order of the curve: both parameters and the number of the connected ``piece``
        as coordinates; and in ``bracketed`` along which parameter opposite, certain signs were evaluated at
        ``lower`` and ``upper``, ``width`` apart.  Its attribute ``curve_outcome`` is ``located``, ``none`` or
        ``unresolved``.

    Raises
    ------
    RequestError, ParameterError, CatalogueError, ServerError, IncompleteError
        As `run`.
    """
    place, options = find_cluster(cluster), Options(recompute, time_limit)
    asked = tracing.prepare(
        experiment, along, across, over, fixed, tolerance, coarse, depth, catalogue, options
    )
    complete([asked], asked.markdown, cluster=place)
    return asked.result()


def audit(name: str, catalogue: str | Path = "results", *, cluster: str = "local") -> xr.Dataset:
    """Judges every printed claim of a family of equations, measuring what is not stored already.

    Parameters
    ----------
    name : str
        A name in `AUDITS`, such as ``"wave"``.
    catalogue : str or Path
        Where measurements and verdicts are kept.
    cluster : str
        As for `wellposed.flows.run`.

    Returns
    -------
    Dataset
        Along ``claim`` what is printed, the law measured and the verdict; along ``measurement`` all points
        of all claims, ``of_claim`` saying of which.

    Raises
    ------
    RequestError, CatalogueError, ServerError, IncompleteError
        As `wellposed.flows.run`.
    """
    asked, place = find_audit(name), find_cluster(cluster)
    measured = asked.prepare(catalogue)
    measured.complete(place)
    return measured.store().dataset()
