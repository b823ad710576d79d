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
SIDE = Parameter("side", "side of the torus", 1.0, lower=0.0, lower_open=True)
EPSILON = Parameter("epsilon", "factor of the cubic term; 1 in [AL24, (1.1)]", 1.0)
