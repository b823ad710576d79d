"""The Boltzmann equation with soft potential and angular cut-off.

Equation numbers are those of Chen, Shen and Zhang, *Well/ill-posedness of the Boltzmann equation with soft
potential*.
"""

from wellposed.kinetics.boltzmann import (
    approximation,
    bilinear,
    deflation,
    error_terms,
    relaxation,
    riesz,
    separation,
)
from wellposed.kinetics.boltzmann.bilinear import loss_ratio
from wellposed.kinetics.boltzmann.collision import CollisionOperator
from wellposed.kinetics.boltzmann.exact_solution import bkw
from wellposed.kinetics.boltzmann.riesz import riesz_shell
from wellposed.kinetics.boltzmann.rock_and_needles import Needles, needles
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

__all__ = ["EXPERIMENTS", "CollisionOperator", "Needles", "bkw", "loss_ratio", "needles", "riesz_shell"]
