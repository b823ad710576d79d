"""Kinetic equations as numerical experiments: solvers in numba, without input or output.

`EXPERIMENTS` is the table of everything that can be swept, by name.
"""

from wellposed.kinetics.compilation_cache import keyed_by_sources
from wellposed.kinetics.experiment import Experiment

with keyed_by_sources("wave"):
    from wellposed.kinetics.wave import (
        averaging,
        evolution,
        fourth_wave,
        growth,
        lipschitz,
        loss_bound,
        parts,
        spectra,
    )
    from wellposed.kinetics.wave.spatial import bounds
with keyed_by_sources("boltzmann"):
    from wellposed.kinetics import boltzmann
with keyed_by_sources("lenard_balescu"):
    from wellposed.kinetics import lenard_balescu

EXPERIMENTS: dict[str, Experiment] = {
    experiment.name: experiment
    for experiment in (
        growth.EXPERIMENT,
        parts.EXPERIMENT,
        fourth_wave.EXPERIMENT,
        *lipschitz.EXPERIMENTS,
        averaging.EXPERIMENT,
        bounds.EXPERIMENT,
        loss_bound.EXPERIMENT,
        evolution.EVOLUTION,
        spectra.SPECTRA,
        *boltzmann.EXPERIMENTS,
        *lenard_balescu.EXPERIMENTS,
    )
}
"""Every experiment that comes with wellposed, by name."""

__all__ = ["EXPERIMENTS"]
