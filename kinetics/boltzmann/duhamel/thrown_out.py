r"""Sizes of the gain terms of rock and needles, after the Duhamel integral: what they throw out.

Particles are thrown out in all directions, with the speeds ``N2 q`` and the densities of `rock_gain`.  Those
at right angles to the needles are slow, and stay within the rock until time ends.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import scipy

from wellposed.kinetics.boltzmann.construction.needles import Needles
from wellposed.kinetics.boltzmann.construction.rock_gain import (
    ORDERS,
    harmonics,
    needle_harmonics,
    outgoing_speeds,
    thrown_out_harmonics,
)
from wellposed.kinetics.boltzmann.duhamel.rock_history import RockHistory
from wellposed.kinetics.boltzmann.duhamel.size import Size, at_ends, rock_mass, z_factor
from wellposed.kinetics.boltzmann.norms.cutoff import RADIAL, Array, radial_rule
from wellposed.kinetics.boltzmann.norms.profiles import chord_matrix, interpolation, slope
from wellposed.kinetics.boltzmann.norms.z_norm import POWERS
from wellposed.kinetics.quadrature import gauss_legendre, sphere_area

_ON_RADIUS = 49  # points of a uniform grid
_ON_LINE = 12  # nodes on a panel
_STAYS = 64.0  # M |v| T below which a supremum sees that time ends
_CENTRE_PASSED = (0.5, 0.75, 1.0)  # when, after the start, in units of what half a chord takes
_APART = 4.0  # in units of 1/M: rocks farther apart do not overlap


def gain_with_rock(at: Needles, part: int, rock: RockHistory, level: int, rock_first: bool) -> Size:
    """Returns the size of ``Q+(f_r, f_b)`` or ``Q+(f_b, f_r)``: particles thrown out, also slow ones."""
    d, p, orders = at.d, POWERS[part], ORDERS[level]
    profiles = rock.E[:, None] * needle_harmonics(d, rock.t, orders)  # (n_t, l, R)
    few, q, w = outgoing_speeds(d, at.M * at.N2, level)
    a = thrown_out_harmonics(d, at.gamma, rock_first, q, orders)
    if part in (0, 1):
        density = _squared_norms(at, rock, profiles, a, q, part == 0) * (1.0 + (at.N2 * q) ** 2) ** at.r0
    else:
        density = _suprema(at, rock, profiles, a, q) ** p
    density *= w * sphere_area(d) * at.N2**d * q ** (d - 1)
    whole, of_few = float(density.sum()), float(density[q < few].sum())
    scale = at.J * at.amplitude * at.M ** (1 - d) * at.N2 ** (at.gamma - d + 1)
    value = z_factor(at, part) * rock_mass(at) * scale * whole ** (1.0 / p)
    return Size(value, of_few / whole)


def _squared_norms(
    at: Needles, rock: RockHistory, profiles: Array, a: Array, q: Array, gradient: bool
) -> Array:
    """Returns ``int D^2 dx``, or ``int |grad D|^2 dx/M^2``, at each q, of `profiles` times `a`."""
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
    zeroth, moment = (
        scipy.interpolate.CubicSpline(sigma, f).antiderivative() for f in (overlap, sigma * overlap)
    )
    first, second, everything = zeroth(reach), moment(reach), float(zeroth(_APART))
    change = (2.0 / speed) * (T * (first - everything) - second / speed)
    at_right_angles = harmonics(d, 2 * np.arange(orders), np.array(0.0))
    # the two have to cancel as q -> 0, however coarse the grid of the overlap
    change *= float(at_right_angles @ squares @ at_right_angles) / (2.0 * T * everything)
    return np.asarray((found + a[0] ** 2 * change) * at.M**-d)


@lru_cache(maxsize=2)
def _cylinder(d: int, orders: int) -> tuple[Array, Array, Array, Array]:
    """Returns uniform grids across and along a line, ``Y_l(0) Y_l(cos)`` there, and `interpolation`."""
    Y, sigma = np.linspace(0.0, 2.0, _ON_RADIUS), np.linspace(-2.0, 2.0, 2 * _ON_RADIUS - 1)
    R = np.hypot(Y[:, None], sigma)
    cosine = sigma / np.maximum(R, 1e-300)
    degrees = 2 * np.arange(orders)
    amounts = harmonics(d, degrees, np.array(0.0))[:, None, None] * harmonics(d, degrees, cosine)
    return Y, sigma, amounts, interpolation(R.ravel())


def _overlap(d: int, profiles: Array, gradient: bool) -> tuple[Array, Array]:
    """Returns ``sigma >= 0`` and ``int g(x) g(x + sigma w) dx`` of what leaves at right angles to needles."""
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


def _suprema(at: Needles, rock: RockHistory, profiles: Array, a: Array, q: Array) -> Array:
    """Returns the supremum over x of D at each q, of `profiles` times `a`, on lines through the centre."""
    d, T, orders = at.d, abs(at.t), a.shape[0]
    speed = at.M * at.N2 * q
    chords = np.stack([profiles[:, j] @ chord_matrix(d, 2 * j)[0] for j in range(orders)], axis=1)
    found = (at_ends(rock.t, chords) @ a).max(axis=0) / speed
    slow = np.flatnonzero(speed * T < _STAYS)
    if slow.size == 0:
        return np.asarray(found)
    x, w = gauss_legendre(_ON_LINE)
    powers = np.linalg.inv(np.vander(rock.t / T, increasing=True))
    # of those a_l is a_0 Y_l(0): needles at right angles count
    at_right_angles = harmonics(d, 2 * np.arange(orders), np.array(0.0))
    nodes = np.concatenate([radial_rule(RADIAL)[0], [2.0]])
    within = scipy.interpolate.CubicSpline(nodes, np.pad(at_right_angles @ profiles, ((0, 0), (0, 1))).T)
    longest = np.zeros(slow.size)
    for passed in _CENTRE_PASSED:
        centre = -T + passed * np.minimum(2.0 / speed[slow], 0.5 * T)
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
