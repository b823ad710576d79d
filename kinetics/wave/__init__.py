"""The kinetic wave equation of quasilinear Schrödinger models, arXiv:2411.12868."""

from kinetics.wave.collision import AccuracyWarning, collision
from kinetics.wave.data import Datum, bracket, bracket_k, oscillating
from kinetics.wave.evolution import evolve
from kinetics.wave.spatial import trilinear
from kinetics.wave.spectra import power_law

__all__ = [
    "AccuracyWarning",
    "Datum",
    "bracket",
    "bracket_k",
    "collision",
    "evolve",
    "oscillating",
    "power_law",
    "trilinear",
]
