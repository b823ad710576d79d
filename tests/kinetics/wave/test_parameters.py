"""What the experiments share: parameters by one name, and the thresholds of the paper."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from wellposed.kinetics.wave import EXPERIMENTS
from wellposed.kinetics.wave.collision import SIGNS
from wellposed.kinetics.wave.data import datum_of_kind
from wellposed.kinetics.wave.lipschitz.suprema import KINDS
from wellposed.kinetics.wave.parameters import DOUBLING_FREQUENCIES, KIND, OPERATOR, WEIGHT

SMOOTH = ("bracket", "bracket_k")
PUBLISHED = [
    ("wave.growth", "1/4", "Theorem 4.2", "=", {"operator": ("gain",), "datum": SMOOTH}),
    ("wave.growth", "1/4", "Theorem 5.1", "=", {"operator": ("full",), "datum": ("oscillating",)}),
    ("wave.growth", "3/4", "Remark 1.5", "=", {"operator": ("full",), "datum": SMOOTH}),
    ("wave.lipschitz", "1/4", "Corollary 2.4", "≥", {}),
    ("wave.picard", "1/4", "Theorem 2.6", "≥", {}),
    ("wave.trilinear", "1/4", "Corollary 2.4", "≥", {"estimate": ("(2.7)",)}),
    ("wave.loss_bound", "1/4", "Lemma 2.3", "≥", {}),
    ("wave.gain_bound", "1/4", "Lemma 2.3", "≥", {}),
    ("wave.evolution", "1/4", "Theorem 4.2", "=", {"operator": ("gain",), "datum": SMOOTH}),
    ("wave.evolution", "1/4", "Theorem 5.1", "=", {"operator": ("full",), "datum": ("oscillating",)}),
    ("wave.evolution", "3/4", "Remark 1.5", "=", {"operator": ("full",), "datum": SMOOTH}),
    ("wave.dephasing", "1/4", "Theorem 4.2", "=", {"operator": ("gain",)}),
    ("wave.dephasing", "1/4", "Theorem 5.1", "=", {"operator": ("full",)}),
    ("wave.spectra", "1/4", "Remark 1.6", "=", {"cascade": ("wave_action",)}),
    ("wave.spectra", "3/4", "Remark 1.6", "=", {"cascade": ("energy",)}),
]


def test_thresholds_are_those_of_the_paper() -> None:
    # theorem by theorem, from the paper: none of these numbers is computed
    found = [(e.name, t.label, t.source, t.relation, dict(t.when)) for e in EXPERIMENTS for t in e.thresholds]
    assert found == PUBLISHED


@pytest.mark.parametrize("experiment", EXPERIMENTS, ids=lambda e: e.name)
def test_a_threshold_is_at_the_value_that_its_label_says(experiment: object) -> None:
    for threshold in experiment.thresholds:
        assert threshold.along == "beta"
        assert threshold.value == float(Fraction(threshold.label))


@pytest.mark.parametrize("experiment", EXPERIMENTS, ids=lambda e: e.name)
def test_an_experiment_is_in_the_module_of_its_name(experiment: object) -> None:
    family, _, question = experiment.name.partition(".")
    assert experiment.evaluate.__module__ == f"wellposed.kinetics.{family}.experiments.{question}"
    assert experiment.evaluate.__name__ == question


def test_choices_are_what_the_kernels_know() -> None:
    assert set(OPERATOR.choices) == set(SIGNS)
    assert set(WEIGHT.choices) == set(KINDS)
    assert [datum_of_kind(kind, 8.0, 1, 2.0).kind for kind in KIND.choices] == list(KIND.choices)


@pytest.mark.parametrize("N", [1, 20, 10_000])
def test_doubling_frequencies_are_resonant(N: int) -> None:
    # exactly 2 pi 2^j is a multiple of the period; in floating point the phase is known to N omega epsilon
    phase = N * DOUBLING_FREQUENCIES
    assert np.all(np.abs(np.cos(phase) - 1.0) <= (phase * np.finfo(float).eps) ** 2)
    np.testing.assert_array_equal(DOUBLING_FREQUENCIES[1:], 2.0 * DOUBLING_FREQUENCIES[:-1])
