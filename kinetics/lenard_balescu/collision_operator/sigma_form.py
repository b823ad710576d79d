r"""The unscreened operator as a cut-off Boltzmann operator.

Without screening, (1.11) in the variable sigma of (1.21) is

    Q(f)(v1) = int du dsigma B(|u|, theta) [f(v1') f(v2') - f(v1) f(v2)],
    B = 2^(1-d) c_d hbar^(-d-1) |u|^(d-2) V(|u| sin(theta/2)/hbar)^2,

which for ``V = kappa (1 + k^2)^(-s/4)`` is ``2^(1-d) c_d kappa^2 hbar^(s-d-1) |u|^gamma (sin(theta/2)^2 +
hbar^2/|u|^2)^(-s/2)`` with ``gamma = d - 2 - s``: angular singularity s + 1 - d, cut off at hbar/|u|.  Other
kinetic exponents gamma multiply by ``|u|^offset``, ``offset = gamma - (d - 2 - s)``, and are Boltzmann only.

The integral over sigma is one over ``k = |u| sin(theta/2)/hbar`` and the angle about u:
``dsigma = 2^(d-1) (hbar/|u|)^(d-1) k^(d-2) (1 - x^2)^((d-3)/2) dk domega``, ``x = hbar k/|u|``.

Source: C. Le Bihan, Around the quantum Lenard-Balescu equation, (1.11), (1.21).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import roots_jacobi

from wellposed.errors import Unresolved
from wellposed.kinetics.lenard_balescu.arguments import real_array
from wellposed.kinetics.lenard_balescu.interaction.directions import angle_rule
from wellposed.kinetics.lenard_balescu.interaction.momentum import shell_rule
from wellposed.kinetics.lenard_balescu.interaction.normalisation import published_constant
from wellposed.kinetics.lenard_balescu.interaction.potential import Potential, refuse_other_than_potential
from wellposed.kinetics.lenard_balescu.parameters import DIMENSION, POSITIVE_HBAR
from wellposed.kinetics.quadrature import gauss_jacobi, gauss_legendre, sphere_area
from wellposed.kinetics.user_functions import missed

Array = NDArray[np.float64]

_REACH = 10.0  # speed beyond which a distribution is negligible
_SPEEDS = np.arange(0.0, _REACH + 1.0, 2.0)  # panels on which it is looked at
_MISSED = 1e-3  # share of its mass that nodes may pass by


def cut_off_kernel(
    distance: ArrayLike, theta: ArrayLike, *, d: int, hbar: float, potential: Potential, offset: float = 0.0
) -> Array:
    """Returns ``B(|u|, theta)`` with the published constant.

    It has the shape that `distance` and `theta` broadcast to; `offset` is gamma - (d - 2 - s).

    Raises
    ------
    ParameterError
        If d, hbar or the potential is not allowed; hbar = 0 is not.
    """
    d = int(DIMENSION.canonical(d))
    hbar = float(POSITIVE_HBAR.canonical(hbar))
    refuse_other_than_potential(potential)
    u, angle = real_array(distance, "distance"), real_array(theta, "theta")
    strength = potential(u * np.sin(0.5 * angle) / hbar)
    kernel: Array = (
        2.0 ** (1 - d) * published_constant(d) * hbar ** (-d - 1) * u ** (d - 2 + offset) * strength**2
    )
    return kernel


def boltzmann_collision(
    f: Callable[[Array], Array],
    speed: float,
    *,
    d: int,
    hbar: float,
    potential: Potential,
    offset: float = 0.0,
    n: int = 16,
) -> float:
    """Returns ``Q(f)`` at |v1| = `speed` by quadrature of the sigma-form: four nested integrals.

    Parameters
    ----------
    f : callable
        Takes an array of ``|v|^2`` and returns f; negligible where |v| > 10.
    speed : float
    d, hbar, potential, offset
        As for `cut_off_kernel`.
    n : int
        Nodes per panel and angles.

    Raises
    ------
    Unresolved
        If `f` has structure that n nodes on two units of the speed pass by.

    Notes
    -----
    The relative error is about 1e-9 at n = 24, and 1e-14/hbar^2 of gain and loss, which cancel: a check of
    `collision` without screening, not a substitute for it.
    """
    mass = lambda r, values: r ** (d - 1) * values  # noqa: E731
    hidden = missed(lambda r: np.asarray(f(r * r)), _SPEEDS, n, (mass,), 4096)
    if hidden.ratio > _MISSED:
        raise Unresolved(
            f"Argument `f` has structure near |v| = {hidden.at:.4g} that n = {n} nodes pass by: "
            "take a larger n."
        )
    nodes, weights = gauss_legendre(n)
    edges = [0.0, min(hbar, 1.0)]
    while edges[-1] < speed + _REACH:
        edges.append(min(2.0 * edges[-1], edges[-1] + 2.0))
    cosine, cosine_weight = roots_jacobi(n, 0.5 * (d - 3), 0.5 * (d - 3))
    y, y_weight = angle_rule(d, n)
    p, q = (speed * cosine)[:, None, None], (speed * np.sqrt(1.0 - cosine**2))[:, None, None]
    here = f(np.array(speed * speed))
    total = 0.0
    for left, right in pairwise(edges):
        for node, weight in zip(nodes.tolist(), weights.tolist(), strict=True):
            u = left + (right - left) * node
            k, k_weight = shell_rule(d, potential, u / hbar, n)
            x = np.minimum(hbar * k / u, 1.0)[:, None]
            middle = p - 0.5 * u
            energy = middle**2 + q**2 + 0.25 * u * u
            turned = u * (middle * (1.0 - 2.0 * x**2) + q * 2.0 * x * np.sqrt(1.0 - x**2) * y)
            gain = f(np.maximum(energy + turned, 0.0)) * f(np.maximum(energy - turned, 0.0))
            bracket = gain - here * f((p - u) ** 2 + q**2)
            inner = np.einsum("i,j,l,ijl->", cosine_weight, k_weight, y_weight, bracket)
            total += (right - left) * weight * u ** (d - 2 + offset) * float(inner)
    return published_constant(d) * sphere_area(d - 1) / hbar**2 * total


def quartic_form(d: int, hbar: float, potential: Potential, offset: float = 0.0, n: int = 24) -> float:
    """Returns ``int g L g`` of ``g = sqrt(M) |v|^4``, unscreened, by quadrature with n nodes per panel.

    Of ``|v1|^4 + |v2|^4`` a collision changes ``2 (m.u)^2`` only, m the mean velocity, so it is the mean over
    a Maxwellian difference u of ``|u|^4 int B sin(theta)^2 dsigma``.

    Raises
    ------
    Unresolved
        If it is infinite, for an offset of -2 d - 2 or less.
    """
    power = 2.0 * d + 1.0 + offset  # of |u|, below hbar
    if power <= -1.0:
        raise Unresolved(
            f"The form diverges where |u| -> 0, for gamma <= -d - 4 - s = {-d - 4.0 - potential.s:g}: "
            "take a larger gamma."
        )
    nodes, weights = gauss_legendre(n)
    edges = [min(0.5 * hbar, 0.5)]
    while edges[-1] < 18.0:
        edges.append(min(2.0 * edges[-1], edges[-1] + 2.0))
    first, first_weights = gauss_jacobi(n, power)
    u = [edges[0] * first]
    u_weight = [edges[0] * first_weights * first**-power]
    for left, right in pairwise(edges):
        u.append(left + (right - left) * nodes)
        u_weight.append((right - left) * weights)
    total = 0.0
    for node, weight in zip(np.concatenate(u).tolist(), np.concatenate(u_weight).tolist(), strict=True):
        transfer = _transfer(d, potential, node / hbar, n)
        total += weight * node ** (d + offset) * math.exp(-0.25 * node * node) * transfer
    normalisation: float = sphere_area(d) * sphere_area(d - 1) / (4.0 * math.pi) ** (0.5 * d)
    return 4.0 * published_constant(d) * normalisation * total


@lru_cache(maxsize=4096)  # for hbar halved again and again, panels that double have the same nodes
def _transfer(d: int, potential: Potential, largest: float, n: int) -> float:
    """Returns ``int_0^K dk k^d V^2 (1 - k^2/K^2)^((d-1)/2)``, K being `largest`."""
    k, weight = shell_rule(d, potential, largest, n)
    return float(np.sum(weight * k**2 * (1.0 - np.minimum(k / largest, 1.0) ** 2)))
