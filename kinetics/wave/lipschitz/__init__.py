"""The constants of the trilinear bounds, and the Lipschitz constant of the Picard map built on them.

`suprema` finds weighted suprema over frequency, `constants` has the experiment `CONSTANTS` on [AL24, (2.7)],
`forms` one row of the collision operator as a cubic form, and `picard` the experiment `PICARD` on
[AL24, Theorem 2.6].
"""

from wellposed.kinetics.wave.lipschitz.constants import CONSTANTS
from wellposed.kinetics.wave.lipschitz.picard import PICARD

EXPERIMENTS = (CONSTANTS, PICARD)

__all__ = ["CONSTANTS", "EXPERIMENTS", "PICARD"]
