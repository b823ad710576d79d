"""The kinetic wave equation of quasilinear Schrödinger models, arXiv:2411.12868, version 1."""

from wellposed.kinetics.compilation_cache import keyed_by_sources

with keyed_by_sources("wave"):
    from wellposed.kinetics.wave.collision import AccuracyWarning, collision
    from wellposed.kinetics.wave.data import Datum, bracket, bracket_k, oscillating
    from wellposed.kinetics.wave.evolution import evolve
    from wellposed.kinetics.wave.experiments import EXPERIMENTS
    from wellposed.kinetics.wave.experiments.dispersion import dispersion_experiment
    from wellposed.kinetics.wave.power_laws import power_law
    from wellposed.kinetics.wave.spatial import trilinear

__all__ = [
    "EXPERIMENTS",
    "AccuracyWarning",
    "Datum",
    "bracket",
    "bracket_k",
    "collision",
    "dispersion_experiment",
    "evolve",
    "oscillating",
    "power_law",
    "trilinear",
]
