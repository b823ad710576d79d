"""What is asked of the quantum Lenard–Balescu equation: one module for each experiment, with its name."""

from wellposed.kinetics.experiment import Experiment
from wellposed.kinetics.lenard_balescu.experiments.dielectric import EXPERIMENT as DIELECTRIC
from wellposed.kinetics.lenard_balescu.experiments.dielectric_bounds import EXPERIMENT as DIELECTRIC_BOUNDS
from wellposed.kinetics.lenard_balescu.experiments.dissipation import EXPERIMENT as DISSIPATION
from wellposed.kinetics.lenard_balescu.experiments.existence import EXPERIMENT as EXISTENCE
from wellposed.kinetics.lenard_balescu.experiments.kernel import EXPERIMENT as KERNEL
from wellposed.kinetics.lenard_balescu.experiments.kernel_bound import EXPERIMENT as KERNEL_BOUND
from wellposed.kinetics.lenard_balescu.experiments.large_box import EXPERIMENT as LARGE_BOX
from wellposed.kinetics.lenard_balescu.experiments.norm_forms import EXPERIMENT as NORM_FORMS
from wellposed.kinetics.lenard_balescu.experiments.resolvent import EXPERIMENT as RESOLVENT
from wellposed.kinetics.lenard_balescu.experiments.semiclassical import EXPERIMENT as SEMICLASSICAL
from wellposed.kinetics.lenard_balescu.experiments.torus import EXPERIMENT as TORUS
from wellposed.kinetics.lenard_balescu.experiments.unified import EXPERIMENT as UNIFIED
from wellposed.kinetics.lenard_balescu.experiments.velocity_decay import EXPERIMENT as VELOCITY_DECAY

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
    TORUS,
    LARGE_BOX,
    RESOLVENT,
)

__all__ = ["EXPERIMENTS"]
