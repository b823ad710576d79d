"""The parameters that several experiments share.

Where an experiment has another default, or where a parameter matters for some of its choices only, it
replaces that field: ``replace(DIMENSION, default=4)``.
"""

from __future__ import annotations

from dataclasses import replace

from wellposed.kinetics.experiment import Parameter

DIMENSION = Parameter("d", "dimension of velocity space", 3, kind="int", lower=2, upper=5)
HBAR = Parameter("hbar", "Planck's constant; 0 is the classical equation", 0.5, lower=0.0, upper=1e3)
POSITIVE_HBAR = replace(HBAR, summary="Planck's constant", lower_open=True)

KIND = Parameter(
    "potential",
    "kappa (1 + k^2)^(-s/4), or kappa exp(-k^2/2)",
    "algebraic",
    kind="choice",
    choices=("algebraic", "gaussian"),
)
KAPPA = Parameter("kappa", "strength of the potential, V(0)", 0.5, lower=0.0, lower_open=True, upper=1e6)
S = Parameter(
    "s",
    "decay of the potential, |V(k)|^2 ~ |k|^-s",
    10.0,
    lower=0.0,
    lower_open=True,
    upper=100.0,
    only_with=("potential", ("algebraic",)),
)
S_OF_ALGEBRAIC = replace(S, only_with=None)
"""The decay where no potential but the algebraic one may be chosen."""

SCREENING = Parameter(
    "screening",
    "dynamical screening by the dielectric function of the Maxwellian, or none",
    "dynamical",
    kind="choice",
    choices=("dynamical", "none"),
)
SECTOR = Parameter("l", "angular sector: degree of the spherical harmonics", 0, kind="int", lower=0, upper=3)
SIZE = Parameter("n", "number of Laguerre functions in the sector", 12, kind="int", lower=1, upper=60)
DATUM = Parameter(
    "datum",
    "half M_(T=1/2) + half M_(T=3/2), or M (1 + 0.2 L_2)",
    "mixture",
    kind="choice",
    choices=("mixture", "bump"),
)
