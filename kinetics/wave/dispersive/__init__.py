"""The isotropic collision operator of four waves with any dispersion relation, in one to three dimensions.

`relation` has dispersion relations, `quartets` what a resonant quartet contributes, `angles` the integral
over directions, `supports` where directions exist at all, and `plane` the integral over frequencies.
"""

from wellposed.kinetics.wave.dispersive.plane import collision_over_datum

__all__ = ["collision_over_datum"]
