"""What is written on the command line becomes axes and settings."""

import pytest

from wellposed.errors import ParameterError, RequestError
from wellposed.sweeps.requests.spelling import (
    parse_axes,
    parse_axis,
    parse_setting,
    parse_settings,
    spell_axis,
)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("beta=0:1:5", (0.0, 0.25, 0.5, 0.75, 1.0)),
        ("beta=1:0:3", (1.0, 0.5, 0.0)),
        ("beta = 0.1, 0.3", (0.1, 0.3)),
        ("M=7,8,10", (7, 8, 10)),
        ("M=7:10:4", (7, 8, 9, 10)),
        ("A=geom(1,1000,4)", (1.0, 10.0, 100.0, 1000.0)),
        ("A=geom(-1,-4,3)", (-1.0, -2.0, -4.0)),
        ("datum=oscillating,bracket", ("oscillating", "bracket")),
    ],
)
def test_an_axis_is_spelled_as_a_range_a_progression_or_a_list(experiment, text, values):
    name, parsed = parse_axis(experiment, text)
    assert name == text[: text.index("=")].strip()
    assert parsed == values
    assert [type(value) for value in parsed] == [type(value) for value in values]


@pytest.mark.parametrize(
    "text",
    [
        "beta=0.0:1.0:41",
        "beta=0.1,0.2,0.7",
        "beta=0.0,0.1,0.2,0.3,0.4,0.5,0.7,0.9",
        "A=geom(1.0,1000.0,40)",
        "beta=linspace(0.0,1.0,41)",
        "M=7:20:14",
        "datum=oscillating,bracket",
    ],
)
def test_values_are_spelled_as_they_are_parsed(experiment, text):
    name, values = parse_axis(experiment, text)
    assert spell_axis(experiment, name, values) == text


def test_values_that_are_nearly_equidistant_are_listed(experiment):
    name, values = parse_axis(experiment, "beta=0:1:11")
    nearly = (*values[:4], 0.3 + 1e-13, *values[5:])
    assert parse_axis(experiment, spell_axis(experiment, name, nearly)) == (name, nearly)


def test_an_axis_that_fits_no_memory_is_refused(experiment):
    with pytest.raises(RequestError, match="at most 10,000,000"):
        parse_axis(experiment, "beta=0:1:1000000000")


def test_a_range_has_the_values_that_one_would_list(experiment):
    assert parse_axis(experiment, "beta=0:1:11") == parse_axis(
        experiment, "beta=0,0.1,0.2,0.3,0.4,0.5,0.6,0.7,0.8,0.9,1"
    )


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("beta=0:1", "Axis `beta=0:1` must have two ends and a count of at least 2, as in beta=0:1:41."),
        ("beta=0:1:1", "count of at least 2"),
        ("beta=0:1:x", "count of at least 2"),
        ("beta=a:1:3", "count of at least 2"),
        ("A=geom(0,1,3)", "ends of one sign"),
        ("A=geom(1,2)", "count of at least 2"),
        ("beta", "Axis `beta` must look like NAME=A:B:N"),
        ("beta=", "must look like"),
        ("=1,2", "must look like"),
    ],
)
def test_an_axis_that_is_misspelled_is_refused(experiment, text, line):
    with pytest.raises(RequestError) as refusal:
        parse_axis(experiment, text)
    assert line in str(refusal.value)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("text", ["beta=0:1.2:3", "M=7.5,8", "gamma=1,2", "datum=full", "beta=0,x", "M=5,8"])
def test_a_value_that_is_not_allowed_is_refused_by_its_parameter(experiment, text):
    with pytest.raises(ParameterError):
        parse_axis(experiment, text)


def test_a_setting_is_a_name_and_a_value(experiment):
    assert parse_setting(experiment, "M=8") == ("M", 8)
    assert parse_settings(experiment, ["datum=bracket", "A=3"]) == {"datum": "bracket", "A": 3.0}
    with pytest.raises(RequestError, match="Setting `M` must look like NAME=VALUE"):
        parse_setting(experiment, "M")


def test_what_is_given_twice_is_refused(experiment):
    with pytest.raises(RequestError, match="Axis `beta` is given twice"):
        parse_axes(experiment, ["beta=0,1", "M=7", "beta=0:1:3"])
    with pytest.raises(RequestError, match="Setting `M` is given twice"):
        parse_settings(experiment, ["M=7", "M=8"])


@pytest.mark.parametrize("text", ["9007199254740993", "9.007199254740993e15", "+9007199254740993 "])
def test_an_integer_is_read_exactly(experiment, text):
    assert parse_setting(experiment, f"M={text}") == ("M", 9007199254740993)
    assert experiment.parameter("M").canonical(9007199254740993) == 9007199254740993
    assert parse_axis(experiment, f"M=7,{text}") == ("M", (7, 9007199254740993))
    assert parse_axis(experiment, f"M=9007199254740991:{text}:3")[1] == tuple(2**53 + i for i in (-1, 0, 1))
    assert parse_setting(experiment, f"M={2**63 - 1}") == ("M", 2**63 - 1)


@pytest.mark.parametrize("text", [str(2**63), "1e19", "10000000000000000000"])
def test_an_integer_of_more_than_64_bits_is_refused(experiment, text):
    line = f"Parameter `M` must be an integer > 6 that fits into 64 bits, but is {text}."
    with pytest.raises(ParameterError) as refused:
        parse_setting(experiment, f"M={text}")
    assert str(refused.value) == line
    with pytest.raises(ParameterError, match="64 bits"):
        parse_axis(experiment, f"M=7:{text}:2")
    with pytest.raises(ParameterError, match="64 bits"):
        experiment.parameter("M").canonical(10**19)


@pytest.mark.parametrize("text", ["1e999999999", "1e-999999999", "inf", "nan", "8/1", "7.5", "1" * 5000])
def test_what_is_no_integer_is_refused_at_once(experiment, text):
    with pytest.raises(ParameterError, match="`M` must be an integer > 6"):
        parse_setting(experiment, f"M={text}")
    with pytest.raises((ParameterError, RequestError)):
        parse_axis(experiment, f"M=7:{text}:3" if text != "8/1" else "M=7:8/3:3")


def test_integers_that_floats_skip_are_not_spaced_in_floats(experiment):
    for word in ("geom", "linspace"):
        with pytest.raises(RequestError, match="at most 9007199254740992, as it is spaced in floats"):
            parse_axis(experiment, f"M={word}(7,9007199254740993,3)")
