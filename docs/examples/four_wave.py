"""Four waves with dispersion omega = k^alpha in three dimensions: how fast the gain term of a datum grows.

For radial data and the kernel (k1 k2 k3 k4)^(2 beta) the angles can be integrated if alpha >= 1.  That leaves

    G = w1^((2 beta - 1)/alpha) int int (w2 w3 w4)^((2 beta + 2)/alpha - 1) min(w1, w2, w3)^(1/alpha)
        (n1 + n2) n3 n4 dw2 dw3,     w4 = w1 + w2 - w3 >= w3,

over frequencies w, here for n = (1 + k^4)^(-M/4).  The order parameter is s in G / n1 ~ w1^s.
"""

import numpy as np

from wellposed import Experiment, Output, Parameter
from wellposed.kinetics.exponent import growth_exponent
from wellposed.kinetics.quadrature import gauss_legendre

OMEGA, PANELS = 2.0 ** np.arange(3, 19), 16


def gain(w1, alpha, beta, M, nodes, reach):
    """G / n1 by Gauss-Legendre panels in log w2 and log w3, from 1/reach to w1 reach."""
    x, weight = gauss_legendre(nodes)
    x, weight = (np.arange(PANELS)[:, None] + x).ravel() / PANELS, np.tile(weight, PANELS) / PANELS
    total = 0.0

    def n(w, unit=1.0):
        return ((1 + w ** (4 / alpha)) / unit) ** (-M / 4)

    for low, high in ((1 / reach, w1), (w1, w1 * reach)):  # panels end at the kinks, w2 = w1 and w3 = w2
        w2 = low * (high / low) ** x[:, None]
        least = np.minimum(w1, w2)
        for lower, upper in ((1 / reach, least), (least, (w1 + w2) / 2)):
            w3 = lower * (upper / lower) ** x
            w4 = w1 + w2 - w3
            area = np.outer(weight, weight) * np.log(high / low) * np.log(upper / lower) * w2 * w3
            kernel = (w2 * w3 * w4) ** ((2 * beta + 2) / alpha - 1) * np.minimum(least, w3) ** (1 / alpha)
            total += np.sum(area * kernel * (n(w1) + n(w2)) * n(w3) * n(w4, 1 + w1 ** (4 / alpha)))
    return w1 ** ((2 * beta - 1) / alpha) * total


def growth(alpha, beta, M):
    coarse = np.array([gain(w1, alpha, beta, M, 10, 1e10) for w1 in OMEGA])
    fine = np.array([gain(w1, alpha, beta, M, 16, 1e13) for w1 in OMEGA])
    found = growth_exponent(OMEGA, fine, np.abs(fine - coarse))
    return {"growth": found.value, "growth_error": found.error}


experiment = Experiment(
    name="four_wave.growth",
    summary="Growth exponent of the weighted gain term of four waves with dispersion k^alpha",
    source="docs/own-experiment.md",
    parameters=(
        Parameter("alpha", "exponent of the dispersion, omega = k^alpha", 2.0, lower=1.0, upper=4.0),
        Parameter("beta", "exponent of the kernel, (k1 k2 k3 k4)^(2 beta)", 0.25, lower=0.0, upper=1.0),
        Parameter("M", "decay of the datum, k^(-M)", 8.0, lower=6.0, upper=40.0, lower_open=True),
    ),
    outputs=(Output("growth", "growth exponent in omega", has_error=True),),
    evaluate=growth,
    order_parameter="growth",
    tolerance=0.05,
)
