"""What several experiments on the Schrödinger equation share.

References
----------
[AL24] I. Ampatzoglou, T. Léger, On the ill-posedness of kinetic wave equations, arXiv:2411.12868.
"""

from __future__ import annotations

from wellposed.kinetics.experiment import Parameter

BETA = Parameter(
    "beta",
    "derivatives |nabla|^beta in each factor of the cubic term [AL24, (1.1)]",
    0.25,
    lower=0.0,
    upper=1.0,
)
SIDE = Parameter("side", "side of the torus", 1.0, lower=1e-6, upper=1e6)
EPSILON = Parameter("epsilon", "factor of the cubic term; 1 in [AL24, (1.1)]", 1.0, lower=-1e6, upper=1e6)
TIME = Parameter("t", "time at which second order is compared", 30.0, lower=0.0, lower_open=True, upper=1e6)
PERIOD = Parameter("L", "side of the torus", 24.0, lower=0.1, upper=1e4)
DECAY = Parameter(
    "M",
    "decay of the variances n_k = <k>^(-M) [AL24, Remark 1.5]",
    8.0,
    lower=6.0,
    upper=100.0,
    lower_open=True,
)
OPERATOR = Parameter(
    "operator",
    "all of second order, or its gain alone [AL24, (3.3), (4.1)]",
    "full",
    kind="choice",
    choices=("full", "gain"),
)
SOBOLEV = Parameter("s", "order of the norm, ||u||_{H^s} [AL24, Theorem B.1]", 3.0, lower=3.0, upper=5.0)
AMPLITUDE = Parameter(
    "amplitude",
    "norm ||u_0||_{H^s} of the datum [AL24, Theorem B.1]",
    1.0,
    lower=1e-6,
    upper=1e4,
)
