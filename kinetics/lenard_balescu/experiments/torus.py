r"""Whether particles on a torus follow the quantum Lenard-Balescu equation at time 0, and until when.

Theorem 1 derives the equation from N particles on a torus of side L, by a system of one- and two-particle
densities (2.16) whose rates tend to those of the equation: L to infinity first, then t.  Here the system is
solved on the torus, with the corrections that its derivation needs: ``K_2 - B`` where ``K_2 + B`` is
published, and no factor 2 before the rate.  The wave of ``k = 2 pi m/L`` recurs after ``L^2/(2 pi hbar)``
over the greatest common divisor of m, where the rate leaves the kinetic one.

In d = 1 two particles exchange their velocities, and there is no kinetic rate.

References
----------
C. Le Bihan, Around the quantum Lenard-Balescu equation, Theorem 1, (1.26), (2.16)-(2.18).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from wellposed.kinetics.experiment import Coordinate, Experiment, Output, Parameter
from wellposed.kinetics.lenard_balescu.two_body.kinetic_rate import (
    kinetic_density,
    kinetic_rate,
    largest_wave_number,
)
from wellposed.kinetics.lenard_balescu.two_body.lattice import lattice_of, rates
from wellposed.kinetics.lenard_balescu.two_body.system import (
    DIMENSION,
    REST,
    refuse_without_rate,
    system_of,
)

FRACTIONS = np.arange(1, 33) / 32.0
"""Times over t."""

LEFT_OUT = 1e-6
"""Share of the gross kinetic rate beyond the largest wave number."""


def torus(L: float, t: float, **of_system: Any) -> dict[str, Any]:
    """Returns the rate of a moment on the torus beside the kinetic one; see `EXPERIMENT`."""
    system = system_of(**of_system)
    data, moment, hbar, V = system.data, system.moment, system.hbar, system.potential
    k, _, gross_density = kinetic_density(data, moment, hbar, V, 1)
    gross = float(np.sum(gross_density))
    lattice = lattice_of(data, moment, L, hbar, largest_wave_number(k, gross_density, LEFT_OUT))
    found = rates(lattice, V, t, FRACTIONS.size, system.sign)
    rate, error = system.factor * found.rate, system.factor * found.error
    # short waves come back often, each at times of its own
    echoes = 1.0 + 2.0 * t * FRACTIONS * hbar * lattice.largest_k / L
    left_out = LEFT_OUT * gross * echoes + (data.cut_off + 1e-12) * gross
    error += abs(system.factor) * left_out + (data.cut_off + 1e-12) * np.max(np.abs(rate))

    is_stable = found.margin[1.0] > 0.0
    kinetic, kinetic_error = kinetic_rate(data, moment, hbar, V) if is_stable else (math.nan, math.inf)
    exists = abs(kinetic) > kinetic_error
    ratio, ratio_error = np.full(rate.size, math.nan), np.full(rate.size, math.inf)
    if exists:
        ratio = rate / kinetic
        ratio_error = (error + np.abs(ratio) * kinetic_error) / abs(kinetic)
    # without a kinetic rate, the distance is that from zero, over what particles gain and lose each
    scale = abs(kinetic) if exists else gross
    distance, distance_error = logarithm(
        abs(float(rate[-1]) - kinetic) / scale, (float(error[-1]) + kinetic_error) / scale
    )
    return {
        "distance": distance,
        "distance_error": distance_error,
        "rate": float(rate[-1]),
        "rate_error": float(error[-1]),
        "ratio": float(ratio[-1]),
        "ratio_error": float(ratio_error[-1]),
        "kinetic_rate": kinetic,
        "kinetic_rate_error": kinetic_error,
        "gross_rate": gross,
        "recurrence": L * L / (2.0 * math.pi * hbar),
        "margin": found.margin[system.sign],
        "growth": found.growth,
        "rate_in_time": rate,
        "rate_in_time_error": error,
        "ratio_in_time": ratio,
        "ratio_in_time_error": ratio_error,
    }


def logarithm(value: float, error: float) -> tuple[float, float]:
    """Returns the decimal logarithm of a distance, and its error: infinite where it may be zero."""
    if not error < value < math.inf:
        return math.log10(value) if 0.0 < value < math.inf else math.nan, math.inf
    return math.log10(value), -math.log10(1.0 - error / value)


EXPERIMENT = Experiment(
    name="lenard_balescu.torus",
    summary="Rate of a moment from the two-body system on a torus, over that of the quantum equation",
    source="C. Le Bihan, Around the quantum Lenard-Balescu equation, Theorem 1, (1.26), (2.16)-(2.18)",
    parameters=(
        DIMENSION,
        Parameter("L", "side of the torus", 30.0, lower=2.0, upper=300.0),
        Parameter("t", "time, of particles of mass one", 16.0, lower=0.0, lower_open=True, upper=1000.0),
        *REST,
    ),
    outputs=(
        Output(
            "distance",
            "log₁₀ |rate/kinetic rate − 1|; in d = 1, log₁₀ of |rate| over the gross rate",
            has_error=True,
        ),
        Output("rate", "rate of the moment at time t, by the time (L^d/N) t", has_error=True),
        Output("ratio", "rate over the kinetic rate", has_error=True),
        Output("kinetic_rate", "∫ψ Q_ħ dv with the constant 2π/(2π)^d", has_error=True),
        Output("gross_rate", "what the kinetic rate would be if gains and losses did not cancel"),
        Output("recurrence", "time after which all waves recur, L²/(2πħ)"),
        Output("margin", "least ε(k, 0) over the wave vectors, at most 1; negative: g grows"),
        Output("growth", "rate at which g grows by waves that do not oscillate; 0: by none"),
        Output("rate_in_time", "rate of the moment", dims=("fraction",), has_error=True),
        Output("ratio_in_time", "rate over the kinetic rate", dims=("fraction",), has_error=True),
    ),
    evaluate=torus,
    coordinates=(Coordinate("fraction", "time over t", FRACTIONS),),
    order_parameter="distance",
    tolerance=0.2,
    points_per_block=1,
    check=refuse_without_rate,
)
