"""The collision operator.

`operator` has it as a spectral method, `tables` what it is summed from, and `exact_solution` a density whose
rate of change is known.
"""

from wellposed.kinetics.boltzmann.collision.operator import CollisionOperator

__all__ = ["CollisionOperator"]
