"""The experiments on the Boltzmann equation with soft potential: one module for each, with its name."""

from wellposed.kinetics.boltzmann.experiments import (
    approximation,
    bilinear,
    deflation,
    error_terms,
    relaxation,
    riesz,
    separation,
)
from wellposed.kinetics.experiment import Experiment

EXPERIMENTS: tuple[Experiment, ...] = (
    deflation.EXPERIMENT,
    approximation.EXPERIMENT,
    riesz.EXPERIMENT,
    bilinear.EXPERIMENT,
    error_terms.EXPERIMENT,
    relaxation.EXPERIMENT,
    separation.EXPERIMENT,
)
"""Every experiment of the family, in the order in which they are listed."""
