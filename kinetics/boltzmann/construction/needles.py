r"""The approximate solution ``f_b + f_r``: needles that poke a rock, in closed reductions.

    f_b(t, x, v) = A sum_j K_j(x - v t) I_j(v),    A = M^((d-1)/2-s) N2^(-d-gamma),               (3.6)
    f_r(t, x, v) = M^(d/2-s) N1^(d/2) exp(-beta(t, x, v)) chi(M x) chi(N1 v),                      (3.9)
    beta(t, x, v) = int_0^t int f_b(tau, x, u) |u - v|^gamma du dtau,

with needles ``K_j(x) = chi(M |P_j^perp x|) chi(|P_j x|/N2)``, ``I_j(v) = chi(M |P_j^perp v|)
chi(10 (P_j v/N2 - 1))`` along `J` directions.  No grid: as needles are disjoint in velocity, norms of f_b
are one needle's, a product of transforms of chi; beta is a sum over directions of a function of
``M |P_j^perp x|`` (see `crossing` and `attenuation`), and its mean over directions makes f_r radial (see
`rock`).

Norms are ``int <v>^(2 r) int <eta>^(2 s) |f^(eta, v)|^2 deta/(2 pi)^d dv``, on the whole space.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from wellposed.errors import ParameterError
from wellposed.kinetics.boltzmann.construction.attenuation import sum_over_needles
from wellposed.kinetics.boltzmann.construction.crossing import (
    axial_rule,
    cross_section_rule,
    mean_over_directions,
    passage_moments,
    speed_factor,
)
from wellposed.kinetics.boltzmann.construction.directions import directions, most_needles
from wellposed.kinetics.boltzmann.construction.rock import Rock
from wellposed.kinetics.boltzmann.construction.spread import spread, square_of_harmonics
from wellposed.kinetics.boltzmann.norms.cutoff import (
    RADIAL,
    STEEPEST,
    Array,
    chi_at,
    chi_integral,
    norm_beyond,
    radial_rule,
)
from wellposed.kinetics.boltzmann.norms.rules import octaves, panel_derivative, squared_cross_section_rule
from wellposed.kinetics.boltzmann.norms.z_norm import ZNorm
from wellposed.kinetics.boltzmann.parameters import DIMENSION, KERNEL, softest_power
from wellposed.kinetics.experiment import Parameter
from wellposed.kinetics.quadrature import sphere_area
from wellposed.kinetics.refine import ROUND_OFF, refined

Kernel = Literal["power", "mixed"]

_SPARSEST = 16.0  # M N2, below which directions are too few to be spread


def _exp(x: float) -> float:
    return math.exp(x) if x < 709.0 else math.inf


@dataclass(frozen=True)
class L1Analogue:
    """Norms in ``L_v^(1,r1) L_x^1`` and beta(t, 0, 0) of the L^1 construction of section 3.1.1.

    As published, with ``r1 = 1 + gamma`` and the amplitude ``M^(d-1-s) N2^(-d-2-gamma)``, and corrected, with
    ``r1 = gamma - 1``, which is what scaling gives instead of (3.30), and ``M^(d-1-s) N2^(-d-gamma)``.
    """

    f_b_norm_published: float
    f_b_norm_corrected: float
    beta_published: float
    beta_corrected: float


@dataclass(frozen=True)
class Needles:
    """Needles and rock at one point of parameter space.  Made by `needles`, which says what is what.

    Attributes
    ----------
    d, M, N2, N1, gamma, s, s0, t, kernel
        The arguments of `needles`.
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
        """``max(0, s0 + gamma)``."""
        return max(0.0, self.s0 + self.gamma)

    @property
    def amplitude(self) -> float:
        """The amplitude A of (3.6)."""
        return float(self.M ** (0.5 * (self.d - 1) - self.s) * self.N2 ** (-self.d - self.gamma))

    @property
    def density(self) -> float:
        """The number of needles over the power that scaling leaves room for, ``c_J = J/(M N2)^(d-1)``."""
        return self.J / (self.M * self.N2) ** (self.d - 1)

    @property
    def rate(self) -> float:
        """The size of ``d beta/dt``, ``kappa = c_J M^((d-1)/2-s)``."""
        return float(self.density * self.M ** (0.5 * (self.d - 1) - self.s))

    def beta(self, x: ArrayLike, v: ArrayLike) -> float:
        """Returns beta(t, x, v) as the sum over the listed directions; it is negative before time 0.

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
        e = directions(self.d, self.J, self.M * self.N2)
        total = sum_over_needles(x, v, self.t, e, self.M, self.N2, self.gamma)
        return math.copysign(self.rate / self.J, self.t) * total

    def _vector(self, name: str, value: ArrayLike) -> Array:
        found = np.ascontiguousarray(value, dtype=np.float64)
        if found.shape != (self.d,) or not np.all(np.isfinite(found)):
            raise ParameterError(f"Argument `{name}` must be {self.d} finite numbers, but is {value!r}.")
        return found

    @cached_property
    def beta_at_origin(self) -> float:
        """beta(t, 0, 0): linear in `t`, and the same for any set of directions."""
        r, w = cross_section_rule(self.d)
        weight = float(w @ speed_factor(r, self.gamma, self.M * self.N2)) * sphere_area(self.d - 1)
        return self.rate * self.t * weight

    @cached_property
    def mean_betas(self) -> Array:
        """The values of `mean_beta` at all nodes of `radial_rule(RADIAL)`, (2 RADIAL,)."""
        r, _ = cross_section_rule(self.d)
        weight = speed_factor(r, self.gamma, self.M * self.N2)
        moments = passage_moments(abs(self.t), weight, self.d)
        return np.asarray(math.copysign(self.rate, self.t) * (mean_over_directions(self.d) @ moments))

    def mean_beta(self, R: float) -> float:
        """Returns beta(t, x, 0) at ``M |x| = R``, averaged over all directions on the sphere.

        The sum over directions differs from it by a part `spread_of_beta` of beta at the origin.

        Raises
        ------
        ParameterError
            If `R` is not in [0, 2].
        """
        if not 0.0 <= R <= 2.0:
            raise ParameterError(f"Argument `R` must be a number in [0, 2], but is {R}.")
        nodes, _ = radial_rule(RADIAL)
        panel = slice(0, RADIAL) if R < 1.0 else slice(RADIAL, 2 * RADIAL)
        over = panel_derivative()[0] / (R - nodes[panel] + 1e-300)
        return float(np.sum(over * self.mean_betas[panel]) / np.sum(over))

    @property
    def spread_of_beta(self) -> float:
        """The largest part of beta(t, 0, 0) by which beta(t, x, 0) differs from its mean over directions."""
        return spread(self.d, self.M * self.N2, self.density, abs(self.t)) if self.t != 0.0 else 0.0

    def f_b_norm_in(self, r: float, s: float, level: int = 1) -> float:
        """Returns the norm of f_b in ``L_v^(2,r) H_x^s``, the same at all times.

        `level` is 0 (coarse) or 1 (fine).  Both end at the same wavenumber; see `f_b_norm_beyond`.
        """
        across_axis, mass_across = octaves(self.d - 1, -20, level)
        along_axis, mass_along = octaves(1, 0, level)
        weight = (1.0 + (self.M * across_axis[:, None]) ** 2 + (along_axis / self.N2) ** 2) ** s
        in_x = float(mass_across @ weight @ mass_along)
        return self.amplitude * math.sqrt(self.J * in_x * self._velocities(2.0 * r)) * self._volume

    def f_b_norm_beyond(self, s: float) -> float:
        """Returns the part of the norm of f_b in ``H_x^s`` that is beyond all wavenumbers."""
        return norm_beyond(self.d - 1, self.M, s) + norm_beyond(1, 1.0 / self.N2, s)

    @property
    def _volume(self) -> float:
        """The volume of a needle in x, and that of its velocities, ``M^(1-d) N2`` each."""
        return self.M ** (1 - self.d) * self.N2

    def _velocities(self, weight: float) -> float:
        """Returns ``int <v>^weight I_j^2 dv`` over `_volume`."""
        y, across_axis = squared_cross_section_rule(self.d)
        z, along_axis = axial_rule(2.0)
        bracket = 1.0 + (self.N2 * (1.0 + z[:, None])) ** 2 + (y / self.M) ** 2
        return float(along_axis @ bracket ** (0.5 * weight) @ across_axis)

    @cached_property
    def f_b_norm(self) -> float:
        """The norm of f_b in ``L_v^(2,r0) H_x^s0``, the same at all times."""
        return self.f_b_norm_in(self.r0, self.s0)

    @cached_property
    def cost(self) -> float:
        """The size of needles that deflate the rock by a factor e in time `t`, ``f_b_norm/|beta(t,0,0)|``.

        It does not depend on their amplitude, and is infinite at time 0.
        """
        return self.f_b_norm / abs(self.beta_at_origin) if self.t != 0.0 else math.inf

    @cached_property
    def rock(self) -> Rock:
        """The rock that these needles attenuate, at time `t`."""
        return Rock(
            self.d,
            self.M,
            self.N2,
            self.N1,
            self.gamma,
            self.s,
            self.s0,
            self.r0,
            self.t,
            self.mean_betas,
            self.beta_at_origin,
        )

    @property
    def log_f_r_norm(self) -> float:
        """The logarithm of `f_r_norm`."""
        return self.rock.log_norm

    @property
    def log_f_r_norm_0(self) -> float:
        """The logarithm of the norm of f_r at time 0."""
        return self.rock.log_norm_0

    @property
    def f_r_norm(self) -> float:
        """The norm of f_r(t) in ``L_v^(2,r0) H_x^s0``; infinite beyond the range of floating point numbers.

        beta is taken at v = 0, which changes it by a part ``O(1/(N1 N2)^2)``, and averaged over directions.
        """
        return _exp(self.log_f_r_norm)

    @cached_property
    def _log_amplification(self) -> tuple[float, float]:
        value, error = refined([self.rock.log_amplification(level) for level in (0, 1)])
        # ``log sup exp(-beta)`` and what the rest of the rock adds to it cancel
        return float(value), float(error) + ROUND_OFF * abs(self.beta_at_origin)

    @property
    def log_amplification(self) -> float:
        """``log(|f_r(t)|/|f_r(0)|)`` of these norms."""
        return self._log_amplification[0]

    @cached_property
    def log_amplification_error(self) -> float:
        """The error of `log_amplification`.

        It is that of a coarser rule in Fourier space, of what is beyond the highest wavenumber, and of beta
        not being its mean over directions, which counts by its square.
        """
        beyond = norm_beyond(self.d, self.M, self.s0)
        return self._log_amplification[1] + 2.0 * beyond + self.of_directions(self.s0)

    def of_directions(self, s: float) -> float:
        """Returns by how much the log of a norm in ``H^s`` may change as beta is not its mean."""
        if self.t == 0.0:
            return 0.0
        at = (self.d, self.M * self.N2, self.density, abs(self.t))
        return self.beta_at_origin**2 * square_of_harmonics(*at, s)

    @cached_property
    def z_norm(self) -> ZNorm:
        """The six parts of the Z-norm of f_b, and of f_r at `t` and at 0."""
        log_f_r = self.rock.log_z_parts
        f_r = np.array([_exp(value) for value in log_f_r])
        return ZNorm(self._needles_z(), f_r, self.rock.z_parts_0, log_f_r)

    def _needles_z(self) -> Array:
        """Returns the six parts of the Z-norm of f_b, (6,)."""
        d, M, N2 = self.d, self.M, self.N2
        L2 = self.f_b_norm_in(self.r0, 0.0)
        gradient = math.sqrt(max(self.f_b_norm_in(self.r0, 1.0) ** 2 - L2**2, 0.0))
        _, w = axial_rule()
        L1 = self.amplitude * self.J * self._volume * float(w.sum()) * chi_integral(d - 1)
        _, w = axial_rule(5.0 / 3.0)
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

    @cached_property
    def l1(self) -> L1Analogue:
        """The analogue of the construction in L^1, with s0 = 0."""
        d, M, N2, gamma = self.d, self.M, self.N2, self.gamma
        y, w = radial_rule()
        masses = sphere_area(d - 1) * w * y ** (d - 2) * chi_at(y)
        z, wz = axial_rule()
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
    r"""Returns the approximate solution ``f_b + f_r`` of section 3.1.

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
        How many needles: by default ``M N2`` (d = 2) or ``(M N2)^2/4`` (d = 3), rounded.  In space more
        than ``0.382 (M N2)^2`` are on rings in bands, see `directions`.
    kernel : {"power", "mixed"}
        ``|u - v|^gamma``, or (1.14) for d = 3, gamma = -1: the same as soon as all of the needles and the
        rock are 1 or more apart in velocity.

    Raises
    ------
    ParameterError
        If one of these bounds is broken, if needles overlap one another or the rock in velocity, or if they
        are too close to it for the mixed kernel to be a power.
    """
    d = int(DIMENSION.canonical(d))
    bounds = {
        "M": (M, 1.0, math.inf),
        "N2": (N2, 1.0, math.inf),
        "N1": (N1, 0.0, math.inf),
        "gamma": (gamma, softest_power(d), 1.0),
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
    if type(J) is not int or J < 1:  # a count that is never stored: it may have more than 64 bits
        J = int(Parameter("J", "", 1, kind="int", lower=1).canonical(J))
    most = most_needles(d, M * N2)
    if most < J:
        raise ParameterError(
            f"Parameter `J` must be at most {most} = {most / (M * N2) ** (d - 1):.4g} (M N2)^{d - 1} for "
            f"disjoint needles with M N2 = {M * N2:g}, but is {J}; or N2 must be larger."
        )
    KERNEL.canonical(kernel)
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
