"""Laws are read off exact numbers, and not off others."""

from __future__ import annotations

import numpy as np
import pytest

from wellposed.kinetics.law import Law, Linear, read_off

BETA, M = (axis.ravel() for axis in np.meshgrid(np.linspace(0.0, 1.0, 6), [6.5, 7.0, 8.0, 10.0, 12.0, 16.0]))
POINTS = {"beta": BETA.tolist(), "M": M.tolist()}
EXACT = np.full(BETA.size, 1e-8)


def test_linear_law_is_found_through_noise_within_the_error() -> None:
    noise = 1e-8 * np.sin(np.arange(BETA.size))
    found = read_off(POINTS, 3.0 * BETA + 0.5 - 0.5 * M + noise, EXACT)
    assert str(found) == "3β+1/2−M/2"


def test_larger_of_two_is_found_from_its_pieces() -> None:
    measured = np.maximum(2.0 * BETA - 2.5, 3.0 * BETA + 0.5 - 0.5 * M)
    found = read_off(POINTS, measured, EXACT)
    assert found is not None
    assert {str(piece) for piece in found.pieces} == {"2β−5/2", "3β+1/2−M/2"}
    assert found({"beta": 1.0, "M": 6.5}) == pytest.approx(0.25)


def test_parameter_of_two_values_is_part_of_a_law_only_where_it_has_to_be() -> None:
    points = {name: [*values, *values] for name, values in POINTS.items()}
    points["d"] = [2.0] * BETA.size + [3.0] * BETA.size
    d, beta, error = np.array(points["d"]), np.array(points["beta"]), np.array([*EXACT, *EXACT])
    assert str(read_off(points, 2.0 * beta - 0.5, error)) == "2β−1/2"
    assert str(read_off(points, 0.5 * d - 0.5 - beta, error)) == "−β−1/2+d/2"
    assert read_off(points, np.where(d == 2.0, beta, beta**2), error) is None


@pytest.mark.parametrize(
    "measured",
    [
        2.0 * BETA**2,  # no plane
        np.sqrt(2.0) * BETA,  # no simple coefficient
        np.minimum(2.0 * BETA - 2.5, 3.0 * BETA + 0.5 - 0.5 * M),  # the smaller of two
        np.where(np.arange(BETA.size) == 7, 1.0, BETA),  # one point off
    ],
)
def test_what_obeys_no_such_law_gets_none(measured: np.ndarray) -> None:
    assert read_off(POINTS, measured, EXACT) is None


def test_points_without_a_measurement_say_nothing() -> None:
    measured, error = BETA.copy(), EXACT.copy()
    measured[3], error[3] = np.nan, np.inf
    measured[5], error[5] = measured[5] + 0.02, 0.03  # not precise, but agrees
    assert str(read_off(POINTS, measured, error)) == "β"
    assert read_off(POINTS, np.full(BETA.size, np.nan), np.full(BETA.size, np.inf)) is None


def test_laws_are_written_as_papers_write_them() -> None:
    assert str(Linear(-0.5, {"beta": 2.0, "M": -0.5})) == "2β−1/2−M/2"
    assert str(Linear(7.0 / 6.0, {"beta": 4.0 / 3.0})) == "4β/3+7/6"
    assert str(Linear(2.0, {"M": -1.0})) == "2−M"
    assert str(Linear(-0.5, {"d": 0.5, "s": -1.0})) == "d/2−1/2−s"
    assert str(Linear()) == "0"
    assert str(Law([Linear(1.0), Linear(0.0, {"beta": 1.0})])) == "max(1, β)"


@pytest.mark.parametrize(("n", "expected"), [(4, None), (5, "β/2")])
def test_a_piece_needs_three_more_points_than_it_has_coefficients(n: int, expected: str | None) -> None:
    beta = np.linspace(0.0, 1.0, n)
    found = read_off({"beta": beta.tolist()}, 0.5 * beta, np.full(n, 1e-8))
    assert (None if found is None else str(found)) == expected
