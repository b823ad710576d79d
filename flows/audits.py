"""Audits: every printed claim of a family of equations, judged by measurement."""

from __future__ import annotations

from pathlib import Path

import xarray as xr

from flows import audit_boltzmann, audit_lenard_balescu, audit_wave
from flows.auditing import Audit
from sweeps.cluster_file import find_cluster
from sweeps.grid import RequestError

AUDITS: dict[str, Audit] = {
    one.name: one for one in (audit_wave.AUDIT, audit_boltzmann.AUDIT, audit_lenard_balescu.AUDIT)
}


def find_audit(name: str) -> Audit:
    """The audit called `name`.  Raises `RequestError` if there is none."""
    if name not in AUDITS:
        raise RequestError(f"There is no audit `{name}`; there is {', '.join(AUDITS)}.")
    return AUDITS[name]


def audit(name: str, catalogue: str | Path = "results", *, cluster: str = "local") -> xr.Dataset:
    """Judges every printed claim of a family of equations, measuring what is not stored already.

    Parameters
    ----------
    name : str
        A name in `AUDITS`, such as ``"wave"``.
    catalogue : str or Path
        Where measurements and verdicts are kept.
    cluster : str
        As for `flows.run`.

    Returns
    -------
    Dataset
        Along ``claim`` what is printed, the law measured and the verdict; along ``measurement`` all points
        of all claims, ``of_claim`` saying of which.

    Raises
    ------
    RequestError, CatalogueError, ServerError, IncompleteError
        As `flows.run`.
    """
    asked, place = find_audit(name), find_cluster(cluster)
    measured = asked.prepare(catalogue)
    measured.complete(place)
    return measured.store().dataset()
