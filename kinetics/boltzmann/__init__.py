"""The Boltzmann equation with soft potential and angular cut-off.

Equation numbers are those of Chen, Shen and Zhang, *Well/ill-posedness of the Boltzmann equation with soft
potential*.
"""

from kinetics.experiment import Experiment

EXPERIMENTS: tuple[Experiment, ...] = ()

__all__ = ["EXPERIMENTS"]
