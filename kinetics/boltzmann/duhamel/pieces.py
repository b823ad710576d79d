r"""Sizes of the pieces of F_err in which nothing is thrown out, after the Duhamel integral.

The experiment `error_terms` says which pieces there are, and `thrown_out` has the others.

All are for a rock that does not move, a point in velocity when needles meet it, and needles whose sum is its
mean over directions.  A particle of speed ``|v| = N2 q`` crosses the rock in a time ``1/(M N2 q)``, so that

    D = int_{-T}^0 F(t0, x + v t0) dt0

is an integral along a chord; the ends of ``[-T, 0]`` count for a part ``1/(M N2 T)``, but for slow particles,
thrown out in a collision, they count in full.
"""

from __future__ import annotations

import math

import numpy as np

from wellposed.kinetics.boltzmann.construction.crossing import axial_rule
from wellposed.kinetics.boltzmann.construction.needles import Needles
from wellposed.kinetics.boltzmann.duhamel.rock_history import RockHistory, self_collision
from wellposed.kinetics.boltzmann.duhamel.size import Size, at_ends, rock_amplitude, rock_mass, z_factor
from wellposed.kinetics.boltzmann.norms.cutoff import RADIAL, Array, chi_at, chi_integral, panels, radial_rule
from wellposed.kinetics.boltzmann.norms.profiles import chord_matrix, interpolation, radial_integral, slope
from wellposed.kinetics.boltzmann.norms.rules import supremum
from wellposed.kinetics.boltzmann.norms.z_norm import GRADIENTS, POWERS
from wellposed.kinetics.quadrature import sphere_area


def transport(at: Needles, part: int, rock: RockHistory, level: int) -> Size:
    """Returns the size of ``v.grad f_r``, the drift of the rock."""
    d, p = at.d, POWERS[part]
    R, _ = radial_rule(RADIAL)
    first = slope(rock.summed())
    second = slope(first)
    velocities = float(radial_integral(d, (R * chi_at(R)) ** p)) * at.N1 ** (-d - p)
    if part in (0, 1):
        profile = first if part else second + (d - 1) * first / R
        in_x = math.sqrt(float(radial_integral(d, profile**2)) * at.M**-d / d)
    elif part in GRADIENTS:
        in_x = supremum(np.maximum(np.abs(second), np.abs(first) / R))
    else:
        in_x = supremum(np.abs(first))
    return Size(z_factor(at, part) * rock_amplitude(at) * at.M * in_x * velocities ** (1.0 / p))


def rock_rock(at: Needles, part: int, rock: RockHistory, level: int, gain: bool) -> Size:
    """Returns the size of ``Q+(f_r, f_r)``, or of ``Q-(f_r, f_r)``: collisions within the rock."""
    d, p = at.d, POWERS[part]
    moments = dict(zip((1.0, 5.0 / 3.0, 2.0), self_collision(d, at.gamma, gain), strict=True))
    velocities = (moments[p] * at.N1**-d) ** (1.0 / p) * at.N1 ** (-d - at.gamma)
    profile = rock.summed(2.0)
    if part in GRADIENTS:
        profile = slope(profile)
    if part in (0, 1):
        in_x = math.sqrt(float(radial_integral(d, profile**2)) * at.M**-d)
    else:
        in_x = supremum(np.abs(profile))
    return Size(z_factor(at, part) * rock_amplitude(at) ** 2 * velocities * in_x)


def loss_needles_rock(at: Needles, part: int, rock: RockHistory, level: int) -> Size:
    """Returns the size of ``Q-(f_b, f_r)``: what needles lose as they pass the rock."""
    d, p = at.d, POWERS[part]
    chords = rock.E @ chord_matrix(d).T
    z, w_z = axial_rule(p)
    speeds = at.N2 * (1.0 + z)
    weighted = (speeds ** (at.gamma - 1.0) / at.M) ** p
    if part in (0, 1):
        weighted = weighted * (1.0 + speeds**2) ** at.r0 * speeds  # dx along the needle is |v| dt
        across = at.M ** (1 - d) * float(_chords_across(d, rock.t, chords, part == 0, level) @ rock.weights)
    else:
        across = chi_integral(d - 1, p) * float(at_ends(rock.t, chords[:, 0]).max()) ** p
    integral = at.J * at.amplitude**p * at.M ** (1 - d) * at.N2 * float(w_z @ weighted) * across
    return Size(z_factor(at, part) * rock_mass(at) * integral ** (1.0 / p))


def _chords_across(d: int, t: Array, chords: Array, gradient: bool, level: int) -> Array:
    """Returns ``int dw chi(w)^2 int dy`` of ``(chi(y) X(t, |y + t w|))^2``, or of its gradient's, (n_t,)."""
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
