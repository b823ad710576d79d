"""Power laws in the kinetic wave equation: which are stationary, where their interactions are local.

`integral` has the collision integral of a power law, and `zeros` the exponents at which it vanishes.
"""

from wellposed.kinetics.wave.power_laws.integral import local_range, power_law

__all__ = ["local_range", "power_law"]
