r"""Quadratic forms of the linearised operator and of the norm, in Hermite functions along one direction k.

Both are integrals over k and the velocity u halfway between those before and after a collision; see `forms`.

Source: C. Le Bihan, Around the quantum Lenard-Balescu equation, (3.5), (3.12)-(3.14).
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from numba import njit
from numpy.typing import NDArray

from wellposed.errors import Unresolved
from wellposed.kinetics.lenard_balescu.dielectric_function.energy_shell import maxwellian_root, screening
from wellposed.kinetics.lenard_balescu.interaction.normalisation import published_constant
from wellposed.kinetics.lenard_balescu.interaction.potential import Potential
from wellposed.kinetics.lenard_balescu.interaction.strong_potentials import is_strong, settled
from wellposed.kinetics.quadrature import sphere_area

Array = NDArray[np.float64]

_STEP = 0.12  # of the trapezoidal rule in u
_WAVES = 0.3  # the step in log k times the square root of the degree: Hermite functions oscillate in hbar k
_SMALLEST = 1e-19  # relative size below which a term is left out
_TAIL = 1e8  # beyond this |k|, and this hbar |k|, the integrand is a power of k to round-off
_SLOWEST = -0.05  # power of k that the integrand of a potential given as a function must at least fall with
_APART = 60.0  # hbar |k| from which the Maxwellians before and after do not overlap
_ROWS = 1 << 15  # how many rows of the integrands are held at a time


@njit(cache=True, nogil=True)
def _fill(a, strength, weight, reach, step, diagonal, norm, norm_potential):
    """Writes rows whose products are the integrands; see `axial_forms`.

    Velocities u reach `reach` beyond a/2, and are positive, by symmetry.  Along a row are the degrees j of
    Hermite polynomials: (n_a n_u, n_j), and twice as many rows for the last.
    """
    n_j = diagonal.shape[1]
    n_u = diagonal.shape[0] // a.size
    row = 0
    for i in range(a.size):
        first = max(int((0.5 * a[i] - reach) / step), 0)
        for k in range(first, first + n_u):
            u = k * step
            w, w_next = u - 0.5 * a[i], u + 0.5 * a[i]
            before, after = maxwellian_root(w), maxwellian_root(w_next)
            size = math.sqrt(weight[i] * screening(strength[i], w, a[i]) * (step if k else 0.5 * step))
            scale = size * before * after * math.sqrt(2.0)
            scale_norm = size * math.sqrt(before * before + after * after)
            slope = before * math.expm1(-0.5 * a[i] * u) / a[i] if a[i] > 0.0 else -0.5 * before * u
            d_old, s_old, minus_old, plus_old = 0.0, 0.0, 0.0, 0.0
            d, s, minus, plus = 0.0, 1.0, before, after
            for j in range(n_j):
                # the polynomials themselves are used only where they cannot overflow
                diagonal[row, j] = scale * d if a[i] < _APART else 0.0
                if a[i] > 1.0:
                    norm[row, j] = scale_norm * (plus - minus) / a[i]
                else:
                    norm[row, j] = scale_norm * (0.5 * (before + after) * d + slope * s)
                norm_potential[2 * row, j] = size * slope * minus
                norm_potential[2 * row + 1, j] = size * slope * plus
                up, down = 1.0 / math.sqrt(j + 1.0), math.sqrt(j)
                if a[i] < _APART:
                    d_old, d, s_old, s = (
                        d,
                        (u * d + s - down * d_old) * up,
                        s,
                        (u * s + 0.25 * a[i] * a[i] * d - down * s_old) * up,
                    )
                minus_old, minus = minus, (w * minus - down * minus_old) * up
                plus_old, plus = plus, (w_next * plus - down * plus_old) * up
            row += 1


def wave_numbers(d: int, hbar: float, potential: Potential, step: float) -> tuple[Array, Array]:
    r"""Returns nodes and weights, (n_k,), of ``int_0^inf V(k)^2 k^d (...) dk``; the weights have V^2 k^d.

    It is the trapezoidal rule in log k, which converges geometrically: nothing is singular near the axis.
    The rest (...) tends to a constant for hbar = 0, else falls as k^-2.

    Raises
    ------
    Unresolved
        If that does not converge, or hardly, for a potential given as a function.
    """
    first = math.log(_SMALLEST) / (d + 1) - 2.0
    last = math.log(_TAIL if hbar == 0.0 else max(_TAIL, _TAIL / hbar))
    log_k = np.arange(math.floor(first / step), math.ceil(last / step) + 1) * step
    k = np.exp(log_k)
    weight = step * potential(k) ** 2 * k ** (d + 1)
    size = weight / (1.0 + (hbar * k) ** 2)
    # against what the dissipation feels: for s < d - 1 the norm's integrand grows without end
    kept = np.flatnonzero(size > _SMALLEST * size[hbar * k < _APART].max())
    if kept[-1] == log_k.size - 1:
        if math.isnan(potential.s):  # a function: by its own last values
            power = math.log(size[-1] / size[-2]) / step
            if power > _SLOWEST:
                raise Unresolved(
                    f"The integral of k^d V^2{' /(hbar k)^2' if hbar > 0.0 else ''} has not converged at "
                    f"k = {k[-1]:g}. Take a potential that decays faster."
                )
        else:
            power = d + 1.0 - potential.s - (2.0 if hbar > 0.0 else 0.0)
        if power < 0.0:
            weight[-1] /= -math.expm1(power * step)  # the rest is a geometric series
    return k[kept[0] : kept[-1] + 1], weight[kept[0] : kept[-1] + 1]


@lru_cache(maxsize=32)
def axial_forms(
    d: int, n_j: int, hbar: float, potential: Potential, screened: bool, refinement: float = 1.0
) -> tuple[Array, Array]:
    """Returns the forms of `axial_forms_at`, refined further where the potential is strong.

    Raises
    ------
    Unresolved
        If that does not settle them.
    """
    if not (screened and is_strong(potential)):
        return axial_forms_at(d, n_j, hbar, potential, screened, refinement)
    dissipation, norm = settled(
        lambda factor: np.array(axial_forms_at(d, n_j, hbar, potential, screened, factor * refinement))
    )
    return dissipation, norm


def axial_forms_at(
    d: int, n_j: int, hbar: float, potential: Potential, screened: bool, refinement: float = 1.0
) -> tuple[Array, Array]:
    r"""Returns the forms of the dissipation and of the norm in Hermite functions along k, both (n_j, n_j).

    The first is ``c_d/2 |S^(d-1)| int dk k^d V^2 int du phi phi |epsilon|^-2 D_i D_j`` with the divided
    differences D of ``He_j/sqrt(j!)``, the second the same with the integrand of (3.5).  Steps of the
    quadrature are divided by `refinement`.  The second means nothing if ``V^2 k^(d-2)`` is not integrable.
    """
    step = _STEP / refinement
    k, k_weight = wave_numbers(d, hbar, potential, min(_STEP, _WAVES / math.sqrt(n_j)) / refinement)
    reach = math.sqrt(n_j) + 7.0
    n_u = math.ceil(2.0 * reach / step)
    strength = potential(k) if screened else np.zeros(k.size)
    dissipation, norm = np.zeros((n_j, n_j)), np.zeros((n_j, n_j))
    at_once = max(_ROWS // n_u, 1)
    for start in range(0, k.size, at_once):
        some = slice(start, start + at_once)
        n_rows = k[some].size * n_u
        one, two, three = np.empty((n_rows, n_j)), np.empty((n_rows, n_j)), np.empty((2 * n_rows, n_j))
        _fill(hbar * k[some], strength[some], k_weight[some], reach, step, one, two, three)
        for parity in (slice(0, None, 2), slice(1, None, 2)):
            a, b, c = one[:, parity], two[:, parity], three[:, parity]
            dissipation[parity, parity] += a.T @ a
            norm[parity, parity] += b.T @ b + c.T @ c
    constant = published_constant(d) * sphere_area(d)
    dissipation *= 0.5 * constant
    norm *= constant
    return dissipation, norm
