r"""The weak form of the collision operator in Laguerre polynomials: rates of the coefficients.

For ``F = M sum_n c_n L_n^(d/2-1)(|v|^2/2)`` a collision swaps the velocities along k, w and w + a, of two
particles.  With the addition theorem ``L_m^(d/2-1)(x + y) = sum_i L_i^((d-3)/2)(y) L_(m-i)^(-1/2)(x)``, the
integral over the other components is done, and

    N_m dc_m/dt = c |S^(d-1)|/2 int k^d V^2 dk int dw phi(w) phi(w+a) |epsilon|^-2
                  sum_(0<i<m) gamma_i [A_i(w) DA_0 - A_0(w) DA_i] D l_(m-i),

    l_j = L_j^(-1/2)(w^2/2),  A_i = sum_j c_(i+j) l_j,  gamma_i = binom(i + (d-3)/2, i),

D the divided difference between w and w + a, the derivative in the classical limit.  For m = 0 and 1 the sum
is empty: mass and energy are conserved whatever the quadrature.  The integral over w is a trapezoidal sum in
the midpoint ``u = w + a/2``, half of it by symmetry.

``|epsilon|^2`` needs the divided difference of the response function, which is linear in c.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.fft import dct

from wellposed.errors import Unresolved
from wellposed.kinetics.lenard_balescu.dielectric_function.response import response_differences
from wellposed.kinetics.lenard_balescu.distributions.laguerre import (
    GAUSSIAN_REACH,
    laguerre,
    laguerre_difference,
    laguerre_norms,
)
from wellposed.kinetics.lenard_balescu.interaction.momentum import momentum_rule
from wellposed.kinetics.lenard_balescu.interaction.normalisation import published_constant
from wellposed.kinetics.lenard_balescu.interaction.potential import Potential
from wellposed.kinetics.quadrature import sphere_area

Array = NDArray[np.float64]

NODES = (10, 14, 20, 28, 40)
"""Nodes per panel in k at each level of refinement."""

SPACINGS = (0.2, 0.14, 0.1, 0.07, 0.05)
"""Spacing of the midpoint velocity at each level."""

SMALLEST_EPSILON = 0.01
"""Where |epsilon| is below this, its peaks are not resolved."""


class RadialRates:
    """The rates ``dc/dt`` of the Laguerre coefficients c, (n,); what does not depend on c is computed once.

    Calling it with c gives the rates, (n,), in the published normalisation.

    Raises
    ------
    Unresolved
        On construction, if the classical operator does not exist; on a call, where |epsilon| nearly vanishes.
    """

    def __init__(
        self, n: int, d: int, hbar: float, potential: Potential, screened: bool = True, level: int = 0
    ) -> None:
        self.n, self.level = n, level
        k, weights = momentum_rule(d, hbar, potential, GAUSSIAN_REACH, NODES[level])
        spacing = SPACINGS[level]
        u = spacing * np.arange(math.ceil(_largest_midpoint(n) / spacing) + 1)
        du = np.full(u.size, 2.0 * spacing)
        du[0] = spacing
        V = potential(k)
        front = 0.5 * published_constant(d) * sphere_area(d)
        k_weights = front * weights * k**d * V * V
        if hbar > 0.0:
            a = hbar * k
            middle, difference = (field.ravel() for field in np.meshgrid(u, a, indexing="ij"))
            self.weights = (du[:, None] * k_weights).ravel()
            self.V: Array = np.tile(V, u.size)
            self.k_weights: Array | None = None
        else:
            # nothing but epsilon depends on k
            middle, difference = u, np.zeros_like(u)
            self.weights, self.k_weights, self.V = du, k_weights, V
        w, w2 = middle - 0.5 * difference, middle + 0.5 * difference
        self.weights = self.weights * np.exp(-middle * middle - 0.25 * difference**2) / (2.0 * math.pi)
        x, y = 0.5 * w * w, 0.5 * w2 * w2
        values = laguerre(n, -0.5, x)
        # a divided difference in w^2/2, times the mean velocity, is one in w
        differences = laguerre_difference(n, -0.5, x, y) * middle
        kept = np.abs(self.weights) * np.max(np.abs(values * differences), axis=0)
        if self.k_weights is None:
            keep = kept > 1e-18 * np.max(kept)
            values, differences = values[:, keep], differences[:, keep]
            self.weights, self.V = self.weights[keep], self.V[keep]
            middle, difference = middle[keep], difference[keep]
            w, w2 = w[keep], w2[keep]
        chunk = min(_largest_chunk(n), values.shape[1])
        self.values, self.differences = _in_chunks(values, chunk), _in_chunks(differences, chunk)
        self.transposed = np.ascontiguousarray(self.differences.transpose(0, 2, 1))
        self.responses = None
        if screened:
            real, imaginary = _basis_responses(n, w, difference, values, differences)
            self.responses = _in_chunks(real, chunk), _in_chunks(imaginary, chunk)
        self.weights = _in_chunks(self.weights, chunk)
        if self.k_weights is None:
            self.V = _in_chunks(self.V, chunk)
        self.gamma = laguerre_norms(n, 0.5 * (d - 3))
        self.norms = laguerre_norms(n, 0.5 * d - 1.0)
        self.hankel = np.add.outer(np.arange(n), np.arange(n))
        self.smallest = math.inf if screened else 1.0  # of |epsilon|, at the last call

    def __call__(self, c: Array) -> Array:
        n = self.n
        padded = np.zeros(2 * n)
        padded[:n] = c
        A = padded[self.hankel]
        values, differences = A @ self.values, A @ self.differences
        flux = values * differences[:, :1]
        differences *= values[:, :1]
        flux -= differences
        flux *= (self.weights * self.screening(c))[:, None]
        pairs = self.gamma[:, None] * np.sum(flux @ self.transposed, axis=0)
        # entry (i, j) belongs to m = i + j
        rates = np.bincount(self.hankel.ravel(), pairs.ravel(), 2 * n)[:n]
        rates[:2] = 0.0
        return rates / self.norms

    def screening(self, c: Array) -> Array:
        """Returns ``|epsilon|^-2`` at every node, in the classical limit summed over k with its weights."""
        if self.responses is None:
            return np.full(self.weights.shape, 1.0 if self.k_weights is None else np.sum(self.k_weights))
        real, imaginary = (c @ part for part in self.responses)
        if self.k_weights is None:
            squared = (1.0 + self.V * real) ** 2 + (self.V * imaginary) ** 2
        else:
            squared = (1.0 + real[..., None] * self.V) ** 2 + (imaginary[..., None] * self.V) ** 2
        self.smallest = math.sqrt(float(np.min(squared)))
        if not self.smallest > SMALLEST_EPSILON:
            raise Unresolved(
                f"|epsilon| falls to {self.smallest:.2g}: the data are unstable or nearly so, or their waves "
                "undamped. Take a weaker potential, or data nearer to the Maxwellian."
            )
        return 1.0 / squared if self.k_weights is None else (1.0 / squared) @ self.k_weights


def _largest_chunk(n: int) -> int:
    """Returns how many nodes one matrix product may be about.

    Beyond these sizes OpenBLAS starts threads, which under load cost a hundred times what they save; the
    sweep owns the cores.
    """
    return max(1, min(9216 // n, 262144 // (n * n)))


def _in_chunks(field: Array, chunk: int) -> Array:
    """Returns a field (..., points) cut along its last axis, (chunks, ..., chunk), with zeros at the end."""
    count = -(-field.shape[-1] // chunk)
    padded = np.zeros((*field.shape[:-1], count * chunk))
    padded[..., : field.shape[-1]] = field
    return np.ascontiguousarray(np.moveaxis(padded.reshape(*field.shape[:-1], count, chunk), -2, 0))


def _largest_midpoint(n: int) -> float:
    """Returns the midpoint velocity beyond which products of three basis functions are round-off."""
    return 9.0 + 0.5 * math.sqrt(n)


def _basis_responses(n: int, w: Array, a: Array, values: Array, differences: Array) -> tuple[Array, Array]:
    """Returns ``[R_F(w + a) - R_F(w)]/a`` for each basis function: real and imaginary parts, (n, points).

    The imaginary part is pi times a difference of ``phi l_n``.  The real part of the first is the
    Maxwellian's, the others are half-offset trapezoidal sums of differences of ``phi l_n``, because the
    recurrence in n is unstable for velocities beyond the turning point.
    """
    w2 = w + a
    maxwellian = np.empty(w.size, dtype=np.complex128)
    response_differences(w, a, maxwellian)
    imaginary = np.pi * differences * (np.exp(-0.5 * w2 * w2) / math.sqrt(2.0 * math.pi))
    imaginary += values * maxwellian.imag
    real = np.empty_like(imaginary)
    real[0] = maxwellian.real
    if n > 1:
        real[1:] = _principal_values(n, w, w2)[1:]
    return real, imaginary


def _principal_values(n: int, w: Array, w2: Array) -> Array:
    """Returns divided differences between w and w2 of ``PV int phi l_n(u)/(x - u) du``, (n, points).

    They are those of Chebyshev series in x, with coefficients from sums with nodes half-way from the pole.
    """
    # the transform of phi l_n is X^n e^-X/n!, X half the square of the frequency: round-off at 2 n + 55
    frequency = math.sqrt(2.0 * (2.0 * n + 55.0))
    spacing = 2.0 * math.pi / frequency
    largest = 1.02 * max(float(np.max(np.abs(w))), float(np.max(np.abs(w2))), 1.0)
    terms = math.ceil(1.2 * frequency * largest) + 40
    points = largest * np.cos(np.pi * (np.arange(terms) + 0.5) / terms)
    start = np.ceil((-GAUSSIAN_REACH - points) / spacing - 0.5)
    offsets = start[:, None] + np.arange(math.ceil(2.0 * GAUSSIAN_REACH / spacing) + 1) + 0.5
    u = points[:, None] + spacing * offsets
    envelope = np.exp(-0.5 * u * u) / (-math.sqrt(2.0 * math.pi) * offsets)
    samples = np.einsum("npt,pt->np", laguerre(n, -0.5, 0.5 * u * u), envelope)
    coefficients = dct(samples, type=2, axis=1)[:, 1:] / terms

    x, y = w / largest, w2 / largest
    differences = np.empty((terms - 1, w.size))  # of T_1, T_2, ...
    before, current, old, new = np.zeros_like(x), np.ones_like(x), np.ones_like(x), y
    for j in range(terms - 1):
        differences[j] = current
        before, current = current, 2.0 * (x * current + new) - before
        old, new = new, 2.0 * y * new - old
    principal = np.empty((n, w.size))
    chunk = max(1, 262144 // (n * terms))
    for first in range(0, w.size, chunk):
        principal[:, first : first + chunk] = coefficients @ differences[:, first : first + chunk]
    return principal / largest
