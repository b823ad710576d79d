"""The collision operator as a spectral method: `operator` has it, `tables` what it is summed from."""

from wellposed.kinetics.boltzmann.collision.operator import CollisionOperator

__all__ = ["CollisionOperator"]
