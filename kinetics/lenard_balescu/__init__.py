"""The quantum Lenard–Balescu equation and its classical limit.

Equation numbers are those of Le Bihan, *Around the quantum Lenard–Balescu equation*.
"""

from wellposed.kinetics.experiment import Experiment
from wellposed.kinetics.lenard_balescu.dielectric_bounds import EXPERIMENT as DIELECTRIC_BOUNDS
from wellposed.kinetics.lenard_balescu.dissipation import EXPERIMENT as DISSIPATION
from wellposed.kinetics.lenard_balescu.evolution import evolve
from wellposed.kinetics.lenard_balescu.existence import EXPERIMENT as EXISTENCE
from wellposed.kinetics.lenard_balescu.interaction_kernel import kernel
from wellposed.kinetics.lenard_balescu.kernel_bound import EXPERIMENT as KERNEL_BOUND
from wellposed.kinetics.lenard_balescu.kernel_growth import EXPERIMENT as KERNEL
from wellposed.kinetics.lenard_balescu.kernel_norm import operator_norm
from wellposed.kinetics.lenard_balescu.linearised_operator import (
    dissipation_constant,
    kernel_form,
    linearised,
)
from wellposed.kinetics.lenard_balescu.norm_forms import EXPERIMENT as NORM_FORMS
from wellposed.kinetics.lenard_balescu.norms import diffusion, potential_term, sobolev_norm
from wellposed.kinetics.lenard_balescu.potential import Potential, algebraic, custom, gaussian, yukawa
from wellposed.kinetics.lenard_balescu.ring_and_core import EXPERIMENT as DIELECTRIC
from wellposed.kinetics.lenard_balescu.schur import schur_integral, schur_supremum
from wellposed.kinetics.lenard_balescu.screening import dielectric
from wellposed.kinetics.lenard_balescu.semiclassical import EXPERIMENT as SEMICLASSICAL
from wellposed.kinetics.lenard_balescu.sigma_form import boltzmann_collision, cut_off_kernel, quartic_form
from wellposed.kinetics.lenard_balescu.strong_form import collision
from wellposed.kinetics.lenard_balescu.unified import EXPERIMENT as UNIFIED
from wellposed.kinetics.lenard_balescu.velocity_decay import EXPERIMENT as VELOCITY_DECAY

EXPERIMENTS: tuple[Experiment, ...] = (
    DIELECTRIC,
    SEMICLASSICAL,
    KERNEL,
    DISSIPATION,
    EXISTENCE,
    UNIFIED,
    DIELECTRIC_BOUNDS,
    KERNEL_BOUND,
    NORM_FORMS,
    VELOCITY_DECAY,
)

__all__ = [
    "EXPERIMENTS",
    "Potential",
    "algebraic",
    "boltzmann_collision",
    "collision",
    "custom",
    "cut_off_kernel",
    "dielectric",
    "diffusion",
    "dissipation_constant",
    "evolve",
    "gaussian",
    "kernel",
    "kernel_form",
    "linearised",
    "operator_norm",
    "potential_term",
    "quartic_form",
    "schur_integral",
    "schur_supremum",
    "sobolev_norm",
    "yukawa",
]
