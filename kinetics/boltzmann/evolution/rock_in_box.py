r"""The rock in a box, with and without needles, from a time before 0 to 0.

In two dimensions and the rock's own units, ``f = M^(1-s) N1 F(t, M x, N1 v)``,

    dF/dt + (M/N1) V.grad_X F = -rho_b F + M^(1-s) N1^(-1-gamma) Q(F, F),
    rho_b(t, x) = int f_b(t, x, u) |u|^gamma du,

with the needles' density known in closed form: at the rock's velocities, which are 1/(N1 N2) of the needles',
`v` changes it in the second order only, and the sum over directions is its mean.  Both solutions start at
``t0 < 0`` from the rock ``f_r(t0)`` of (3.9); f_ex has the needles f_b in addition, its twin g_ex of section
3.5 does not.  So at ``t0`` they differ by f_b alone, whose norm is the same at all times, and at time 0 by
that and by what the needles have taken from the rock, in other velocities.

Left out are the collisions that involve needles in another way: ``Q+(f_r, f_b)``, ``Q+-(f_b, f_r)`` and
``Q+-(f_b, f_b)``.  They scatter into velocities of size N2, of which no grid for the rock has any.

A grid of these cells has no wavenumbers above its own, which norms of high regularity see.  But most of the
difference of the two rocks is that of (3.9) between ``t0`` and 0, whose norm is known on the whole space: the
norm on the grid is corrected by what the grid makes of that one.  What neither this nor a finer grid sees is
how the rest of it, from the rock's own motion and collisions, goes on beyond the highest wavenumber, beyond
the cut-off of relative velocities, and beyond the box; see `Distances.unseen`.

Strang splitting: transport in Fourier space and the loss to needles are exact, collisions take a midpoint
step, without the correction that conserves momentum and energy.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import scipy

from wellposed.kinetics.boltzmann.collision.operator import CollisionOperator, shared_operator
from wellposed.kinetics.boltzmann.collision.tables import RADIUS
from wellposed.kinetics.boltzmann.construction.crossing import (
    cross_section_rule,
    panel_series,
    passage_moments,
    speed_factor,
    sum_of_series,
)
from wellposed.kinetics.boltzmann.construction.needles import Needles
from wellposed.kinetics.boltzmann.norms.cutoff import Array, chi_at, panels

HALF_SIDE = 3.0
"""Half of the side of the box in ``M x``: the rock's radius is 2, and it drifts by less than 1."""

HALF_WIDTH = 5.0
"""Half of the side of the box in ``N1 v``."""

_DIRECTIONS = 512
_AT_ONCE = 32  # places whose collisions are summed together: their modes fit in the nearest caches
_NEGLIGIBLE = 1e-9  # of the largest density: nothing collides there


@dataclass(frozen=True)
class Box:
    """The number of cells along each axis of space and of velocity, and of time steps."""

    n_x: int
    n_v: int
    steps: int

    def __str__(self) -> str:
        return f"{self.n_x}^2 x {self.n_v}^2 cells"

    @property
    def x(self) -> Array:
        """The places ``M x`` along each axis, (n_x,)."""
        return HALF_SIDE * (2.0 * np.arange(self.n_x) / self.n_x - 1.0)

    @property
    def radius(self) -> Array:
        """The distances ``M |x|`` from the origin, (n_x, n_x)."""
        return np.hypot(self.x[:, None], self.x)


BOXES = (Box(20, 18, 4), Box(28, 24, 8))
"""The coarse and the fine grid; their steps are those from the start to time 0."""


class Distances(NamedTuple):
    """Norms in ``L_v^(2,r0) H_x^s`` of one pair of solutions.

    Attributes
    ----------
    needles : float
        The norm of the needles, by which the solutions differ at the start.
    rock : float
        The norm of the rock at the start, the same in both.
    between : float
        The norm of the difference of the rocks at the end.
    from_formula : float
        The norm of what the rock with needles differs from (3.9) by at the end, over that of (3.9).
    unseen, unseen_from_formula : float
        What may be missing of `between` and of `from_formula`, over themselves, on grids of all sizes.
    """

    needles: float
    rock: float
    between: float
    from_formula: float
    unseen: float
    unseen_from_formula: float

    @property
    def at_end(self) -> float:
        """The distance of the solutions at time 0: rocks and needles have different velocities."""
        return math.hypot(self.needles, self.between)


def beta_over_rate(point: Needles, times: Array, R: Array) -> Array:
    """Returns means over directions of ``|beta(t, x, 0)|/kappa`` at ``M |x| = R``, d = 2, (n_times, n_R)."""
    angles = (np.arange(_DIRECTIONS) + 0.5) * (0.5 * math.pi / _DIRECTIONS)
    weight = speed_factor(cross_section_rule(2)[0], point.gamma, point.M * point.N2)
    found = np.empty((times.size, R.size))
    for row, t in zip(found, times, strict=True):
        series = panel_series(2) @ passage_moments(abs(float(t)), weight, 2)
        row[:] = [sum_of_series(r * np.sin(angles), series) / _DIRECTIONS for r in R]
    return found


def beta_in_box(point: Needles, times: Array, box: Box) -> Array:
    """Returns ``|beta|`` at the places of a box, (n_times, n_x, n_x)."""
    radii, where = np.unique(box.radius, return_inverse=True)
    beta = point.rate * beta_over_rate(point, times, radii)
    return np.asarray(beta[:, where.ravel()].reshape(-1, box.n_x, box.n_x))


@lru_cache(maxsize=32)
def _correlation_weights(n: int, half_side: float, M: float, s: float, below: float) -> Array:
    """Returns ``int (1 + M^2 k^2)^s e^{i k.d} dk/(2 pi)^2`` at differences `d` of cells, (2 n, 2 n).

    They are in the order of an FFT.  Wavenumbers are those below the grid's highest, or a part of it: so this
    is the norm on the whole plane, not that on a torus, of what the grid can represent.
    """
    step = 2.0 * half_side / n
    highest = below * math.pi / step
    scale = 2.0 ** math.floor(-math.log2(max(M, 1.0)) - 3.0)
    breaks = np.concatenate([[0.0], scale * 2.0 ** np.arange(60)])
    breaks = np.concatenate([breaks[breaks < 1.0], np.linspace(1.0, highest, math.ceil(highest) + 1)])
    k, w = panels(breaks, 16)
    weights = w * k * (1.0 + (M * k) ** 2) ** s / (2.0 * math.pi)
    shift = np.minimum(np.arange(2 * n), 2 * n - np.arange(2 * n))
    squares, where = np.unique(shift[:, None] ** 2 + shift**2, return_inverse=True)
    values = scipy.special.j0(np.outer(step * np.sqrt(squares), k)) @ weights
    found: Array = step**4 * values[where].reshape(2 * n, 2 * n)
    return found


def rock_norm(
    F: Array,
    half_side: float,
    velocity: Array,
    M: float,
    N1: float,
    s: float,
    r0: float,
    below: float = 1.0,
) -> float:
    """Returns the norm in ``L_v^(2,r0) H_x^s`` of ``M^(1-s) N1 F(M x, N1 v)``.

    Parameters
    ----------
    F : (n, n, n_v, n_v)
        On a uniform grid of ``[-half_side, half_side)^2``, and zero outside.
    velocity : (n_v,)
        ``N1 v`` along each axis.
    below : float
        Wavenumbers count up to this part of the grid's highest.
    """
    n = F.shape[0]
    speed = np.hypot(velocity[:, None], velocity)
    bracket = (velocity[1] - velocity[0]) ** 2 * (1.0 + (speed / N1) ** 2) ** r0
    total = np.zeros((2 * n, n + 1))
    for i in range(velocity.size):
        transform = scipy.fft.rfft2(F[:, :, i], s=(2 * n, 2 * n), axes=(0, 1))
        total += np.abs(transform) ** 2 @ bracket[i]
    correlation = scipy.fft.irfft2(total, s=(2 * n, 2 * n))
    square = float(np.sum(correlation * _correlation_weights(n, half_side, M, s, below)))
    return float(M**-s * math.sqrt(max(square, 0.0)))


def distances(box: Box, point: Needles, angular: str) -> Distances:
    """Returns how far both solutions are apart on one grid, from ``t0 = point.t`` to 0."""
    collide = shared_operator(2, box.n_v, HALF_WIDTH, point.gamma, angular)
    times = point.t * (1.0 - np.arange(2 * box.steps + 1) / (2 * box.steps))
    beta = beta_in_box(point, times, box)

    at_rest = np.multiply.outer(chi_at(box.radius), chi_at(collide.speed))
    start = np.exp(beta[0])[:, :, None, None] * at_rest
    step = -point.t / box.steps
    attenuated = advanced(start, np.exp(np.diff(beta, axis=0)), step, box, collide, point)
    undisturbed = advanced(start, np.ones((2 * box.steps, 1, 1)), step, box, collide, point)

    def norm(F: Array, below: float = 1.0) -> float:
        return rock_norm(F, HALF_SIDE, collide.velocity, point.M, point.N1, point.s, point.r0, below)

    by_formula = start - at_rest
    whole = norm(by_formula)
    correction = math.exp(point.rock.log_norm_of_change) / whole if whole > 0.0 else math.nan
    cut = cut_off_of_box(undisturbed, collide)
    # harmonics of the directions are in the difference of the rocks, not in (3.9) as it is taken here
    harmonics = (1.0 + 1.0 / abs(point.beta_at_origin)) ** 2 * point.of_directions(point.s)
    departure = attenuated - at_rest
    rest = departure - (undisturbed - start)
    return Distances(
        point.f_b_norm,
        point.f_r_norm,
        norm(attenuated - undisturbed) * correction,
        norm(departure) / norm(at_rest),
        norm(rest) / whole * (_beyond(norm, rest) + cut) + harmonics if whole > 0.0 else math.inf,
        _beyond(norm, departure) + cut,
    )


def _beyond(norm: Callable[..., float], F: Array) -> float:
    """Returns the part of a norm that is beyond all wavenumbers, going on as in the last two octaves."""
    whole, lower, lowest = (norm(F, below) ** 2 for below in (1.0, 0.5, 0.25))
    if whole == 0.0:
        return 0.0
    last, before = max(whole - lower, 0.0), max(lower - lowest, 0.0)
    ratio = min(last / before, 0.5) if before > 0.0 else 0.5
    return 0.5 * last / whole * ratio / (1.0 - ratio)


def cut_off_of_box(F: Array, collide: CollisionOperator) -> float:
    """Returns the part of pairs beyond the cut-off of relative velocities, and of mass at the box's edge."""
    n = collide.n
    # the wrapped sum has every difference once, as the grid is twice as wide
    spectrum = np.abs(scipy.fft.rfft2(F.reshape(-1, n, n), s=(2 * n, 2 * n))) ** 2
    pairs = np.abs(scipy.fft.irfft2(spectrum.sum(axis=0), s=(2 * n, 2 * n)))
    apart = np.minimum(np.arange(2 * n), 2 * n - np.arange(2 * n)) * (
        collide.velocity[1] - collide.velocity[0]
    )
    speed = np.hypot(apart[:, None], apart)
    weighted = pairs * np.maximum(speed, apart[1]) ** collide.gamma
    mass = np.abs(F).sum(axis=(2, 3))
    at_edge = float(mass.sum() - mass[1:-1, 1:-1].sum()) / float(mass.sum())
    return float(weighted[speed > RADIUS * collide.half_width].sum() / weighted.sum()) + at_edge


def advanced(
    start: Array, kept: Array, step: float, box: Box, collide: CollisionOperator, point: Needles
) -> Array:
    """Returns the rock that was `start` some steps before, both (n_x, n_x, n_v, n_v).

    `kept`, (2 steps, n_x, n_x), is the part that needles leave of it in each half step.
    """
    steps = len(kept) // 2
    amplitude = point.M ** (1.0 - point.s) * point.N1 ** (-1.0 - point.gamma)
    F = _drifted(start, 0.5 * step, box, collide, point)
    for i in range(steps):
        F = F * kept[2 * i, :, :, None, None]
        F = collided(F, step * amplitude, collide) * kept[2 * i + 1, :, :, None, None]
        # two half steps of transport are one
        F = _drifted(F, step if i < steps - 1 else 0.5 * step, box, collide, point)
    return F


def _drifted(F: Array, time: float, box: Box, collide: CollisionOperator, point: Needles) -> Array:
    """Returns the rock after it has moved freely for some time."""
    distance = time * point.M / point.N1 * collide.velocity
    distance[0] = 0.0  # -L is L as well; nothing is there
    numbers = scipy.fft.fftfreq(box.n_x, 1.0 / box.n_x)
    numbers[box.n_x // 2] = 0.0  # the Nyquist mode has no direction to move in
    phases = np.exp(-1j * math.pi / HALF_SIDE * np.outer(numbers, distance))
    along, sideways = phases, phases[: box.n_x // 2 + 1]
    modes = scipy.fft.rfft2(F, axes=(0, 1)) * along[:, None, :, None] * sideways[:, None, :]
    moved: Array = scipy.fft.irfft2(modes, s=(box.n_x, box.n_x), axes=(0, 1), overwrite_x=True)
    return moved


def collided(F: Array, step: float, collide: CollisionOperator) -> Array:
    """Returns `F` after a midpoint step of ``dF/dt = Q(F, F)`` at every place.

    `F` has the symmetry of the square, acting on place and velocity together, which collisions keep: they are
    calculated where ``x_1 >= x_2 >= 0``.
    """
    n, n_v = F.shape[1], F.shape[2]
    away = np.arange(n // 2 + 1)
    quadrant = F[(away + n // 2) % n][:, (away + n // 2) % n]
    first, second = np.tril_indices(away.size)
    largest = np.max(np.abs(quadrant), axis=(2, 3))[first, second]
    dense = np.flatnonzero(~(largest <= _NEGLIGIBLE * np.max(largest)))  # with what is no number
    for some in np.split(dense, range(_AT_ONCE, dense.size, _AT_ONCE)):
        i, j = first[some], second[some]
        f = quadrant[i, j]
        # corrected sums would not have the symmetry: the grid of velocities has -L, but not L
        moved = f + step * collide.uncorrected(f + 0.5 * step * collide.uncorrected(f))
        quadrant[i, j], quadrant[j, i] = moved, np.swapaxes(moved, -1, -2)
    distance = np.abs(np.arange(n) - n // 2)
    found: Array = quadrant[distance][:, distance]
    reflected = -np.arange(n_v) % n_v
    found[: n // 2] = found[: n // 2, :, reflected]
    found[:, : n // 2] = found[:, : n // 2, :, reflected]
    return found
