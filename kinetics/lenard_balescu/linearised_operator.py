r"""The linearised collision operator and the norm that controls it, in one angular sector.

With ``g = sqrt(M) p``, a = hbar |k| and the velocity u along k halfway between the two before and after,

    int g L g   = c_d/2 int dk k^2 V^2/|k| int du phi(u+a/2) phi(u-a/2) |epsilon|^-2 Var[Delta p / a],
    ||g||_hbar^2 = c_d int dk k^2 V^2/|k| int du |epsilon|^-2 E[ phi(u+a/2) (Delta psi / a)^2 + ... ],

``Delta p = p(u+a/2, .) - p(u-a/2, .)``, variance and mean over the Maxwellian of the components across k
((1.28), (3.5), (3.12)-(3.14)).  In the products of `sectors.axial_coefficients` the mean is one term, which
is left out of the variance exactly: the null space is exact, and nothing cancels as hbar -> 0, because the
divided differences of Hermite polynomials obey a recurrence of their own.  The classical operators are the
case a = 0, and carry c_d/2, which is the limit.

Sources: C. Le Bihan, Around the quantum Lenard-Balescu equation, (1.28), (1.34), (3.5)-(3.7), (3.15).
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from numba import njit
from numpy.typing import NDArray
from scipy.linalg import eigh

from wellposed.errors import ParameterError, Unresolved
from wellposed.kinetics.experiment import Parameter
from wellposed.kinetics.lenard_balescu.energy_shell import maxwellian_root, screening
from wellposed.kinetics.lenard_balescu.galerkin import printed_constant, sphere_area
from wellposed.kinetics.lenard_balescu.momentum import refuse_divergent
from wellposed.kinetics.lenard_balescu.potential import Potential, refuse_other_than_potential
from wellposed.kinetics.lenard_balescu.sectors import angular_momenta, axial_coefficients, multiplicity
from wellposed.kinetics.lenard_balescu.strong import is_strong, settled

DIMENSION = Parameter("d", "dimension of velocity space", 3, kind="int", lower=2, upper=5)
SECTOR = Parameter("l", "angular sector: degree of the spherical harmonics", 0, kind="int", lower=0, upper=3)
SIZE = Parameter("n", "number of Laguerre functions in the sector", 12, kind="int", lower=1, upper=60)
HBAR = Parameter("hbar", "hbar; 0 is the classical limit", 0.1, lower=0.0, upper=1e3)

_STEP = 0.12  # in u
_WAVES = 0.3  # step in log k times the square root of the degree: Hermite functions oscillate in hbar k
_SMALLEST = 1e-19  # relative size of a term that is left out
_TAIL = 1e8  # beyond this |k|, and this hbar |k|, the integrand is a power of k to round-off
_SLOWEST = -0.05  # power of k that the integrand of a potential given as a function must at least fall with
_APART = 60.0  # hbar |k| from which the Maxwellians before and after do not overlap
_ROWS = 1 << 15  # of the integrands held at a time


@njit(cache=True, nogil=True)
def _fill(a, strength, weight, reach, step, diagonal, norm, norm_potential):
    """Rows whose products are the integrands; see `axial_forms`.

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


def wave_numbers(
    d: int, hbar: float, potential: Potential, step: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    r"""Nodes and weights, both (n_k,), for ``int_0^inf V(k)^2 k^d (...) dk``; the weights have V^2 k^d.

    The trapezoidal rule in log k, which converges geometrically: nothing is singular near the real axis.  The
    rest (...) tends to a constant for hbar = 0, else falls as k^-2.

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
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """`axial_forms_at`, refined further where the potential is strong.

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
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    r"""Forms of the dissipation and of the norm in Hermite functions along k, both (n_j, n_j).

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
    constant = printed_constant(d) * sphere_area(d)
    dissipation *= 0.5 * constant
    norm *= constant
    return dissipation, norm


def _degrees(n: int) -> int:
    """As many Hermite degrees as n functions of any sector need: all sectors share their forms."""
    return 2 * n + int(SECTOR.upper) - 1


def _canonical(d: int, sector: int, n: int, hbar: float, potential: Potential) -> tuple[int, int, int, float]:
    """d, sector, n and hbar as they are meant.

    Raises `ParameterError` unless all are allowed, and `Unresolved` where the operator is infinite.
    """
    d, sector, n = int(DIMENSION.canonical(d)), int(SECTOR.canonical(sector)), int(SIZE.canonical(n))
    hbar = float(HBAR.canonical(hbar))
    refuse_other_than_potential(potential)
    refuse_divergent(d, hbar, potential)
    return d, sector, n, hbar


def linearised(
    d: int,
    l: int,  # noqa: E741
    n: int,
    *,
    hbar: float,
    potential: Potential,
    screened: bool = True,
    refinement: float = 1.0,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The linearised operator and the norm of (3.5) on a Laguerre basis of one angular sector.

    Parameters
    ----------
    d : int, 2 to 5
    l : int, 0 to 3
        Degree of the spherical harmonics.
    n : int, 1 to 60
        The basis is ``sqrt(M) Y_l |v|^l L_i^(l+d/2-1)(|v|^2/2)``, i < n, normalised in L^2.
    hbar : float
        0 is the classical operator (1.34), which carries c_d/2, and the norm (3.7).
    potential : Potential
    screened : bool
        Whether epsilon is that of the Maxwellian, or 1.
    refinement : float
        By what the steps of the quadrature are divided.

    Returns
    -------
    L, gram : (n, n) float64
        ``int g_i L g_j`` and the inner products of ``||.||_hbar``, in the printed normalisation.
        The norm is infinite if s <= d - 1: so is the rate of all collisions, grazing ones included.
        Mass and energy are i = 0, 1 of sector 0, and momentum is i = 0 of sector 1.

    Raises
    ------
    ParameterError
        If an argument is not allowed.
    Unresolved
        If hbar = 0 and s <= d + 1, where the classical operator is infinite, or the potential is so strong
        that the peaks of ``1/|epsilon|^2`` are too narrow.
    """
    d, l, n, hbar = _canonical(d, l, n, hbar, potential)  # noqa: E741
    dissipation, norm = axial_forms(d, _degrees(n), hbar, potential, screened, refinement)
    L, gram = np.zeros((n, n)), np.zeros((n, n))
    for q in angular_momenta(d, l):
        share = multiplicity(d - 1, q) / multiplicity(d, l)
        coefficients = axial_coefficients(d, l, q, n)
        for m in range(coefficients.shape[1]):
            rows = np.arange(max(m - (l - q) // 2, 0), n)
            j = l + 2 * rows - q - 2 * m
            c = coefficients[rows, m]
            block = np.ix_(rows, rows)
            outer = share * np.outer(c, c)
            gram[block] += outer * norm[np.ix_(j, j)]
            if (q, m) != (0, 0):
                L[block] += outer * dissipation[np.ix_(j, j)]
    if potential.s <= d - 1.0:
        gram[:] = np.inf
    return L, gram


def kernel_form(
    d: int,
    l: int,  # noqa: E741
    n: int,
    *,
    hbar: float,
    potential: Potential,
    screened: bool = True,
) -> NDArray[np.float64]:
    """``int g_i K_hbar g_j`` of (3.15) on the basis of `linearised`, (n, n): never positive.

    It is what the mean takes from the variance, so ``int g L g`` is the rest plus this.
    """
    d, l, n, hbar = _canonical(d, l, n, hbar, potential)  # noqa: E741
    dissipation, _ = axial_forms(d, _degrees(n), hbar, potential, screened)
    c = axial_coefficients(d, l, 0, n)[:, 0]
    j = l + 2 * np.arange(n)
    form: NDArray[np.float64] = -np.outer(c, c) * dissipation[np.ix_(j, j)] / multiplicity(d, l)
    return form


def dissipation_constant(
    d: int,
    l: int,  # noqa: E741
    n: int,
    *,
    hbar: float,
    potential: Potential,
    screened: bool = True,
    refinement: float = 1.0,
) -> float:
    """The largest lambda with ``int g L g >= lambda ||(1 - pi_0) g||_hbar^2`` on the basis of `linearised`.

    An upper bound of that of the whole sector, (3.35), converged at n = 12 to six digits in sectors 0 to 2,
    and to four in sector 3.

    Raises
    ------
    ParameterError
        If an argument is not allowed, or there is nothing in the basis but collision invariants.
    Unresolved
        If hbar = 0 and s <= d + 1, or hbar > 0 and s <= d - 1, where the norm is infinite.
    """
    invariant = null_space(l)
    if n <= invariant:
        raise ParameterError(f"Argument `n` must be above {invariant} in sector {l}, but is {n}.")
    L, gram = linearised(d, l, n, hbar=hbar, potential=potential, screened=screened, refinement=refinement)
    if not np.isfinite(gram[0, 0]):
        raise Unresolved(
            f"The norm (3.5) is infinite for s <= d - 1 = {d - 1}, as the rate of grazing collisions is: "
            f"s is {potential.s:g}. Take a larger s."
        )
    rest = slice(invariant, n)
    return float(eigh(L[rest, rest], gram[rest, rest], eigvals_only=True, subset_by_index=[0, 0])[0])


def null_space(sector: int) -> int:
    """How many of the first basis functions of an angular sector are collision invariants."""
    return {0: 2, 1: 1}.get(sector, 0)
