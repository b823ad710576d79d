r"""The approximate solution ``f_b + f_r``: needles that poke a rock, in closed reductions.

    f_b(t, x, v) = A sum_j K_j(x - v t) I_j(v),    A = M^((d-1)/2-s) N2^(-d-gamma),               (3.6)
    f_r(t, x, v) = M^(d/2-s) N1^(d/2) exp(-beta(t, x, v)) chi(M x) chi(N1 v),                      (3.9)
    beta(t, x, v) = int_0^t int f_b(tau, x, u) |u - v|^gamma du dtau,

with needles ``K_j(x) = chi(M |P_j^perp x|) chi(|P_j x|/N2)``, ``I_j(v) = chi(M |P_j^perp v|)
chi(10 (P_j v/N2 - 1))`` along `J` directions.  No grid: as needles are disjoint in velocity, norms of f_b
are one needle's, a product of transforms of chi; beta is a sum over directions of a function of
``M |P_j^perp x|`` (see `crossing` and `attenuation`), and its mean over directions makes f_r radial.

Norms are ``int <v>^(2 r) int <eta>^(2 s) |f^(eta, v)|^2 deta/(2 pi)^d dv``, on the whole space.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from wellposed.errors import ParameterError
from wellposed.kinetics.boltzmann.attenuation import sum_over_needles
from wellposed.kinetics.boltzmann.crossing import (
    across,
    along,
    mean_over_directions,
    passage_moments,
    speed_factor,
)
from wellposed.kinetics.boltzmann.cutoff import (
    RADIAL,
    STEEPEST,
    Array,
    chi_at,
    chi_integral,
    chi_slope_at,
    chi_spectrum,
    chi_transform,
    radial_rule,
    sphere_area,
    transform_matrix,
    wavenumbers,
)
from wellposed.kinetics.boltzmann.norm_rules import across_squared, octaves, panel_derivative, supremum
from wellposed.kinetics.experiment import Parameter

Kernel = Literal["power", "mixed"]

DENSEST = {2: 2.0 * math.pi / 5.0, 3: 0.382}
"""The largest ``c_J = J/(M N2)^(d-1)`` for which needles are disjoint in velocity."""

_SPARSEST = 16.0  # M N2, below which directions are too few to be spread as DENSEST supposes
_MOST = 2**24  # directions that are listed


@lru_cache(maxsize=16)
def directions(d: int, J: int) -> Array:
    """The needles' directions, (J, d): equally spaced in the plane, a spherical Fibonacci lattice in space.

    Raises
    ------
    ParameterError
        If there are more than 2^24.
    """
    if J > _MOST:
        raise ParameterError(
            f"At most {_MOST} directions can be listed, but J is {J}; see `Needles.mean_beta`."
        )
    j = np.arange(J)
    if d == 2:
        e = np.stack([np.cos(2.0 * math.pi * j / J), np.sin(2.0 * math.pi * j / J)], axis=1)
    else:
        z = 1.0 - (2.0 * j + 1.0) / J
        phi = 2.0 * math.pi * np.mod(j * (0.5 * (math.sqrt(5.0) - 1.0)), 1.0)
        e = np.stack([np.sqrt(1.0 - z**2) * np.cos(phi), np.sqrt(1.0 - z**2) * np.sin(phi), z], axis=1)
    e.flags.writeable = False
    return e


def _exp(x: float) -> float:
    return math.exp(x) if x < 709.0 else math.inf


@dataclass(frozen=True)
class ZNorm:
    """The six parts of the Z-norm (3.34), in the printed order.

    Attributes
    ----------
    f_b, f_r, f_r_0 : (6,) float
        Of the needles, of the rock at time `t`, and of the rock at time 0.  Entries of `f_r` are infinite
        where they are beyond the range of floating point numbers.
    log_f_r : (6,) float
        The logarithms of `f_r`, finite.
    """

    f_b: Array
    f_r: Array
    f_r_0: Array
    log_f_r: Array


@dataclass(frozen=True)
class L1Analogue:
    """Norms in ``L_v^(1,r1) L_x^1`` and beta(t, 0, 0) of the L^1 construction of section 3.1.1.

    As printed, with ``r1 = 1 + gamma`` and the amplitude ``M^(d-1-s) N2^(-d-2-gamma)``, and corrected, with
    ``r1 = gamma - 1``, which is what scaling gives instead of (3.30), and ``M^(d-1-s) N2^(-d-gamma)``.
    """

    f_b_norm_printed: float
    f_b_norm_corrected: float
    beta_printed: float
    beta_corrected: float


@dataclass(frozen=True)
class Needles:
    """Needles and rock at one point of parameter space.  Made by `needles`, which says what is what.

    Attributes
    ----------
    J : int
        How many needles there are.
    r0 : float
        ``max(0, s0 + gamma)``, the weight in velocity that goes with `s0`.
    """

    d: int
    M: float
    N2: float
    N1: float
    gamma: float
    s: float
    s0: float
    t: float
    J: int
    kernel: Kernel

    @property
    def r0(self) -> float:
        return max(0.0, self.s0 + self.gamma)

    @property
    def amplitude(self) -> float:
        """A of (3.6)."""
        return self.M ** (0.5 * (self.d - 1) - self.s) * self.N2 ** (-self.d - self.gamma)

    @property
    def density(self) -> float:
        """``c_J = J/(M N2)^(d-1)``."""
        return self.J / (self.M * self.N2) ** (self.d - 1)

    @property
    def rate(self) -> float:
        """kappa: ``c_J M^((d-1)/2-s)``, the size of ``d beta/dt``."""
        return self.density * self.M ** (0.5 * (self.d - 1) - self.s)

    def beta(self, x: ArrayLike, v: ArrayLike) -> float:
        """beta(t, x, v) of the listed directions; negative before time 0.

        Parameters
        ----------
        x, v : (d,) float
            The velocity has to keep some distance from those of the needles that pass `x`.

        Raises
        ------
        ParameterError
            If a shape is wrong, `v` is too close to the needles' velocities, there are more than 2^24
            needles, or `v` comes within one of them where the kernel is mixed.
        """
        x, v = (self._vector(name, value) for name, value in (("x", x), ("v", v)))
        speed = math.sqrt(float(v @ v))
        if self.kernel == "mixed" and abs(speed - self.N2) < 0.2 * self.N2 + 2.0 / self.M + 1.0:
            raise ParameterError(
                f"Argument `v` must keep a distance of 1 from the needles' velocities with the mixed "
                f"kernel, but has |v| = {speed:g} with N2 = {self.N2:g}."
            )
        total = sum_over_needles(x, v, self.t, directions(self.d, self.J), self.M, self.N2, self.gamma)
        return math.copysign(self.rate / self.J, self.t) * total

    def _vector(self, name: str, value: ArrayLike) -> Array:
        found = np.ascontiguousarray(value, dtype=np.float64)
        if found.shape != (self.d,) or not np.all(np.isfinite(found)):
            raise ParameterError(f"Argument `{name}` must be {self.d} finite numbers, but is {value!r}.")
        return found

    @cached_property
    def beta_at_origin(self) -> float:
        """beta(t, 0, 0), linear in `t`; that of any direction set."""
        r, w = across(self.d)
        weight = float(w @ speed_factor(r, self.gamma, self.M * self.N2)) * sphere_area(self.d - 1)
        return self.rate * self.t * weight

    @cached_property
    def _mean(self) -> Array:
        """The mean of beta(t, x, 0) over directions at the nodes ``M |x|`` of `radial_rule(RADIAL)`."""
        r, _ = across(self.d)
        weight = speed_factor(r, self.gamma, self.M * self.N2)
        moments = passage_moments(abs(self.t), weight, self.d)
        return math.copysign(self.rate, self.t) * (mean_over_directions(self.d) @ moments)

    @property
    def mean_betas(self) -> Array:
        """`mean_beta` at all nodes of `radial_rule(RADIAL)`, (2 RADIAL,)."""
        return self._mean

    def mean_beta(self, R: float) -> float:
        """beta(t, x, 0) at ``M |x| = R <= 2``, averaged over all directions on the sphere.

        The sum over directions differs from it by less than 1e-11 for d = 2, J >= 512, and 1e-8 for d = 3,
        J >= 16384.
        """
        if not 0.0 <= R <= 2.0:
            raise ParameterError(f"Argument `R` must be a number in [0, 2], but is {R}.")
        nodes, _ = radial_rule(RADIAL)
        panel = slice(0, RADIAL) if R < 1.0 else slice(RADIAL, 2 * RADIAL)
        over = panel_derivative()[0] / (R - nodes[panel] + 1e-300)
        return float(np.sum(over * self._mean[panel]) / np.sum(over))

    def f_b_norm_in(self, r: float, s: float, level: int = 1) -> float:
        """The norm of f_b in ``L_v^(2,r) H_x^s``, the same at all times; `level` 0 is a coarser rule."""
        across_axis, mass_across = octaves(self.d - 1, -20, level)
        along_axis, mass_along = octaves(1, 0, level)
        weight = (1.0 + (self.M * across_axis[:, None]) ** 2 + (along_axis / self.N2) ** 2) ** s
        in_x = float(mass_across @ weight @ mass_along)
        return self.amplitude * math.sqrt(self.J * in_x * self._velocities(2.0 * r)) * self._volume

    @property
    def _volume(self) -> float:
        """``M^(1-d) N2``: of a needle in x, and of its velocities."""
        return self.M ** (1 - self.d) * self.N2

    def _velocities(self, weight: float) -> float:
        """``int <v>^weight I_j^2 dv`` over `_volume`."""
        y, across_axis = across_squared(self.d)
        z, along_axis = along(2.0)
        bracket = 1.0 + (self.N2 * (1.0 + z[:, None])) ** 2 + (y / self.M) ** 2
        return float(along_axis @ bracket ** (0.5 * weight) @ across_axis)

    @cached_property
    def f_b_norm(self) -> float:
        """The norm of f_b in ``L_v^(2,r0) H_x^s0``, the same at all times."""
        return self.f_b_norm_in(self.r0, self.s0)

    @cached_property
    def cost(self) -> float:
        """epsilon: ``f_b_norm/|beta(t,0,0)|``, the size of needles that deflate by a factor e in time `t`.

        Whatever their amplitude is.  Infinite at time 0.
        """
        return self.f_b_norm / abs(self.beta_at_origin) if self.t != 0.0 else math.inf

    @cached_property
    def _rock(self) -> tuple[float, Array]:
        """``log sup exp(-beta)`` over the rock, and ``chi(R) exp(-beta)`` divided by it."""
        R, _ = radial_rule(RADIAL)
        highest = max(float(np.max(-self._mean)), -self.beta_at_origin)
        return highest, chi_at(R) * np.exp(-self._mean - highest)

    @cached_property
    def _rock_spectrum(self) -> Array:
        """Masses ``|F^|^2 dk/(2 pi)^d`` of that profile at `wavenumbers`."""
        return wavenumbers(self.d)[1] * (chi_transform(self.d) + self._change) ** 2

    @cached_property
    def _change(self) -> Array:
        """Transform of that profile less the one at time 0."""
        return transform_matrix(self.d) @ self._profile_change

    @property
    def _profile_change(self) -> Array:
        return chi_at(radial_rule(RADIAL)[0]) * np.expm1(-self._mean - self._rock[0])

    @cached_property
    def _rock_velocities(self) -> float:
        """``int <w/N1>^(2 r0) chi(|w|)^2 dw``."""
        r, w = radial_rule()
        bracket = (1.0 + (r / self.N1) ** 2) ** self.r0
        return sphere_area(self.d) * float(np.sum(w * r ** (self.d - 1) * chi_at(r) ** 2 * bracket))

    def _log_rock_norm(self, masses: Array) -> float:
        """``log`` of the norm in ``L_v^(2,r0) H_x^s0`` of the rock whose profile has that spectrum."""
        k, _ = wavenumbers(self.d)
        in_x = float(masses @ (1.0 + (self.M * k) ** 2) ** self.s0)
        return 0.5 * math.log(self._rock_velocities * in_x) - self.s * math.log(self.M)

    @cached_property
    def log_f_r_norm(self) -> float:
        """Logarithm of `f_r_norm`."""
        return self._rock[0] + self._log_rock_norm(self._rock_spectrum)

    @cached_property
    def log_f_r_norm_0(self) -> float:
        """Logarithm of the norm of f_r at time 0."""
        return self._log_rock_norm(chi_spectrum(self.d)[1])

    @property
    def f_r_norm(self) -> float:
        """The norm of f_r(t) in ``L_v^(2,r0) H_x^s0``; infinite beyond the range of floating point numbers.

        beta is taken at v = 0, which changes it by a part ``O(1/(N1 N2)^2)``, and averaged over directions.
        """
        return _exp(self.log_f_r_norm)

    def _log_amplification(self, level: int) -> float:
        k, w = wavenumbers(self.d, level)
        weight = (1.0 + (self.M * k) ** 2) ** self.s0
        at_rest = chi_transform(self.d, level)
        change = self._change if level else transform_matrix(self.d, 0) @ self._profile_change
        before = float((w * weight) @ at_rest**2)
        # as a difference where that is small, and as a ratio where little of the rock is left beside its core
        grown = float((w * weight) @ (change * (2.0 * at_rest + change))) / before
        if grown < -0.5:
            return self._rock[0] + 0.5 * math.log(float((w * weight) @ (at_rest + change) ** 2) / before)
        return self._rock[0] + 0.5 * math.log1p(grown)

    @cached_property
    def log_amplification(self) -> float:
        """``log(|f_r(t)|/|f_r(0)|)`` of these norms."""
        return self._log_amplification(1)

    @cached_property
    def log_amplification_error(self) -> float:
        """How far `log_amplification` is from that of a coarser rule in Fourier space."""
        return abs(self._log_amplification(0) - self.log_amplification)

    @cached_property
    def z_norm(self) -> ZNorm:
        """The six parts of the Z-norm of f_b, and of f_r at `t` and at 0."""
        R, _ = radial_rule(RADIAL)
        highest, rock = self._rock
        slope = rock * (-self._mean.reshape(2, RADIAL) @ panel_derivative()[1].T).ravel()
        inside = rock > 0.0
        slope[inside] += rock[inside] * (chi_slope_at(R[inside]) / chi_at(R[inside]))
        tallest = 1.0 if self.t <= 0.0 else supremum(rock)
        log_f_r = highest + np.log(self._rock_z(self._rock_spectrum, tallest, supremum(np.abs(slope))))
        f_r = np.array([_exp(value) for value in log_f_r])
        return ZNorm(self._needles_z(), f_r, self._rock_z(chi_spectrum(self.d)[1], 1.0, STEEPEST), log_f_r)

    def _needles_z(self) -> Array:
        d, M, N2 = self.d, self.M, self.N2
        L2 = self.f_b_norm_in(self.r0, 0.0)
        gradient = math.sqrt(max(self.f_b_norm_in(self.r0, 1.0) ** 2 - L2**2, 0.0))
        _, w = along()
        L1 = self.amplitude * self.J * self._volume * float(w.sum()) * chi_integral(d - 1)
        _, w = along(5.0 / 3.0)
        integral = self._volume * float(w.sum()) * chi_integral(d - 1, 5.0 / 3.0)
        third = N2**self.gamma * L1
        fourth = N2 ** (0.4 * d + self.gamma) * self.amplitude * (self.J * integral) ** 0.6
        return np.array(
            [
                M ** (0.5 * (d - 3)) * gradient,
                M ** (0.5 * (d - 1)) * L2,
                third,
                fourth,
                STEEPEST * third,
                STEEPEST * fourth,
            ]
        )

    def _rock_z(self, masses: Array, tallest: float, steepest: float) -> Array:
        """The six parts of a rock whose profile has that spectrum, supremum, and steepest slope."""
        d, M, N1, N2 = self.d, self.M, self.N1, self.N2
        k, _ = wavenumbers(d)
        scale = M ** (0.5 * d - self.s) * N1 ** (0.5 * d) * N2**self.gamma
        third = scale * N1**-d * chi_integral(d)
        fourth = scale * N2 ** (0.4 * d) * (N1**-d * chi_integral(d, 5.0 / 3.0)) ** 0.6
        velocities = M**-self.s * math.sqrt(self._rock_velocities)
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

    @cached_property
    def l1(self) -> L1Analogue:
        """Its analogue in L^1, with s0 = 0."""
        d, M, N2, gamma = self.d, self.M, self.N2, self.gamma
        y, w = radial_rule()
        masses = sphere_area(d - 1) * w * y ** (d - 2) * chi_at(y)
        z, wz = along()
        bracket = 1.0 + (N2 * (1.0 + z[:, None])) ** 2 + (y / M) ** 2
        in_x = 3.0 * self._volume * float(masses.sum())
        corrected = M ** (d - 1 - self.s) * N2 ** (-d - gamma)
        norms = [
            amplitude * self.J * in_x * self._volume * float(wz @ bracket ** (0.5 * r1) @ masses)
            for amplitude, r1 in ((corrected / N2**2, 1.0 + gamma), (corrected, gamma - 1.0))
        ]
        beta = self.beta_at_origin * corrected / self.amplitude
        return L1Analogue(norms[0], norms[1], beta / N2**2, beta)


def needles(
    d: int,
    M: float,
    N2: float,
    N1: float,
    gamma: float,
    s: float,
    s0: float,
    t: float,
    *,
    J: int | None = None,
    kernel: Kernel = "power",
) -> Needles:
    r"""The approximate solution ``f_b + f_r`` of section 3.1.

    Parameters
    ----------
    d : int
        Dimension, 2 or 3.
    M, N2, N1 : float
        Needles are as thin as 1/M, as long as N2, and as fast; the rock is as small as 1/M, and moves with
        ``|v| <= 2/N1``.
    gamma : float
        Power of the kernel, from ``-(d-1)/2`` to 1; positive ones are the hard potentials of section 3.1.1.
    s : float
        The regularity that the paper's amplitudes are made for.
    s0 : float
        The regularity that norms are taken in, with the weight ``r0 = max(0, s0 + gamma)`` in velocity.  The
        construction takes it below `s`; ``s0 = s`` is its limit.
    t : float
        Time, ``|t| <= 1/2``; ill-posedness looks back from 0, so ``t < 0``.
    J : int, optional
        How many needles: by default ``M N2`` (d = 2) or ``(M N2)^2/4`` (d = 3), rounded.
    kernel : {"power", "mixed"}
        ``|u - v|^gamma``, or (1.14) for d = 3, gamma = -1: the same as soon as all of the needles and the
        rock are 1 or more apart in velocity.

    Raises
    ------
    ParameterError
        If one of these bounds is broken, if needles overlap one another or the rock in velocity, or if they
        are too close to it for the mixed kernel to be a power.
    """
    d = int(Parameter("d", "", 2, kind="int", lower=2, upper=3).canonical(d))
    bounds = {
        "M": (M, 1.0, math.inf),
        "N2": (N2, 1.0, math.inf),
        "N1": (N1, 0.0, math.inf),
        "gamma": (gamma, -0.5 * (d - 1), 1.0),
        "s": (s, 0.0, math.inf),
        "s0": (s0, 0.0, math.inf),
        "t": (t, -0.5, 0.5),
    }
    M, N2, N1, gamma, s, s0, t = (
        float(Parameter(name, "", 0.0, lower=lower, upper=upper).canonical(value))
        for name, (value, lower, upper) in bounds.items()
    )
    if s0 > s:
        raise ParameterError(
            f"Parameter `s0` must be at most s = {s:g}, but is {s0:g}: (3.11) takes it below s."
        )
    if M * N2 < _SPARSEST:
        raise ParameterError(
            f"Parameter `N2` must be at least {_SPARSEST:g}/M = {_SPARSEST / M:g} for disjoint needles, but "
            f"is {N2:g}."
        )
    if N1 * N2 <= 2.5:
        raise ParameterError(
            f"Parameter `N1` must be above 2.5/N2 = {2.5 / N2:g}, so that rock and needles are disjoint in "
            f"velocity, but is {N1:g}."
        )
    if J is None:
        J = round(M * N2) if d == 2 else round(0.25 * (M * N2) ** 2)
    J = int(Parameter("J", "", 1, kind="int", lower=1).canonical(J))
    if J / (M * N2) ** (d - 1) > DENSEST[d]:
        least = (J / DENSEST[d]) ** (1.0 / (d - 1)) / M
        raise ParameterError(
            f"Parameter `J` must be at most {DENSEST[d]:.4g} (M N2)^{d - 1} for disjoint needles, but is "
            f"{J}, that is c_J = {J / (M * N2) ** (d - 1):.4g}; or N2 must be at least {least:g}."
        )
    if kernel not in ("power", "mixed"):
        raise ParameterError(f"Parameter `kernel` must be one of power, mixed, but is {kernel}.")
    if kernel == "mixed" and (d != 3 or gamma != -1.0):
        raise ParameterError(
            f"The mixed kernel (1.14) is for d = 3, gamma = -1, not d = {d}, gamma = {gamma:g}."
        )
    if kernel == "mixed" and 0.8 * N2 < 1.0 + 2.0 / N1:
        raise ParameterError(
            f"Parameter `N2` must be at least 1.25 (1 + 2/N1) = {1.25 * (1.0 + 2.0 / N1):g} with the mixed "
            f"kernel, but is {N2:g}."
        )
    return Needles(d, M, N2, N1, gamma, s, s0, t, J, kernel)
