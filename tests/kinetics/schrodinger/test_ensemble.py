"""Solutions from random data beside second order: the solver and the formula know nothing of each other."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from wellposed.kinetics.schrodinger import evolve
from wellposed.kinetics.schrodinger.evolution.spectrum import Spectrum

EPSILON, TIME, MEMBERS = 0.05, 1.0, 160


def second_order_by_formula(waves: list[int], n: np.ndarray, beta: float) -> np.ndarray:
    """The sum over k1, k2, k3 of a line of modes, term by term, over epsilon^2."""
    place = {k: i for i, k in enumerate(waves)}
    out = np.zeros(len(waves))
    for k, k1, k2 in itertools.product(waves, repeat=3):
        k3 = k + k2 - k1
        if k3 not in place or k in (k1, k3):
            continue
        omega = k**2 + k2**2 - k1**2 - k3**2
        resonance = (TIME * np.sinc(omega * TIME / (2.0 * math.pi))) ** 2
        n0, n1, n2, n3 = (n[place[m]] for m in (k, k1, k2, k3))
        bracket = n1 * n3 * (n0 + n2) - n0 * n2 * (n1 + n3)
        out[place[k]] += 2.0 * abs(k * k1 * k2 * k3) ** (2.0 * beta) * resonance * bracket
    return out


@pytest.mark.parametrize("beta", [0.1, 0.6])
def test_means_over_solutions_are_second_order_within_their_errors(beta: float) -> None:
    """Gaussian data on T^1, each with both signs of epsilon, so that what is odd in it cancels.

    The modes k = 3 and -3 begin at zero: their mean squares have a relative error of one over the root of the
    number of members.
    """
    spectrum = Spectrum(1, 3, 2.0 * math.pi)
    waves = list(range(-3, 4))
    n = np.where(np.abs(waves) == 3, 0.0, 1.0)
    rng = np.random.default_rng(3)
    changes = np.zeros((MEMBERS, 7))
    for i in range(MEMBERS):
        a = np.sqrt(0.5 * n) * (rng.normal(size=7) + 1j * rng.normal(size=7))
        for sign in (-1.0, 1.0):
            found = evolve(spectrum.values(a, 12), [TIME], beta=beta, epsilon=sign * EPSILON, rtol=1e-6)
            end = spectrum.coefficients(found.u.values[0])
            changes[i] += 0.5 * (np.abs(end) ** 2 - np.abs(a) ** 2) / EPSILON**2
    changes = 0.5 * (changes + changes[:, ::-1])  # k and -k
    expected = second_order_by_formula(waves, n, beta)
    error = changes.std(axis=0, ddof=1) / math.sqrt(MEMBERS)
    seen = error > 1e-12  # the wave k = 0 has no interaction at beta > 0
    distance = (changes.mean(axis=0) - expected)[seen] / error[seen]
    assert np.all(np.abs(distance) < 3.5)
    # that the errors are small enough to tell
    assert expected[0] > 3.0 * error[0]
