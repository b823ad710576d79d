"""Where an experiment may be asked along a line."""

import pytest

from wellposed.sweeps.search.domain import domain


def refusing(*holes):
    def check(x):
        if any(low < x < high for low, high in holes):
            raise ValueError(f"x must not be {x}")

    return check


def test_a_line_without_a_hole_is_one_stretch():
    assert domain(refusing(), 0.0, 1.0, 1e-6, 9).stretches == [(0.0, 1.0)]


def test_stretches_end_within_the_tolerance_of_what_is_refused():
    stretches, allows = domain(refusing((-1, 0.1), (0.43, 0.71)), 0.0, 1.0, 1e-6, 9)
    (first, second), (third, last) = stretches
    assert 0 <= first - 0.1 <= 1e-6
    assert 0 <= 0.43 - second <= 1e-6
    assert 0 <= third - 0.71 <= 1e-6
    assert last == 1.0
    assert all(allows(end) for end in (first, second, third, last))


def test_a_hole_between_the_points_tried_is_not_seen_but_not_allowed():
    stretches, allows = domain(refusing((0.5001, 0.5002)), 0.0, 1.0, 1e-6, 9)
    assert stretches == [(0.0, 1.0)]
    assert not allows(0.50015)


def test_a_line_of_which_nothing_is_allowed_is_refused_with_the_reason():
    with pytest.raises(ValueError, match=r"x must not be 0\.0"):
        domain(refusing((-1, 2)), 0.0, 1.0, 1e-6, 9)


def test_a_stretch_that_is_no_wider_than_the_tolerance_is_none():
    narrow = refusing((-1, 0.5 - 1e-7), (0.5 + 1e-7, 2))  # one of the points tried is allowed, at 0.5
    with pytest.raises(ValueError, match=r"x must not be 0\.0"):
        domain(narrow, 0.0, 1.0, 1e-6, 9)
    ((first, last),) = domain(refusing((-1, 0.5), (0.5, 0.7)), 0.0, 1.0, 1e-6, 9).stretches
    assert (first, last) == (pytest.approx(0.7, abs=1e-6), 1.0)
