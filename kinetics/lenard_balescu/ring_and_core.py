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
from dataclasses import dataclass
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray
from scipy.optimize import brentq, minimize, minimize_scalar
from scipy.special import roots_gegenbauer

from wellposed.kinetics.experiment import Experiment, Output, Parameter
from wellposed.kinetics.lenard_balescu.evolution import D
from wellposed.kinetics.lenard_balescu.potential import KAPPA, KIND, Potential, S, potential_of_kind
from wellposed.kinetics.lenard_balescu.response import response_difference
from wellposed.kinetics.lenard_balescu.screening import HBAR
from wellposed.kinetics.lenard_balescu.stability import crossings

Array = NDArray[np.float64]

_ROUND_OFF = 1e-14
_MINIMA = 4  # of |epsilon| on the grid, that are refined


@dataclass(frozen=True, eq=False)
class GaussianMarginal:
    """A marginal that is a sum of Gaussians, each of a mass, a centre and a width, (n,)."""

    masses: Array
    centres: Array
    widths: Array

    @property
    def reach(self) -> float:
        """Beyond it the marginal is round-off."""
        return float(np.max(np.abs(self.centres) + 9.0 * self.widths))

    def response_difference(self, w: Array, a: Array) -> NDArray[np.complex128]:
        """``[R_F(w + a) - R_F(w)]/a`` for ``a >= 0``, the derivative for ``a = 0``; shapes broadcast."""
        w, a = np.broadcast_arrays(np.asarray(w, dtype=np.float64), np.asarray(a, dtype=np.float64))
        result = np.empty(w.size, dtype=np.complex128)
        _differences(self.masses, self.centres, self.widths, w.ravel(), a.ravel(), result)
        return result.reshape(w.shape)

    def __call__(self, u: Array) -> Array:
        """F1(u)."""
        x = (np.asarray(u)[..., None] - self.centres) / self.widths
        density: Array = np.exp(-0.5 * x * x) @ (self.masses / self.widths) / math.sqrt(2.0 * math.pi)
        return density


@njit(cache=True, nogil=True)
def _differences(masses, centres, widths, w, a, result):
    for i in range(w.size):
        total = 0j
        for j in range(masses.size):
            difference = response_difference((w[i] - centres[j]) / widths[j], a[i] / widths[j])
            total += masses[j] / (widths[j] * widths[j]) * difference
        result[i] = total


def ring_and_core(
    d: int, radius: float, ring_temperature: float, core_mass: float, core_temperature: float, n: int
) -> GaussianMarginal:
    """The marginal of a ring around a core, with n Gaussians for the ring."""
    if d == 2:
        cosines, weights = np.cos(math.pi * (np.arange(n) + 0.5) / n), np.full(n, 1.0 / n)
    else:
        cosines, weights = roots_gegenbauer(n, 0.5 * (d - 2))
        weights = weights / np.sum(weights)
    return GaussianMarginal(
        np.append((1.0 - core_mass) * weights, core_mass),
        np.append(radius * cosines, 0.0),
        np.append(np.full(n, math.sqrt(ring_temperature)), math.sqrt(core_temperature)),
    )


def _least_crossing(
    marginal: GaussianMarginal, hbar: float, potential: Potential, n: int
) -> tuple[float, float]:
    """The least of ``V(k) Re [...]`` over crossings and k, no more than 0, and where."""

    def at(k: float) -> float:
        _, responses = crossings(marginal, hbar * k, 8 * n)
        return float(potential(k)) * min(0.0, float(np.min(responses)))

    candidates = [(at(0.0), 0.0)]
    if hbar > 0.0:
        # for the classical one V falls with k, and nothing else depends on it
        grid = np.geomspace(1e-2, max(2.0 * marginal.reach / hbar, 0.1), n)
        values = [at(k) for k in grid.tolist()]
        best = int(np.argmin(values))
        if values[best] < candidates[0][0]:
            bounds = (grid[max(best - 1, 0)], grid[min(best + 1, n - 1)])
            found = minimize_scalar(at, bounds=bounds, method="bounded", options={"xatol": 1e-10})
            candidates += [(values[best], float(grid[best])), (float(found.fun), float(found.x))]
    return min(candidates)


def _least_epsilon(
    marginal: GaussianMarginal, hbar: float, potential: Potential, n: int, unstable_at: float | None
) -> tuple[float, float, float]:
    """The least |epsilon|, at most 1, with k and w there.  `unstable_at` is a k of unstable data."""

    def at(k: Any, u: Any) -> Any:
        return np.abs(1.0 + potential(k) * marginal.response_difference(u - 0.5 * hbar * k, hbar * k))

    grid_k = np.concatenate([[0.0], np.geomspace(0.02, 200.0, n)])
    grid_u = np.linspace(0.0, marginal.reach, 6 * n)
    best = (1.0, math.inf, math.inf)
    if unstable_at is not None:
        # on the way to stability at large k, epsilon itself vanishes at a crossing
        def crossing(k: float) -> tuple[float, float]:
            u, responses = crossings(marginal, hbar * k, 8 * n)
            lowest = int(np.argmin(responses))
            return 1.0 + float(potential(k) * responses[lowest]), float(u[lowest])

        k = float(brentq(lambda k: crossing(k)[0], unstable_at, grid_k[-1], xtol=1e-13))
        u = crossing(k)[1]
        best = (float(at(k, u)), k, u - 0.5 * hbar * k)
    values = at(grid_k[:, None], grid_u)
    # weakly damped waves and a zero on the way to instability are different minima
    padded = np.pad(values, 1, constant_values=np.inf)
    neighbours = [np.roll(padded, shift, axis)[1:-1, 1:-1] for shift in (-1, 1) for axis in (0, 1)]
    minima = np.argwhere(values <= np.min(neighbours, axis=0))
    minima = minima[np.argsort(values[tuple(minima.T)])][:_MINIMA]
    for row, column in minima.tolist():
        start = np.array([grid_k[row], grid_u[column]])
        steps = np.array([[0.0, 0.0], [max(0.05 * start[0], 0.01), 0.0], [0.0, 0.5 * grid_u[1]]])
        found = minimize(
            lambda x: float(at(abs(x[0]), abs(x[1]))),
            start,
            method="Nelder-Mead",
            options={"initial_simplex": start + steps, "xatol": 1e-9, "fatol": 1e-13, "maxiter": 600},
        )
        k, u = np.abs(found.x).tolist()
        best = min(best, (float(found.fun), k, u - 0.5 * hbar * k))
    return best


def stability(
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
    """Penrose margin and least |epsilon|; see `EXPERIMENT` for inputs and outputs."""
    V = potential_of_kind(potential, kappa, s)
    gaussians = 24 + math.ceil(6.0 * radius / math.sqrt(ring_temperature))
    found = []
    for n in (24, 48):
        data = (radius, ring_temperature, core_mass, core_temperature, gaussians * n // 24)
        marginal = ring_and_core(d, *data)
        crossing, where = _least_crossing(marginal, hbar, V, n)
        unstable_at = where if crossing < -1.0 else None
        found.append((crossing, *_least_epsilon(marginal, hbar, V, n, unstable_at)))
    (coarse, coarse_epsilon, _, _), (crossing, epsilon, k, w) = found
    error = abs(crossing - coarse) + _ROUND_OFF * (1.0 + kappa)
    # all of it is proportional to kappa
    critical = kappa / -crossing if crossing < -error else math.inf
    return {
        "penrose_margin": 1.0 + crossing,
        "penrose_margin_error": error,
        "least_epsilon": epsilon,
        "least_epsilon_error": abs(epsilon - coarse_epsilon) + 1e-10 + _ROUND_OFF * kappa,
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
        Parameter("d", D.summary, 2, kind="int", lower=2, upper=5),
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
        Output("penrose_margin", "least Re ε where Im ε = 0, over k and w, at most 1; negative: unstable"),
        Output("penrose_margin_error", "error of the Penrose margin"),
        Output("least_epsilon", "least |ε| over k and w, at most 1"),
        Output("least_epsilon_error", "error of the least |ε|"),
        Output("k", "|k| where |ε| is least"),
        Output("w", "velocity along k where |ε| is least"),
        Output("critical_kappa", "κ at which stability is lost; infinite where it never is"),
        Output("critical_kappa_error", "error of that κ"),
    ),
    evaluate=stability,
    order_parameter="penrose_margin",
    tolerance=1e-3,
    points_per_block=4,
)
