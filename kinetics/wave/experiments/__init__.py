"""The experiments on the kinetic wave equation, each in a module of its own name."""

from wellposed.kinetics.experiment import Experiment
from wellposed.kinetics.wave.experiments import (
    averaging,
    dephasing,
    dispersion,
    dispersion_spectra,
    evolution,
    fourth_wave,
    gain_bound,
    growth,
    lipschitz,
    loss_bound,
    parts,
    picard,
    spectra,
    trilinear,
)

EXPERIMENTS: tuple[Experiment, ...] = (
    growth.EXPERIMENT,
    parts.EXPERIMENT,
    fourth_wave.EXPERIMENT,
    lipschitz.EXPERIMENT,
    picard.EXPERIMENT,
    averaging.EXPERIMENT,
    trilinear.EXPERIMENT,
    loss_bound.EXPERIMENT,
    gain_bound.EXPERIMENT,
    evolution.EXPERIMENT,
    dephasing.EXPERIMENT,
    spectra.EXPERIMENT,
    dispersion.EXPERIMENT,
    dispersion_spectra.EXPERIMENT,
)
"""All of them: growth of the collision term, its bounds, solutions in time, stationary spectra."""

__all__ = ["EXPERIMENTS"]
