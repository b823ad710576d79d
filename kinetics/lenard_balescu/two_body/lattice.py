r"""The two-body system on a torus of side L.

Velocities are on ``(2 pi hbar/L) Z^d``, wave vectors on ``(2 pi/L) Z^d``.

Potentials are ``(L^d/N) V``: in the mean-field scaling of the paper, ``N = L^d`` particles with V/N, a factor
L^d is hidden, without which nothing is screened in the limit.  Rates are by the time ``(L^d/N) t``, in which
they tend to those of the quantum Lenard-Balescu equation with its physical constant.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

from wellposed.errors import Unresolved
from wellposed.kinetics.lenard_balescu.interaction.potential import Potential
from wellposed.kinetics.lenard_balescu.two_body.data import GaussianSum, moment_values
from wellposed.kinetics.lenard_balescu.two_body.kernels import project
from wellposed.kinetics.lenard_balescu.two_body.volterra import integrated

Array = NDArray[np.float64]
Vector = tuple[int, int, int]
"""A wave vector in units of 2 pi/L, with zeros beyond d."""

_PHASE = 1.2  # radians that the fastest relevant wave turns in a step of the coarsest level
_NEGLIGIBLE = 1e-17  # share of the largest density that is left out
# what is beyond the largest wave number K is less than what is between this share of K and K, in absolute
# values, if it falls faster than K^-4
_SHELL = 0.8
_MOST_VELOCITIES = 3e7  # on the lattice, with the margin that a collision needs


@dataclass(frozen=True, eq=False)
class Lattice:
    """Data on the lattice of velocities.

    Attributes
    ----------
    d : int
    L, hbar : float
    p : (n, n, n) float64, with axes of length one beyond d
        Even, of sum one; zero where it is round-off.
    psi : the same with `margin` more on both sides of the d first axes
        An even moment.
    margin : int
        The largest component of a wave vector in units of ``2 pi/L``.
    width : float
        The largest standard deviation of a Gaussian in p, by which steps in time are chosen.
    is_symmetric : bool
        Whether p and psi are symmetric under all permutations of components, not only under those that leave
        the first one where it is.
    """

    d: int
    L: float
    hbar: float
    p: Array
    psi: Array
    margin: int
    width: float
    is_symmetric: bool

    @property
    def largest_k(self) -> float:
        """The radius of the ball of wave vectors."""
        return self.margin * 2.0 * math.pi / self.L

    @property
    def margins(self) -> tuple[int, int, int]:
        return tuple(self.margin if axis < self.d else 0 for axis in range(3))  # type: ignore[return-value]


def velocities(d: int, L: float, hbar: float, half: int) -> Array:
    """Returns the velocities of the lattice with components up to `half` steps, (n_1, n_2, n_3, d)."""
    if (2.0 * half + 1.0) ** d > _MOST_VELOCITIES:
        raise Unresolved(
            f"The lattice of velocities has {(2 * half + 1) ** d:,} points at L = {L:g} in d = {d}: "
            "take a smaller L, or a larger hbar."
        )
    step = 2.0 * math.pi * hbar / L
    axes = [step * np.arange(-half, half + 1) if axis < d else np.zeros(1) for axis in range(3)]
    return np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1)[..., :d]


def lattice_of(data: GaussianSum, moment: str, L: float, hbar: float, largest_k: float) -> Lattice:
    """Returns data and a moment on the lattice, for wave numbers up to `largest_k` at least.

    Raises
    ------
    Unresolved
        If the lattice has too many velocities.
    """
    half = math.ceil(data.reach * L / (2.0 * math.pi * hbar))
    margin = math.ceil(largest_k * L / (2.0 * math.pi))
    v = velocities(data.d, L, hbar, half + margin)
    inner = tuple(slice(margin, -margin) if axis < data.d else slice(None) for axis in range(3))
    p = data(v[inner])
    p[p < _NEGLIGIBLE * np.max(p)] = 0.0
    width = math.sqrt(max(float(np.max(data.along)), float(np.max(data.across)) if data.d > 1 else 0.0))
    symmetric = data.is_isotropic and moment != "anisotropy"
    psi = moment_values(moment, data, v)
    return Lattice(data.d, L, hbar, p / np.sum(p), psi, margin, width + _drift(data), symmetric)


def _drift(data: GaussianSum) -> float:
    """Returns half of the largest velocity of a beam: the frequency of a wave is taken of two widths."""
    return 0.5 * float(np.max(np.abs(data.centres)))


def wave_vectors(d: int, largest: int, is_symmetric: bool) -> list[tuple[Vector, int]]:
    """Returns wave vectors ``0 < |m| <= largest``, one of each class under symmetries, with its size.

    Symmetries are changes of sign of each component, and permutations of all components, or of all but the
    first.
    """
    found: list[tuple[Vector, int]] = []
    for m in itertools.product(range(largest + 1), repeat=d):
        if not 0 < sum(c * c for c in m) <= largest * largest:
            continue
        permuted = m if is_symmetric else m[1:]
        if any(x < y for x, y in itertools.pairwise(permuted)):
            continue
        size = len(set(itertools.permutations(permuted))) * 2 ** sum(c > 0 for c in m)
        padded = (*m, 0, 0)
        found.append(((padded[0], padded[1], padded[2]), size))
    return found


@dataclass(frozen=True, eq=False)
class TorusRates:
    """What the two-body system does on a torus.

    Attributes
    ----------
    rate, error : (parts,) float64
        The rate of the moment at the times ``t/parts, ..., t``, and its error by steps in time and by what
        is beyond the last wave vector.
    margin : mapping of float to float
        For each sign of the potential the least ``epsilon(k, 0)`` over the wave vectors, at most 1.
    growth : float
        The rate at which g grows, for the sign that was asked for.
    """

    rate: Array
    error: Array
    margin: Mapping[float, float]
    growth: float


def rates(lattice: Lattice, potential: Potential, t: float, parts: int, sign: float) -> TorusRates:
    """Returns the rate of the moment on the torus, and whether g grows.

    `sign` is 1 for ``K_2 - B``, -1 for the published ``K_2 + B``.
    """
    value, error = np.zeros(parts), np.zeros(parts)
    margin, growth = {1.0: 1.0, -1.0: 1.0}, 0.0
    for m, size in wave_vectors(lattice.d, lattice.margin, lattice.is_symmetric):
        wave = wave_of(lattice, potential, m)
        contribution, doubt = contribution_of(lattice, wave, t, parts, sign)
        value += size * contribution
        error += size * doubt
        if sum(c * c for c in m) > (_SHELL * lattice.margin) ** 2:
            error += size * np.abs(contribution)
        for either in margin:
            margin[either] = min(margin[either], wave.epsilon(0.0, either))
        growth = max(growth, wave.growth(sign))
    return TorusRates(value, error, margin, growth)


@dataclass(frozen=True, eq=False)
class Wave:
    """One wave vector, with the data projected along it.

    Attributes
    ----------
    k, hbar, V : float
        ``|k|``, Planck's constant and ``V(k)``.
    spacing : float
        The distance of two values of ``k.v``.
    masses, moved : (2 n + 1,) float64
        p and ``p [psi(v) - psi(v + hbar k)]`` by the value of ``k.v``, 0 in the middle.
    """

    k: float
    hbar: float
    V: float
    spacing: float
    masses: Array
    moved: Array

    @property
    def shift(self) -> float:
        return 0.5 * self.hbar * self.k * self.k

    def epsilon(self, gamma: float, sign: float) -> float:
        """Returns the dielectric function at the frequency ``i gamma``, for even data:

        1 + (2 S/hbar) sum_v p x/(x^2 + gamma^2),    x = k.v + hbar k^2/2,    S = sign V(k).
        """
        n = self.masses.size // 2
        x = self.spacing * np.arange(-n, n + 1) + self.shift
        # a velocity that resonates exactly, at half a step, has no part in it
        resonant = np.abs(x) <= 1e-9 * self.spacing
        x = np.where(resonant, math.inf, x)
        denominators = x + gamma * gamma / x
        return 1.0 + sign * 2.0 * self.V / self.hbar * float(np.sum(self.masses / denominators))

    def growth(self, sign: float) -> float:
        """Returns the rate at which g, a product of two waves, grows: 0 where ``epsilon(k, 0)`` is positive.

        Waves that grow and oscillate are not looked for.  Even data with one maximum have none, and two beams
        that repel have none; beams of the published sign, where each attracts itself, have some.
        """
        if self.epsilon(0.0, sign) >= 0.0:
            return 0.0
        return 2.0 * zero_beyond(lambda gamma: self.epsilon(gamma, sign))


def zero_beyond(epsilon: Callable[[float], float]) -> float:
    """Returns a positive zero of a function that is negative at 0 and tends to 1."""
    end = 1.0
    while epsilon(end) < 0.0:
        end *= 2.0
    return float(brentq(epsilon, 0.0, end, xtol=1e-13))


def wave_of(lattice: Lattice, potential: Potential, m: Vector) -> Wave:
    """Returns the wave of ``k = 2 pi m/L``."""
    unit = 2.0 * math.pi / lattice.L
    k = unit * math.sqrt(sum(c * c for c in m))
    masses, moved, divisor = projections(lattice, m)
    spacing = lattice.hbar * unit * unit * divisor
    return Wave(k, lattice.hbar, float(potential(k)), spacing, masses, moved)


def contribution_of(lattice: Lattice, wave: Wave, t: float, parts: int, sign: float) -> tuple[Array, Array]:
    """Returns what one wave vector adds to the rate, and its error by steps in time, both (parts,)."""
    steps = steps_of(wave.k, wave.hbar, wave.V, lattice.width, t, parts)
    value, error = integrated(
        wave.masses, wave.moved, wave.spacing, wave.shift, sign * wave.V / wave.hbar, t, steps, parts
    )
    front = -2.0 * wave.V**2 / (wave.hbar**2 * lattice.L**lattice.d)
    return front * value, abs(front) * error


def projections(lattice: Lattice, m: Vector) -> tuple[Array, Array, int]:
    """Returns p and ``p [psi - psi']`` by the value of ``m.n``, and the distance of two values.

    Both are (2 n + 1,), the value 0 in the middle.  Values are multiples of the greatest common divisor of m.
    """
    divisor = math.gcd(*m)
    last = sum(abs(c) * ((n - 1) // 2) for c, n in zip(m, lattice.p.shape, strict=True)) // divisor
    masses, moved = np.zeros(2 * last + 1), np.zeros(2 * last + 1)
    project(lattice.p, lattice.psi, lattice.margins, m, divisor, masses, moved)
    first = int(np.flatnonzero(masses)[0])
    kept = slice(first, masses.size - first)
    return masses[kept], moved[kept], divisor


def steps_of(k: float, hbar: float, V: float, width: float, t: float, parts: int) -> int:
    """Returns how many steps the coarsest level takes up to t, a multiple of `parts`."""
    fastest = 2.0 * k * width + 0.5 * hbar * k * k + k * math.sqrt(V)
    return parts * max(1, math.ceil(t * fastest / (_PHASE * parts)))
