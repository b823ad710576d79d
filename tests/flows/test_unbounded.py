"""An experiment whose parameters have no bounds, which is what `Parameter` has by default."""

import numpy as np
import pytest

from wellposed.errors import RequestError
from wellposed.flows.cli.main import main

UNBOUNDED = """
import math

from wellposed import Experiment, Output, Parameter


def evaluate(x, y):
    return {"height": math.tanh(x - 0.3 - 0.1 * y), "height_error": 1e-12}


experiment = Experiment(
    name="mine.unbounded",
    summary="A tilted edge",
    source="nobody",
    parameters=(Parameter("x", "across", 0.0), Parameter("y", "up", 0.0)),
    outputs=(Output("height", "height of the edge", has_error=True),),
    evaluate=evaluate,
    order_parameter="height",
)
"""


@pytest.fixture
def unbounded(tmp_path):
    path = tmp_path / "unbounded.py"
    path.write_text(UNBOUNDED)
    return f"{path}:experiment"


def test_a_search_without_ends_is_refused_and_says_which_option_gives_them(unbounded, tmp_path, capsys):
    asked = ["boundary", unbounded, "--along", "x", "--catalogue", str(tmp_path / "results")]
    assert main(asked) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "Parameter `x` is a number, without bounds on both sides" in said
    assert "--between" in said
    assert not (tmp_path / "results").exists()


def test_a_parameter_without_bounds_is_searched_between_the_ends_that_are_given(
    unbounded, tmp_path, job_of, answered
):
    job = answered(
        job_of(
            "boundary",
            unbounded,
            along="x",
            axes={"y": [0.0, 2.0]},
            between="-1:3",
            catalogue=tmp_path / "results",
        )
    )
    found = job.result()
    np.testing.assert_allclose(found["boundary"], [0.3, 0.5], atol=1e-6)
    assert "--between -1.0:3.0" in job.command


def test_a_curve_is_followed_in_a_plane_without_bounds(unbounded, tmp_path, job_of, answered):
    asked = {"along": "x", "across": "y=-2:2", "between": (-1, 1), "tolerance": 1e-3, "coarse": 5, "depth": 1}
    job = answered(job_of("curve", unbounded, **asked, catalogue=tmp_path / "results"))
    found = job.store.dataset().wellposed.curve()
    assert found.attrs["curve_outcome"] == "located"
    np.testing.assert_allclose(found["x"], 0.3 + 0.1 * found["y"], atol=2e-3)
    assert "--axis y=-2.0:2.0" in job.command
    assert "--between -1.0:1.0" in job.command


def test_a_command_with_an_open_bound_asks_the_same_question_again(tmp_path, job_of):
    from wellposed.flows.kinds.stored import command_again

    # the end at 6.001 is that of a search with this tolerance and an open bound at 6, and yet to be said
    asked = {"along": "beta", "across": "M", "over": (6.001, 100.0), "tolerance": 1e-3}
    job = job_of("curve", "wave.growth", **asked, catalogue=tmp_path)
    assert "--axis M=6.001:100.0" in job.command
    assert command_again(job.store) == job.command


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"across": "M=6"}, "`across` must be a parameter and two numbers"),
        ({"across": "M=6:7:9"}, "`across` must be a parameter and two numbers"),
        ({"across": "M=nan:7"}, "`across` must be a parameter and two numbers"),
        ({"across": "M", "over": "1:inf"}, "`over` must be two finite numbers"),
        ({"across": "M=6.5:7", "over": "7:8"}, "`over` must not be given as well"),
    ],
)
def test_a_range_that_makes_no_sense_is_refused_by_its_name(tmp_path, job_of, given, named):
    with pytest.raises(RequestError, match=named):
        job_of("curve", "wave.growth", along="beta", **given, catalogue=tmp_path / "results")
    assert not (tmp_path / "results").exists()


def test_a_curve_is_not_followed_in_a_parameter_that_is_called_as_what_its_vertices_have(tmp_path, job_of):
    path = tmp_path / "clash.py"
    path.write_text(
        UNBOUNDED.replace('"y"', '"width"').replace("(x, y)", "(x, width)").replace("* y", "* width")
    )
    with pytest.raises(RequestError, match="parameter called `width`"):
        job_of(
            "curve",
            f"{path}:experiment",
            along="x",
            across="width=0:1",
            between=(0, 1),
            catalogue=tmp_path / "r",
        )
