"""The norm of K as an operator."""

from __future__ import annotations

import math

import numpy as np
import pytest

from wellposed.kinetics.lenard_balescu import algebraic, kernel, operator_norm, schur_supremum
from wellposed.kinetics.lenard_balescu.interaction_kernel.norms import oscillating_norm, smooth_norm
from wellposed.kinetics.lenard_balescu.interaction_kernel.weyl_symbol import symbol


@pytest.mark.parametrize(("speed", "wave_number"), [(0.0, 0.0), (0.8, 1.0), (0.5, 2.5)])
def test_symbol_is_the_fourier_transform_of_the_kernel(speed: float, wave_number: float) -> None:
    # -int K(v + u/2, v - u/2) exp(-i xi.u) du in d = 2, polar coordinates, pointwise K
    hbar, n = 1.0, 32
    angle = 2.0 * math.pi * (np.arange(n) + 0.5) / n
    direction = np.stack([np.cos(angle), np.sin(angle)], axis=-1)
    x, weight = np.polynomial.legendre.leggauss(24)
    v = np.array([speed, 0.0])
    total = 0.0
    for left, right in ((0.0, 0.5), (0.5, 1.5), (1.5, 3.0), (3.0, 6.0), (6.0, 10.0)):
        u = left + 0.5 * (right - left) * (1.0 + x)
        step = 0.5 * u[:, None, None] * direction
        values = kernel(v + step, v - step, d=2, hbar=hbar, potential=algebraic())
        wave = np.cos(wave_number * u[:, None] * np.cos(angle)) * u[:, None]
        total -= 0.5 * (right - left) * float(weight @ (values * wave).sum(axis=1)) * 2.0 * math.pi / n
    found = symbol(speed, wave_number, d=2, hbar=hbar, potential=algebraic())
    assert found == pytest.approx(total, rel=1e-6)


def test_smooth_functions_reach_the_norm_in_dimension_four() -> None:
    found = [smooth_norm(4, n, hbar=0.3, potential=algebraic()) for n in (6, 9, 12)]
    assert found[0] <= found[1] <= found[2]
    assert found[1] == pytest.approx(found[2], rel=1e-3)


def test_oscillating_functions_make_the_norm_grow_in_dimension_two_only() -> None:
    # |xi|^(3-d) up to |xi| ~ 1/hbar
    two = [oscillating_norm(2, hbar=hbar, potential=algebraic()) for hbar in (2.0**-6, 2.0**-7)]
    three = [oscillating_norm(3, hbar=hbar, potential=algebraic()) for hbar in (2.0**-6, 2.0**-7)]
    assert math.log2(two[1] / two[0]) == pytest.approx(1.0, abs=0.02)
    assert math.log2(three[1] / three[0]) == pytest.approx(0.0, abs=0.02)


@pytest.mark.parametrize("d", [2, 3])
def test_norm_is_below_the_supremum_of_schurs_test(d: int) -> None:
    bound, _ = schur_supremum(d, 0.2, algebraic(), angles=12)
    assert 0.0 < operator_norm(d, hbar=0.2, potential=algebraic(), n=10) < bound
