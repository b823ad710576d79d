"""The experiments on the Schrödinger equation, each in a module of its own name."""

from wellposed.kinetics.experiment import Experiment
from wellposed.kinetics.schrodinger.experiments import second_order

EXPERIMENTS: tuple[Experiment, ...] = (second_order.EXPERIMENT,)
"""All of them: second order against the kinetic equation."""

__all__ = ["EXPERIMENTS"]
