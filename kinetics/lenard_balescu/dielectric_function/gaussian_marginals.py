r"""Marginals that are sums of Gaussians, such as that of a ring around a core.

The response function of a Gaussian is that of the Maxwellian, moved and stretched.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wellposed.kinetics.lenard_balescu.dielectric_function.response import gaussian_response_differences
from wellposed.kinetics.lenard_balescu.interaction.directions import cosine_rule

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class GaussianMarginal:
    """A marginal that is a sum of Gaussians, each of a mass, a centre and a width, (n,)."""

    masses: Array
    centres: Array
    widths: Array

    @property
    def reach(self) -> float:
        """The velocity beyond which the marginal is round-off."""
        return float(np.max(np.abs(self.centres) + 9.0 * self.widths))

    def response_difference(self, w: Array, a: Array) -> NDArray[np.complex128]:
        """Returns ``[R_F(w + a) - R_F(w)]/a`` for a > 0, the derivative for a = 0; shapes broadcast."""
        w, a = np.broadcast_arrays(np.asarray(w, dtype=np.float64), np.asarray(a, dtype=np.float64))
        result = np.empty(w.size, dtype=np.complex128)
        gaussian_response_differences(self.masses, self.centres, self.widths, w.ravel(), a.ravel(), result)
        return result.reshape(w.shape)

    def __call__(self, u: Array) -> Array:
        """Returns F1(u), of the shape of u."""
        x = (np.asarray(u)[..., None] - self.centres) / self.widths
        density: Array = np.exp(-0.5 * x * x) @ (self.masses / self.widths) / math.sqrt(2.0 * math.pi)
        return density


def ring_and_core(
    d: int, radius: float, ring_temperature: float, core_mass: float, core_temperature: float, n: int
) -> GaussianMarginal:
    """Returns the marginal of a ring around a core, with n Gaussians for the ring.

    The core is a Maxwellian of mass `core_mass`, the ring one smeared over the sphere ``|v| = radius``.
    """
    cosines, weights = cosine_rule(n, d)
    return GaussianMarginal(
        np.append((1.0 - core_mass) * weights, core_mass),
        np.append(radius * cosines, 0.0),
        np.append(np.full(n, math.sqrt(ring_temperature)), math.sqrt(core_temperature)),
    )
