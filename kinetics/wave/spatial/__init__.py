"""The trilinear operators of [AL24, section 2] in three dimensions, and how far their bounds reach."""

from wellposed.kinetics.wave.spatial.operators import trilinear

__all__ = ["trilinear"]
