"""The kinetic wave equation in time, truncated to finite frequencies.

`uniform` and `quartets` are two discrete collision operators, `grids` what they live on, `integration` steps
in time, `run` has `evolve`, and `departure` the rates at which solutions leave their datum.
"""

from wellposed.kinetics.wave.evolution.grids import Grid, collision_rate, geometric_grid, uniform_grid
from wellposed.kinetics.wave.evolution.run import evolve

__all__ = ["Grid", "collision_rate", "evolve", "geometric_grid", "uniform_grid"]
