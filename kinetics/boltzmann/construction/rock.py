r"""The rock f_r of (3.9), which the needles attenuate, and its norms.

    f_r(t, x, v) = M^(d/2-s) N1^(d/2) exp(-beta(t, x, v)) chi(M x) chi(N1 v).

beta is taken at v = 0, which changes f_r by a part ``O(1/(N1 N2)^2)``, and averaged over directions, so the
profile is radial.  Where beta is large, ``sup exp(-beta)`` is divided out, and norms are logarithms.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from wellposed.kinetics.boltzmann.norms.cutoff import (
    RADIAL,
    STEEPEST,
    Array,
    chi_at,
    chi_integral,
    chi_slope_at,
    chi_spectrum,
    chi_transform,
    radial_rule,
    transform_matrix,
    wavenumbers,
)
from wellposed.kinetics.boltzmann.norms.rules import panel_derivative, supremum
from wellposed.kinetics.quadrature import sphere_area


@dataclass(frozen=True, eq=False)
class Rock:
    """The rock f_r at one time, and its norms.

    Attributes
    ----------
    d : int
    M, N2, N1, gamma, s, s0, r0, t : float
        As those of `Needles`.
    mean_betas : (2 RADIAL,) float
        beta(t, x, 0), averaged over directions, at the nodes ``M |x|`` of `radial_rule(RADIAL)`.
    beta_at_origin : float
        beta(t, 0, 0).
    """

    d: int
    M: float
    N2: float
    N1: float
    gamma: float
    s: float
    s0: float
    r0: float
    t: float
    mean_betas: Array
    beta_at_origin: float

    @cached_property
    def log_highest(self) -> float:
        """The logarithm of ``sup exp(-beta)`` over the rock."""
        return max(float(np.max(-self.mean_betas)), -self.beta_at_origin)

    @cached_property
    def profile(self) -> Array:
        """The profile ``chi(R) exp(-beta)`` over ``sup exp(-beta)`` at `radial_rule(RADIAL)`, (2 RADIAL,)."""
        R, _ = radial_rule(RADIAL)
        return chi_at(R) * np.exp(-self.mean_betas - self.log_highest)

    @cached_property
    def spectrum(self) -> Array:
        """The masses ``|F^|^2 dk/(2 pi)^d`` of `profile` at `wavenumbers`, (n,)."""
        return np.asarray(wavenumbers(self.d)[1] * (chi_transform(self.d) + self._change) ** 2)

    @cached_property
    def _change(self) -> Array:
        """The transform of `profile` less the one at time 0."""
        return transform_matrix(self.d) @ self._profile_change

    @property
    def _profile_change(self) -> Array:
        return chi_at(radial_rule(RADIAL)[0]) * np.expm1(-self.mean_betas - self.log_highest)

    @cached_property
    def _velocities(self) -> float:
        """``int <w/N1>^(2 r0) chi(|w|)^2 dw``."""
        r, w = radial_rule()
        bracket = (1.0 + (r / self.N1) ** 2) ** self.r0
        return sphere_area(self.d) * float(np.sum(w * r ** (self.d - 1) * chi_at(r) ** 2 * bracket))

    def _log_norm_of(self, masses: Array) -> float:
        """Returns the log of the norm in ``L_v^(2,r0) H_x^s0`` of a rock whose profile has that spectrum."""
        k, _ = wavenumbers(self.d)
        in_x = float(masses @ (1.0 + (self.M * k) ** 2) ** self.s0)
        return 0.5 * math.log(self._velocities * in_x) - self.s * math.log(self.M)

    @cached_property
    def log_norm(self) -> float:
        """The logarithm of the norm of f_r(t) in ``L_v^(2,r0) H_x^s0``."""
        return self.log_highest + self._log_norm_of(self.spectrum)

    @cached_property
    def log_norm_of_change(self) -> float:
        """The logarithm of the norm of ``f_r(t) - f_r(0)``; minus infinity where they are the same."""
        change = chi_at(radial_rule(RADIAL)[0]) * np.expm1(-self.mean_betas) * math.exp(-self.log_highest)
        masses = wavenumbers(self.d)[1] * (transform_matrix(self.d) @ change) ** 2
        return self.log_highest + self._log_norm_of(masses) if np.any(masses) else -math.inf

    @cached_property
    def log_norm_0(self) -> float:
        """The logarithm of that norm at time 0."""
        return self._log_norm_of(chi_spectrum(self.d)[1])

    def log_amplification(self, level: int) -> float:
        """Returns ``log(|f_r(t)|/|f_r(0)|)`` of these norms, by a coarse (0) or a fine (1) rule."""
        k, w = wavenumbers(self.d, level)
        weight = (1.0 + (self.M * k) ** 2) ** self.s0
        at_rest = chi_transform(self.d, level)
        change = self._change if level else transform_matrix(self.d, 0) @ self._profile_change
        before = float((w * weight) @ at_rest**2)
        # as a difference where that is small, and as a ratio where little of the rock is left beside its core
        grown = float((w * weight) @ (change * (2.0 * at_rest + change))) / before
        if grown < -0.5:
            return self.log_highest + 0.5 * math.log(float((w * weight) @ (at_rest + change) ** 2) / before)
        return self.log_highest + 0.5 * math.log1p(grown)

    @cached_property
    def log_z_parts(self) -> Array:
        """The logarithms of the six parts of the Z-norm (3.34) at time `t`, (6,)."""
        R, _ = radial_rule(RADIAL)
        slope = self.profile * (-self.mean_betas.reshape(2, RADIAL) @ panel_derivative()[1].T).ravel()
        inside = self.profile > 0.0
        slope[inside] += self.profile[inside] * (chi_slope_at(R[inside]) / chi_at(R[inside]))
        tallest = 1.0 if self.t <= 0.0 else supremum(self.profile)
        parts = self._z_parts_of(self.spectrum, tallest, supremum(np.abs(slope)))
        return np.asarray(self.log_highest + np.log(parts))

    @cached_property
    def z_parts_0(self) -> Array:
        """The six parts of the Z-norm (3.34) at time 0, (6,)."""
        return self._z_parts_of(chi_spectrum(self.d)[1], 1.0, STEEPEST)

    def _z_parts_of(self, masses: Array, tallest: float, steepest: float) -> Array:
        """Returns the six parts of a rock whose profile has that spectrum, supremum, and steepest slope."""
        d, M, N1, N2 = self.d, self.M, self.N1, self.N2
        k, _ = wavenumbers(d)
        scale = M ** (0.5 * d - self.s) * N1 ** (0.5 * d) * N2**self.gamma
        third = scale * N1**-d * chi_integral(d)
        fourth = scale * N2 ** (0.4 * d) * (N1**-d * chi_integral(d, 5.0 / 3.0)) ** 0.6
        velocities = M**-self.s * math.sqrt(self._velocities)
        return np.array(
            [
                M ** (0.5 * (d - 1)) * velocities * math.sqrt(float(np.sum(masses * k**2))),
                M ** (0.5 * (d - 1)) * velocities * math.sqrt(float(np.sum(masses))),
                third * tallest,
                fourth * tallest,
                third * steepest,
                fourth * steepest,
            ]
        )
