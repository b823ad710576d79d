"""The quasilinear Schrödinger equation beneath the kinetic wave equation, arXiv:2411.12868, (1.1)."""

from wellposed.kinetics.schrodinger.evolution import evolve

__all__ = ["evolve"]
