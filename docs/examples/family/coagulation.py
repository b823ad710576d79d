"""Smoluchowski's coagulation equation as a family: one experiment, two claims, a study and an audit.

Particles of masses x and y coagulate at the rate (x + y)^degree n(x) n(y).  Particles of mass x are lost with
the frequency

    L(x) = int_0^oo (x + y)^degree n(y) dy,     here for n = (1 + y)^(-decay).

White (1980) shows that mass is conserved for all times if the rate grows at most linearly.  The order
parameter is s in L(x)/x ~ x^s.
"""

import numpy as np

from wellposed import Audit, Claim, Experiment, Family, Linear, Output, Parameter, PrintedThreshold, Study
from wellposed import question as ask
from wellposed.kinetics.exponent import growth_exponent
from wellposed.kinetics.quadrature import gauss_legendre

MASS, PANELS = 2.0 ** np.arange(4, 24), 64


def loss(degree, decay, nodes, reach):
    """L at all masses, by Gauss-Legendre panels in log(1 + y), from 0 to log(reach)."""
    x, weight = gauss_legendre(nodes)
    t = np.log(reach) * (np.arange(PANELS)[:, None] + x).ravel() / PANELS
    y, weight = np.expm1(t), np.tile(weight, PANELS) * np.log(reach) / PANELS
    return (MASS[:, None] + y) ** degree @ (weight * (1 + y) ** (1 - decay))


def growth(degree, decay):
    coarse, fine = loss(degree, decay, 8, 1e15), loss(degree, decay, 12, 1e18)
    found = growth_exponent(MASS, fine / MASS, np.abs(fine - coarse) / MASS)
    return {"growth": found.value, "growth_error": found.error}


GROWTH = Experiment(
    name="coagulation.growth",
    summary="Growth exponent of the loss frequency over the mass, L(x)/x ~ x^s",
    source="White (1980), assumption on the kernel",
    parameters=(
        Parameter("degree", "exponent of the rate, (x + y)^degree", 0.5, lower=0.0, upper=1.5),
        Parameter("decay", "decay of the datum, (1 + y)^(-decay)", 4.0, lower=3.0, upper=10.0),
    ),
    outputs=(Output("growth", "growth exponent in x", has_error=True),),
    evaluate=growth,
    order_parameter="growth",
    tolerance=0.05,
    thresholds=(PrintedThreshold("degree", 1.0, "1", "White (1980)"),),
)

PLANE = {"degree": [0.0, 0.25, 0.5, 0.75, 1.0, 1.25, 1.5], "decay": [3, 4, 6, 8]}

FAMILY = Family(
    name="coagulation",
    title="Coagulation equation",
    paper="W. H. White, A global existence theorem for Smoluchowski's coagulation equations, 1980",
    experiments=(GROWTH,),
    claims=(
        Claim(
            "assumption",
            "L(x)/x ≲ 1",
            "≲",
            Linear(0.0),
            "coagulation.growth",
            "growth",
            domain=lambda point: point["degree"] <= 1,
            condition="degree ≤ 1",
        ),
        Claim(
            "by hand",
            "L(x)/x ≈ x^(degree−1)",
            "≈",
            Linear(-1.0, {"degree": 1.0}),
            "coagulation.growth",
            "growth",
        ),
    ),
    studies=(
        Study(
            "coagulation",
            "Where the loss frequency of coagulation grows faster than the mass",
            (
                ask("boundary", "coagulation.growth", along="degree", axes={"decay": [3, 4, 6, 8]}),
                ask("sweep", "coagulation.growth", axes=PLANE),
            ),
        ),
    ),
    audit=Audit(
        "Audit of the coagulation equation",
        (
            ask("boundary", "coagulation.growth", along="degree", axes={"decay": [4]}),
            ask("sweep", "coagulation.growth", axes=PLANE),
        ),
        "*Published* is an exponent of the mass.",
    ),
)
