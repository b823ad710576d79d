"""The answer to a sweep, as a value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import xarray as xr

from wellposed.sweeps.requests.grid import Fixed, Sweep

if TYPE_CHECKING:
    from wellposed.kinetics.experiment import Experiment


@dataclass(frozen=True, eq=False)
class SweepAnswer:
    """The answer to a sweep, as far as it is stored.

    Attributes
    ----------
    id : str
        Of the sweep.
    experiment : Experiment
    sweep : Sweep
    stored : Dataset
        All that is stored, lazy.
    """

    id: str
    experiment: Experiment
    sweep: Sweep
    stored: xr.Dataset

    @property
    def fixed(self) -> Fixed:
        """The parameters that are the same at all points."""
        return self.sweep.fixed
