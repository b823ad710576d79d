"""The experiments on the Schrödinger equation, each in a module of its own name."""

from wellposed.kinetics.experiment import Experiment
from wellposed.kinetics.schrodinger.experiments import energy, estimates, norms, second_order, sobolev

EXPERIMENTS: tuple[Experiment, ...] = (
    second_order.EXPERIMENT,
    norms.EXPERIMENT,
    energy.EXPERIMENT,
    estimates.EXPERIMENT,
    sobolev.EXPERIMENT,
)
"""All of them: second order against the kinetic equation, norms of solutions, estimates behind them."""

__all__ = ["EXPERIMENTS"]
