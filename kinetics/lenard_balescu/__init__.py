"""The quantum Lenard–Balescu equation and its classical limit.

Equation numbers are those of Le Bihan, *Around the quantum Lenard–Balescu equation*.
"""

from kinetics.experiment import Experiment

EXPERIMENTS: tuple[Experiment, ...] = ()

__all__ = ["EXPERIMENTS"]
