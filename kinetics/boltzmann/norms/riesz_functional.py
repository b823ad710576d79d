r"""The functional that takes data to the attenuation, and its norm: no needles, no amplitude.

    f_0 -> |beta(t, 0, 0)|,    beta = int_0^t int f_0(x - u tau, u) |u|^gamma du dtau,

is a linear functional on ``L_v^(2,r) H_x^s``, whose squared norm is, by Riesz,

    int du |u|^(2 gamma) <u>^(-2 r) int deta/(2 pi)^d <eta>^(-2 s) (2 sin(eta.u T/2)/(eta.u))^2,    T = |t|.

If it diverges, arbitrarily small data attenuate at will.  Octaves of the component of `eta` across `u` grow
as ``|eta_perp|^(d - 1 - 2 s)``, which is the boundary of Theorem 1.2; octaves of ``|u|`` grow as
``|u|^(d - 1 + 2 (gamma - r))``, which at ``r = s + gamma`` is the same one.

The integral along `u` is known: with ``eta_par = a p`` and ``a = <eta_perp>``,

    int dp (1 + p^2)^(-s) sinc^2(Omega p/2) = (2/Omega) (I_0(Omega) - I_1(Omega)/Omega),    Omega = |u| a T,
    I_n(Omega) = int_0^Omega x^n B(x) dx,    B(x) = 2 sqrt(pi)/Gamma(s) (x/2)^(s-1/2) K_(s-1/2)(x),

and `B` decays as exp(-x), so that both are constants for ``Omega > 40``.
"""

from __future__ import annotations

import math

import numpy as np
import scipy

from wellposed.errors import ParameterError
from wellposed.kinetics.boltzmann.norms.cutoff import Array, Rule, panels
from wellposed.kinetics.boltzmann.parameters import DIMENSION
from wellposed.kinetics.experiment import Parameter
from wellposed.kinetics.quadrature import sphere_area

_NODES = (14, 20)  # on each octave, coarse and fine
_DECAYED = 40.0  # Omega beyond which I_0 and I_1 are constants


def _octave_rule(low: float, high: float, level: int) -> Rule:
    """Returns a rule on [low, high] for functions that vary on the scale of their argument.

    From 0 on that scale ends at 2^-30 of `high`.
    """
    lowest = low if low > 0.0 else high * 2.0**-30
    count = max(math.ceil(math.log2(high / lowest)), 1)
    breaks = lowest * (high / lowest) ** (np.arange(count + 1) / count)
    return panels(breaks if low > 0.0 else np.concatenate([[0.0], breaks]), _NODES[level])


def along_u(Omega: Array, s: float) -> Array:
    """Returns ``int dp (1 + p^2)^(-s) sinc^2(Omega p/2)`` at every entry of `Omega`, of any shape."""
    I0 = np.full(Omega.shape, math.pi)
    I1 = np.full(
        Omega.shape, 2.0 * math.sqrt(math.pi) * float(scipy.special.gamma(s + 0.5) * scipy.special.rgamma(s))
    )
    small = Omega < _DECAYED
    if np.any(small):
        asked = np.unique(Omega[small])
        lowest = 2.0**-20 * asked[0]
        grid = np.geomspace(lowest, 2.0 * _DECAYED, 3 * math.ceil(math.log2(2.0 * _DECAYED / lowest)))
        grid = np.union1d(grid, asked)
        x, w = (part.reshape(grid.size - 1, -1) for part in panels(grid, 10))
        scale = 2.0 * math.sqrt(math.pi) * float(scipy.special.rgamma(s))
        B = w * scale * (0.5 * x) ** (s - 0.5) * scipy.special.kve(s - 0.5, x) * np.exp(-x)
        # I_0 from above, as it is not small; I_1 from below, where it begins as a power
        to_infinity = np.append(np.cumsum(B.sum(axis=1)[::-1])[::-1], 0.0)
        first = lowest**2 * scale * (0.5 * lowest) ** (s - 0.5) * float(scipy.special.kve(s - 0.5, lowest))
        from_zero = np.cumsum(np.append(first / (1.0 + min(2.0 * s, 1.0)), (B * x).sum(axis=1)))
        at = np.searchsorted(grid, Omega[small])
        I0[small] -= to_infinity[at]
        I1[small] = from_zero[at]
    return np.asarray(2.0 / Omega * (I0 - I1 / Omega))


def shell_at_level(
    d: int,
    s: float,
    r: float,
    gamma: float,
    T: float,
    shell: tuple[float, float],
    u: tuple[float, float],
    level: int,
) -> float:
    """Returns `riesz_shell` of arguments that are not checked, by a coarse (0) or a fine (1) rule."""
    speed, w_speed = _octave_rule(*u, level)
    # scales below 1 do not matter across: <eta_perp> is smooth there
    breaks = [b for b in (shell[0], 1.0) if b < shell[1] and b >= shell[0]]
    pieces = [
        _octave_rule(low, high, level) if low >= 1.0 else panels(np.array([low, high]), _NODES[level])
        for low, high in zip(breaks, [*breaks[1:], shell[1]], strict=True)
        if high > low
    ]
    eta = np.concatenate([x for x, _ in pieces])
    w_eta = np.concatenate([w for _, w in pieces]) * sphere_area(d - 1) * eta ** (d - 2)
    w_speed = w_speed * sphere_area(d) * speed ** (d - 1 + 2.0 * gamma) * (1.0 + speed**2) ** -r
    a = np.sqrt(1.0 + eta**2)
    inner = along_u(speed[:, None] * a * T, s) * a ** (1.0 - 2.0 * s)
    return float(w_speed @ inner @ w_eta) * T**2 / (2.0 * math.pi) ** d


def riesz_shell(
    d: int,
    s: float,
    r: float,
    gamma: float,
    T: float,
    shell: tuple[float, float],
    u: tuple[float, float],
) -> float:
    """Returns the part of the functional's squared norm from one shell of `eta_perp` and one of speeds.

    Parameters
    ----------
    d : int
        Dimension, 2 or 3.
    s, r : float
        Regularity in x, at least 0, and weight in v.
    gamma : float
        Power of the kernel, above ``-d/2``.
    T : float
        Positive.
    shell : (float, float)
        Bounds of ``|eta_perp|``, the component of `eta` orthogonal to `u`; all of the parallel one counts.
    u : (float, float)
        Bounds of ``|u|``.

    Raises
    ------
    ParameterError
        If one of these bounds is broken.
    """
    d = int(DIMENSION.canonical(d))
    s = float(Parameter("s", "", 0.0, lower=0.0).canonical(s))
    r = float(Parameter("r", "", 0.0).canonical(r))
    gamma = float(Parameter("gamma", "", 0.0, lower=-0.5 * d, lower_open=True).canonical(gamma))
    T = float(Parameter("T", "", 1.0, lower=0.0, lower_open=True).canonical(T))
    for name, bounds in (("shell", shell), ("u", u)):
        if len(bounds) != 2 or not 0.0 <= bounds[0] < bounds[1] < math.inf:
            raise ParameterError(f"Parameter `{name}` must be two ascending bounds >= 0, but is {bounds}.")
    return shell_at_level(d, s, r, gamma, T, (shell[0], shell[1]), (u[0], u[1]), 1)
