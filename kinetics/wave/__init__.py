"""The kinetic wave equation of quasilinear Schrödinger models, arXiv:2411.12868."""

from wellposed.kinetics.experiment import Experiment
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
from wellposed.kinetics.wave.collision import AccuracyWarning, collision
from wellposed.kinetics.wave.data import Datum, bracket, bracket_k, oscillating
from wellposed.kinetics.wave.evolution import evolve
from wellposed.kinetics.wave.spatial import bounds, trilinear
from wellposed.kinetics.wave.spectra import power_law

EXPERIMENTS: tuple[Experiment, ...] = (
    growth.EXPERIMENT,
    parts.EXPERIMENT,
    fourth_wave.EXPERIMENT,
    *lipschitz.EXPERIMENTS,
    averaging.EXPERIMENT,
    bounds.EXPERIMENT,
    loss_bound.EXPERIMENT,
    evolution.EVOLUTION,
    spectra.SPECTRA,
)

__all__ = [
    "EXPERIMENTS",
    "AccuracyWarning",
    "Datum",
    "bracket",
    "bracket_k",
    "collision",
    "evolve",
    "oscillating",
    "power_law",
    "trilinear",
]
