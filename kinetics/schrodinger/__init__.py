"""The quasilinear Schrödinger equation beneath the kinetic wave equation, arXiv:2411.12868, (1.1)."""

from wellposed.kinetics.compilation_cache import keyed_by_sources

with keyed_by_sources("schrodinger"):
    from wellposed.kinetics.schrodinger.evolution import evolve
    from wellposed.kinetics.schrodinger.second_order import second_order

__all__ = ["evolve", "second_order"]
