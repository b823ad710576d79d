"""One output along a parameter of sweeps: a colour for each curve, and thin guides."""

from __future__ import annotations

import numpy as np
import pytest

from wellposed.flows.figures.output_curves import output_curves
from wellposed.kinetics.study import OutputCurves

TORUS = "lenard_balescu.torus"
PICTURE = OutputCurves(
    TORUS, "ratio", "L", (0.0, 2.0), 1.0, "kinetic", lambda point: 2.0 * float(point["t"]), "back"
)


@pytest.fixture(scope="module")
def answer(tmp_path_factory, answered, job_of):
    axes = {"L": [6.0, 8.0], "t": [1.0, 2.0], "d": [1, 2]}
    return answered(
        job_of("sweep", TORUS, axes=axes, catalogue=tmp_path_factory.mktemp("catalogue"))
    ).answer()


def test_each_curve_has_its_colour_and_its_mark_and_each_dimension_its_panel(answer):
    line, plane = output_curves([answer], PICTURE).axes
    assert (line.get_title(), plane.get_title()) == ("$d$ = 1", "$d$ = 2")
    assert [one.get_label() for one in plane.containers] == ["$t$ = 1", "$t$ = 2"]
    for t, container in zip((1.0, 2.0), plane.containers, strict=True):
        stored = answer.stored["ratio"].sel(t=t, d=2).transpose("L").to_numpy()
        np.testing.assert_allclose(container.lines[0].get_xydata(), np.column_stack([[6.0, 8.0], stored]))
        marks = [one for one in plane.lines if list(one.get_xdata()) == [2.0 * t, 2.0 * t]]
        assert marks[0].get_color() == container.lines[0].get_color()
    assert plane.get_ylim() == (0.0, 2.0)
    # in d = 1 there is no ratio to be drawn, and no NaN is
    assert all(len(one.lines[0].get_xydata()) == 0 for one in line.containers)


def test_without_a_sweep_along_that_parameter_nothing_is_drawn(answer):
    assert output_curves([], PICTURE) is None
    assert output_curves([answer], OutputCurves(TORUS, "ratio", "hbar", (0.0, 2.0))) is None
