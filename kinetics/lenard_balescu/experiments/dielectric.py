r"""How near to instability a ring around a core is: the least |epsilon|, and the Penrose margin.

Isotropic data, a Maxwellian core of mass q and a Maxwellian smeared over the sphere ``|v| = r``:

    F = q M_(T_core)(v) + (1 - q) <M_(T_ring)(v - r sigma)>,    sigma uniform on the sphere.

The marginal is a mean of Gaussians, so the response function is a mean of the Maxwellian's.  In d = 2 it has
a dip between core and ring and a strong potential makes it unstable; in d >= 3 every isotropic marginal
falls with |u| and none is.

References
----------
C. Le Bihan, Around the quantum Lenard-Balescu equation, (1.12), (1.19), (1.33).
O. Penrose, Electrostatic instabilities of a uniform non-Maxwellian plasma, Phys. Fluids 3 (1960) 258-265.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

from wellposed.kinetics.experiment import Experiment, Output, Parameter
from wellposed.kinetics.lenard_balescu.dielectric_function.gaussian_marginals import ring_and_core
from wellposed.kinetics.lenard_balescu.dielectric_function.minima import least_crossing, least_epsilon
from wellposed.kinetics.lenard_balescu.interaction.potential import potential_of_kind
from wellposed.kinetics.lenard_balescu.parameters import DIMENSION, HBAR, KAPPA, KIND, S
from wellposed.kinetics.refine import refined

_ROUND_OFF = 1e-14  # of epsilon, where 1 and a term of the size of kappa cancel
_MINIMISATION = 1e-10  # what is left of the least |epsilon| by the search for it
_LEVELS = (24, 48)  # points of the search, and Gaussians of the ring, in proportion


def dielectric(
    d: int,
    hbar: float,
    kappa: float,
    s: float,
    potential: str,
    radius: float,
    ring_temperature: float,
    core_mass: float,
    core_temperature: float,
) -> dict[str, Any]:
    """Returns the Penrose margin and the least |epsilon|; see `EXPERIMENT` for inputs and outputs."""
    V = potential_of_kind(potential, kappa, s)
    gaussians = 24 + math.ceil(6.0 * radius / math.sqrt(ring_temperature))
    found = []
    for n in _LEVELS:
        data = (radius, ring_temperature, core_mass, core_temperature, gaussians * n // 24)
        marginal = ring_and_core(d, *data)
        crossing, where = least_crossing(marginal, hbar, V, n)
        unstable_at = where if crossing < -1.0 else None
        found.append((crossing, *least_epsilon(marginal, hbar, V, n, unstable_at)))
    (coarse, coarse_epsilon, _, _), (crossing, epsilon, k, w) = found
    _, error = (float(part) for part in refined((coarse, crossing), round_off=0.0))
    error += _ROUND_OFF * (1.0 + kappa)
    _, epsilon_error = (float(part) for part in refined((coarse_epsilon, epsilon), round_off=0.0))
    epsilon_error += _MINIMISATION + _ROUND_OFF * kappa
    if (
        unstable_at is None and epsilon <= epsilon_error
    ):  # as small in many places: the waves of a strong potential are undamped
        k = w = math.nan
    # all of it is proportional to kappa
    critical = kappa / -crossing if crossing < -error else math.inf
    return {
        "penrose_margin": 1.0 + crossing,
        "penrose_margin_error": error,
        "least_epsilon": epsilon,
        "least_epsilon_error": epsilon_error,
        "k": k,
        "w": w,
        "critical_kappa": critical,
        "critical_kappa_error": critical * error / -crossing if math.isfinite(critical) else math.inf,
    }


EXPERIMENT = Experiment(
    name="lenard_balescu.dielectric",
    summary="Least |epsilon| and Penrose margin of a ring around a core, and the kappa where it is unstable",
    source="C. Le Bihan, Around the quantum Lenard-Balescu equation, (1.12), (1.19), (1.33)",
    parameters=(
        replace(DIMENSION, default=2),
        HBAR,
        KAPPA,
        S,
        KIND,
        Parameter("radius", "speed of the ring", 2.0, lower=0.0, upper=20.0),
        Parameter("ring_temperature", "temperature of the ring", 0.05, lower=1e-3, upper=10.0),
        Parameter("core_mass", "share of the core in the mass", 0.5, lower=0.0, upper=1.0),
        Parameter("core_temperature", "temperature of the core", 0.1, lower=1e-3, upper=10.0),
    ),
    outputs=(
        Output(
            "penrose_margin",
            "least Re ε where Im ε = 0, over k and w, at most 1; negative: unstable",
            has_error=True,
        ),
        Output("least_epsilon", "least |ε| over k and w, at most 1", has_error=True),
        Output("k", "|k| where |ε| is least; none where that is zero to its error"),
        Output("w", "velocity along k where |ε| is least; none where that is zero to its error"),
        Output("critical_kappa", "κ at which stability is lost; infinite where it never is", has_error=True),
    ),
    evaluate=dielectric,
    order_parameter="penrose_margin",
    tolerance=1e-3,
    version=2,
    points_per_block=4,
)
