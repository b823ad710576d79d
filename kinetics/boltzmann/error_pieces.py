r"""Sizes of the pieces of F_err after the Duhamel integral; `error_terms` says which they are.

All are for a rock that does not move, a point in velocity when needles meet it, and needles whose sum is its
mean over directions.  A particle of speed ``|v| = N2 q`` crosses the rock in a time ``1/(M N2 q)``, so that

    D = int_{-T}^0 F(t0, x + v t0) dt0

is an integral along a chord; the ends of ``[-T, 0]`` count for a part ``1/(M N2 T)``, but for slow particles,
thrown out in a collision, they count in full.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.interpolate import CubicSpline

from wellposed.kinetics.boltzmann.crossing import along
from wellposed.kinetics.boltzmann.cutoff import (
    RADIAL,
    Array,
    chi_at,
    chi_integral,
    panels,
    radial_rule,
    sphere_area,
)
from wellposed.kinetics.boltzmann.rock_and_needles import Needles
from wellposed.kinetics.boltzmann.rock_gain import FEW, ORDERS, functions, outcome, passing
from wellposed.kinetics.boltzmann.rock_history import (
    RockHistory,
    chord_matrix,
    interpolation,
    radial_integral,
    self_collision,
    slope,
)
from wellposed.kinetics.quadrature import gauss_legendre

GRADIENTS = (0, 4, 5)
"""Which parts of the Z-norm have a gradient."""

POWERS = (2.0, 2.0, 1.0, 5.0 / 3.0, 1.0, 5.0 / 3.0)
"""Exponent of each part's integral over velocities."""

_ON_RADIUS = 49  # points of a uniform grid
_ON_LINE = 12  # nodes on a panel
_SLOW = 64.0  # M |v| T below which a supremum sees that time ends
_LATE = (0.5, 0.75, 1.0)
_APART = 4.0  # in units of 1/M: rocks farther apart do not overlap


@dataclass(frozen=True)
class Size:
    """A part of the Z-norm of a piece, and how much of it is what no mean over directions can tell."""

    value: float
    untold: float = 0.0


def front(at: Needles, part: int) -> float:
    """Powers of M and N2 in front of a part (3.34), and M for a gradient with respect to ``M x``."""
    d = at.d
    return (
        at.M ** (0.5 * (d - 1)),
        at.M ** (0.5 * (d - 1)),
        at.N2**at.gamma,
        at.N2 ** (0.4 * d + at.gamma),
        at.N2**at.gamma,
        at.N2 ** (0.4 * d + at.gamma),
    )[part]


def _rock(at: Needles) -> float:
    """The rock's amplitude."""
    return at.M ** (0.5 * at.d - at.s) * at.N1 ** (0.5 * at.d)


def _rock_mass(at: Needles) -> float:
    return _rock(at) * at.N1**-at.d * chi_integral(at.d)


def transport(at: Needles, part: int, rock: RockHistory, level: int) -> Size:
    """Of ``v.grad f_r``."""
    d, p = at.d, POWERS[part]
    R, _ = radial_rule(RADIAL)
    first = slope(rock.summed())
    second = slope(first)
    velocities = float(radial_integral(d, (R * chi_at(R)) ** p)) * at.N1 ** (-d - p)
    if part in (0, 1):
        profile = first if part else second + (d - 1) * first / R
        in_x = math.sqrt(float(radial_integral(d, profile**2)) * at.M**-d / d)
    elif part in GRADIENTS:
        in_x = float(np.max(np.maximum(np.abs(second), np.abs(first) / R)))
    else:
        in_x = float(np.max(np.abs(first)))
    return Size(front(at, part) * _rock(at) * at.M * in_x * velocities ** (1.0 / p))


def rock_rock(at: Needles, part: int, rock: RockHistory, level: int, gain: bool) -> Size:
    """Of ``Q+-(f_r, f_r)``."""
    d, p = at.d, POWERS[part]
    moments = dict(zip((1.0, 5.0 / 3.0, 2.0), self_collision(d, at.gamma, gain), strict=True))
    velocities = (moments[p] * at.N1**-d) ** (1.0 / p) * at.N1 ** (-d - at.gamma)
    profile = rock.summed(2.0)
    if part in GRADIENTS:
        profile = slope(profile)
    if part in (0, 1):
        in_x = math.sqrt(float(radial_integral(d, profile**2)) * at.M**-d)
    else:
        in_x = float(np.max(np.abs(profile)))
    return Size(front(at, part) * _rock(at) ** 2 * velocities * in_x)


def loss_needles_rock(at: Needles, part: int, rock: RockHistory, level: int) -> Size:
    """Of ``Q-(f_b, f_r)``: particles of needles that pass the rock."""
    d, p = at.d, POWERS[part]
    chords = rock.E @ chord_matrix(d).T
    z, w_z = along(p)
    speeds = at.N2 * (1.0 + z)
    weighted = (speeds ** (at.gamma - 1.0) / at.M) ** p
    if part in (0, 1):
        weighted = weighted * (1.0 + speeds**2) ** at.r0 * speeds  # dx along the needle is |v| dt
        across = at.M ** (1 - d) * float(_chords_across(d, rock.t, chords, part == 0, level) @ rock.weights)
    else:
        across = chi_integral(d - 1, p) * float(_at_ends(rock.t, chords[:, 0]).max()) ** p
    integral = at.J * at.amplitude**p * at.M ** (1 - d) * at.N2 * float(w_z @ weighted) * across
    return Size(front(at, part) * _rock_mass(at) * integral ** (1.0 / p))


def _at_ends(t: Array, values: Array) -> Array:
    """Values (n_t, ...) at Gauss nodes of ``[-T, 0]`` continued to 0 and to -T, (2, ...)."""
    T = -(t[0] + t[-1])  # nodes are symmetric
    powers = np.linalg.inv(np.vander(t / T, increasing=True))
    ends = np.array([[1.0, *[0.0] * (t.size - 1)], (-1.0) ** np.arange(t.size)]) @ powers
    return np.tensordot(ends, values, axes=1)


def _chords_across(d: int, t: Array, chords: Array, gradient: bool, level: int) -> Array:
    """``int dw chi(w)^2 int dy`` of the square of ``chi(y) X(t, |y + t w|)``, or of its gradient, (n_t,)."""
    x, w_x = panels(np.array([0.0, 1.0, 2.0]), (12, 18)[level])
    radial = w_x * sphere_area(d - 1) * x ** (d - 2)
    n = (6, 9)[level]
    c = np.array([1.0, -1.0]) if d == 2 else np.cos(math.pi * (np.arange(n) + 0.5) / n)
    y, w = x[:, None, None], x[:, None]
    chi = chi_at(x)
    chi_slope = interpolation(x) @ slope(chi_at(radial_rule(RADIAL)[0]))
    found = np.empty(t.size)
    for i, time in enumerate(t.tolist()):
        offset = np.sqrt(np.maximum(y**2 + (time * w) ** 2 + 2.0 * time * y * w * c, 1e-20))
        rows = interpolation(offset.ravel())
        X = (rows @ chords[i]).reshape(offset.shape)
        if gradient:
            X_slope = chi[:, None, None] * (rows @ slope(chords[i])).reshape(offset.shape)
            turned = np.clip((y + time * w * c) / offset, -1.0, 1.0)  # cosine of y with y + t w
            squared = (chi_slope[:, None, None] * X + X_slope * turned) ** 2
            squared += X_slope**2 * (1.0 - turned**2)
        else:
            squared = (chi[:, None, None] * X) ** 2
        found[i] = radial @ squared.mean(axis=-1) @ (radial * chi**2)
    return found


def gain_with_rock(at: Needles, part: int, rock: RockHistory, level: int, rock_first: bool) -> Size:
    """Of ``Q+(f_r, f_b)``, or of ``Q+(f_b, f_r)``: particles thrown out, slow ones among them."""
    d, p, orders = at.d, POWERS[part], ORDERS[level]
    profiles = rock.E[:, None] * passing(d, rock.t, orders)  # (n_t, l, R)
    few = min(FEW[d] / (at.M * at.N2), 0.1)
    octaves = few * 2.0 ** np.arange(0, math.floor(math.log2(0.4 / few)) + 1)
    q, w = panels(np.concatenate([[0.0], octaves, [0.8, 0.9, 1.0, 1.1, 1.2]]), (5, 8)[level])
    a = outcome(d, at.gamma, rock_first, q, orders)
    if part in (0, 1):
        density = _leaving(at, rock, profiles, a, q, part == 0) * (1.0 + (at.N2 * q) ** 2) ** at.r0
    else:
        density = _longest(at, rock, profiles, a, q) ** p
    density *= w * sphere_area(d) * at.N2**d * q ** (d - 1)
    whole, untold = float(density.sum()), float(density[q < few].sum())
    scale = at.J * at.amplitude * at.M ** (1 - d) * at.N2 ** (at.gamma - d + 1)
    value = front(at, part) * _rock_mass(at) * scale * whole ** (1.0 / p)
    return Size(value, untold / whole)


def _leaving(at: Needles, rock: RockHistory, profiles: Array, a: Array, q: Array, gradient: bool) -> Array:
    """``int D^2 dx``, or ``int |grad D|^2 dx/M^2``, at each q, of `profiles` times `a`."""
    d, T, orders = at.d, abs(at.t), a.shape[0]
    speed = at.M * at.N2 * q
    chords = np.stack([profiles[:, j] @ chord_matrix(d, 2 * j).T for j in range(orders)], axis=1)
    if gradient:
        chords = slope(chords)
    R, w = radial_rule(RADIAL)
    across = w * sphere_area(d - 1) * R ** (d - 2)
    squares = np.einsum("t,tlY,tmY->lm", rock.weights, chords, chords * across, optimize=True)
    found = np.einsum("lq,lm,mq->q", a, squares, a, optimize=True) / speed
    # What the ends change, int dt dt' overlap(|v| (t - t')) instead of T int overlap: it counts for slow
    # particles only, so for q = 0 and with the mean of the rock over time.
    sigma, overlap = _overlap(d, np.tensordot(rock.weights / T, profiles, axes=1), gradient)
    reach = np.minimum(speed * T, _APART)
    zeroth, moment = (CubicSpline(sigma, f).antiderivative() for f in (overlap, sigma * overlap))
    first, second, everything = zeroth(reach), moment(reach), float(zeroth(_APART))
    change = (2.0 / speed) * (T * (first - everything) - second / speed)
    at_right_angles = functions(d, 2 * np.arange(orders), np.array(0.0))
    # the two have to cancel as q -> 0, however coarse the grid of the overlap
    change *= float(at_right_angles @ squares @ at_right_angles) / (2.0 * T * everything)
    return np.asarray((found + a[0] ** 2 * change) * at.M**-d)


@lru_cache(maxsize=2)
def _cylinder(d: int, orders: int) -> tuple[Array, Array, Array, Array]:
    """Uniform grids of distances and places along a line, ``Y_l(0) Y_l(cos)`` there, and `interpolation`."""
    Y, sigma = np.linspace(0.0, 2.0, _ON_RADIUS), np.linspace(-2.0, 2.0, 2 * _ON_RADIUS - 1)
    R = np.hypot(Y[:, None], sigma)
    cosine = sigma / np.maximum(R, 1e-300)
    degrees = 2 * np.arange(orders)
    amounts = functions(d, degrees, np.array(0.0))[:, None, None] * functions(d, degrees, cosine)
    return Y, sigma, amounts, interpolation(R.ravel())


def _overlap(d: int, profiles: Array, gradient: bool) -> tuple[Array, Array]:
    """``int g(x) g(x + sigma w) dx`` of what is thrown out at right angles to needles, at ``sigma >= 0``."""
    Y, sigma, amounts, at_grid = _cylinder(d, profiles.shape[0])
    g = np.sum((at_grid @ profiles.T).T.reshape(amounts.shape) * amounts, axis=0)
    fields = np.gradient(g, Y, sigma) if gradient else [g]
    weights = sphere_area(d - 1) * Y ** (d - 2) * (Y[1] - Y[0]) * (sigma[1] - sigma[0])
    weights[0] *= 0.5
    total = np.zeros(2 * sigma.size - 1)
    for field in fields:
        for row, weight in zip(field, weights, strict=True):
            total += weight * np.correlate(row, row, "full")
    return (sigma[1] - sigma[0]) * np.arange(sigma.size), total[sigma.size - 1 :]


def _longest(at: Needles, rock: RockHistory, profiles: Array, a: Array, q: Array) -> Array:
    """The supremum over x of D at each q, of `profiles` times `a`: along lines through the rock's centre."""
    d, T, orders = at.d, abs(at.t), a.shape[0]
    speed = at.M * at.N2 * q
    chords = np.stack([profiles[:, j] @ chord_matrix(d, 2 * j)[0] for j in range(orders)], axis=1)
    found = (_at_ends(rock.t, chords) @ a).max(axis=0) / speed
    slow = np.flatnonzero(speed * T < _SLOW)
    if slow.size == 0:
        return np.asarray(found)
    x, w = gauss_legendre(_ON_LINE)
    powers = np.linalg.inv(np.vander(rock.t / T, increasing=True))
    # of those a_l is a_0 Y_l(0): needles at right angles count
    at_right_angles = functions(d, 2 * np.arange(orders), np.array(0.0))
    nodes = np.concatenate([radial_rule(RADIAL)[0], [2.0]])
    within = CubicSpline(nodes, np.pad(at_right_angles @ profiles, ((0, 0), (0, 1))).T)
    longest = np.zeros(slow.size)
    for late in _LATE:  # when the centre is passed, after the start, in units of what half a chord takes
        centre = -T + late * np.minimum(2.0 / speed[slow], 0.5 * T)
        total = np.zeros(slow.size)
        for side, whole in ((-1.0, centre + T), (1.0, -centre)):
            # the time on this side of the centre, as long as within the rock, split at R = 1
            length, inner = (np.minimum(whole, R / speed[slow]) for R in (2.0, 1.0))
            for low, high in ((0.0 * inner, inner), (inner, length)):
                after = low[:, None] + (high - low)[:, None] * x
                time = (centre[:, None] + side * after) / T
                in_time = time[..., None] ** np.arange(rock.t.size) @ powers
                g = np.sum(within(np.minimum(speed[slow, None] * after, 2.0)) * in_time, axis=-1)
                total += a[0, slow] * (high - low) * (g @ w)
        longest = np.maximum(longest, total)
    found[slow] = longest
    return np.asarray(found)
