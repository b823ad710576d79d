"""Solutions of the quasilinear Schrödinger equation in time."""

from wellposed.kinetics.schrodinger.evolution.run import evolve

__all__ = ["evolve"]
