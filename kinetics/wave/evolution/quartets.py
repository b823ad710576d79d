r"""The truncated collision operator on any grid, in weak form, with the invariants exact.

Tested against ``phi``, [AL24, (3.2)] is a sum over quartets ``w_a <= w_b <= w_c <= w_d = w_b + w_c - w_a``,
the largest of the four paired with the smallest::

    int sqrt(w) C phi dw = K0 int_{a<=b<=c} (w_a w_b w_c w_d)^beta sqrt(w_a) n_a n_b n_c n_d E
                           (phi_a + phi_d - phi_b - phi_c),     E = 1/n_a + 1/n_d - 1/n_b - 1/n_c.

`a`, `b`, `c` run over the nodes; `d` falls between two of them and is replaced by both, ``phi_d`` and
``1/n_d`` by the same linear interpolation.  Then, whatever the grid,

* ``phi = 1`` and ``phi = w`` give zero: mass and energy are exact invariants;
* ``1/n = (w + mu)/T`` gives ``E = 0`` in every quartet: Rayleigh-Jeans is an exact fixed point;
* ``phi = 1/n`` gives a sum of squares: the H-theorem, for the entropy ``int sqrt(w) log n dw``;
* a node that is empty is never drawn from, because ``(1-t) n_d <= n_q``.

Between two large neighbours the operator acts through a flux in which the differences of ``1/n`` and of
``phi`` stand once each, so the exchange along a slowly varying tail is a discrete diffusion and keeps the two
orders of cancellation between gain and loss.  Collocating an interpolant of `n` does not.

References
----------
[AL24] I. Ampatzoglou, T. Léger, On the ill-posedness of kinetic wave equations, arXiv:2411.12868.
"""

from __future__ import annotations

import numpy as np
from numba import njit


@njit(cache=True, nogil=True)
def quartet_sums(n, omega, width, power, gain_only):
    """Returns the weak form, tested against the node's hat functions, without `K0`.

    Parameters
    ----------
    n, omega : (N,) float64
        Wave action, positive, at the nodes, strictly increasing and positive.
    width : (N,) float64
        Quadrature weights of the nodes.
    power : (N,) float64
        ``omega^beta``.
    gain_only : bool

    Returns
    -------
    (N,) float64
        ``sqrt(omega) width C/K0``.

    Notes
    -----
    On the faces ``a = b`` and ``b = c`` of the domain the weight is one half, on its edge one sixth.  A
    quartet whose largest leg lies just above `c` moves a fraction ``t`` from `c` to the next node; it is
    taken as that, not as the difference of nearly equal amounts.
    """
    N = n.size
    rate = np.zeros(N)
    inverse = 1.0 / n
    for a in range(N):
        strength_a = width[a] * power[a] * np.sqrt(omega[a]) * n[a]
        for b in range(a, N):
            s = omega[b] - omega[a]
            strength_b = strength_a * width[b] * power[b] * n[b] * (1.0 if b > a else 0.5)
            ab = inverse[a] - inverse[b]
            from_a = from_b = 0.0
            q = b
            for c in range(b, N):
                q = max(q, c)
                while q < N - 1 and omega[q + 1] - omega[c] <= s:
                    q += 1
                t = 0.0
                if q < N - 1:
                    t = (s - (omega[q] - omega[c])) / (omega[q + 1] - omega[q])
                elif s > omega[q] - omega[c]:
                    break  # this one and all with larger c reach beyond the grid
                above = min(q + 1, N - 1)
                slope = t * (inverse[above] - inverse[q])
                n_d = 1.0 / (inverse[q] + slope)
                power_d = power[q] + t * (power[above] - power[q])
                strength = strength_b * width[c] * power[c] * power_d
                if b == c:
                    strength *= 0.5 if b > a else 1.0 / 3.0
                if gain_only:
                    outer = strength * n[c] * (1.0 + n_d * inverse[a])
                    inner = strength * n_d * (1.0 + n[c] * inverse[b])
                    from_a -= outer
                    from_b -= inner
                    rate[c] += inner
                    rate[q] += (1.0 - t) * outer
                    rate[above] += t * outer
                    continue
                strength *= n[c] * n_d
                flow = strength * (ab + slope + (inverse[q] - inverse[c]))
                from_a -= flow
                from_b += flow
                if q == c:
                    rate[c] -= t * flow
                else:
                    rate[c] -= flow
                    rate[q] += (1.0 - t) * flow
                rate[above] += t * flow
            rate[a] -= from_a
            rate[b] -= from_b
    return rate
