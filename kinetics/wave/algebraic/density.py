"""The two algebraic data, and their power series about the frequency of evaluation."""

from __future__ import annotations

import numpy as np
from numba import njit

from wellposed.kinetics.wave.algebraic.elementary import exponentials, logarithms
from wellposed.kinetics.wave.algebraic.rules import NEAR, ORDERS

BRACKET = 0
"""``n(omega) = (1 + omega^2)^(-p/2)``."""
BRACKET_K = 1
"""``n(omega) = (1 + omega)^(-p)``."""


@njit(cache=True, nogil=True)
def decades(kind: int, omega: float) -> float:
    """Returns ``-log(n)/p``."""
    if kind == BRACKET:
        return 0.5 * np.log1p(omega * omega)
    return np.log1p(omega)


@njit(cache=True, nogil=True, error_model="numpy")
def densities(kind, p, unit, x, out, scratch, size):
    """Writes ``n(x)/n(unit)`` of the first `size` frequencies of `x` into `out`; the arrays are distinct.

    The quotient is formed before its logarithm, so that its error does not grow with the frequency.
    """
    if kind == BRACKET:
        exponent, scale = -0.5 * p, 1.0 / (1.0 + unit * unit)
        for i in range(size):
            out[i] = (1.0 + x[i] * x[i]) * scale
    else:
        exponent, scale = -p, 1.0 / (1.0 + unit)
        for i in range(size):
            out[i] = (1.0 + x[i]) * scale
    powers(exponent, out, out, scratch, size)


@njit(cache=True, nogil=True, error_model="numpy")
def powers(beta, x, out, scratch, size):
    """Writes ``x^beta`` of the first `size` numbers of `x` into `out`, which may be `x` itself."""
    logarithms(x, scratch, size)
    for i in range(size):
        scratch[i] *= beta
    exponentials(scratch, out, size)


@njit(cache=True, nogil=True)
def series(kind, p, beta, w, phi, alpha, excess):
    """Writes power series in ``d/w`` of what depends on ``omega_4 = w + d``; returns how many terms count.

    ``alpha`` is ``(omega_4/w)^beta``, ``phi`` is that times ``n_4/n_1``, and ``excess = phi - alpha``
    without the subtraction.
    """
    density = np.empty(ORDERS)
    density[0] = 1.0
    if kind == BRACKET:
        q = w * w / (1.0 + w * w)
        density[1] = -q * p
        for k in range(1, ORDERS - 1):
            density[k + 1] = -q * ((2 * k + p) * density[k] + (k - 1 + p) * density[k - 1]) / (k + 1)
    else:
        q = w / (1.0 + w)
        for k in range(ORDERS - 1):
            density[k + 1] = -q * (p + k) / (k + 1) * density[k]
    alpha[0] = 1.0
    for k in range(ORDERS - 1):
        alpha[k + 1] = (beta - k) / (k + 1) * alpha[k]
    size, scale, largest = np.empty(ORDERS), 1.0, 0.0
    for k in range(ORDERS):
        total = 0.0
        for j in range(1, k + 1):
            total += density[j] * alpha[k - j]
        excess[k] = total
        phi[k] = total + alpha[k]
        size[k] = (abs(total) + abs(alpha[k])) * scale
        largest = max(largest, size[k])
        scale *= NEAR
    count = ORDERS
    while count > 3 and size[count - 1] < 1e-18 * largest:
        count -= 1
    return count
