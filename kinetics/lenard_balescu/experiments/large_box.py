r"""The large box limit of the two-body system, and its limit as time grows: Theorem 1 at time 0.

On the whole of R^d, (2.19), the rate of a moment tends to that of the quantum Lenard-Balescu equation, up to
a distance ``t^-p`` that is due to long waves.  As published, with ``K_2 + B``, waves grow where ``V(0)``
exceeds a threshold, and below it the limit has the screening of (1.12) as published and a factor 2.

References
----------
C. Le Bihan, Around the quantum Lenard-Balescu equation, Theorem 1, (1.23), (1.26), (2.16), (2.19).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from wellposed.kinetics.experiment import Coordinate, Experiment, Output, Parameter
from wellposed.kinetics.exponent import GrowthExponent, growth_exponent
from wellposed.kinetics.lenard_balescu.interaction.normalisation import NORMALISATIONS
from wellposed.kinetics.lenard_balescu.two_body.continuum import infinite_rates
from wellposed.kinetics.lenard_balescu.two_body.kinetic_rate import (
    kinetic_density,
    kinetic_rate,
    largest_wave_number,
)
from wellposed.kinetics.lenard_balescu.two_body.stability import margin_and_growth, smallness
from wellposed.kinetics.lenard_balescu.two_body.system import (
    DIMENSION,
    REST,
    refuse_without_rate,
    system_of,
)
from wellposed.kinetics.refine import limit, refined

FRACTIONS = 2.0 ** (0.5 * np.arange(-12.0, 1.0))
"""Times over t."""

LEFT_OUT = 1e-9
"""Share of the gross kinetic rate beyond the largest wave number."""

_DYADIC = 2 ** np.arange(7)
_PARTS = 64

_SEARCHES = (24, 48)  # wave numbers that are tried for the growth of waves
_LAST_MEMBERS = 4  # of a sequence, by which its limit is known
_ROUND_OFF = 1e-9  # of a rate of growth, by the search for its wave number


def large_box(t: float, **of_system: Any) -> dict[str, Any]:
    """Returns how the rate tends to the kinetic one, and whether waves grow; see `EXPERIMENT`."""
    system = system_of(**of_system)
    data, moment, hbar, V = system.data, system.moment, system.hbar, system.potential
    levels = [margin_and_growth(data, hbar, V, system.sign, n) for n in _SEARCHES]
    (margin, growth), (margin_error, growth_error) = (part.tolist() for part in refined(levels, _ROUND_OFF))

    k, _, gross_density = kinetic_density(data, moment, hbar, V, 1)
    gross = float(np.sum(gross_density))
    largest_k = largest_wave_number(k, gross_density, LEFT_OUT)
    rate, error = np.empty((2, FRACTIONS.size))
    # t and its halves; and what is between them
    for last, places in ((t, slice(0, None, 2)), (t / math.sqrt(2.0), slice(1, None, 2))):
        found = infinite_rates(data, moment, hbar, V, largest_k, last, _PARTS, system.sign)
        at = _DYADIC[-rate[places].size :] - 1
        rate[places], error[places] = (system.factor * part[at] for part in found)
    error += abs(system.factor) * (LEFT_OUT + data.cut_off) * gross
    is_stable = margin_and_growth(data, hbar, V, 1.0, _SEARCHES[0])[0] > 0.0
    kinetic, kinetic_error = kinetic_rate(data, moment, hbar, V) if is_stable else (math.nan, math.inf)
    exists = abs(kinetic) > kinetic_error
    # without a kinetic rate, what particles gain and lose each is the unit
    unit = kinetic if exists else gross
    ratio = rate / unit
    ratio_error = (
        (error + np.abs(ratio) * kinetic_error) / abs(unit) if is_stable else np.full(rate.size, math.inf)
    )
    last, last_error = (math.nan, math.inf)
    order = GrowthExponent(math.nan, math.inf, math.nan)
    if is_stable and growth == 0.0:
        noise = float(np.max(ratio_error[::2][-_LAST_MEMBERS:]))
        last, last_error = limit(ratio[::2].tolist(), noise=noise)
        order = growth_exponent(t * FRACTIONS, ratio - (1.0 if exists else 0.0), ratio_error)
    published = NORMALISATIONS["physical"]
    return {
        "margin": margin,
        "margin_error": margin_error,
        "growth": growth,
        "growth_error": growth_error,
        "limit": last,
        "limit_error": last_error,
        "limit_published": published * last,
        "limit_published_error": published * last_error,
        "order": -order.value,
        "order_error": order.error,
        "kinetic_rate": kinetic,
        "kinetic_rate_error": kinetic_error,
        "smallness": smallness(data, V) if data.is_isotropic else math.nan,
        "ratio": ratio,
        "ratio_error": ratio_error,
    }


EXPERIMENT = Experiment(
    name="lenard_balescu.large_box",
    summary="Limit in time of the rate of a moment from the two-body system, over that of the equation",
    source="C. Le Bihan, Around the quantum Lenard-Balescu equation, Theorem 1, (1.26), (2.16), (2.19)",
    parameters=(
        DIMENSION,
        Parameter("t", "last time, of particles of mass one", 64.0, lower=1.0, upper=1024.0),
        *REST,
    ),
    outputs=(
        Output("margin", "least ε(k, 0), at most 1; negative: waves grow", has_error=True),
        Output("growth", "rate at which g grows by waves that do not oscillate; 0: by none", has_error=True),
        Output("limit", "limit in time of rate/kinetic rate; none where waves grow", has_error=True),
        Output("limit_published", "the same over the kinetic rate with c_d = 2/(2π)^d", has_error=True),
        Output("order", "p of the distance from the limit, which falls as t^−p", has_error=True),
        Output("kinetic_rate", "∫ψ Q_ħ dv with the constant 2π/(2π)^d", has_error=True),
        Output("smallness", "sup⟨v⟩^2d |⟨∇⟩²f| sup V, below 1/2 in (1.23); of isotropic data"),
        Output(
            "ratio",
            "rate over the kinetic rate; in d = 1 over the gross rate",
            dims=("fraction",),
            has_error=True,
        ),
    ),
    evaluate=large_box,
    coordinates=(Coordinate("fraction", "time over t", FRACTIONS),),
    order_parameter="margin",
    tolerance=0.01,
    points_per_block=1,
    check=refuse_without_rate,
    version=2,
)
