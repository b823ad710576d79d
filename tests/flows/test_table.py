"""Tables and the numbers in them."""

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import example, given
from markdown_it import MarkdownIt

from wellposed.flows.presentation.tables import Table, with_error
from wellposed.flows.text import number_with_error

magnitudes = st.floats(-12, 0).map(lambda exponent: 10.0**exponent)


@given(st.floats(-10, 10), magnitudes)
def test_printed_interval_contains_the_interval_but_for_the_last_digit_of_the_value(value, error):
    printed_value, printed_error = with_error(value, error)
    last_digit = 10.0 ** np.floor(np.log10(float(printed_error)))
    assert float(printed_error) >= error * (1 - 1e-9)
    assert float(printed_error) <= 2 * error * (1 + 1e-9)
    assert abs(float(printed_value) - value) <= last_digit / 2 * (1 + 1e-6) + 1e-15 * abs(value)


def test_error_is_rounded_up_to_one_digit_and_the_value_to_the_same_place():
    assert with_error(0.25000004, 3.2e-7) == ("0.2500000", "4e-07")
    assert with_error(0.25, 9.6e-4) == ("0.250", "1e-03")
    assert with_error(12.3, 4.0) == ("12", "4e+00")


@given(st.floats(-300, 300), st.floats(-15, 3), st.booleans())
@example(7.96875, 0.0, False)
def test_number_of_any_size_is_written_to_the_digit_that_its_error_leaves(exponent, digits, is_negative):
    value = (-1 if is_negative else 1) * 10.0**exponent
    error = abs(value) * 10.0**digits
    printed_value, printed_error = number_with_error(value, error)
    assert error * (1 - 1e-9) <= float(printed_error) <= 2 * error * (1 + 1e-9)
    assert abs(float(printed_value) - value) <= float(printed_error) * (1 + 1e-6)
    assert len(printed_value) <= 25


def test_number_without_a_known_error_stands_alone():
    assert number_with_error(242.197248698115, 5e-12) == ("242.197248698115", "5e-12")
    assert number_with_error(3e-18, 1e-15) == ("0", "1e-15")
    assert number_with_error(1.5e9, 2e3) == ("1.500000e+09", "2e+03")
    assert number_with_error(0.25, 0.0) == ("0.25", "0")
    assert number_with_error(0.25, 1e-20) == ("0.25", "1e-20")
    assert number_with_error(np.inf, np.inf) == ("inf", "inf")
    assert number_with_error(1.5, np.inf) == ("1.5", "inf")
    assert number_with_error(np.nan, 1.0) == ("–", "–")


def test_table_reads_the_same_in_a_terminal_and_in_markdown():
    table = Table(["a", "long"], [["1", "x|y"], ["22", ""]])
    assert str(table) == "a   long\n1   x|y\n22"
    assert table.markdown() == "| a | long |\n| --- | --- |\n| 1 | x\\|y |\n| 22 |  |"


@pytest.mark.parametrize(
    "formula",
    [
        "‖f‖_(l,∞)‖g‖_(1/2,1)‖h‖_(7/2,∞)",
        "∫_{D₂₁} ω k_{j₁}l_{j₂}",
        "a₁a₂a₃*a₄*, k₁* = k",
        "(*) and [*]",
        "∫₀ᵗ C[f](s) ds",
        "|k₁*||k₂*|",
    ],
)
def test_markdown_of_a_table_shows_what_its_cells_say(formula):
    read = MarkdownIt("commonmark").enable("table").render(Table(["claim"], [[formula]]).markdown())
    assert f"<td>{formula}</td>" in read


def test_markdown_of_a_table_keeps_code_as_it_is():
    read = MarkdownIt("commonmark").enable("table").render(Table(["where"], [["`a_b * _c`"]]).markdown())
    assert "<td><code>a_b * _c</code></td>" in read
