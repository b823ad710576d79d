"""Pictures of outputs along one dimension: a row of panels for each, drawn from sweeps that have it."""

import numpy as np
import pytest
import xarray as xr

from wellposed.flows.figures.rows import rows_of_outputs
from wellposed.flows.presentation.findings import Findings
from wellposed.kinetics import EXPERIMENTS
from wellposed.kinetics.study import Row, Rows
from wellposed.sweeps.answers.layout import Outcome
from wellposed.sweeps.answers.sweep import SweepAnswer

NAME = "schrodinger.second_order"
LINES = Row(NAME, "weighted_rate", "octave", "beta", "t", beside="weighted_kinetic")
MAP = Row(NAME, "ratios", "octave", "beta", "t", kind="map")
TORUS = "lenard_balescu.torus"
RATIO = Rows(
    (
        Row(
            TORUS,
            "ratio",
            "L",
            "d",
            "t",
            limits=(0.0, 2.0),
            level=1.0,
            level_label="kinetic",
            mark=lambda point: 2.0 * float(point["t"]),
            mark_label="back",
        ),
    )
)


@pytest.fixture
def answer():
    """Two values of beta, three times and four octaves; one point has failed, one value has a large error."""
    dims = ("beta", "t", "octave")
    rate = -np.arange(1.0, 25.0).reshape(2, 3, 4)
    ratio = np.ones((2, 3, 4))
    ratio[0, 1] = [2.0, 0.5, -3.0, 100.0]
    error = np.full((2, 3, 4), 1e-3)
    error[1, 0, 2] = 1e9
    outcome = np.full((2, 3), int(Outcome.OK))
    outcome[1, 2] = Outcome.FAILED
    stored = xr.Dataset(
        {
            "weighted_rate": (dims, rate, {"long_name": "weighted rate"}),
            "weighted_rate_error": (dims, error),
            "weighted_kinetic": (dims, np.full((2, 3, 4), 7.0), {"long_name": "kinetic"}),
            "ratios": (dims, ratio),
            "ratios_error": (dims, error),
            "outcome": (("beta", "t"), outcome),
        },
        coords={"beta": [0.1, 0.5], "t": [1.0, 3.0, 9.0], "octave": [1.0, 2.0, 4.0, 8.0]},
    )
    return SweepAnswer("0" * 16, EXPERIMENTS[NAME], None, stored)


def panels(figure):
    return [axes for axes in figure.axes if axes.get_title()]


def test_lines_are_moduli_beside_what_they_are_compared_with(answer):
    figure = rows_of_outputs([answer], Rows((LINES,)))
    assert [axes.get_title().split(" = ")[1] for axes in panels(figure)] == ["0.1", "0.5"]
    drawn = panels(figure)[1].get_lines()
    beside = next(line for line in drawn if line.get_label() == "kinetic")
    np.testing.assert_array_equal(beside.get_ydata(), 7.0)
    curves = [line.get_ydata() for line in drawn if line is not beside]
    np.testing.assert_array_equal(curves[0], [13.0, 14.0, np.nan, 16.0])
    np.testing.assert_array_equal(curves[2], np.nan)  # its points have failed


def test_map_is_white_at_one_and_at_its_end_where_the_sign_is_another(answer):
    figure = rows_of_outputs([answer], Rows((LINES, MAP)))
    (mesh,) = panels(figure)[2].collections
    np.testing.assert_array_equal(mesh.get_array()[0], 0.0)
    np.testing.assert_array_equal(mesh.get_array()[1], [1.0, -1.0, -3.0, 3.0])


def test_sweeps_of_other_experiments_or_dimensions_are_left_out(answer):
    other = SweepAnswer("1" * 16, EXPERIMENTS["wave.growth"], None, answer.stored)
    flat = SweepAnswer("2" * 16, EXPERIMENTS[NAME], None, answer.stored.isel(t=0))
    assert rows_of_outputs([other, flat], Rows((LINES,))) is None
    findings = Findings((), [flat, answer], pictures=(Rows((LINES,)), Rows((MAP,))))
    assert set(findings.images) == {"", "-2"}


def test_no_more_panels_are_beside_each_other_than_are_asked_for(answer):
    wide, narrow = (rows_of_outputs([answer], Rows((LINES, MAP)), columns) for columns in (3, 1))
    assert [len({round(one.get_position().x0, 2) for one in panels(f)}) for f in (wide, narrow)] == [2, 1]


@pytest.fixture(scope="module")
def tori(tmp_path_factory, answered, job_of):
    """A sweep for each dimension, which is fixed in it."""
    place = tmp_path_factory.mktemp("catalogue")
    sides = {1: [6.0, 8.0], 2: [6.0, 8.0, 9.0]}
    return [
        answered(
            job_of("sweep", TORUS, axes={"L": L, "t": [1.0, 2.0]}, fixed={"d": d}, catalogue=place)
        ).answer()
        for d, L in sides.items()
    ]


def test_each_line_has_its_colour_and_its_mark_and_each_sweep_its_panel(tori):
    line, plane = rows_of_outputs(tori, RATIO).axes
    assert (line.get_title(), plane.get_title()) == ("$d$ = 1", "$d$ = 2")
    assert [one.get_label() for one in plane.containers] == ["$t$ = 1", "$t$ = 2"]
    for t, container in zip((1.0, 2.0), plane.containers, strict=True):
        stored = tori[1].stored["ratio"].sel(t=t).transpose("L").to_numpy()
        np.testing.assert_allclose(
            container.lines[0].get_xydata(), np.column_stack([[6.0, 8.0, 9.0], stored])
        )
        marks = [one for one in plane.lines if list(one.get_xdata()) == [2.0 * t, 2.0 * t]]
        assert marks[0].get_color() == container.lines[0].get_color()
    assert plane.get_ylim() == (0.0, 2.0)
    assert plane.get_xscale() == plane.get_yscale() == "linear"
    # in d = 1 there is no ratio to be drawn
    assert all(np.isnan(one.lines[0].get_ydata()).all() for one in line.containers)
