"""What several experiments on the kinetic wave equation share: parameters, and the thresholds of the paper.

References
----------
[AL24] I. Ampatzoglou, T. Léger, On the ill-posedness of kinetic wave equations, arXiv:2411.12868.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Literal

import numpy as np

from wellposed.kinetics.experiment import Coordinate, Parameter, PrintedThreshold

NORMALISATIONS = {"paper": 64.0 * math.pi**3, "exact": 2.0 * math.pi**2}
"""The constant K0: as published in [AL24, (3.2)], and as follows from (1.3), ``dk = sqrt(w)/2 dw dTheta``.

The first is the second times ``32 pi``, a rescaling of time.
"""

BETA = Parameter(
    "beta",
    "exponent of the interaction, (|k1||k2||k3||k4|)^(2 beta) [AL24, (1.3)]",
    0.25,
    lower=0.0,
    upper=1.0,
)
DECAY = Parameter(
    "M",
    "decay of the datum: <k>^(-M), or <omega>^(-M/2) [AL24, Theorem 2.6]",
    8.0,
    lower=6.0,
    upper=100.0,
    lower_open=True,
)
FREQUENCY = Parameter(
    "N",
    "frequency of the datum's oscillation, cos(N omega) [AL24, section 5.1]",
    20,
    kind="int",
    lower=1,
    upper=10_000,
    only_with=("datum", ("oscillating",)),
)
MEAN = Parameter(
    "A",
    "mean of the oscillating factor A + cos(N omega), which is not negative for A >= 1 [AL24, section 5.1]",
    100.0,
    lower=1.0,
    upper=1e6,
    only_with=("datum", ("oscillating",)),
)
KIND = Parameter(
    "datum",
    "<omega>^(-M/2), <k>^(-M), or (A + cos N omega) <omega>^(-M/2) [AL24, sections 4.3, 1.3, 5.1]",
    "bracket",
    kind="choice",
    choices=("bracket", "bracket_k", "oscillating"),
)
OPERATOR = Parameter(
    "operator",
    "full collision operator, gain alone or loss alone [AL24, (3.3), (4.1)]",
    "gain",
    kind="choice",
    choices=("full", "gain", "loss"),
)
FULL_OR_GAIN = Parameter(
    "operator",
    "full collision operator, or its gain alone [AL24, (3.3), (4.1)]",
    "full",
    kind="choice",
    choices=("full", "gain"),
)
WEIGHT = Parameter(
    "weight",
    "weight of the space, <omega>^(M/2) or <k>^M [AL24, sections 4.3, 1.3]",
    "bracket_k",
    kind="choice",
    choices=("bracket", "bracket_k"),
)
SHAPE = Parameter(
    "datum",
    "<k>^(-M), <k - shift e_z>^(-M), or (1 + kx^2 + ky^2 + (stretch kz)^2)^(-M/2)",
    "radial",
    kind="choice",
    choices=("radial", "shifted", "stretched"),
)
SHIFT = Parameter(
    "shift",
    "distance of the shifted datum's centre from the origin",
    1.0,
    lower=0.0,
    upper=4.0,
    only_with=("datum", ("shifted",)),
)
STRETCH = Parameter(
    "stretch",
    "ratio of the stretched datum's axes",
    2.0,
    lower=1.0,
    upper=4.0,
    only_with=("datum", ("stretched",)),
)
NORMALISATION = Parameter(
    "normalisation",
    "the constant K0: as published, or as follows from (1.3) [AL24, (1.3), (3.2)]",
    "paper",
    kind="choice",
    choices=tuple(NORMALISATIONS),
)

DOUBLING_FREQUENCIES = 2.0 * math.pi * 2.0 ** np.arange(25)
"""Frequencies ``omega_1`` that double, at which ``cos(N omega_1) = 1`` for every integer N.

Sampled at other phases, the leading term of the full operator of an oscillating datum, proportional to
``cos(N omega)``, would make the local slopes scatter.
"""

LARGEST_FREQUENCIES = 2.0 ** np.arange(29)
"""Truncations ``Omega`` of a supremum over frequency."""

TRUNCATIONS = Coordinate("omega_max", "frequency Ω that ω₁ is not to exceed", LARGEST_FREQUENCIES)


def quarter(
    source: str,
    when: Mapping[str, tuple[str | int, ...]] | None = None,
    relation: Literal["=", "≥", "≤"] = "=",
) -> PrintedThreshold:
    """Returns the threshold ``beta = 1/4`` as the theorem or remark `source` has it."""
    return PrintedThreshold("beta", 0.25, "1/4", source, when or {}, relation)


def three_quarters(source: str, when: Mapping[str, tuple[str | int, ...]]) -> PrintedThreshold:
    """Returns the threshold ``beta = 3/4`` as the theorem or remark `source` has it."""
    return PrintedThreshold("beta", 0.75, "3/4", source, when)


ILL_POSEDNESS = (
    quarter("Theorem 4.2", {"operator": ("gain",), "datum": ("bracket", "bracket_k")}),
    quarter("Theorem 5.1", {"operator": ("full",), "datum": ("oscillating",)}),
    three_quarters("Remark 1.5", {"operator": ("full",), "datum": ("bracket", "bracket_k")}),
)
"""Where the equation becomes ill-posed, by operator and datum."""
