"""Four waves with the dispersion relation of excitations of a condensate: sound if long, free if short."""

import math

from numba import njit

from wellposed.kinetics.wave import dispersion_experiment


@njit
def omega(k):
    return k * math.sqrt(1.0 + k * k)


experiment = dispersion_experiment("bogoliubov.dispersion", omega)
